"""Pages of listings: one with its moves, the ten kinds, and the form walked from a kind's declaration."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from app.catalogue import service as catalogue
from app.catalogue.declarations import KindDeclaration, load_kinds
from app.catalogue.models import Listing
from app.catalogue.policy import Action, allowed
from app.catalogue.schemas import ListingCreate, ListingUpdate
from app.core.actor import Actor
from app.core.errors import InvalidInput, NotFound, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.idempotency import once
from app.core.ids import new_id
from app.registry import service as registry
from app.registry.models import Company
from app.web.forms import Errors, FormDep, errors_of, invalid_input, read_fields, text_of
from app.web.pages import PageLanguage, SameSite, go, is_fragment, no_page, page, read_id
from search.documents import ROLES

router = APIRouter()
Model = TypeVar("Model", bound=BaseModel)


@router.get("/kinds")
def kinds_page(request: Request, language: PageLanguage) -> HTMLResponse:
    """The ten production factors and what each asks for."""
    return page(request, "kinds.html", language, kinds=load_kinds().values())


@router.get("/listings/new")
def new_listing_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    company: str = "",
    kind: str = "",
) -> HTMLResponse:
    """An empty form; the choice of a kind first, when none was made."""
    with runtime.session(writing=False, actor=actor) as session:
        firm = registry.get_company(session, read_id(company))
        catalogue.require_writer(session, firm)
    declared = _declared(kind) if kind else None
    return _form_page(request, language, company=firm, declared=declared, values={"key": str(new_id())})


@router.post("/listings/new", dependencies=[SameSite])
def create_listing_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Store what was stated, once however often it is sent, and show it; or the form again with what is wrong."""
    declared = _declared(text_of(form, "kind"))
    values = _values(declared, form)
    with runtime.session(writing=False, actor=actor) as session:
        company = registry.get_company(session, read_id(text_of(form, "company_id")))
        catalogue.require_writer(session, company)
    stated = {"company_id": str(company.id), **_stated(declared, values)}
    try:
        said = _checked(ListingCreate, declared, stated)
        with runtime.session(actor=actor) as session:
            created = once(
                session,
                key=values["key"] or None,
                route="page:/listings/new",
                request=stated,
                create=lambda: {"id": str(catalogue.create_listing(session, said=said).id)},
            )
    except InvalidInput as error:
        return _form_page(
            request, language, company=company, declared=declared, values=values,
            errors=errors_of(error, language), status=422,
        )  # fmt: skip
    return go(f"/listings/{created['id']}")


@router.get("/listings/{key}")
def listing_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """One listing."""
    with runtime.session(writing=False, actor=actor) as session:
        listing = catalogue.get_listing(session, read_id(key))
        company = registry.get_company(session, listing.company_id)
    return page(request, "listing.html", language, **_shown(listing, company, actor))


@router.get("/listings/{key}/edit")
def edit_listing_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """The form filled with what is stated now."""
    with runtime.session(writing=False, actor=actor) as session:
        listing = catalogue.get_listing(session, read_id(key))
        company = registry.get_company(session, listing.company_id)
        catalogue.require_writer(session, company)
    values = {
        "title": listing.title,
        "summary": listing.summary,
        "role": listing.role,
        "version": str(listing.version),
        "fields": listing.fields,
    }
    return _form_page(
        request, language, company=company, declared=_declared(listing.kind), listing=listing, values=values
    )


@router.post("/listings/{key}/edit", dependencies=[SameSite])
def update_listing_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Store the edit; an edited draft counts as stated by the firm."""
    with runtime.session(writing=False, actor=actor) as session:
        listing = catalogue.get_listing(session, read_id(key))
        company = registry.get_company(session, listing.company_id)
        catalogue.require_writer(session, company)
    declared = _declared(listing.kind)
    values = _values(declared, form)
    stated = _stated(declared, values)
    stated.pop("kind")
    try:
        change = _checked(ListingUpdate, declared, stated)
        with runtime.session(actor=actor) as session:
            catalogue.update_listing(session, listing.id, change=change, if_match=f'"{values["version"]}"')
    except InvalidInput as error:
        return _form_page(
            request, language, company=company, declared=declared, listing=listing, values=values,
            errors=errors_of(error, language), status=422,
        )  # fmt: skip
    return go(f"/listings/{listing.id}")


@router.post("/listings/{key}/{action}", dependencies=[SameSite])
def move_listing_page(
    request: Request, key: str, action: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> Response:
    """Confirm, dismiss, undo, withdraw, republish; the banner anew for HTMX, else the page."""
    move = next((known for known in get_args(Action) if known == action), None)
    if move is None or move == "edit":
        raise no_page()
    with runtime.session(actor=actor) as session:
        listing = catalogue.move_listing(session, read_id(key), action=move, if_match=None)
        company = registry.get_company(session, listing.company_id)
    if not is_fragment(request):
        return go(f"/listings/{listing.id}")
    return page(request, "parts/listing_state.html", language, **_shown(listing, company, actor))


def _shown(listing: Listing, company: Company, actor: Actor) -> dict[str, Any]:
    declared = _declared(listing.kind)
    stated = [(one, listing.fields[one.key]) for one in declared.fields if one.key in listing.fields]
    return {
        "listing": listing,
        "company": company,
        "declared": declared,
        "stated": stated,
        "actions": allowed(listing.status, source=listing.source)
        if catalogue.may_write(actor, company)
        else [],
    }


def _declared(kind: str) -> KindDeclaration:
    found = next((declared for name, declared in load_kinds().items() if name == kind), None)
    if found is None:
        raise NotFound("没有这个种类")
    return found


def _values(declared: KindDeclaration, form: FormDep) -> dict[str, Any]:
    texts: dict[str, Any] = {
        name: text_of(form, name) for name in ("title", "summary", "role", "key", "version")
    }
    return texts | {"fields": read_fields(declared, form)}


def _stated(declared: KindDeclaration, values: dict[str, Any]) -> dict[str, Any]:
    said = {
        "kind": declared.kind,
        "title": values["title"],
        "summary": values["summary"],
        "fields": values["fields"],
    }
    return said | ({"role": values["role"]} if values["role"] in ROLES else {})


def _checked(model: type[Model], declared: KindDeclaration, said: dict[str, Any]) -> Model:
    """What the service takes. Raises InvalidInput with everything wrong at once, title and fields alike."""
    problems: list[Problem] = []
    try:
        catalogue.clean_fields(declared.kind, said["fields"])
    except InvalidInput as refused:
        problems.extend(refused.problems)
    try:
        checked = model.model_validate(said)
    except ValidationError as error:
        raise InvalidInput(problems=[*invalid_input(error).problems, *problems]) from error
    if problems:
        raise InvalidInput(problems=problems)
    return checked


def _form_page(
    request: Request,
    language: Language,
    *,
    company: Company,
    declared: KindDeclaration | None,
    values: dict[str, Any],
    listing: Listing | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> HTMLResponse:
    return page(
        request, "listing_form.html", language, status=status, company=company, declared=declared, listing=listing,
        values={"title": "", "summary": "", "role": "", "key": "", "version": "", "fields": {}} | values,
        errors=errors or {}, kinds=load_kinds().values(), roles=ROLES,
    )  # fmt: skip

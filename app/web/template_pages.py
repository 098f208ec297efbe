"""The page of templates: begin a demand from one, call it something else, delete it and have it back."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.core.actor import Actor
from app.core.errors import InvalidInput
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.demands import templates
from app.demands.record_schemas import TemplateCreate, TemplateRename
from app.web.forms import Errors, FormDep, errors_of, text_of, validated, version_of
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()

ADDRESS = "/my/templates"


@router.get(ADDRESS)
def templates_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, cursor: str = ""
) -> HTMLResponse:
    """Templates, the newest first, and those deleted lately."""
    return _page(request, runtime, actor, language, cursor=cursor)


@router.post(ADDRESS, dependencies=[SameSite])
def make_template_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Keep what a demand asks for under a name."""
    try:
        said = validated(
            TemplateCreate, {"demand_id": text_of(form, "demand"), "name": text_of(form, "name")}
        )
        with runtime.session(actor=actor) as session:
            templates.make_template(session, demand_id=said.demand_id, name=said.name)
    except InvalidInput as error:
        return _page(request, runtime, actor, language, errors=errors_of(error, language))
    return go(ADDRESS)


@router.post(ADDRESS + "/{key}/{action}", dependencies=[SameSite])
def act_on_template(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Use, rename, delete, have back."""
    template = read_id(key)
    try:
        with runtime.session(actor=actor) as session:
            match action:
                case "use":
                    return go(f"/demands/{templates.use_template(session, template).id}/edit")
                case "rename":
                    name = validated(TemplateRename, {"name": text_of(form, "name")}).name
                    templates.rename_template(session, template, name=name, if_match=version_of(form))
                case "delete":
                    templates.delete_template(session, template)
                case "restore":
                    templates.restore_template(session, template)
                case _:
                    raise no_page()
    except InvalidInput as error:
        return _page(request, runtime, actor, language, errors=errors_of(error, language), tried=key)
    return go(ADDRESS)


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    *,
    cursor: str = "",
    errors: Errors | None = None,
    tried: str = "",
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        found, more = templates.list_templates(session, cursor=cursor)
        deleted, _ = templates.list_templates(session, deleted=True)
    return page(
        request, "templates.html", language, status=422 if errors else 200, listed=found, more=more, deleted=deleted,
        errors=errors or {}, tried=tried,
    )  # fmt: skip

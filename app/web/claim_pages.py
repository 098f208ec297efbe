"""Pages of claims: claiming a company with documents, and the operators' queue."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from app.accounts import claims, documents
from app.accounts.claim_models import Claim
from app.accounts.claim_policy import METHODS, STATES, Method, allowed
from app.accounts.people import contacts_of, get_person
from app.accounts.policy import may, require_person
from app.accounts.seats import owners
from app.core.actor import Actor
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.http import ActorDep, RuntimeDep, saved_file
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.registry.service import get_company
from app.web.forms import Errors, FilesDep, FormDep, errors_of, text_of, version_of
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()


@router.get("/claims/new")
def new_claim_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, company: str = ""
) -> HTMLResponse:
    """The form."""
    return _form(request, runtime, actor, language, read_id(company))


@router.post("/claims/new", dependencies=[SameSite])
def claim_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FilesDep
) -> Response:
    """Claim a company, with documents where that is the way chosen."""
    company_id = read_id(text_of(form, "company"))
    files = [file for file in form.getlist("documents") if isinstance(file, UploadFile) and file.filename]
    method: Method = next((one for one in METHODS if one == text_of(form, "method")), "review")
    try:
        if method == "documents" and not files:
            raise InvalidInput(
                problems=[Problem("documents", "required", "请上传至少一份证明材料，如营业执照")]
            )
        contents = [(file.filename or "", file.file.read(documents.LARGEST + 1)) for file in files]
        with runtime.session(actor=actor) as session:
            claim = claims.claim_company(
                session, company_id=company_id, method=method, statement=text_of(form, "statement")[:2000]
            )
            for name, content in contents if method == "documents" else ():
                documents.add_document(
                    session,
                    claim_id=claim.id,
                    name=name,
                    content=content,
                    folder=runtime.settings.documents_dir(),
                )
    except (InvalidInput, Conflict) as error:
        said = {"statement": text_of(form, "statement"), "method": method}
        return _form(request, runtime, actor, language, company_id, said=said, error=error)
    return go(f"/claims/{claim.id}")


@router.get("/claims")
def queue_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    state: str = "pending",
    cursor: str = "",
) -> HTMLResponse:
    """Claims of one's own and, for operators, of their divisions: the oldest first."""
    state = state if state in STATES else "pending"
    with runtime.session(writing=False, actor=actor) as session:
        found, more = claims.list_claims(session, state=state, cursor=cursor)
        listed = [(claim, get_company(session, claim.company_id)) for claim in found]
    return page(request, "claims.html", language, listed=listed, more=more, state=state, states=STATES)


@router.get("/claims/{key}")
def one_claim_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """One claim, and for an operator what to decide it by."""
    return _one(request, runtime, actor, language, read_id(key))


@router.get("/claims/{key}/documents/{document}")
def document_file(key: str, document: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """A document, to be saved and never shown as a page of this site."""
    with runtime.session(writing=False, actor=actor) as session:
        held, content = documents.read_document(
            session, read_id(document), folder=runtime.settings.documents_dir()
        )
    if held.claim_id != read_id(key):
        raise NotFound("未找到该材料", code="document_not_found")
    return saved_file(content, media_type=held.media_type, name=held.name)


@router.post("/claims/{key}/{action}", dependencies=[SameSite])
def decide_page(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Approve, reject or withdraw."""
    claim_id, if_match = read_id(key), version_of(form)
    decision = text_of(form, "decision")
    try:
        with runtime.session(actor=actor) as session:
            if action == "approve":
                claims.approve_claim(
                    session,
                    claim_id,
                    decision=decision,
                    verified=text_of(form, "verified") == "true",
                    replaces_owners=text_of(form, "replaces_owners") == "true",
                    if_match=if_match,
                )
            elif action == "reject":
                claims.reject_claim(session, claim_id, decision=decision, if_match=if_match)
            elif action == "withdraw":
                claims.withdraw_claim(session, claim_id)
            else:
                raise no_page()
    except InvalidInput as error:
        return _one(request, runtime, actor, language, claim_id, errors=errors_of(error, language))
    return go(f"/claims/{claim_id}")


def _form(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    company_id: UUID,
    *,
    said: dict[str, str] | None = None,
    error: InvalidInput | Conflict | None = None,
) -> HTMLResponse:
    errors: Errors = errors_of(error, language) if isinstance(error, InvalidInput) else {}
    alert = Problem("", error.code, error.message).text(language) if isinstance(error, Conflict) else ""
    with runtime.session(writing=False, actor=actor) as session:
        person = get_person(session, require_person(session))
        company = get_company(session, company_id)
        taken = owners(session, company_id) > 0
    domain = claims.mail_domain(person, company)
    return page(
        request, "claim_form.html", language, status=error.status if error else 200, company=company, domain=domain,
        said={"statement": "", "method": "domain" if domain else "documents"} | (said or {}), errors=errors, alert=alert,
        taken=taken, most=documents.MOST,
    )  # fmt: skip


def _one(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    claim_id: UUID,
    *,
    errors: Errors | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        claim = claims.get_claim(session, claim_id)
        company = get_company(session, claim.company_id)
        person = claims.claimant(session, claim)
        files = documents.list_documents(session, claim)
        taken = owners(session, claim.company_id)
    return page(
        request, "claim.html", language, status=422 if errors else 200, claim=claim, company=company, person=person,
        contacts=contacts_of(person), files=files, owners=taken, errors=errors or {}, actions=_actions(actor, claim),
        domain=claims.mail_domain(person, company),
    )  # fmt: skip


def _actions(actor: Actor, claim: Claim) -> list[str]:
    """What the reader may do: claimants withdraw, operators decide what is not their own."""
    own = actor.id == claim.person_id
    reviews = may(actor, "claim.review", division=claim.division) and not own
    return [one for one in allowed(claim.state) if (own if one == "withdraw" else reviews)]

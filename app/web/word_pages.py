"""The operators' page of words of the trade: looked up, related, decided on in bulk, taken back, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from app.core.actor import Actor
from app.core.errors import InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.imports.uploaded import LARGEST
from app.knowledge import names, service
from app.knowledge.models import LONGEST, pair_key
from app.knowledge.policy import ACTIONS, KINS, STATES, State, allowed
from app.knowledge.schemas import WordCreate
from app.knowledge.sheet import Imported, export_words, import_words
from app.web.forms import Errors, FilesDep, FormDep, errors_of, text_of, texts_of, validated
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()
AT_ONCE = 50
ACTION_NAMES = {"approve": "采用", "refuse": "不采用", "reconsider": "放回待定"}
DONE = {
    "approve": "已采用 {n} 对词，匹配几秒内生效。",
    "refuse": "已不采用 {n} 对词，匹配几秒内生效。",
    "reconsider": "已把 {n} 对词放回待定。",
    "save": "词对已保存，匹配几秒内生效。",
    "import": "已导入，改动 {n} 对词。",
    "undo": "已撤销，恢复 {n} 对词。",
    "nothing": "没有勾选词对，请先勾选。",
    "same": "没有改动，内容与现有的相同。",
}
_KEPT = ("term", "state", "q")
"""What of the address stays when something was done."""


@router.get("/words")
@router.get("/words/import")
def words_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """What is known of a word, and the pairs of one state."""
    return _page(request, runtime, actor, language, said=request.query_params)


@router.get("/words.csv")
def words_file(runtime: RuntimeDep, actor: ActorDep, language: PageLanguage) -> Response:
    """Every pair as a file."""
    with runtime.session(writing=False, actor=actor) as session:
        content = export_words(session, language)
    headers = {
        "Content-Disposition": 'attachment; filename="words.csv"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/words/decide/{action}", dependencies=[SameSite])
def decide_words(action: str, runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Do one thing to every ticked pair."""
    move = next((one for one in ACTIONS if one == action), None)
    if move is None:
        raise no_page()
    ids = [read_id(one) for one in texts_of(form, "id")]
    if not ids:
        return _back(form, "nothing")
    with runtime.session(actor=actor) as session:
        batch, changed = service.decide(session, ids=ids, action=move)
    return _back(form, move, batch, changed) if changed else _back(form, "same")


@router.post("/words/refuse-shipped", dependencies=[SameSite])
def refuse_shipped_word(runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Hide what is shipped of two words."""
    with runtime.session(actor=actor) as session:
        row = service.refuse_shipped(session, term=text_of(form, "term"), word=text_of(form, "word"))
    return _back(form, "refuse", row.batch, 1)


@router.post("/words", dependencies=[SameSite])
def save_word(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Relate two words; what was said of them before is replaced."""
    typed = {name: text_of(form, name) for name in ("term", "kin", "other", "weight")}
    batch = new_id()
    try:
        said = validated(
            WordCreate, {name: value for name, value in typed.items() if value or name != "weight"}
        )
        with runtime.session(actor=actor) as session:
            changed = service.replace_word(session, said=said, batch=batch)
    except InvalidInput as error:
        return _page(request, runtime, actor, language, said=typed, errors=errors_of(error, language))
    return _back(form, "save", batch, 1) if changed else _back(form, "same")


@router.post("/words/import", dependencies=[SameSite])
def import_file(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FilesDep
) -> Response:
    """Take over a file, or say row by row why nothing was."""
    file = form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput(problems=[Problem("file", "required", "请选择文件")])
        with runtime.session(actor=actor) as session:
            done = import_words(session, file.file.read(LARGEST + 1))
    except InvalidInput as error:
        return _page(request, runtime, actor, language, errors=errors_of(error, language))
    if done.wrong:
        return _page(request, runtime, actor, language, refused=done)
    return _back(form, "import", done.batch, done.changed) if done.changed else _back(form, "same")


@router.post("/words/undo/{batch}", dependencies=[SameSite])
def undo_words(batch: str, runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Take back what was done together."""
    with runtime.session(actor=actor) as session:
        restored = service.undo(session, read_id(batch))
    return _back(form, "undo", None, restored)


def _back(form: FormData, done: str, batch: UUID | None = None, n: int = 0) -> Response:
    """The page as it was, saying what was done and offering to undo it."""
    before = dict(parse_qsl(urlsplit(text_of(form, "back")).query))
    kept = {name: before[name] for name in _KEPT if name in before}
    told = {"done": done, "n": n} | ({"batch": batch} if batch else {})
    return go(f"/words?{urlencode(kept | told)}")


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    *,
    said: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    refused: Imported | None = None,
) -> HTMLResponse:
    asked = request.query_params
    term, text = asked.get("term", "")[:LONGEST], asked.get("q", "")[:LONGEST]
    state: State = next((one for one in STATES if one == asked.get("state")), "suggested")
    with runtime.session(writing=False, actor=actor) as session:
        listed, more = service.list_words(
            session, text=text, state=state, limit=AT_ONCE, cursor=asked.get("cursor", "")
        )
        known = service.known_of(session, term) if term.strip() else None
    own = {pair_key(row.term, row.other) for row in known.own} if known else set()
    return page(
        request, "words.html", language, status=422 if errors or refused else 200, listed=listed, more=more, known=known,
        own=own, pair_key=pair_key, longest=LONGEST, state=state, text=text, states=STATES, actions=allowed(state),
        kins=KINS, names=names, action_names=ACTION_NAMES, said=said or {}, errors=errors or {},
        wrong=[(one.number, one.problem.text(language)) for one in refused.wrong] if refused else [],
        done=DONE.get(asked.get("done", ""), ""), batch=read_id(asked["batch"]) if asked.get("batch") else None, n=asked.get("n", ""),
    )  # fmt: skip

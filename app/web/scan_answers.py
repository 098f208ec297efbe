"""What the resolver answers: which form is asked for, and the answer, kept or made.

One query has said by now which version of everything a code shows is current; the answer is made once a version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import Request, Response
from sqlmodel import Session

from app.codes.answers import Answers, Key, Rendered, rendered
from app.codes.cards import Card, load_card
from app.codes.gs1 import PRIMARY_KEYS, levels
from app.codes.links import JSON_LD, LINKSET, VCARD, Link, choose, link_type, links_of, linkset
from app.codes.numbers import grouped
from app.codes.refusals import LinkMissing
from app.codes.resolving import Found
from app.codes.statistics import own_card
from app.codes.structured import json_ld, vcard
from app.core.actor import ANONYMOUS, Actor
from app.core.clock import today
from app.core.i18n import LANGUAGES, Language
from app.core.problems import request_language
from app.core.runtime import Runtime
from app.registry.models import Company
from app.settings import Settings
from app.web import deal_words
from app.web.negotiation import accepted, preferred
from app.web.pages import HERE, render_text
from app.web.scan_lead import selling_teams
from app.web.scan_sending import redirect, send

HTML = "text/html; charset=utf-8"
OFFERED = ("text/html", LINKSET, "application/json", JSON_LD, VCARD)
KEPT_FOR = timedelta(days=7)
"""How long an answer that no day changes is taken for true: a first invitation that a firm lets lie counts from then on."""


async def represent(
    request: Request, found: Found, path: str, actor: Actor, *, only: str = "", direct: bool = True
) -> Response:
    """The answer of a code that stands, in the form asked for or in ``only`` one. Raises LinkMissing.

    ``direct``: it was asked for by ``/c/``, where the page itself is; other addresses redirect there.
    """
    language = request_language(request)
    asked = request.query_params.get("linkType", "")
    form = only or _form_asked(request, asked)
    if form == "link":
        link = await run_sync(_link_asked, request, found, asked, language, actor)
        return redirect(request, link.href, drop=("linkType", "s", "lang"), path=path)
    if form == "page" and not direct:
        return redirect(request, f"/c/{found.code}", path=path)
    runtime: Runtime = request.app.state.runtime
    key = _key(runtime.settings, form, found, path, language)
    answers: Answers = request.app.state.answers
    answer = None if actor.known else answers.get(key, today())
    if answer is None:
        answer = await run_sync(_make, request, form, found, path, language, actor)
        if not actor.known:
            # One code has many spellings; of linksets, which name theirs, only the normal one is worth the disk.
            normal = form != "linkset" or path == f"/c/{found.code}"
            await run_sync(lambda made: answers.put(key, made, file=normal), answer)
    return _counted(request, found, answer, language, path, form, actor)


def kept(request: Request, found: Found, path: str) -> Response | None:
    """The answer for somebody who is not known, where it was made before; None where more is to be done."""
    language = request_language(request)
    form = _form_asked(request, request.query_params.get("linkType", ""))
    runtime: Runtime = request.app.state.runtime
    answers: Answers = request.app.state.answers
    if form == "link":
        return None
    answer = answers.get(_key(runtime.settings, form, found, path, language), today())
    if answer is None:
        return None
    return _counted(request, found, answer, language, path, form, ANONYMOUS)


def _counted(
    request: Request, found: Found, answer: Rendered, language: Language, path: str, form: str, actor: Actor
) -> Response:
    """The answer on its way, and the scan counted where a page was looked at."""
    if form == "page" and request.method == "GET":
        request.app.state.runtime.scans.add(found.company_id, actor)
    return send(request, answer, language, path, form)


def _key(settings: Settings, form: str, found: Found, path: str, language: Language) -> Key:
    anchor = path if form == "linkset" else found.code
    versions = ".".join(map(str, found.version))
    return Key(f"{form} {language} {found.signed:d} {anchor}", f"{versions} {_program()} {settings.origin()}")


@lru_cache(maxsize=1)
def _program() -> str:
    """Changes whenever a file of the program does: templates, words, code."""
    folder = HERE.parent
    files = sorted(one for one in folder.rglob("*") if one.suffix != ".pyc" and one.is_file())
    said = "".join(
        f"{one.relative_to(folder)} {one.stat().st_size} {one.stat().st_mtime_ns}\n" for one in files
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _form_asked(request: Request, asked: str) -> str:
    """page, linkset, json-ld, vcard, or one link."""
    if asked in ("linkset", "all"):
        return "linkset"
    if asked in ("", "defaultLink", "gs1:defaultLink"):
        media = preferred(request.headers.get("accept", ""), OFFERED)
        return {LINKSET: "linkset", "application/json": "linkset", JSON_LD: "json-ld", VCARD: "vcard"}.get(
            media, "page"
        )
    return "json-ld" if link_type(asked) == "describedby" else "link"


def _link_asked(request: Request, found: Found, asked: str, language: Language, actor: Actor) -> Link:
    runtime: Runtime = request.app.state.runtime
    with runtime.session(writing=False, actor=actor) as session:
        links = links_of(_card(session, found, actor), runtime.settings.origin())
    languages = [language, *(tongue for tongue in LANGUAGES if tongue != language)]
    chosen = choose(links, link_type(asked), languages, accepted(request.headers.get("accept", "")))
    if chosen is None:
        known = "、".join(dict.fromkeys(link.type for link in links))
        raise LinkMissing("现有的链接类型：{known}", known=known)
    return chosen


def _card(session: Session, found: Found, actor: Actor) -> Card:
    return load_card(session, found.code, viewer=actor, today=today())


def _make(request: Request, form: str, found: Found, path: str, language: Language, actor: Actor) -> Rendered:
    runtime: Runtime = request.app.state.runtime
    origin = runtime.settings.origin()
    day = today()
    with runtime.session(writing=False, actor=actor) as session:
        card = _card(session, found, actor)
        teams = selling_teams(session, actor, card.company.id)
        left = own_card(session, card.company.id) is not None
    until = day if card.changes_by_day else day + KEPT_FOR
    if form == "page":
        return rendered(_page(request, card, found, language, teams=teams, left=left), HTML, until)
    if form == "json-ld":
        return rendered(json.dumps(json_ld(card, origin), ensure_ascii=False), JSON_LD, until)
    if form == "vcard":
        return rendered(vcard(card, origin), f"{VCARD}; charset=utf-8", until)
    links = links_of(card, origin)
    ways = [path, *(f"/{level}" for level in levels(path.strip("/"))[1:])] if _is_gs1(path) else [path]
    anchors: list[tuple[str, Sequence[Link]]] = [(origin + way, links) for way in ways]
    default = f"{origin}/c/{found.code}"
    return rendered(json.dumps(linkset(anchors, default, language), ensure_ascii=False), LINKSET, until)


def _is_gs1(path: str) -> bool:
    return path.split("/")[1] in PRIMARY_KEYS


def _page(
    request: Request, card: Card, found: Found, language: Language, *, teams: Sequence[Company], left: bool
) -> str:
    # Rendered as if asked by its plain address: nothing of one visitor's query may reach the next.
    plain = Request(
        {
            **request.scope,
            "path": f"/c/{found.code}",
            "query_string": urlencode({"lang": language}).encode(),
        }
    )
    return render_text(
        plain, "scan.html", language, card=card, standing=card.standing, deal_words=deal_words, signed=found.signed,
        printed=grouped(found.code), teams=teams, left=left,
    )  # fmt: skip

"""Finding firms: by words, with facets and filters in the address; without words, by division, industry or kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.catalogue import service as catalogue
from app.core.errors import InvalidInput
from app.core.http import RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.demands.places import place_of
from app.demands.understanding import read_words
from app.matches.search_box import QUESTIONS, encode_search, full_name, notes_of, read_box
from app.matches.word_search import firms_with
from app.registry import service as registry
from app.registry.lookups import subtree
from app.registry.uscc import InvalidUscc, parse_uscc
from app.web.facets import Chosen, counts_in_index, counts_of, facets_of, read_chosen
from app.web.forms import number_text
from app.web.home import EXAMPLES, LONGEST_TEXT
from app.web.needs import need_rows
from app.web.pages import PageLanguage, go, page
from app.web.places import place_choices
from app.web.ranking import Controls, Ranked, looser, rank, read_controls
from app.web.words import Words
from matching.search_box import Reading, Search
from search.index import Filters
from search.places import load_gazetteer

router = APIRouter()

SHOWN = 20
FACETED = 100
"""Facets are counted over this many of the best results."""
KEPT = (
    "industry", "place", "lang", "within", "min_price", "max_price", "price_unit", "min_capacity", "capacity_unit",
)  # fmt: skip
"""Parameters that stay when the words are read anew and say nothing else of them."""


@router.get("/search")
def search_page(
    request: Request,
    runtime: RuntimeDep,
    language: PageLanguage,
    q: str = "",
    cursor: str = "",
    context: str = "",
) -> Response:
    """Results for words; firms or listings in order when there are none."""
    q = q[:LONGEST_TEXT].strip()
    if address := _company_of_code(runtime, q):
        return go(address)
    query = request.query_params
    if q and not query.get("read"):
        reading = _read(q, context)
        if reading.question:
            return _ask_back(request, language, q, reading)
        if address := _address_of(reading, query):
            return go(address)
    chosen = read_chosen(query)
    if q:
        return _results(request, runtime, language, q, chosen)
    return _browse(request, runtime, language, chosen, cursor)


@router.get("/search/firms")
def firms_page(
    request: Request, runtime: RuntimeDep, language: PageLanguage, q: str = "", cursor: str = ""
) -> Response:
    """Every firm with the words, page after page; an expired or broken place in the list begins it anew."""
    q = q[:LONGEST_TEXT].strip()
    if not q:
        return go("/search")
    try:
        firms, more = firms_with(runtime, q, Filters(), limit=SHOWN, cursor=cursor)
    except InvalidInput:
        return go(f"/search/firms?{urlencode({'q': q})}")
    return page(request, "found.html", language, q=q, firms=firms, more=more)


def _read(q: str, context: str) -> Reading:
    """The words read after the search before; a context that is none (an old or cut address) is passed over."""
    try:
        return read_box(q, context)
    except InvalidInput:
        return read_box(q)


def _address_of(reading: Reading, query: Mapping[str, str]) -> str:
    """The address that says in parameters what the words said, so that every filter can be taken off; "" if nothing."""
    search = reading.search
    said = {
        "division": ",".join(search.divisions),
        "kind": search.kind,
        "n": search.count,
        "start": search.start,
        "verified": "1" if search.verified_only else "",
        "sort": "distance" if search.nearest_first else "",
        "min_price": number_text(search.min_price) if search.min_price else "",
        "max_price": number_text(search.max_price) if search.max_price else "",
        "price_unit": search.price_unit,
        "was": reading.left,
        **({"set": "1", "makers": "1"} if reading.step and search.makers_only else {}),
    }
    said = {name: value for name, value in said.items() if value}
    if not said and not reading.step:
        return ""
    kept = {name: value for name, value in query.items() if name in KEPT and value}
    return f"/search?{urlencode({'read': '1', 'q': search.words, **kept, **said})}"


def _ask_back(request: Request, language: Language, q: str, reading: Reading) -> HTMLResponse:
    """A question instead of results, with addresses that answer it."""
    words, search = Words(language), reading.search
    options = [
        (full_name(one), f"/search?{urlencode({'read': '1', 'q': search.words, 'division': one})}")
        for one in reading.options
    ]
    return page(
        request, "search_question.html", language, q=q, question=words.say(QUESTIONS[reading.question]),
        options=options, place=full_name(search.division), context=encode_search(search), examples=EXAMPLES[language],
    )  # fmt: skip


def _company_of_code(runtime: Runtime, q: str) -> str:
    """A credit code typed into the box means that firm."""
    try:
        uscc = parse_uscc(q)
    except InvalidUscc:
        return ""
    with runtime.session(writing=False) as session:
        company = registry.find_by_uscc(session, uscc)
    return f"/companies/{company.id}" if company else ""


def _results(request: Request, runtime: Runtime, language: Language, q: str, chosen: Chosen) -> HTMLResponse:
    need = read_words("", q)
    start, count = (_number(request.query_params.get(name, "")) for name in ("start", "n"))
    here = request.query_params.get("place", "")
    if load_gazetteer().get(here):
        need = replace(need, place=place_of(here))
    controls = read_controls(request.query_params, need, language)
    every = rank(runtime, need, controls, language, limit=FACETED)
    verified = request.query_params.get("verified") == "1"

    def narrowed(asked: Controls) -> Ranked:
        return rank(
            runtime, need, asked, language, limit=FACETED,
            kinds=(asked.kind,) if asked.kind else (),
            industries=subtree(chosen.industry) if chosen.industry else (),
            divisions=chosen.divisions, verified=verified,
        )  # fmt: skip

    ranked = narrowed(controls) if chosen.narrows or verified else every
    ranked = replace(ranked, looser=looser(ranked, controls, narrowed))
    search = Search(
        words=q, division="".join(chosen.divisions[:1]), others=chosen.divisions[1:], kind=chosen.kind, count=count or None, verified_only=verified,
        start=start, makers_only=controls.makers, nearest_first=controls.sort == "distance",
        min_price=controls.limits.amounts.min_price, max_price=controls.limits.amounts.max_price, price_unit=controls.limits.amounts.price_unit,
    )  # fmt: skip
    found = len(ranked.fitting)
    ranked = ranked.after(start)
    shown = min(count or SHOWN, len(ranked.fitting))
    reading = Reading(search, need, left=chosen.was)
    words = Words(language)
    return page(
        request, "search.html", language, q=q, here=here, ranked=ranked,
        shown=count or SHOWN, most=FACETED, found=found,
        notes=notes_of(reading, found=found, shown=len(ranked.result.matches), language=language),
        context=encode_search(replace(search, start=start + shown)), more=found > start + shown,
        rows=[row for row in need_rows(need, words) if row.chips],
        facets=facets_of(counts_of(every.fitting), chosen, words),
        places=place_choices(runtime.settings.home_division, here), narrowed=chosen.narrows,
        examples=EXAMPLES[language],
    )  # fmt: skip


def _number(text: str) -> int:
    """A count in an address, at most what is ranked; 0 when it is none."""
    return min(int(text), FACETED) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _browse(
    request: Request, runtime: Runtime, language: Language, chosen: Chosen, cursor: str
) -> HTMLResponse:
    words = Words(language)
    firms: list[Any] = []
    listings: list[Any] = []
    with runtime.session(writing=False) as session:
        if chosen.kind:
            found, more = catalogue.list_listings(session, kind=chosen.kind, limit=SHOWN, cursor=cursor)
            listings = [(listing, registry.get_company(session, listing.company_id)) for listing in found]
        else:
            firms, more = registry.list_companies(
                session,
                division="".join(chosen.divisions[:1]),
                industry=chosen.industry,
                limit=SHOWN,
                cursor=cursor,
            )
    return page(
        request, "browse.html", language, firms=firms, listings=listings, more=more, chosen=chosen,
        facets=facets_of(counts_in_index(runtime, chosen), chosen, words), examples=EXAMPLES[language],
    )  # fmt: skip

"""Free text to `Need`: what is wanted, how many, which specs, where, by when, what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, TypeVar

from matching.amounts import find_amounts
from matching.clauses import CLAUSE_END, CUT, NOTATION
from matching.deadlines import find_deadline
from matching.english import in_chinese
from matching.grades import Designation, find_grades, find_models, find_standards
from matching.heads import read_head
from matching.heads_en import read_head_en
from matching.kinds import guess_kind
from matching.lexicon import lexicon
from matching.need import Need, Place
from matching.numerals import fold
from matching.phrases import Head
from matching.place_choice import Gazetteer, choose_place
from matching.quantities import LONGEST_TEXT, SpecMention, read_specs
from matching.refusals import read_refusals
from matching.spelling import correct_name, correct_slips

T = TypeVar("T")

_STORY_SENTENCE: Final = re.compile(
    r"\s*(?:我们是|我厂是|我司是|我公司是|本厂是|我们厂|我们做|我厂(?:主要)?做|我们(?:船|钢|洗煤|化工|药)?厂(?:是|主要)|成立于|our (?:family )?company (?:has|is|was)|we are an? )",
    re.IGNORECASE,
)
_OWN_MEASURES: Final = frozenset({"output", "throughput"})


def understand(
    text: str, *, title: str = "", today: date | None = None, places: Gazetteer | None = None
) -> Need:
    """What the buyer needs, as far as the words say it.

    With a ``title``, what is wanted comes from the title and everything else from title and text together.
    Relative dates are counted from ``today`` (the current day when None). Without ``places`` no division is
    recognised. Any text is accepted; only its first 20,000 characters are read.
    """
    title = title[:LONGEST_TEXT].strip()
    full = (f"{title}\n{text}" if title else text)[:LONGEST_TEXT]
    written = fold(full)
    folded = correct_slips(written)
    language = _language(title or full)
    specs = [m for m in read_specs(folded) if not _is_story(m, folded)]
    amounts = find_amounts(folded)
    # The text behind the title says the quantity more surely than the title.
    amount = amounts.surest(len(title) + 1) if title else None
    amount = amount or amounts.surest()
    deadline = find_deadline(folded, today or date.today())
    place, place_spans = _find_place(full, places)
    refusals = read_refusals(folded)
    standards = find_standards(folded)
    spec_spans = [(m.start, m.end) for m in specs]
    grades = _outside(find_grades(folded), [*spec_spans, *_spans(standards)])
    amount_spans = [(amount.start, amount.end)] if amount else []
    taken = [*spec_spans, *_spans(standards), *_spans(grades), *amount_spans]
    models = find_models(folded, taken)
    # 五层 and 三芯 are part of the thing's name (五层瓦楞箱).
    spec_cuts = [(m.start, m.end) for m in specs if m.spec.name not in ("layers", "cores")]
    cuts = [*spec_cuts, *amount_spans, *place_spans, *refusals.spans, *_spans(standards)]
    if deadline:
        cuts.append((deadline.start, deadline.end))
    cuts.extend(amounts.spans)
    notations = sorted([*grades, *models], key=lambda d: d.start)
    head_end = len(title) if title else len(folded)
    head = _read_head(folded[:head_end], cuts, notations, language, titled=bool(title))
    if not head.what and title:
        head = _read_head(folded, cuts, notations, language, titled=False)
    # 经济技术开发区 says where, not that technology is wanted.
    placeless = _masked(folded, place_spans)
    asked = placeless[: len(title)] if title else _asking_words(placeless, head)
    processes = _processes(folded)
    what = tuple(dict.fromkeys(correct_name(name) if language == "zh" else name for name in head.what))
    return Need(
        text=full,
        title=title,
        language=language,
        what=what,
        also=_also(what) if language == "en" else (),
        corrected=_corrections(head.what, what, written, folded),
        kind=guess_kind(
            what,
            asked,
            amount.amount if amount else None,
            measured=bool(specs),
            text=placeless,
            metal=bool(grades or processes),
        ),
        processes=processes,
        materials=_materials(folded),
        grades=_unique(g.text for g in grades),
        standards=_unique(s.text for s in standards),
        models=_unique(m.text for m in models),
        specs=_unique(m.spec for m in specs),
        quantity=amount.amount if amount else None,
        place=place,
        deadline=deadline.day if deadline else None,
        makers_only=refusals.makers_only,
        local_only=refusals.local_only,
        exclusions=refusals.exclusions,
        application=head.application,
    )


def _also(what: tuple[str, ...]) -> tuple[str, ...]:
    return _unique(chinese for name in what if (chinese := in_chinese(name)))


def _corrections(
    read: tuple[str, ...], corrected: tuple[str, ...], written: str, folded: str
) -> tuple[str, ...]:
    """What was put right in the names, in the form "as written→as meant"."""
    found = []
    for name, right in zip(read, corrected, strict=False):
        at = folded.find(name)
        said = written[at : at + len(name)] if at >= 0 else name
        if said != right:
            found.append(f"{said}→{right}")
    return tuple(dict.fromkeys(found))


def _language(text: str) -> Literal["zh", "en"]:
    """English when letters outnumber Chinese characters four to one (a Chinese word may count as two letters)."""
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    letters = len(re.findall(r"[A-Za-z]", text))
    return "en" if letters > 4 * chinese else "zh"


def _is_story(mention: SpecMention, folded: str) -> bool:
    """The buyer's own output (我们是年产200万吨的钢厂) is no property of the thing wanted."""
    if mention.spec.name not in _OWN_MEASURES:
        return False
    start = max(folded.rfind(mark, 0, mention.start) for mark in "。；\n;.") + 1
    return _STORY_SENTENCE.match(folded, start) is not None


def _find_place(full: str, places: Gazetteer | None) -> tuple[Place | None, list[tuple[int, int]]]:
    if places is None:
        return None, []
    return choose_place(full, places.find_in_text(full))


def _asking_words(folded: str, head: Head) -> str:
    """The clause around the head of an untitled text: where words like 加工 or 维修 say what kind it is."""
    if not head.what:
        return folded[:60]
    at = max(folded.find(head.what[0]), 0)
    clause = CLAUSE_END.split(folded[at : at + 120], maxsplit=1)[0]
    return f"{CLAUSE_END.split(folded[max(0, at - 12) : at])[-1]}{clause}"


def _spans(designations: list[Designation]) -> list[tuple[int, int]]:
    return [(d.start, d.end) for d in designations]


def _outside(designations: list[Designation], spans: list[tuple[int, int]]) -> list[Designation]:
    covered = bytearray(max((end for _, end in spans), default=0))
    for start, end in spans:
        covered[start:end] = b"\x01" * (end - start)
    return [d for d in designations if not any(covered[d.start : d.end])]


def _masked(folded: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        folded = f"{folded[:start]}{' ' * (end - start)}{folded[end:]}"
    return folded


def _read_head(
    folded: str,
    cuts: list[tuple[int, int]],
    notations: list[Designation],
    language: Literal["zh", "en"],
    *,
    titled: bool,
) -> Head:
    masked = list(folded.replace(CUT, " ").replace(NOTATION, " "))
    for start, end in cuts:
        masked[start:end] = CUT * len(masked[start:end])
    if language == "en":
        return read_head_en("".join(masked), titled=titled)
    kept = []
    for notation in notations:
        if notation.end <= len(masked) and CUT not in masked[notation.start : notation.end]:
            masked[notation.start : notation.end] = NOTATION * (notation.end - notation.start)
            kept.append(notation.text)
    return read_head("".join(masked), kept, titled=titled)


_MACHINE_BEHIND: Final = re.compile(
    r"机(?!加)|设备|炉|剂|粉|液|线|车间|工位|厂|师傅|工(?!艺|序)|模|纸|箱|盒|袋|膜|瓶|材料"
)


def _processes(full: str) -> tuple[str, ...]:
    """Processes named, but not those refused (不焊接) or inside a machine's name (折弯机)."""
    return _unique(
        w.text
        for w in lexicon().processes.find(full)
        if full[w.start - 1 : w.start] not in ("不", "无", "免") and not _MACHINE_BEHIND.match(full, w.end)
    )


def _materials(full: str) -> tuple[str, ...]:
    return _unique(w.text for w in lexicon().materials.find(full))


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))

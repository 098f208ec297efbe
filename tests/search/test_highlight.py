"""Marking words: what is marked was searched for, and nothing of the text is lost or changed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import tokens
from search.highlight import fragment, highlight


def marks(text: str, query: str) -> list[str]:
    return [piece for piece, marked in highlight(text, tokens(query)) if marked]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("沈阳水泵厂", "水泵", ["水泵"]),
        ("不锈钢离心水泵", "不锈钢离心泵", ["不锈钢离心"]),
        ("水泵、阀门、水泵", "水泵", ["水泵", "水泵"]),
        ("深沟球轴承6204-2RS", "6204轴承", ["轴承6204"]),
        ("法兰 DN 50，ＤＮ５０", "dn50", ["DN 50", "ＤＮ５０"]),
        ("符合GB/T 1234-2018", "gb/t1234", ["GB/T 1234"]),
        ("PUMP and pumps", "Pump", ["PUMP"]),
        ("Cafe\u0301 machine", "café", ["Cafe\u0301"]),
        ("泵 水泵", "泵", ["泵", "泵"]),
        ("水\u200b泵厂", "水泵", ["水\u200b泵"]),
        ("3.5mm", "5mm", []),
        ("离心机", "水泵", []),
        ("", "水泵", []),
    ],
)
def test_what_is_marked(text: str, query: str, marked: list[str]) -> None:
    assert marks(text, query) == marked


_texts = st.text("水泵离心阀门A1ａｂe\u0301 -./*φ5dnDN<>&\u200b\x00泵", max_size=30)


@given(_texts, _texts)
def test_a_text_is_marked_where_it_has_a_token_and_only_there(text: str, query: str) -> None:
    parts = highlight(text, tokens(query))
    if parts:
        assert "".join(piece for piece, _ in parts) == text
        assert all(piece for piece, _ in parts)
        assert all(one[1] != other[1] for one, other in pairwise(parts))
    assert bool(parts) == bool(set(tokens(text)) & set(tokens(query)))


@given(st.text(max_size=40))
def test_a_text_has_all_its_own_words(text: str) -> None:
    assert bool(highlight(text, tokens(text))) == bool(tokens(text))


def test_a_long_text_is_cut_around_the_first_mark() -> None:
    parts = highlight("甲" * 300 + "水泵" + "乙" * 300, tokens("水泵"))
    shown = fragment(parts, 40)
    assert ("水泵", True) in shown
    assert shown[0] == shown[-1] == ("…", False)
    assert len("".join(piece for piece, _ in shown)) == 42
    assert fragment(highlight("甲水泵", tokens("水泵")), 40) == (("甲", False), ("水泵", True))
    assert fragment(()) == ()

"""Tokens: what has to stay whole, what has to be folded, and that no text is slow."""

from __future__ import annotations

import pytest

from search.analysis import CACHED_CHARACTERS, MAX_CHARACTERS, bigrams, may_hold, normalise, tokens, words


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("深沟球轴承6204-2RS", "6204-2rs"),
        ("Q345B钢板", "q345b"),
        ("DN50法兰", "dn50"),
        ("法兰 DN 50", "dn50"),
        ("符合GB/T 1234-2018", "gb/t1234"),
        ("符合GB/T1234的螺栓", "gb/t1234"),
        ("DIN 934 nut", "din934"),
        ("φ130圆钢", "φ130"),
        ("Φ130圆钢", "φ130"),
        ("Ø130 round bar", "φ130"),
        ("⌀130", "φ130"),
        ("M8*20螺栓", "m8*20"),
        ("厚3.5mm", "3.5mm"),
        ("ＤＮ５０，Ｑ３４５Ｂ", "q345b"),
        ("5μm", "5μm"),
        ("c#语言", "c#"),
    ],
)
def test_codes_grades_and_sizes_stay_whole(text: str, whole: str) -> None:
    assert whole in words(text)


@pytest.mark.parametrize(
    "text", ["符合GB/T 1234-2018的直线导轨", "法兰 DN 50、Ø130圆钢", "Linear Guides Ｍ８*20", "水泵"]
)
def test_no_word_is_passed_over(text: str) -> None:
    assert words(text)
    for word in words(text):
        assert may_hold(text, [word])
    assert not may_hold(text, ["直线电机", "pumps"])
    assert not may_hold(text, [])


def test_the_parts_of_a_code_are_found_too_but_a_decimal_has_none() -> None:
    assert {"6204", "2rs"} <= set(words("6204-2RS"))
    assert "130" in words("φ130")
    assert words("3.5mm") == ["3.5mm"]
    assert words("DN50") == ["dn50"]


def test_full_width_forms_and_case_fold() -> None:
    assert tokens("ＤＮ５０法兰") == tokens("dn50法兰")
    assert normalise("ＰＶＣ　管") == "pvc 管"


def test_bigrams_are_marked_and_a_lone_character_stands() -> None:
    assert bigrams("液压油缸") == ["_液压", "_压油", "_油缸"]
    assert bigrams("泵 阀") == ["_泵", "_阀"]
    assert not set(bigrams("水泵")) & set(words("水泵"))


def test_control_characters_part_words_and_invisible_ones_do_not() -> None:
    assert words("pump\x00valve\x1ffan\nnut") == ["pump", "valve", "fan", "nut"]
    assert words("6204\u200b-2RS\ufeff") == words("6204-2RS")
    assert words("水\u00ad泵") == ["水泵"]
    assert words("pump\u2028valve") == ["pump", "valve"]


@pytest.mark.parametrize("text", ["", " \t\n", "！？。，", "🙂🔧", "\x00", "\ud800", "的"])
def test_what_says_nothing_has_no_words(text: str) -> None:
    assert words(text) == []


def test_no_token_holds_a_space() -> None:
    everything = "".join(chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000)
    assert all(token and not any(c.isspace() for c in token) for token in tokens(f"水泵 {everything} DN 50"))


def test_other_alphabets_and_rare_characters_make_words() -> None:
    assert words("café Насос ポンプ 펌프") == ["café", "насос", "ポンプ", "펌프"]
    assert "_𬬻" in bigrams("𬬻")


def test_stop_words_of_both_languages_drop_out() -> None:
    assert words("the pump of the firm") == ["pump", "firm"]
    assert "的" not in words("水泵的叶轮")


def test_long_texts_are_cut_and_not_cached() -> None:
    assert words("泵" * MAX_CHARACTERS + "阀门") == words("泵" * MAX_CHARACTERS)
    long = "水泵" * CACHED_CHARACTERS
    assert tokens(long) is not tokens(long)
    assert tokens("水泵") is tokens("水泵")


@pytest.mark.parametrize("unit", ["水泵阀门", "a-", "1.", "gb/", "g ", "φ", "中a1-", "\n", "iso ", "﷽"])
@pytest.mark.timeout(60)
def test_hostile_texts_do_not_hang(unit: str) -> None:
    """Time that grows with the square of the length would take minutes here."""
    text = unit * (200_000 // len(unit))
    assert len(words(text)) <= MAX_CHARACTERS
    assert len(bigrams(text)) <= MAX_CHARACTERS

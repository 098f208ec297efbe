"""An installation's words over the shipped ones: what they add, what they hide, and who has the last word."""

from __future__ import annotations

from matching.knowledge import Expander, Kin, OwnRelation, Relation, overlay, shipped
from matching.knowledge.relations import assemble

BASE = assemble(
    [
        Relation("阀门", "same", "阀"),
        Relation("阀门", "narrower", "球阀"),
        Relation("输送机", "does", "往上送"),
        Relation("铸件", "made_by", "铸造"),
    ],
    {"阀门": ("3443",)},
    [("管路上开关的东西", "阀门")],
)


def own(left: str, kin: Kin, right: str, weight: float = 0.5, *, refused: bool = False) -> OwnRelation:
    return OwnRelation(Relation(left, kin, right), weight, refused=refused)


def weights(expander: Expander, phrase: str) -> dict[str, float]:
    found = expander.expand([phrase], expander.mentioned([phrase]))
    return {term.text: term.weight for term in found}


def test_a_new_word_is_found_in_a_need_and_leads_both_ways() -> None:
    expander = Expander(overlay(BASE, [own("阀门", "same", "凡尔", 0.7)]))
    assert weights(expander, "凡尔")["阀门"] == 0.7
    assert weights(expander, "阀门")["凡尔"] == 0.7
    assert "球阀" in weights(expander, "凡尔"), "a second step into the shipped words"


def test_another_name_and_a_kind_are_of_the_same_industry() -> None:
    for kin in ("same", "narrower"):
        expander = Expander(overlay(BASE, [own("阀门", kin, "凡尔")]))
        assert expander.industries(expander.mentioned(["凡尔"])) == (("3443", 1.0),)
    expander = Expander(overlay(BASE, [own("阀门", "related", "凡尔")]))
    assert expander.industries(expander.mentioned(["凡尔"])) == ()


def test_own_words_have_the_last_word() -> None:
    knowledge = overlay(BASE, [own("球阀", "same", "阀门", 0.9)])
    assert knowledge.kin["阀门"]["球阀"] == knowledge.kin["球阀"]["阀门"] == "same"
    assert weights(Expander(knowledge), "阀门")["球阀"] == 0.9
    assert weights(Expander(knowledge), "阀门")["阀"] == 0.8, "what nobody spoke of stays as it is"


def test_a_refusal_hides_what_is_shipped_whichever_word_it_names_first() -> None:
    for refused in (own("阀门", "narrower", "球阀", refused=True), own("球阀", "same", "阀门", refused=True)):
        expander = Expander(overlay(BASE, [refused]))
        assert "球阀" not in weights(expander, "阀门")
        assert "阀门" not in weights(expander, "球阀")
    hidden = overlay(BASE, [own("输送机", "does", "往上送", refused=True)])
    assert "输送机" not in weights(Expander(hidden), "往上送的设备")


def test_what_does_not_follow_the_other_way_round_is_not_said() -> None:
    knowledge = overlay(BASE, [own("铸件", "made_by", "消失模")])
    assert knowledge.kin["铸件"]["消失模"] == "made_by"
    assert "消失模" not in knowledge.kin


def test_a_refusal_of_unknown_words_changes_nothing() -> None:
    assert overlay(BASE, [own("甲", "same", "乙", refused=True)]) == BASE


def test_the_base_stays_as_it_is() -> None:
    before = {word: dict(related) for word, related in BASE.kin.items()}
    overlay(BASE, [own("阀门", "same", "凡尔"), own("阀门", "same", "阀", refused=True)])
    assert BASE.kin == before
    assert BASE.weights == {}


def test_what_is_slow_to_prepare_is_shared_where_it_is_the_same() -> None:
    known = Expander(overlay(shipped().knowledge, [own("阀门", "same", "球阀")]), like=shipped())
    assert known._finder is shipped()._finder
    new = Expander(overlay(shipped().knowledge, [own("阀门", "same", "凡尔凡")]), like=shipped())
    assert new._finder is not shipped()._finder
    assert new._linker is shipped()._linker
    assert "阀门" in weights(new, "凡尔凡")

"""From what a firm offers back to what buyers call it in own words: the very steps a need takes forward."""

from __future__ import annotations

from matching.knowledge import AskedAs, Expander, Kin, OwnRelation, Relation, overlay
from matching.knowledge.relations import assemble

BASE = assemble(
    [
        Relation("阀门", "same", "阀"),
        Relation("阀门", "narrower", "球阀"),
        Relation("输送机", "does", "往上送"),
        Relation("铸件", "made_by", "铸造"),
    ],
    {},
)


def own(left: str, kin: Kin, right: str, weight: float = 0.8, *, refused: bool = False) -> OwnRelation:
    return OwnRelation(Relation(left, kin, right), weight, refused=refused)


def asked(title: str, *relations: OwnRelation) -> dict[str, float]:
    return dict(AskedAs(overlay(BASE, relations)).words(title))


def test_without_own_words_there_is_nothing_to_add() -> None:
    assert asked("球阀") == {}
    assert asked("球阀", own("阀门", "narrower", "球阀", refused=True)) == {}


def test_an_own_word_leads_from_the_title_to_the_demand_and_on_to_its_kin() -> None:
    relation = own("阀门", "same", "凡尔")
    assert asked("不锈钢阀门", relation)["凡尔"] == 0.8
    assert asked("凡尔", relation)["阀门"] == 0.8
    # 凡尔 is another name of 阀门, of which 球阀 is a kind: whoever asks for 凡尔 is shown makers of 球阀.
    assert 0 < asked("球阀", relation)["凡尔"] < 0.8


def test_what_does_not_follow_forward_is_not_followed_back() -> None:
    relation = own("铸件", "made_by", "消失模")
    assert asked("消失模铸造", relation) == {"铸件": 0.8}
    assert asked("铸件", relation) == {}
    assert asked("往上送", own("提升机", "does", "往上送")) == {}, "what a machine does finds no maker"


def test_it_finds_what_the_demand_itself_would_be_led_to() -> None:
    relations = [
        own("阀门", "same", "凡尔"),
        own("铸件", "made_by", "消失模"),
        own("球阀", "related", "法兰"),
    ]
    knowledge = overlay(BASE, relations)
    expander = Expander(knowledge)
    back = AskedAs(knowledge)
    led = 0
    for demand in knowledge.kin:
        plain = {term.text for term in Expander(BASE).expand([demand], Expander(BASE).mentioned([demand]))}
        for term in expander.expand([demand], expander.mentioned([demand])):
            if term.text not in plain:
                led += 1
                assert demand in dict(back.words(term.text)), (demand, term)
    assert led >= 5

"""The table of who may do what, walked whole: every action, every sort of actor."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.accounts.policy import POLICY, SCOPES, Action, Scope, may
from app.core.actor import ANONYMOUS, COUNTRY, SEAT_ROLES, SYSTEM, Actor, SeatRole

FIRM, OTHER = uuid4(), uuid4()
SHENYANG = "210100"

EXPECTED: dict[Action, tuple[set[SeatRole], bool, bool, bool]] = {
    # action: seats in the firm, operators of its division, whoever made it, anybody known
    "company.register": (set(), True, False, False),
    "company.edit": ({"owner", "manager"}, True, False, False),
    "company.claim": (set(), False, False, True),
    "company.hand_over": ({"owner"}, False, False, False),
    "listing.write": ({"owner", "manager", "sales"}, True, False, False),
    "code.manage": ({"owner", "manager"}, True, False, False),
    "demand.post": (set(), False, False, True),
    "demand.edit": ({"owner", "manager", "buyer"}, True, True, False),
    "demand.review": (set(), True, False, False),
    "import.run": (set(), True, False, False),
    "webhook.manage": ({"owner", "manager"}, True, False, False),
    "seat.see": (set(SEAT_ROLES), False, False, False),
    "seat.manage": ({"owner", "manager"}, False, False, False),
    "key.manage": ({"owner"}, True, False, False),
    "claim.review": (set(), True, False, False),
    "operator.manage": (set(), True, False, False),
    "deal.buy": ({"owner", "manager", "buyer"}, False, True, False),
    "deal.supply": ({"owner", "manager", "sales"}, False, False, False),
    "deal.settle": (set(), True, False, False),
    "block.manage": ({"owner", "manager"}, False, False, False),
    "audit.see": ({"owner", "manager"}, True, False, False),
    "report.decide": (set(), True, False, False),
    "report.appeal": ({"owner", "manager"}, False, False, False),
    "lead.see": ({"owner", "manager", "sales", "viewer"}, False, False, False),
    "lead.work": ({"owner", "manager", "sales"}, False, False, False),
    "lead.manage": ({"owner", "manager"}, False, False, False),
    "scans.see": (set(SEAT_ROLES), False, False, False),
    "trade.buy": ({"owner", "manager", "buyer"}, False, True, False),
    "trade.supply": ({"owner", "manager", "sales"}, False, False, False),
    "words.edit": (set(), True, False, False),
}


EXPECTED_SCOPES: dict[Scope, set[Action]] = {
    "companies:write": {"company.register", "company.edit", "block.manage"},
    "listings:write": {"listing.write"},
    "demands:write": {"demand.post", "demand.edit"},
    "codes:write": {"code.manage"},
    "imports:write": {"import.run"},
    "webhooks:write": {"webhook.manage"},
    "deals:write": {"deal.buy", "deal.supply", "deal.settle"},
    "leads:write": {"lead.see", "lead.work", "lead.manage"},
    "quotes:write": {"trade.buy", "trade.supply"},
    "words:write": {"words.edit"},
}


def person(role: SeatRole | None = None, firm: UUID = FIRM, divisions: tuple[str, ...] = ()) -> Actor:
    return Actor("person", uuid4(), seats={firm: role} if role else {}, divisions=divisions)


def test_the_table_is_the_one_expected() -> None:
    assert set(EXPECTED) == set(POLICY)


@pytest.mark.parametrize("action", POLICY)
class TestEveryAction:
    def test_seats(self, action: Action) -> None:
        seats, _, _, known = EXPECTED[action]
        for role in SEAT_ROLES:
            assert may(person(role), action, company_id=FIRM) is (known or role in seats), role
            assert may(person(role, OTHER), action, company_id=FIRM) is known, "a seat elsewhere"

    def test_operators(self, action: Action) -> None:
        _, operators, _, known = EXPECTED[action]
        for held, covered in (
            (SHENYANG, True),
            ("210106", True),
            ("210000", True),
            (COUNTRY, True),
            ("210200", False),
        ):
            asked = may(person(divisions=(held,)), action, company_id=FIRM, division="210106")
            assert asked is (known or (operators and covered)), held
        assert may(person(divisions=("210106",)), action, division=SHENYANG) is known, "the whole of a part"
        assert may(person(divisions=(SHENYANG,)), action, division="") is (known or operators), "no place"
        assert may(person(divisions=(SHENYANG,)), action, company_id=FIRM) is known, "no division named"

    def test_makers(self, action: Action) -> None:
        _, _, maker, known = EXPECTED[action]
        one = person()
        assert may(one, action, maker=one.id) is (known or maker)
        assert may(one, action, maker=uuid4()) is known
        assert may(one, action, maker=None) is known

    def test_nobody_and_the_program_itself(self, action: Action) -> None:
        assert not may(ANONYMOUS, action, company_id=FIRM, division=SHENYANG, maker=None)
        assert may(SYSTEM, action)

    def test_keys_need_the_scope_besides(self, action: Action) -> None:
        scope = POLICY[action].scope
        seat: dict[UUID, SeatRole] = {FIRM: "owner"}
        for given in SCOPES:
            key = Actor("key", uuid4(), seats=seat, divisions=(COUNTRY,), scopes=frozenset({given}))
            allowed = scope == given
            assert may(key, action, company_id=FIRM, division=SHENYANG) is allowed, given
        unlimited = Actor("key", uuid4(), seats={}, divisions=(), scopes=frozenset(SCOPES))
        assert may(unlimited, action, company_id=FIRM, division=SHENYANG) is (
            scope is not None and POLICY[action].known
        ), "a scope gives no right of its own"


def test_each_scope_opens_what_it_says() -> None:
    opened = {scope: {one for one, rule in POLICY.items() if rule.scope == scope} for scope in SCOPES}
    assert opened == EXPECTED_SCOPES


def test_what_only_people_may_has_no_scope() -> None:
    assert {action for action, rule in POLICY.items() if rule.scope is None} == {
        "company.claim", "company.hand_over", "seat.see", "seat.manage", "key.manage", "claim.review", "operator.manage",
        "scans.see", "demand.review", "audit.see", "report.decide", "report.appeal",
    }  # fmt: skip

"""The life of a code: every move of the table and no other, with history, sub-codes and replacement."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.codes.issuing import companies_without_code, issue_code, issue_many
from app.codes.keys import Signer
from app.codes.models import EnterpriseCode
from app.codes.numbers import new_code
from app.codes.policy import ACTIONS, MOVES, STATES, Action, State, allowed, moved
from app.codes.schemas import CodeIssue
from app.codes.service import final_code, get_code, history, live_code_of, move_code, replace_code
from app.core.errors import Conflict, InvalidInput, NotFound


def issued(session: Session, sign: Signer, company: UUID, **said: object) -> EnterpriseCode:
    return issue_code(session, said=CodeIssue(company_id=company, **said), signer=sign, actor="test")  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "action"), list(product(STATES, ACTIONS)))
def test_only_the_moves_of_the_table(
    session: Session, sign: Signer, firms: list[UUID], state: State, action: Action
) -> None:
    code = issued(session, sign, firms[0])
    code.state = state
    session.flush()

    def act() -> str:
        if action == "replace":
            replace_code(session, code.code, signer=sign, actor="test")
        else:
            move_code(session, code.code, action=action, actor="test", reason="x")
        return code.state

    if (state, action) in MOVES:
        assert action in allowed(state)
        assert act() == MOVES[state, action] == moved(state, action)
        assert history(session, code.code)[-1].from_state == state
    else:
        assert action not in allowed(state)
        with pytest.raises(Conflict):
            act()
        assert code.state == state


def test_revoked_is_the_end() -> None:
    assert allowed("revoked") == []


def test_history_says_who_when_why(session: Session, sign: Signer, firms: list[UUID]) -> None:
    code = issued(session, sign, firms[0], activate=False)
    move_code(session, code.code, action="activate", actor="陈工")
    move_code(session, code.code, action="suspend", actor="陈工", reason="铭牌丢失")
    told = [(e.action, e.from_state, e.to_state, e.actor, e.reason) for e in history(session, code.code)]
    assert told == [
        ("issue", "", "issued", "test", ""),
        ("activate", "issued", "active", "陈工", ""),
        ("suspend", "active", "suspended", "陈工", "铭牌丢失"),
    ]
    assert code.version == 3
    with pytest.raises(InvalidInput):
        move_code(session, code.code, action="revoke", actor="陈工", reason=" ")


def test_a_firm_has_one_live_code(session: Session, sign: Signer, firms: list[UUID]) -> None:
    first = issued(session, sign, firms[0])
    with pytest.raises(Conflict):
        issued(session, sign, firms[0])
    move_code(session, first.code, action="revoke", actor="test", reason="x")
    assert live_code_of(session, firms[0]) is None
    second = issued(session, sign, firms[0])
    # Two at once: the database itself refuses the second.
    session.add(
        EnterpriseCode(code=new_code(), company_id=firms[0], kid=second.kid, signature=second.signature)
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_sub_codes_stand_under_the_firms_own(session: Session, sign: Signer, firms: list[UUID]) -> None:
    with pytest.raises(Conflict) as refused:
        issued(session, sign, firms[0], kind="machine", label="3 号机")
    assert refused.value.code == "no_company_code"
    own = issued(session, sign, firms[0])
    machine = issued(session, sign, firms[0], kind="machine", label="3 号机", gs1_path="8004/69012345A1")
    branch = issued(session, sign, firms[0], kind="branch", label="鞍山分厂")
    assert machine.parent == branch.parent == own.code
    with pytest.raises(InvalidInput):
        issued(session, sign, firms[0], kind="product")
    fresh = replace_code(session, own.code, signer=sign, actor="test", reason="铭牌磨损")
    session.refresh(machine)
    assert machine.parent == fresh.code
    move_code(session, fresh.code, action="revoke", actor="test", reason="注销")
    session.refresh(machine)
    session.refresh(branch)
    assert (machine.state, branch.state) == ("revoked", "revoked")


def test_a_replaced_code_forwards_to_the_last_of_its_line(
    session: Session, sign: Signer, firms: list[UUID]
) -> None:
    first = issued(session, sign, firms[0], gs1_path="417/6901234567892")
    second = replace_code(session, first.code, signer=sign, actor="test")
    third = replace_code(session, second.code, signer=sign, actor="test")
    assert final_code(session, first) is third
    assert (first.gs1_path, second.gs1_path, third.gs1_path) == (None, None, "417/6901234567892")
    assert live_code_of(session, firms[0]) is third


@pytest.mark.parametrize(
    ("kind", "path", "wrong"),
    [
        ("company", "417/6901234567892", ""),
        ("company", "417/6901234567893", "gs1_check_digit"),
        ("company", "417/69012345678", "gs1_value"),
        ("company", "8004/ABC123", "gs1_kind"),
        ("company", "99/1", "gs1_path"),
    ],
)
def test_gs1_keys(
    session: Session, sign: Signer, firms: list[UUID], kind: str, path: str, wrong: str
) -> None:
    if not wrong:
        assert issued(session, sign, firms[0], kind=kind, gs1_path=path).gs1_path == path
        with pytest.raises(Conflict) as taken:
            issued(session, sign, firms[1], kind=kind, gs1_path=path)
        assert taken.value.code == "gs1_taken"
        return
    with pytest.raises(InvalidInput) as refused:
        issued(session, sign, firms[0], kind=kind, gs1_path=path)
    assert refused.value.problems[0].code == wrong


def test_in_bulk_only_those_without(session: Session, sign: Signer, firms: list[UUID]) -> None:
    issued(session, sign, firms[0])
    waiting = companies_without_code(session)
    assert waiting == [firms[1]]
    told: list[int] = []
    (code,) = issue_many(session, waiting, signer=sign, actor="test", progress=told.append)
    assert told == [1]
    held = get_code(session, code)
    assert (held.company_id, held.state) == (firms[1], "active")
    assert [event.action for event in history(session, code)] == ["issue", "activate"]
    assert companies_without_code(session) == []


def test_never_issued(session: Session) -> None:
    with pytest.raises(NotFound):
        get_code(session, new_code())

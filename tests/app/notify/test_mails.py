"""E-mails of notices over a real SMTP server: one each or a digest, once, tried again, given up, left by a link."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.lifecycle import target
from app.core.runtime import Runtime
from app.core.senders import MailServerAway
from app.notify import mail
from app.notify.mail import RETRIES, send_mail
from app.notify.models import Mail, Notice, NoticePreference
from app.notify.policy import MAIL_ACTIONS, MAIL_MOVES, MAIL_STATES
from tests.app.notify.conftest import NewPerson, Tell
from tests.services.mail import Post, post_office

NEVER_QUIET = {"quiet_from": "00:00", "quiet_to": "00:00"}


@pytest.fixture(autouse=True)
def nothing_waits(runtime: Runtime) -> None:
    """What other tests left to be e-mailed is not this one's."""
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(Notice).values(mail_due_at=None))
        session.execute(update(Mail).values(due_at=None))


def wish(runtime: Runtime, person: UUID, **said: Any) -> None:
    with runtime.session(actor=SYSTEM) as session:
        session.add(NoticePreference(person_id=person, **{**NEVER_QUIET, **said}))


def mails(runtime: Runtime, person: UUID) -> list[Mail]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        query = select(Mail).where(col(Mail.person_id) == person).order_by(col(Mail.id))
        return list(session.scalars(query))


def make_due(runtime: Runtime, person: UUID) -> None:
    with runtime.session(actor=SYSTEM) as session:
        past = now() - timedelta(seconds=1)
        waiting = update(Notice).where(col(Notice.person_id) == person, col(Notice.mail_due_at).is_not(None))
        session.execute(waiting.values(mail_due_at=past))
        session.execute(
            update(Mail)
            .where(col(Mail.person_id) == person, col(Mail.state) == "waiting")
            .values(due_at=past)
        )


def test_each_notice_is_one_e_mail_sent_once(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    reached = person(contact="each@notices.test")
    wish(runtime, reached)
    for title in ("水泵", "阀门"):
        tell_now(people=[reached], data={"title": title, "company": "甲厂"}, about="/demands/7")
    assert send_mail(runtime) == 2
    assert send_mail(runtime) == 0
    first, second = post.to("each@notices.test")
    assert [first["subject"], second["subject"]] == ["收到报价：水泵", "收到报价：阀门"]
    text = first.get_content()
    assert "甲厂 已报价" in text
    assert f"{runtime.settings.origin()}/demands/7" in text
    assert first["message-id"] == f"<{mails(runtime, reached)[0].id.hex}@lianqiao.example>"
    assert [mail.state for mail in mails(runtime, reached)] == ["sent", "sent"]


def test_a_digest_is_one_and_leaves_out_what_was_read(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    reached = person(contact="daily@notices.test")
    wish(runtime, reached, pace="daily", language="en")
    for title in ("Pump", "Valve", "Seen"):
        tell_now(people=[reached], data={"title": title, "company": "A"}, key=title)
    assert send_mail(runtime) == 0, "the hour of the digest has not come"
    with runtime.session(actor=SYSTEM) as session:
        session.execute(update(Notice).where(col(Notice.key) == "Seen").values(read_at=now()))
    make_due(runtime, reached)
    assert send_mail(runtime) == 1
    (mail,) = post.to("daily@notices.test")
    assert mail["subject"] == "Lianqiao: 2 new notices"
    text = mail.get_content()
    assert "Pump" in text
    assert "Valve" in text
    assert "Seen" not in text


def test_a_digest_whose_process_dies_after_sending_is_sent_again_as_the_same(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """The process is gone, between sending and marking."""

    def die(*_: Any) -> None:
        raise Died

    reached = person(contact="died@notices.test")
    wish(runtime, reached, pace="daily")
    for title in ("水泵", "阀门"):
        tell_now(people=[reached], data={"title": title, "company": "甲厂"})
    make_due(runtime, reached)
    with monkeypatch.context() as patch:
        patch.setattr(mail, "_settle", die)
        with pytest.raises(Died):
            send_mail(runtime)
    assert [one.state for one in mails(runtime, reached)] == ["waiting"], "nothing is lost"
    assert send_mail(runtime) == 1
    assert send_mail(runtime) == 0
    first, second = post.to("died@notices.test")
    assert first["message-id"] == second["message-id"], "mail programs show it once"
    assert first.get_content() == second.get_content()


def test_quiet_hours_hold_an_e_mail_back(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    reached = person()
    wish(runtime, reached, quiet_from="00:00", quiet_to="23:59", time_zone="UTC")
    tell_now(people=[reached])
    with runtime.session(writing=False, actor=SYSTEM) as session:
        due = session.scalars(select(Notice.mail_due_at).where(col(Notice.person_id) == reached)).one()
    assert due is not None
    if now().strftime("%H:%M") < "23:58":
        assert due.strftime("%H:%M") == "23:59"
        assert send_mail(runtime) == 0
        assert not post.mails


def test_what_fails_for_now_is_tried_again_under_the_same_id(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    reached = person()
    wish(runtime, reached)
    tell_now(people=[reached])
    post.answer = "451 4.7.1 try again later"
    send_mail(runtime)
    (mail,) = mails(runtime, reached)
    assert (mail.state, mail.attempts) == ("waiting", 1)
    assert "451" in mail.said
    assert mail.due_at
    assert mail.due_at > now()
    assert send_mail(runtime) == 0, "not before its time"
    post.answer = "250 OK"
    make_due(runtime, reached)
    assert send_mail(runtime) == 1
    assert mail.id.hex in post.mails[0]["message-id"]


def test_what_is_refused_for_good_or_for_too_long_is_given_up(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    refused, unlucky = person(), person()
    for reached in (refused, unlucky):
        wish(runtime, reached)
    tell_now(people=[refused])
    post.answer = "550 5.7.1 not wanted"
    send_mail(runtime)
    tell_now(people=[unlucky])
    post.answer = "451 later"
    for _ in range(len(RETRIES) + 1):
        make_due(runtime, unlucky)
        send_mail(runtime)
    assert [mails(runtime, one)[0].state for one in (refused, unlucky)] == ["failed", "failed"]
    assert mails(runtime, unlucky)[0].attempts == len(RETRIES) + 1


def test_a_mail_server_that_is_away_costs_no_attempt(
    runtime: Runtime, person: NewPerson, tell_now: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = person()
    wish(runtime, reached)
    tell_now(people=[reached])
    with post_office() as gone:
        monkeypatch.setattr(runtime.settings, "smtp_url", gone.address)
    with pytest.raises(MailServerAway):
        send_mail(runtime)
    assert [(mail.state, mail.attempts) for mail in mails(runtime, reached)] == [("waiting", 0)]


def test_two_processes_at_once_send_everything_once(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    people = [person(contact=f"many{number}@notices.test") for number in range(12)]
    for reached in people:
        wish(runtime, reached)
    tell_now(people=people)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: send_mail(runtime), range(3)))
    send_mail(runtime)
    assert sorted(mail["to"] for mail in post.mails) == sorted(f"many{n}@notices.test" for n in range(12))


def test_a_round_of_e_mails_goes_over_one_connection(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    people = [person() for _ in range(4)]
    for reached in people:
        wish(runtime, reached)
    tell_now(people=people)
    assert send_mail(runtime) == 4
    assert (len(post.mails), len(post.connections)) == (4, 1)


def test_a_refused_e_mail_does_not_hold_up_the_next(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    people = [person() for _ in range(3)]
    for reached in people:
        wish(runtime, reached)
    tell_now(people=people)
    post.answer = "550 5.7.1 not wanted"
    assert send_mail(runtime) == 3
    assert len(post.connections) == 1
    assert [mails(runtime, one)[0].state for one in people] == ["failed"] * 3


def test_a_server_that_hangs_up_is_called_again(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    people = [person() for _ in range(3)]
    for reached in people:
        wish(runtime, reached)
    tell_now(people=people)
    post.hangs_up = True
    send_mail(runtime)
    post.hangs_up = False
    for reached in people:
        make_due(runtime, reached)
    send_mail(runtime)
    assert {mails(runtime, one)[0].state for one in people} == {"sent"}
    assert len(post.connections) > 1


def test_whoever_is_gone_is_not_written_to(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell
) -> None:
    reached = person()
    wish(runtime, reached)
    tell_now(people=[reached])
    with runtime.session(actor=SYSTEM) as session:
        from app.accounts.models import Person

        session.get_one(Person, reached).status = "disabled"
    send_mail(runtime)
    assert [mail.state for mail in mails(runtime, reached)] == ["dropped"]
    assert not post.mails


def test_an_e_mail_is_left_by_its_link_and_taken_again(
    runtime: Runtime, post: Post, person: NewPerson, tell_now: Tell, visitor: TestClient
) -> None:
    reached = person()
    wish(runtime, reached)
    tell_now(people=[reached])
    send_mail(runtime)
    (mail,) = post.mails
    link = re.search(r"/unsubscribe/\S+(?=>)", mail["list-unsubscribe"])
    assert link
    assert link[0] in mail.get_content()
    assert "收到报价" in visitor.get(link[0]).text
    one_click = visitor.post(link[0], data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    tell_now(people=[reached])
    assert send_mail(runtime) == 0
    assert visitor.post(f"{link[0]}/undo").status_code == 200
    tell_now(people=[reached])
    assert send_mail(runtime) == 1
    forged = link[0][:-4] + "AAAA"
    assert visitor.post(forged).status_code == 404
    other = link[0].replace("quote.received", "deal.begun")
    assert visitor.get(other).status_code == 404


def test_the_table_of_moves_says_all() -> None:
    ends = {
        (state, action): target(MAIL_MOVES, state, action) for state in MAIL_STATES for action in MAIL_ACTIONS
    }
    assert {state for state, _action in ((s, a) for (s, a), to in ends.items() if to)} == {"waiting"}

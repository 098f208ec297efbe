"""A worker killed in the middle of its deliveries, and a server told to stop while people listen."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from app.accounts.contacts import read_contact
from app.accounts.models import Person
from app.accounts.people import make_person
from app.accounts.sessions import Device, begin_session
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.ids import new_id
from app.core.openapi import SESSION_COOKIE
from app.notify import service
from app.notify.models import Mail, NoticePreference
from app.notify.webhook_models import Webhook, WebhookDelivery
from tests.faults.conftest import NewWorld, Tell, World
from tests.services.mail import post_office
from tests.services.postgresql import Postgresql
from tests.services.programs import until
from tests.services.receiver import receiver

pytestmark = pytest.mark.timeout(600)

KILLS = 2
EACH = 25
"""Things told before each kill: so many e-mails, and so many messages to each of the webhooks."""
HOOKS = 3


def some_people(world: World, count: int) -> list[UUID]:
    """People who are e-mailed at any hour."""
    with world.runtime.session(actor=SYSTEM) as session:
        made = [make_person(session, read_contact(f"fault{n}@notices.test")) for n in range(count)]
        never_quiet = {"quiet_from": "00:00", "quiet_to": "00:00"}
        session.add_all([NoticePreference(person_id=one.id, **never_quiet) for one in made])
    return [one.id for one in made]


def tell_of(world: World, people: list[UUID], number: int) -> None:
    with world.runtime.session(actor=SYSTEM) as session:
        data = {"company": f"甲{number}厂", "person": "王工"}
        said = {"kind": "claim.submitted", "about": "/claims", "data": data, "key": f"told-{number}"}
        service.tell(session, division="210000", **said)
        said = {"kind": "claim.approved", "about": "/account", "data": data, "key": f"told-{number}"}
        service.tell(session, people=[people[number % len(people)]], **said)


def left(world: World) -> int:
    """E-mails and messages that wait."""
    with world.runtime.session(writing=False, actor=SYSTEM) as session:
        waiting = [
            session.scalars(select(model.id).where(col(model.state) == "waiting")).all()
            for model in (Mail, WebhookDelivery)
        ]
    return sum(map(len, waiting))


def test_a_worker_killed_in_the_middle_of_its_deliveries(
    postgresql: Postgresql, new_world: NewWorld, tell: Tell
) -> None:
    with postgresql.database() as url, post_office() as post, receiver() as program:
        world = new_world(
            url,
            smtp_url=post.address,
            mail_from="noreply@lianqiao.example",
            webhook_private="true",
        )
        people = some_people(world, 5)
        with world.runtime.session(actor=SYSTEM) as session:
            session.add_all([Webhook(id=new_id(), division="210000", url=program.url) for _ in range(HOOKS)])
        chance, killed_within = random.Random(7), 0
        for round_ in range(KILLS):
            for number in range(round_ * EACH, (round_ + 1) * EACH):
                tell_of(world, people, number)
            before = len(post.mails) + len(program.got)
            worker = world.programs.start("worker")
            until(
                lambda before=before: len(post.mails) + len(program.got) > before + 5, 120, what="deliveries"
            )
            time.sleep(chance.uniform(0, 0.2))
            worker.kill()
            worker.wait()
            killed_within += left(world) > 0
        world.programs.start("worker")
        world.programs.start("worker")
        until(lambda: told_all(world), 120, what="the rest to be delivered")
        mails = Counter((mail["to"], mail["subject"]) for mail in post.mails)
        ids = Counter(mail["message-id"] for mail in post.mails)
        messages = Counter(message.id for message in program.got)
        expected = KILLS * EACH
        tell(
            f"{killed_within} of {KILLS} kills left work over; e-mails told {expected}, lost {expected - len(mails)}, "
            f"twice {sum(mails.values()) - len(mails)}; messages {expected * HOOKS}, lost {expected * HOOKS - len(messages)}, "
            f"twice {sum(messages.values()) - len(messages)}"
        )
        assert killed_within
        assert (len(mails), len(messages)) == (expected, expected * HOOKS)
        assert len(ids) == expected, "a second copy has the Message-ID of the first"
        assert sum(mails.values()) - len(mails) <= KILLS, "at most the one that was being sent"
        assert sum(messages.values()) - len(messages) <= KILLS * HOOKS, "at most those that were being sent"
        world.runtime.close()


def told_all(world: World) -> bool:
    """Whether nothing waits. What a kill or a race left to be tried later need not be waited for."""
    with world.runtime.session(actor=SYSTEM) as session:
        past = now() - timedelta(seconds=1)
        for model in (Mail, WebhookDelivery):
            later = update(model).where(col(model.due_at) > now())
            session.execute(later.values(due_at=past))
        session.execute(update(Webhook).values(rests_until=None))
    return left(world) == 0


def test_a_server_told_to_stop_ends_its_streams_and_every_process_tells(
    postgresql: Postgresql, new_world: NewWorld, tell: Tell
) -> None:
    with postgresql.database() as url:
        world = new_world(url)
        (person,) = some_people(world, 1)
        with world.runtime.session(actor=SYSTEM) as session:
            device = Device("tests", "127.0.0.1")
            begun = begin_session(
                session, person=session.get_one(Person, person), method="code", device=device
            )
        servers = [world.programs.serve(indexer="false") for _ in range(2)]
        lines: list[list[str]] = [[] for _ in servers]

        def follow(number: int) -> None:
            address = f"{servers[number][1]}/api/v1/me/notices/stream"
            with httpx.stream("GET", address, cookies={SESSION_COOKIE: begun.token}, timeout=60) as stream:
                for line in stream.iter_lines():
                    lines[number].append(line)

        threads = [threading.Thread(target=follow, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        until(lambda: all("event: unread" in part for part in lines), what="the streams to begin")
        tell_of(world, [person], 1)
        until(lambda: all("event: notice" in part for part in lines), what="every process to tell")
        took = []
        for server, _ in servers:
            began = time.monotonic()
            server.terminate()
            server.wait(60)
            took.append(time.monotonic() - began)
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)
        assert "graceful shutdown exceeded" not in world.programs.said(), "the streams had to be cut off"
        tell(f"stopped with a stream open in {took[0]:.1f} and {took[1]:.1f} s")
        world.runtime.close()

"""Writers and readers that go on whatever happens, and the account of what became of every acknowledged write."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from sqlalchemy import Engine, func, select
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.database import unit_of_work
from app.core.outbox import waiting
from app.demands.models import Demand
from app.registry.uscc import check_character
from search.index import SearchIndex

_numbers = itertools.count(1)

SCOPE = "水泵制造；阀门销售；轴承加工。"
"""What every firm of a load does."""


def new_uscc() -> str:
    """A valid, fictional code, never the same twice in a process."""
    first = f"91210106MA8F{next(_numbers):05d}"
    return first + check_character(first)


class Threads(AbstractContextManager["Threads"]):
    """Runs ``work`` again and again in several threads until the block ends; what it raises fails the block."""

    def __init__(self, count: int, pause: float) -> None:
        self._stop = threading.Event()
        self._pause = pause
        self._threads = [threading.Thread(target=self._run) for _ in range(count)]
        self._errors: list[BaseException] = []

    def work(self, client: httpx.Client) -> None:
        """One round."""
        raise NotImplementedError

    def client(self) -> httpx.Client:
        """A connection of a thread's own."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._errors and error is None:
            raise self._errors[0]

    def _run(self) -> None:
        try:
            with self.client() as client:
                while not self._stop.wait(self._pause):
                    self.work(client)
        except BaseException as error:
            self._errors.append(error)

    @property
    def stopping(self) -> bool:
        """Whether the block has ended."""
        return self._stop.is_set()


class Writers(Threads):
    """Register companies and post demands. Each write has a key of its own and is sent again until it is acknowledged."""

    def __init__(self, address: str, token: str, *, threads: int = 3, pause: float = 0.05) -> None:
        super().__init__(threads, pause)
        self._address, self._headers = address, {"Authorization": f"Bearer {token}"}
        self.companies: list[str] = []
        self.demands: list[str] = []
        self.refused: Counter[str] = Counter()
        """Answers other than 201, by status or kind of failure; the write was sent again."""

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self._address, headers=self._headers, timeout=30)

    def work(self, client: httpx.Client) -> None:
        uscc = new_uscc()
        firm = {"uscc": uscc, "name": f"沈阳{uscc[12:17]}号机械厂", "business_scope": SCOPE}
        if told := self._post(client, "/api/v1/companies", firm):
            self.companies.append(told["id"])
        if told := self._post(client, "/api/v1/demands", {"title": f"采购水泵 {uscc}", "city": "沈阳"}):
            self.demands.append(told["title"])

    def _post(self, client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        key = str(uuid4())
        while not self.stopping:
            try:
                answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError as error:
                self.refused[type(error).__name__] += 1
            else:
                if answer.status_code == 201:
                    told: dict[str, Any] = answer.json()
                    return told
                self.refused[str(answer.status_code)] += 1
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["retry-after"]) > 0
            time.sleep(0.2)
        return None


class Readers(Threads):
    """Search without pause for firms that are there; an answer without them is wrong."""

    def __init__(self, address: str, expected: set[str], *, threads: int = 2, pause: float = 0.02) -> None:
        super().__init__(threads, pause)
        self._address, self._expected = address, expected
        self.statuses: Counter[int] = Counter()
        self.wrong = 0

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self._address, timeout=30)

    def work(self, client: httpx.Client) -> None:
        answer = client.get("/api/v1/search", params={"q": "锅炉", "limit": 50})
        self.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            found = {item["company"]["id"] for item in answer.json()["items"]}
            self.wrong += not self._expected <= found

    @property
    def failed(self) -> float:
        """The part of answers that were errors, 0 to 1."""
        return 1 - self.statuses[200] / max(self.statuses.total(), 1)


@dataclass
class Account:
    """What became of the acknowledged writes."""

    acknowledged: int
    found: int
    duplicates: int
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> int:
        """Acknowledged and not found."""
        return self.acknowledged - self.found

    def __str__(self) -> str:
        return (
            f"writes acknowledged {self.acknowledged}, found afterwards {self.found}, lost {self.lost}, "
            f"duplicates {self.duplicates}; sent again after {dict(self.refused) or 'nothing'}"
        )


def account(engine: Engine, index: SearchIndex, writers: Writers) -> Account:
    """Look for every acknowledged company in the index and for every acknowledged demand in the database."""
    index.refresh()
    indexed = Counter(key for key, _ in index.versions())
    with unit_of_work(engine, writing=False, actor=SYSTEM) as session:
        titles = dict(
            session.execute(select(col(Demand.title), func.count()).group_by(col(Demand.title))).all()
        )
    found = sum(key in indexed for key in writers.companies) + sum(t in titles for t in writers.demands)
    twice = [count - 1 for count in (*indexed.values(), *titles.values())]
    acknowledged = len(writers.companies) + len(writers.demands)
    return Account(acknowledged, found, sum(twice), writers.refused)


def nothing_waits(engine: Engine) -> Callable[[], bool]:
    """Whether the outbox is empty."""

    def empty() -> bool:
        with unit_of_work(engine, writing=False) as session:
            return waiting(session)[0] == 0

    return empty

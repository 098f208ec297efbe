"""Words take effect in every process that uses the database, soon and without a restart."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.runtime import Runtime
from app.knowledge import following
from app.settings import Settings
from matching.knowledge import shipped
from tests.app.knowledge.conftest import DECIDE
from tests.services.programs import until

Add = Callable[..., dict[str, Any]]
NewWord = Callable[[], str]
_numbers = itertools.count(1)


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[Runtime]:
    """Another process's parts, over the same database."""
    runtime = Runtime(settings)
    yield runtime
    runtime.close()


def kin(runtime: Runtime, phrase: str) -> dict[str, float]:
    expander = runtime.words.expander
    return {term.text: term.weight for term in expander.expand([phrase], expander.mentioned([phrase]))}


def test_another_process_follows(
    elsewhere: Runtime, operator: TestClient, add: Add, new_word: NewWord
) -> None:
    slang = new_word()
    assert "阀门" not in kin(elsewhere, slang)
    word = add(slang, "阀门", weight=0.75)
    elsewhere.words.follow()
    assert kin(elsewhere, slang)["阀门"] == 0.75
    assert dict(elsewhere.words.asked_as.words("闸阀、阀门"))[slang] == 0.75, (
        "standing demands are looked for so too"
    )
    done = operator.post(DECIDE, json={"ids": [word["id"]], "action": "reconsider"}).json()
    elsewhere.words.follow()
    assert "阀门" not in kin(elsewhere, slang), "what waits for a decision does nothing"
    operator.post(f"{DECIDE}/{done['batch']}/undo")
    elsewhere.words.follow()
    assert "阀门" in kin(elsewhere, slang)


def test_a_refused_pair_hides_what_is_shipped(elsewhere: Runtime, operator: TestClient, add: Add) -> None:
    assert "阀" in kin(elsewhere, "阀门")
    made = add("阀", "阀门", state="refused")
    elsewhere.words.follow()
    assert "阀" not in kin(elsewhere, "阀门")
    assert "阀" in {term.text for term in shipped().expand(["阀门"], shipped().mentioned(["阀门"]))}
    operator.post(DECIDE, json={"ids": [made["id"]], "action": "reconsider"})
    elsewhere.words.follow()
    assert "阀" in kin(elsewhere, "阀门")


def test_nothing_is_read_again_while_nothing_changes(elsewhere: Runtime, add: Add, new_word: NewWord) -> None:
    add(new_word(), new_word())
    elsewhere.words.follow()
    before = elsewhere.words.expander
    elsewhere.words.follow()
    assert elsewhere.words.expander is before


def test_the_thread_that_looks_after_the_index_looks_after_words(
    settings: Settings, add: Add, new_word: NewWord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "EVERY", 0.0)
    runtime = Runtime(settings.model_copy(update={"index_interval_seconds": 0.05}))
    slang = new_word()
    try:
        assert "阀门" not in kin(runtime, slang)
        runtime.start_indexer()
        add(slang, "阀门")
        until(lambda: "阀门" in kin(runtime, slang), 60, what="the words to be followed")
    finally:
        runtime.close()


def test_a_match_finds_who_uses_the_other_word(
    client: TestClient, add: Add, new_uscc: Callable[[], str], index_now: Callable[[], int]
) -> None:
    """The buyer says 呼啦转机, the firm registered 颗粒机: nothing in common but what the operator knows."""
    runtime: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    slang = f"呼啦转机{next(_numbers)}型"
    said = {"uscc": new_uscc(), "name": "沈阳词对测试厂", "business_scope": "秸秆颗粒机制造。"}
    firm = client.post("/api/v1/companies", json=said).json()["id"]
    index_now()

    def scores() -> dict[str, float]:
        items = client.post("/api/v1/match", json={"title": slang, "limit": 50}).json()["items"]
        return {item["company"]["id"]: item["score"] for item in items}

    runtime.words.follow()
    before = scores().get(firm, 0.0)
    add(slang, "秸秆颗粒机")
    runtime.words.follow()
    assert scores()[firm] > before

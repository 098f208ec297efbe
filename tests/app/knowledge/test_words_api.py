"""Words over HTTP: added, looked up, decided on together, taken back; operators only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.testclient import TestClient

from tests.app.knowledge.conftest import DECIDE, KNOWN, WORDS

Add = Callable[..., dict[str, Any]]
NewWord = Callable[[], str]


def state_of(operator: TestClient, word: dict[str, Any]) -> str:
    (found,) = operator.get(WORDS, params={"q": word["term"]}).json()["items"]
    state: str = found["state"]
    return state


def test_a_pair_is_added_once_whichever_word_comes_first(
    operator: TestClient, add: Add, new_word: NewWord
) -> None:
    term, other = new_word(), new_word()
    made = add(term.upper(), other, kin="narrower")
    assert (made["state"], made["weight"], made["decided_by"]) == ("approved", 0.6, "钱运营")
    again = operator.post(WORDS, json={"term": other, "other": term, "kin": "same"})
    assert (again.status_code, again.json()["code"]) == (409, "word_known")
    assert term in again.json()["detail"]


def test_repeating_a_request_adds_nothing(operator: TestClient, new_word: NewWord) -> None:
    said, headers = {"term": new_word(), "other": new_word()}, {"Idempotency-Key": str(uuid4())}
    first = operator.post(WORDS, json=said, headers=headers)
    again = operator.post(WORDS, json=said, headers=headers)
    assert first.json() == again.json()
    assert again.headers["etag"] == '"1"'


def test_wrong_input_names_its_field(operator: TestClient, new_word: NewWord) -> None:
    term = new_word()
    for said, field in (
        ({"term": term, "other": ""}, "other"),
        ({"term": term, "other": new_word(), "weight": 1.5}, "weight"),
        ({"term": term, "other": new_word(), "kin": "cousin"}, "kin"),
        ({"term": term, "other": "长" * 41}, "other"),
    ):
        answer = operator.post(WORDS, json=said)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field
    same = operator.post(WORDS, json={"term": term, "other": f" {term.upper()} "})
    assert same.json()["errors"][0]["code"] == "same_word"


def test_letters_that_grow_in_lower_case_fit(add: Add, new_word: NewWord) -> None:
    assert add("İ" * 40, new_word())["term"] == "İ" * 40


def test_a_word_is_looked_up(operator: TestClient, add: Add, new_word: NewWord) -> None:
    other = new_word()
    add("阀门", other)
    known = operator.get(KNOWN, params={"term": "阀门"}).json()
    assert "3443" in known["industries"]
    assert {"word": "球阀", "kin": "narrower", "weight": 0.6, "refused": False} in known["shipped"]
    assert other in [row["other"] for row in known["own"]]
    assert operator.get(KNOWN, params={"term": new_word()}).json()["shipped"] == []


def test_decided_together_and_taken_back(operator: TestClient, add: Add, new_word: NewWord) -> None:
    approved, refused = add(new_word(), new_word()), add(new_word(), new_word(), state="refused")
    said = {"ids": [approved["id"], refused["id"]], "action": "refuse"}
    done = operator.post(DECIDE, json=said).json()
    assert done["words"] == 1, "one stood there already"
    assert state_of(operator, approved) == "refused"
    back = f"{DECIDE}/{done['batch']}/undo"
    assert operator.post(back).json()["words"] == 1
    assert state_of(operator, approved) == "approved"
    assert operator.post(back).json()["code"] == "nothing_to_undo"


def test_what_was_decided_on_since_is_not_taken_back(
    operator: TestClient, add: Add, new_word: NewWord
) -> None:
    word = add(new_word(), new_word())
    first = operator.post(DECIDE, json={"ids": [word["id"]], "action": "refuse"}).json()
    operator.post(DECIDE, json={"ids": [word["id"]], "action": "reconsider"})
    assert operator.post(f"{DECIDE}/{first['batch']}/undo").status_code == 404
    assert state_of(operator, word) == "suggested"


def test_a_batch_with_a_pair_that_is_gone_changes_nothing(
    operator: TestClient, add: Add, new_word: NewWord
) -> None:
    word = add(new_word(), new_word())
    said = {"ids": [word["id"], str(uuid4())], "action": "refuse"}
    assert operator.post(DECIDE, json=said).json()["code"] == "word_not_found"
    assert state_of(operator, word) == "approved"


def test_edited_with_the_version_that_was_read(operator: TestClient, add: Add, new_word: NewWord) -> None:
    where = f"{WORDS}/{add(new_word(), new_word())['id']}"
    assert operator.patch(where, json={"kin": "related"}).status_code == 428
    changed = operator.patch(where, json={"kin": "related"}, headers={"If-Match": '"1"'})
    assert (changed.json()["kin"], changed.json()["weight"]) == ("related", 0.3)
    assert operator.patch(where, json={"weight": 0.5}, headers={"If-Match": '"1"'}).status_code == 412
    kept = operator.patch(where, json={"weight": 0.5}, headers={"If-Match": changed.headers["etag"]})
    assert (kept.json()["kin"], kept.json()["weight"]) == ("related", 0.5)


def test_listed_in_pages_by_state_and_text(operator: TestClient, add: Add, new_word: NewWord) -> None:
    term = new_word()
    made = [add(f"{term}{n}", new_word())["id"] for n in range(5)]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"q": term.upper(), "state": "approved", "limit": 2, "cursor": cursor}
        answer = operator.get(WORDS, params=asked).json()
        found += [row["id"] for row in answer["items"]]
        cursor = answer["next_cursor"]
    assert found == made[::-1]
    assert operator.get(WORDS, params={"q": term, "state": "refused"}).json()["items"] == []
    assert operator.get(WORDS, params={"q": "%"}).json()["items"] == []
    for wrong in ("x", "WyJ4IiwieSJd"):
        assert operator.get(WORDS, params={"cursor": wrong}).json()["errors"][0]["field"] == "cursor"


def test_operators_only(sign_in: Callable[..., TestClient], visitor: TestClient) -> None:
    for who, status in ((visitor, 401), (sign_in(), 403)):
        for method, path, said in (
            ("GET", WORDS, None),
            ("GET", f"{KNOWN}?term=阀门", None),
            ("POST", WORDS, {"term": "甲", "other": "乙"}),
            ("POST", DECIDE, {"ids": [str(uuid4())], "action": "approve"}),
            ("POST", f"{DECIDE}/{uuid4()}/undo", None),
            ("PATCH", f"{WORDS}/{uuid4()}", {"weight": 1}),
        ):
            answer = who.request(method, path, json=said, headers={"If-Match": "*"})
            assert answer.status_code == status, f"{method} {path}: {answer.text}"

"""Made answers: kept in memory and in a file, found again after a start, never stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.codes import answer_file
from app.codes.answer_file import NAME, AnswerFile
from app.codes.answers import Answers, Key, Rendered, rendered

pytestmark = pytest.mark.one_database

DAY = date(2026, 3, 1)
KEY = Key("page zh 1 7K3PXM2WQK", "1.4 abc")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[AnswerFile]:
    """A file in a folder of its own."""
    made = AnswerFile(tmp_path / "data")
    yield made
    made.close()


def page(text: str = "沈阳示例泵业有限公司", until: date = DAY) -> Rendered:
    return rendered(text, "text/html; charset=utf-8", until)


def test_an_answer_is_found_until_its_last_day() -> None:
    answers = Answers()
    assert answers.get(KEY, DAY) is None
    answers.put(KEY, page())
    found = answers.get(KEY, DAY)
    assert found is not None
    assert found.body.decode() == "沈阳示例泵业有限公司"
    assert answers.get(KEY, DAY + timedelta(days=1)) is None
    assert answers.get(Key(KEY.name, "1.5 abc"), DAY) is None


def test_a_new_start_finds_what_was_made(file: AnswerFile, tmp_path: Path) -> None:
    Answers(file).put(KEY, page())
    file.close()
    again = AnswerFile(tmp_path / "data")
    found = Answers(again).get(KEY, DAY)
    again.close()
    assert found == page()


def test_a_new_version_takes_the_place_of_the_old_one(file: AnswerFile) -> None:
    newer = Key(KEY.name, "1.5 abc")
    Answers(file).put(KEY, page())
    Answers(file).put(newer, page("改了名"))
    fresh = Answers(file)
    assert fresh.get(KEY, DAY) is None
    assert fresh.get(newer, DAY) == page("改了名")


def test_what_is_not_worth_the_disk_stays_in_memory(file: AnswerFile) -> None:
    answers = Answers(file)
    answers.put(KEY, page(), file=False)
    assert answers.get(KEY, DAY) == page()
    assert Answers(file).get(KEY, DAY) is None


def test_memory_has_a_bound_and_the_file_keeps_the_rest(file: AnswerFile) -> None:
    answers = Answers(file, most_bytes=2000)
    keys = [Key(f"page {number}", "1") for number in range(10)]
    for key in keys:
        answers.put(key, page(key.name))
    alone = Answers(most_bytes=2000)
    for key in keys:
        alone.put(key, page(key.name))
    assert [alone.get(key, DAY) is not None for key in keys] == [False] * 7 + [True] * 3
    assert all(answers.get(key, DAY) == page(key.name) for key in keys)


def test_the_file_has_a_bound_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_file, "_DROPPED", 10)
    file = AnswerFile(tmp_path, most_bytes=1)
    keys = [Key(f"page {number}", "1") for number in range(30)]
    for key in keys:
        Answers(file).put(key, page())
    kept = [Answers(file).get(key, DAY) is not None for key in keys]
    file.close()
    assert not any(kept[:20])


@pytest.mark.parametrize("broken", ["no database", "a folder"])
def test_without_a_file_that_works_answers_are_still_given(broken: str, tmp_path: Path) -> None:
    if broken == "a folder":
        (tmp_path / NAME).mkdir()
    else:
        (tmp_path / NAME).write_bytes(b"this is no database" * 100)
    file = AnswerFile(tmp_path)
    answers = Answers(file)
    assert answers.get(KEY, DAY) is None
    answers.put(KEY, page())
    assert answers.get(KEY, DAY) == page()
    file.close()

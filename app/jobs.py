"""Every job that comes round by itself, in one list, as app.tables is for tables."""

from app.codes.statistics import write_scans
from app.core.idempotency import forget_old_answers
from app.core.jobs import Job
from app.deals.shown import count_shown
from app.deals.silence import end_silence
from app.demands.expiry import expire_demands, put_drafts_away
from app.knowledge.learning import learn_at_night
from app.leads.digest import tell_leads_found
from app.leads.keeping import forget_old_scans, remind
from app.matches.alerts import alert
from app.matches.impressions import forget_old_impressions, write_impressions
from app.matches.standing import check_demands, index_demands
from app.notify.jobs import NOTICE_JOBS
from app.reembedding.job import change_encoder
from app.settings import Settings
from app.trade.jobs import TRADE_JOBS

JOBS: tuple[Job, ...] = (
    Job("forget old answers", every=3600, run=forget_old_answers),
    Job("expire demands", every=60, run=expire_demands),
    Job("put drafts away", every=3600, run=put_drafts_away),
    Job("remind of leads", every=60, run=remind),
    Job("tell leads found", every=600, run=tell_leads_found),
    Job("forget old scans", every=3600, run=forget_old_scans),
    Job("index demands", every=0.5, run=index_demands),
    Job("alert", every=0.25, run=alert),
    Job("check demands", every=3600, run=check_demands),
    Job("forget old impressions", every=3600, run=forget_old_impressions),
    Job("suggest words", every=1800, run=learn_at_night),
    Job("change encoder", every=2, run=change_encoder),
    Job("count reviews that are shown", every=60, run=count_shown),
    Job("end silence after deliveries", every=60, run=end_silence),
    *NOTICE_JOBS,
    *TRADE_JOBS,
)


def own_jobs(settings: Settings) -> tuple[Job, ...]:
    """What every process that answers requests does, whoever runs the jobs above: write down what it alone knows."""
    every = settings.impression_interval_seconds
    return (
        Job("write impressions", every=every, run=write_impressions),
        Job("write scans", every=every, run=write_scans),
    )

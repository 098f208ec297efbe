"""The web application: routers, middleware, lifespan; nothing else."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from threading import Timer

from anyio.to_thread import run_sync
from fastapi import FastAPI

from app.accounts.claim_routes import router as claims
from app.accounts.documents import LARGEST, MOST
from app.accounts.http import identify
from app.accounts.people import has_operator
from app.accounts.routes import router as accounts
from app.accounts.seat_routes import router as seats
from app.catalogue.routes import router as catalogue
from app.codes.routes import router as codes
from app.core.actor import SYSTEM
from app.core.body_limit import BodyLimit
from app.core.exits import told_to_end
from app.core.migrate import migrate
from app.core.openapi import describe, operation_id
from app.core.problems import install_handlers
from app.core.runtime import Runtime
from app.core.turns import Turns
from app.deals.routes import router as deals
from app.deals.standing import response_from
from app.demands.files import LARGEST as LARGEST_ATTACHMENT
from app.demands.record_routes import router as demand_records
from app.demands.routes import router as demands
from app.fair_play.routes import router as fair_play
from app.jobs import JOBS, own_jobs
from app.knowledge.routes import router as words
from app.leads.photos import LARGEST as LARGEST_PHOTO
from app.leads.routes import router as leads
from app.leads.scan_routes import router as scans
from app.matches.routes import router as matches
from app.matches.service import warm
from app.matches.suggestions import router as suggestions
from app.matches.word_search import router as word_search
from app.notify.hub import Hub
from app.notify.routes import preferences_router
from app.notify.routes import router as notices
from app.notify.webhook_routes import router as webhooks
from app.registry.routes import router as registry
from app.settings import Settings, get_settings
from app.status.routes import router as status
from app.trade.routes import router as trade
from app.trade.service import response_of
from app.web import add_pages
from app.web.api_docs import add_api_docs
from app.web.scan_front import KeptScans
from app.web.scan_pages import add_scan_pages

DESCRIPTION = "企业码登记、供给目录与可解释的供需匹配。 Enterprise-code registry, supply catalogue and explained supplier matching."

NO_OPERATOR = (
    "还没有平台运营员。新建一个：lianqiao accounts create-operator 手机号或邮箱 --name 姓名 --password\n"
    "No operator yet. Create the first: lianqiao accounts create-operator PHONE-OR-EMAIL --name NAME --password"
)
MOST_WITH_PHOTOS = 10 * LARGEST_PHOTO
MOST_WITH_CLAIM = (MOST + 1) * LARGEST
WARM_AFTER = 1.0
"""Seconds after the start."""
log = logging.getLogger(__name__)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    runtime: Runtime = app.state.runtime
    await run_sync(migrate, runtime.engine)
    await run_sync(_say_how_to_begin, runtime)
    await run_sync(runtime.open_index)
    # It takes the interpreter seconds: whoever knocks first is answered before, and only a first match waits for it.
    warming = Timer(WARM_AFTER, warm, (runtime,))
    warming.daemon = True
    warming.start()
    runtime.start_indexer()
    runtime.start_jobs(own_jobs(runtime.settings))
    if runtime.settings.indexer:
        runtime.start_jobs(JOBS)
    with told_to_end(app.state.notices.close):
        yield
    app.state.notices.close()
    warming.cancel()
    await run_sync(warming.join)  # it reads the index that is closed next
    app.state.answers.close()
    await run_sync(runtime.close)


def _say_how_to_begin(runtime: Runtime) -> None:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if not has_operator(session):
            log.warning(NO_OPERATOR)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application on these settings (the process's own when None); ``app.state.runtime`` holds its parts."""
    settings = settings or get_settings()
    app = FastAPI(
        title="链桥 Lianqiao",
        version=_version(),
        description=DESCRIPTION,
        lifespan=_lifespan,
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime = Runtime(settings)
    app.state.identify = identify
    app.state.turns = Turns(one_writer=settings.resolved_database_url().startswith("sqlite"))
    app.state.notices = Hub(app.state.runtime, app.state.turns)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.add_middleware(
        BodyLimit,
        limit=settings.max_body_bytes,
        uploads={
            **dict.fromkeys(("/api/v1/imports", "/imports"), settings.max_upload_bytes),
            "/claims/new": MOST_WITH_CLAIM,
            "/leads/": MOST_WITH_PHOTOS,
            **dict.fromkeys(("/api/v1/demand-files", "/demand-files"), LARGEST_ATTACHMENT),
        },
    )
    install_handlers(app)
    response_from(response_of)
    # First, because they are asked for most and routes are tried in order.
    add_scan_pages(app, settings)
    for router in (
        registry,
        catalogue,
        demands,
        demand_records,
        matches,
        suggestions,
        word_search,
        codes,
        accounts,
        seats,
        claims,
        leads,
        deals,
        fair_play,
        scans,
        notices,
        words,
        preferences_router,
        trade,
        webhooks,
        status,
    ):
        app.include_router(router)
    add_pages(app)
    add_api_docs(app)
    app.add_middleware(KeptScans)  # the last added is the first asked
    return app


def _version() -> str:
    try:
        return version("lianqiao")
    except PackageNotFoundError:
        return "0"

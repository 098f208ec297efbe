"""The pages: Jinja2 templates, HTMX, static files. ``add_pages`` puts all of it into an application."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI

from app.core.http import current_actor
from app.web import (
    account_pages,
    claim_pages,
    code_pages,
    comparison_pages,
    deal_pages,
    demand_file_pages,
    demand_form_pages,
    demand_pages,
    demands_for_pages,
    desktop_pages,
    draft_pages,
    fair_play_pages,
    found_pages,
    home,
    kept_forms,
    lead_page,
    lead_pages,
    listing_pages,
    notice_pages,
    notice_settings,
    own_demand_pages,
    registry_pages,
    scan_lead,
    scan_start,
    search_pages,
    sign_in_pages,
    staff_pages,
    team_pages,
    template_pages,
    trade_pages,
    webhook_pages,
    word_pages,
)
from app.web.compression import Compression
from app.web.errors import install_error_pages
from app.web.static_files import mount_static

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_actor)])
for part in (
    home,
    search_pages,
    registry_pages,
    listing_pages,
    demand_file_pages,
    kept_forms,
    draft_pages,
    demand_form_pages,
    demand_pages,
    demands_for_pages,
    desktop_pages,
    scan_start,
    sign_in_pages,
    account_pages,
    template_pages,
    team_pages,
    deal_pages,
    fair_play_pages,
    claim_pages,
    webhook_pages,
    notice_settings,
    notice_pages,
    scan_lead,
    code_pages,
    staff_pages,
    found_pages,
    lead_pages,
    lead_page,
    trade_pages,
    comparison_pages,
    own_demand_pages,
    word_pages,
):
    router.include_router(part.router)


def add_pages(app: FastAPI) -> None:
    """Pages, static files and error pages; call it after the API's own handlers are installed."""
    app.include_router(router)
    mount_static(app)
    # A page of twenty matches is 60 kB of text and 7 kB compressed.
    app.add_middleware(Compression, minimum_size=1024)
    install_error_pages(app)

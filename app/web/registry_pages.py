"""Pages of firms: one company with the provenance of every derived fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.accounts.policy import may
from app.catalogue import service as catalogue
from app.catalogue.declarations import KindDeclaration, load_kinds
from app.catalogue.models import Listing
from app.codes.numbers import grouped
from app.codes.service import live_code_of
from app.core.http import ActorDep, RuntimeDep
from app.deals import reviews
from app.deals import service as deals
from app.registry import service as registry
from app.registry.models import Company
from app.web import deal_words
from app.web.maps import Place, region_map
from app.web.pages import PageLanguage, page, read_id
from search.places import load_gazetteer

router = APIRouter()

MOST_LISTINGS = 200
MOST_REVIEWS = 5
SHOWN = ("published", "draft")


@router.get("/companies/{key}")
def company_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """One firm."""
    with runtime.session(writing=False, actor=actor) as session:
        company = registry.get_company(session, read_id(key))
        standing = deals.standing(session, company.id)
        any_review = standing.rated or standing.rated_as_buyer
        reviewed = (
            reviews.reviews_of_company(session, company.id, limit=MOST_REVIEWS)[0] if any_review else []
        )
        listings, _ = catalogue.list_listings(session, company_id=company.id, limit=MOST_LISTINGS)
        code = live_code_of(session, company.id)
    return page(
        request,
        "company.html",
        language,
        company=company,
        standing=standing,
        reviews=reviewed,
        deal_words=deal_words,
        may_write=catalogue.may_write(actor, company),
        code=code,
        printed=grouped(code.code) if code and code.state == "active" else "",
        manages_code=may(
            actor, "code.manage", company_id=company.id, division=registry.home_division(company)
        ),
        groups=_by_kind(listings),
        drafts=sum(one.status == "draft" for one in listings),
        divisions=load_gazetteer().ancestors(company.adcode),
        map=_map(company, runtime.settings.home_division),
    )


def _by_kind(found: Sequence[Listing]) -> list[tuple[KindDeclaration, list[Listing]]]:
    """What is offered now by kind, in the order of the kinds; what the firm itself stated first."""
    by_kind: defaultdict[str, list[Listing]] = defaultdict(list)
    for listing in sorted(found, key=lambda one: (one.status != "published", -(one.confidence or 0))):
        if listing.status in SHOWN:
            by_kind[listing.kind].append(listing)
    return [(declared, by_kind[kind]) for kind, declared in load_kinds().items() if kind in by_kind]


def _map(company: Company, home: str) -> object | None:
    if company.lon is None or company.lat is None:
        return None
    return region_map(home, firms=[Place(company.adcode, company.lon, company.lat, "")])

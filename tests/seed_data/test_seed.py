"""The demo world: valid, plainly fictional, the same however often it is loaded."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from app.catalogue.models import Listing
from app.catalogue.validation import validate_fields, validate_form
from app.codes.models import EnterpriseCode
from app.codes.resolving import scanned_code
from app.core.actor import SYSTEM
from app.core.ids import company_id
from app.core.migrate import migrate
from app.core.outbox import OutboxEntry
from app.core.runtime import Runtime
from app.demands.forms import load_forms
from app.demands.models import Demand
from app.demands.places import locate
from app.demands.policy import STATES
from app.demands.service import need_of
from app.leads.models import Lead
from app.leads.policy import STATES as LEAD_STATES
from app.registry.models import STATUSES, VERIFICATIONS, Company
from app.registry.uscc import parse_uscc
from app.settings import Settings
from matching.evaluate import read_qrels
from search.documents import KINDS, ROLES
from search.places import load_gazetteer
from seed_data.generate import FOLDER, MARKERS, organisation_code, render
from seed_data.load import (
    DEMANDS,
    LISTINGS,
    PROJECTS,
    QRELS,
    SeedReport,
    listing_id,
    read_companies,
    read_lines,
    seed,
)
from seed_data.selling import LEADS, gate_plate

COMPANY_ROWS = read_companies()
LISTING_ROWS = read_lines(LISTINGS)
DEMAND_ROWS = read_lines(DEMANDS)
PROJECT_ROWS = read_lines(PROJECTS)
JUDGMENTS = read_qrels(QRELS)


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    made = Runtime(Settings(data_dir=tmp_path_factory.mktemp("demo")))
    migrate(made.engine)
    yield made
    made.close()


@pytest.fixture(scope="module")
def first(runtime: Runtime) -> SeedReport:
    return seed(runtime)


def test_the_files_are_what_the_shorthand_says() -> None:
    for name, text in render().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, (
            f"run python -m seed_data.generate ({name})"
        )


def test_counts_are_as_promised() -> None:
    assert 280 <= len(COMPANY_ROWS) <= 320
    assert 850 <= len(LISTING_ROWS) <= 950
    assert len(DEMAND_ROWS) == 60
    assert sum(row["lang"] == "en" for row in DEMAND_ROWS) == 8


def test_codes_are_valid_unique_and_fictional() -> None:
    codes = [row["uscc"] for row in COMPANY_ROWS]
    assert [parse_uscc(code) for code in codes] == codes
    assert len(set(codes)) == len(codes)
    assert all(code[8:12] == "DEM0" for code in codes)


def test_organisation_code_has_the_check_character_of_gb_11714() -> None:
    # Worked by hand: 13*3+14*7+22*9+0*10+1*5+2*8+3*4+4*2 = 376; 11 - 376 % 11 = 9.
    assert organisation_code(1234) == "DEM012349"


def test_names_and_addresses_are_plainly_fictional() -> None:
    for row in COMPANY_ROWS:
        assert any(marker in row["name"] for marker in MARKERS), row["name"]
        assert re.search(r"(示例|演示)(路|街|大街)\d+号$", row["address"]), row["address"]
    assert len({row["name"] for row in COMPANY_ROWS}) == len(COMPANY_ROWS)


def test_every_address_lies_in_the_county_of_the_code() -> None:
    gazetteer = load_gazetteer()
    for row in COMPANY_ROWS:
        found = gazetteer.resolve_address(row["address"], city=row["city"])
        assert found is not None
        assert found.division.level == "county", row["address"]
        assert found.division.adcode == row["uscc"][2:8], row["address"]


def test_all_fourteen_cities_are_there() -> None:
    assert len({row["city"] for row in COMPANY_ROWS}) == 14


def test_company_words_are_known() -> None:
    assert {row["status"] for row in COMPANY_ROWS} <= set(STATUSES)
    assert {row["verification"] for row in COMPANY_ROWS} == set(VERIFICATIONS)
    assert all(row["business_scope"] for row in COMPANY_ROWS)


def test_listings_are_valid_as_they_stand() -> None:
    for row in LISTING_ROWS:
        assert validate_fields(row["kind"], row["fields"]) == row["fields"], row["title"]
        assert row["role"] in ROLES
        assert len(row["title"]) <= 120


def test_every_kind_is_well_represented() -> None:
    counts = Counter(row["kind"] for row in LISTING_ROWS)
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 10


def test_listings_belong_to_firms_and_each_firm_has_one() -> None:
    assert {row["uscc"] for row in LISTING_ROWS} == {row["uscc"] for row in COMPANY_ROWS}
    ids = [listing_id(row["uscc"], row["kind"], row["title"]) for row in LISTING_ROWS]
    assert len(set(ids)) == len(ids)


def test_demands_name_real_places_and_known_kinds() -> None:
    names = {row["name"] for row in COMPANY_ROWS}
    for row in DEMAND_ROWS:
        place = locate(city=row["city"], district=row["district"])
        assert place is not None
        assert place.level == "county", row["title"]
        assert row["kind"] in KINDS
        assert row["state"] in STATES
        assert not row["buyer"] or row["buyer"] in names
    assert {row["state"] for row in DEMAND_ROWS} == {"draft", "open", "closed"}


def test_every_demand_has_a_firm_that_does_exactly_this() -> None:
    codes = {row["uscc"] for row in COMPANY_ROWS}
    assert set(JUDGMENTS) == {row["id"] for row in DEMAND_ROWS}
    for grades in JUDGMENTS.values():
        assert 3 in grades.values()
        assert set(grades) <= codes


def test_the_story_has_a_verified_maker_in_the_buyers_own_district() -> None:
    by_code = {row["uscc"]: row for row in COMPANY_ROWS}
    story = DEMAND_ROWS[0]
    buyer = next(row for row in COMPANY_ROWS if row["name"] == story["buyer"])
    best = [by_code[code] for code, grade in JUDGMENTS[story["id"]].items() if grade == 3]
    assert [row["verification"] for row in best] == ["verified"]
    assert best[0]["uscc"][2:8] == buyer["uscc"][2:8] == "210106"
    titles = {row["title"]: row for row in LISTING_ROWS if row["uscc"] == best[0]["uscc"]}
    slider = titles["直线导轨滑块"]
    assert slider["fields"]["supply_role"] == "maker"
    assert any("25、30" in spec for spec in slider["fields"]["specs"])


def test_trade_and_category_codes_exist(shared_data: Path) -> None:
    def codes(name: str) -> set[str]:
        with (shared_data / name).open(encoding="utf-8-sig", newline="") as file:
            return {row["code"] for row in csv.DictReader(file)}

    assert {row["industry_code"] for row in COMPANY_ROWS} <= codes("gbt4754_2017_tree.csv")
    used = {row["fields"]["category_code"] for row in LISTING_ROWS if "category_code" in row["fields"]}
    assert len(used) > 50
    assert used <= codes("procurement_catalogue_2022.csv")


def test_no_firm_bears_the_name_of_a_real_one(shared_data: Path) -> None:
    import gzip

    with gzip.open(shared_data / "liaoning_companies.csv.gz", "rt", encoding="utf-8") as file:
        real = {row["name"] for row in csv.DictReader(file)}
    assert not real & {row["name"] for row in COMPANY_ROWS}


def _everything(runtime: Runtime) -> tuple[list[tuple[object, ...]], ...]:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        queries = (
            select(col(Company.id), col(Company.version), col(Company.updated_at), col(Company.verification)),
            select(col(Listing.id), col(Listing.version), col(Listing.status), col(Listing.updated_at)),
            select(col(Demand.id), col(Demand.version), col(Demand.state), col(Demand.updated_at)),
            select(col(OutboxEntry.id), col(OutboxEntry.key), col(OutboxEntry.version)),
            select(col(EnterpriseCode.code), col(EnterpriseCode.company_id), col(EnterpriseCode.state)),
            select(col(Lead.id), col(Lead.state), col(Lead.version), col(Lead.updated_at)),
        )
        return tuple(sorted(tuple(row) for row in session.execute(query)) for query in queries)


def test_seeding_stores_the_world(runtime: Runtime, first: SeedReport) -> None:
    companies, listings, demands, outbox, codes, leads = _everything(runtime)
    assert len(companies) == first.companies == len(COMPANY_ROWS)
    assert sum(row[2] == "published" for row in listings) == first.listings == len(LISTING_ROWS)
    assert len(demands) == first.demands == 60 + len(PROJECT_ROWS)
    assert {row[1] for row in outbox} == {str(row[0]) for row in (*companies, *demands)}
    active = {company_id(row["uscc"]) for row in COMPANY_ROWS if row["status"] == "active"}
    assert [row[2] for row in codes] == ["active"] * len(active)
    assert {row[1] for row in codes} == active
    assert {row[1] for row in leads} == set(LEAD_STATES)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        without = session.scalar(select(func.count()).where(col(Company.district) == ""))
        assert without == 0


def test_seeding_twice_changes_nothing(runtime: Runtime, first: SeedReport) -> None:
    before = _everything(runtime)
    again = seed(runtime)
    assert again.changed == 0
    assert (again.companies, again.listings, again.demands) == (
        first.companies,
        first.listings,
        first.demands,
    )
    assert _everything(runtime) == before


@pytest.mark.usefixtures("first")
def test_what_people_changed_stays_changed(runtime: Runtime) -> None:
    row = LISTING_ROWS[0]
    key = listing_id(row["uscc"], row["kind"], row["title"])
    with runtime.session(actor=SYSTEM) as session:
        session.get_one(Listing, key).status = "withdrawn"
    assert seed(runtime).changed == 0
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get_one(Listing, key).status == "withdrawn"


@pytest.mark.usefixtures("first")
def test_a_listing_put_back_takes_its_firm_to_the_next_version(runtime: Runtime) -> None:
    row = LISTING_ROWS[1]
    key = listing_id(row["uscc"], row["kind"], row["title"])
    with runtime.session(actor=SYSTEM) as session:
        listing = session.get_one(Listing, key)
        company = session.get_one(Company, listing.company_id)
        version = company.version
        session.delete(listing)
    assert seed(runtime).changed == 1
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get_one(Company, company.id).version == version + 1


@pytest.mark.usefixtures("first")
def test_demands_are_understood(runtime: Runtime) -> None:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        story = next(d for d in session.scalars(select(Demand)) if d.title.startswith("推台锯"))
        need = need_of(story)
        newest = session.scalars(select(Demand).order_by(col(Demand.id).desc())).first()
    assert need.place is not None
    assert need.place.adcode == "210106"
    assert need.makers_only
    assert any("滑块" in what for what in need.what)
    assert newest is story or (newest is not None and newest.id == story.id)


@pytest.mark.usefixtures("first")
def test_contacts_reach_nobody(runtime: Runtime) -> None:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        reached = [(one.contact_name, one.phone, one.email) for one in session.scalars(select(Company))]
    for name, phone, email in reached:
        assert name.startswith("演示")
        assert re.fullmatch(r"000-0000\d{4}", phone)
        assert email.endswith("@demo.invalid")


@pytest.mark.usefixtures("first")
def test_the_gate_plate_of_the_first_lead_is_genuine(runtime: Runtime) -> None:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        code = scanned_code(session, f"https://demo.invalid{gate_plate(session)}", "88.000.0")
    assert code.company_id == company_id(LEADS[0].uscc)


def test_projects_are_valid_as_they_stand() -> None:
    form = load_forms()["project"]
    for row in PROJECT_ROWS:
        assert validate_form(form, row["fields"]) == row["fields"]
        assert locate(city=row["city"], district=row["district"]) is not None
        assert row["buyer"] in {one["name"] for one in COMPANY_ROWS}
        assert any(marker in row["title"] for marker in ("示例", "演示"))


def test_provenance_gives_the_right_counts() -> None:
    text = (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
    for name, rows in (
        ("companies.csv", len(COMPANY_ROWS)),
        ("listings.jsonl", len(LISTING_ROWS)),
        ("demands.jsonl", len(DEMAND_ROWS)),
        ("projects.jsonl", len(PROJECT_ROWS)),
        ("qrels.txt", sum(map(len, JUDGMENTS.values()))),
    ):
        assert re.search(rf"`{re.escape(name)}` .*\| {rows} \|", text), name

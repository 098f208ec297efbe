"""A running server with a small fictional world, and a real browser of a phone's width."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright
from watched import Watched

from app.accounts.models import Operator, Person, Seat
from app.core.actor import SYSTEM
from app.core.ids import company_id
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.main import create_app
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.uscc import check_character
from app.settings import Settings

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
INSTALL = "No Chromium: apt-get install chromium (or set LIANQIAO_CHROMIUM to the path of a browser)"

FIRMS = (
    ("沈阳示例泵业有限公司", "沈阳市铁西区北二路1号", "离心泵、不锈钢水泵制造、销售。"),
    ("沈阳示例阀门厂", "沈阳市于洪区沈大路2号", "阀门制造；水泵维修。"),
    ("大连示例流体设备有限公司", "大连市甘井子区华北路3号", "不锈钢离心泵、真空泵生产。"),
    ("鞍山示例铸造有限公司", "鞍山市立山区中华路4号", "铸铁件、铸钢件铸造、加工。"),
    ("沈阳示例机电贸易有限公司", "沈阳市和平区南京街5号", "水泵、离心泵、机电产品销售。"),
    ("营口示例冷藏物流有限公司", "营口市老边区新东6号", "冷藏运输、仓储服务。"),
    ("沈阳示例木工机械有限公司", "沈阳市铁西区建设路7号", "木工机械制造。"),
    ("沈阳示例导轨有限公司", "沈阳市铁西区北一路8号", "直线导轨、滑块制造。"),
    ("沈阳示例传动部件厂", "沈阳市于洪区沈大路9号", "直线导轨、滑块、滚珠丝杠制造。"),
    ("鞍山示例精密机械有限公司", "鞍山市立山区中华路10号", "直线导轨、精密机械零部件制造。"),
)
OPERATOR = UUID("0195c5a0-7c00-7a00-8a00-0000000000aa")
SELLER = 2
"""The firm whose people sell."""
TEAM = {
    UUID("0195c5a0-7c00-7a00-8a00-0000000000b1"): ("赵经理 · 示例", "manager"),
    UUID("0195c5a0-7c00-7a00-8a00-0000000000b2"): ("王敏 · 示例", "sales"),
    UUID("0195c5a0-7c00-7a00-8a00-0000000000b3"): ("李强 · 示例", "sales"),
}
TRADERS = {
    6: ("周采购 · 示例", "owner"),
    7: ("钱导轨 · 示例", "owner"),
    8: ("孙传动 · 示例", "sales"),
    9: ("郑精密 · 示例", "sales"),
}
"""Who buys for the plant and who sells for the makers of guides, by the firm's place in ``FIRMS``."""


expect.set_options(timeout=20_000)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its address, and its parts, for what a test moves by hand as time would."""

    address: str
    runtime: Runtime


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser work is slow on a busy machine, not stuck."""
    for item in items:
        if "journeys" in str(item.path) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(120))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a temporary folder."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("site"))
    runtime = Runtime(settings)
    migrate(runtime.engine)
    with runtime.session(actor=SYSTEM) as session:
        register_companies(session, [_registration(number, *firm) for number, firm in enumerate(FIRMS)])
        session.add(Person(id=OPERATOR, name="运营员 · 示例", email="operator@demo.invalid", demo=True))
        session.flush()
        session.add(Operator(person_id=OPERATOR, division="210000"))
        team = firm_id(SELLER)
        for person, (name, role) in TEAM.items():
            session.add(
                Person(id=person, name=name, email=f"{role}{person.int % 10}@demo.invalid", demo=True)
            )
            session.flush()
            session.add(Seat(company_id=team, person_id=person, role=role))
        for number, (name, role) in TRADERS.items():
            person = UUID(int=OPERATOR.int + 0x100 + number)
            session.add(Person(id=person, name=name, email=f"trader{number}@demo.invalid", demo=True))
            session.flush()
            session.add(Seat(company_id=firm_id(number), person_id=person, role=role))
    runtime.index_pending()
    runtime.close()
    api = create_app(settings)
    running = uvicorn.Server(uvicorn.Config(api, port=0, log_level="warning"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    for _ in range(600):
        if running.started:
            break
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.1)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Server(f"http://127.0.0.1:{port}", api.state.runtime)
    running.should_exit = True
    thread.join(timeout=30)


@pytest.fixture(scope="session")
def site(server: Server) -> str:
    """Its address."""
    return server.address


def firm_id(number: int) -> UUID:
    """The id of one of ``FIRMS``."""
    return company_id(_registration(number, *FIRMS[number]).uscc)


def _registration(number: int, name: str, address: str, scope: str) -> Registration:
    first = f"91210106MA8W{number:05d}"
    return Registration(
        uscc=first + check_character(first),
        name=name,
        city=address[:3],
        address=address,
        business_scope=scope,
    )


def browser_path() -> str:
    """Where the browser is. Its absence is a failure that says what to do, not a silent gap."""
    path = os.environ.get("LIANQIAO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail(INSTALL, pytrace=False)
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def watch(context: BrowserContext, site: str) -> Watched:
    """A new page, watched for errors."""
    # Generous: only a page that never comes should fail, not one that comes late on a busy machine.
    context.set_default_timeout(40_000)
    page = context.new_page()
    watched = Watched(page, site)
    page.on(
        "console", lambda said: watched.wrong.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: watched.wrong.append(str(error)))
    page.on(
        "response", lambda got: watched.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None
    )
    page.on(
        "request",
        lambda sent: None if sent.url.startswith((site, "data:")) else watched.wrong.append(sent.url),
    )
    page.on(
        "requestfailed",
        # A request replaced by a newer one while typing, or left behind by going on, is no failure.
        lambda sent: (
            None if "ERR_ABORTED" in (sent.failure or "") else watched.wrong.append(f"failed {sent.url}")
        ),
    )
    return watched


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Watched]:
    """A new phone, watched for errors."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    yield watch(context, site)
    context.close()


@pytest.fixture
def enter(chromium: Browser, site: str) -> Iterator[Callable[..., Watched]]:
    """Signs somebody in by the one tap of the demo accounts, on a device of their own."""
    opened: list[BrowserContext] = []

    def enter(name: str, viewport: ViewportSize = PHONE) -> Watched:
        context = chromium.new_context(viewport=viewport, locale="zh-CN", has_touch=viewport is PHONE)
        opened.append(context)
        watched = watch(context, site)
        watched.open("/sign-in")
        watched.page.get_by_role("button", name=name).click()
        watched.page.wait_for_url(site + "/")
        return watched

    yield enter
    for context in opened:
        context.close()


@pytest.fixture
def operator(phone: Watched) -> Watched:
    """A phone on which an operator has signed in, by the one tap of the demo accounts."""
    phone.open("/sign-in")
    phone.page.get_by_role("button", name="运营员 · 示例").click()
    phone.page.wait_for_url(phone.site + "/")
    return phone

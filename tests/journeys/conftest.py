"""A running server with a small fictional world, and a real browser of a phone's width."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
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

PHONE = {"width": 390, "height": 844}
INSTALL = "No Chromium: apt-get install chromium (or set LIANQIAO_CHROMIUM to the path of a browser)"

FIRMS = (
    ("沈阳示例泵业有限公司", "沈阳市铁西区北二路1号", "离心泵、不锈钢水泵制造、销售。"),
    ("沈阳示例阀门厂", "沈阳市于洪区沈大路2号", "阀门制造；水泵维修。"),
    ("大连示例流体设备有限公司", "大连市甘井子区华北路3号", "不锈钢离心泵、真空泵生产。"),
    ("鞍山示例铸造有限公司", "鞍山市立山区中华路4号", "铸铁件、铸钢件铸造、加工。"),
    ("沈阳示例机电贸易有限公司", "沈阳市和平区南京街5号", "水泵、离心泵、机电产品销售。"),
    ("营口示例冷藏物流有限公司", "营口市老边区新东6号", "冷藏运输、仓储服务。"),
)
OPERATOR = UUID("0195c5a0-7c00-7a00-8a00-0000000000aa")
SELLER = 2
"""The firm whose people sell."""
TEAM = {
    UUID("0195c5a0-7c00-7a00-8a00-0000000000b1"): ("赵经理 · 示例", "manager"),
    UUID("0195c5a0-7c00-7a00-8a00-0000000000b2"): ("王敏 · 示例", "sales"),
    UUID("0195c5a0-7c00-7a00-8a00-0000000000b3"): ("李强 · 示例", "sales"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser work is slow on a busy machine, not stuck."""
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.timeout(120))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a temporary folder."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("site"))
    runtime = Runtime(settings)
    migrate(runtime.engine)
    with runtime.session(actor=SYSTEM) as session:
        register_companies(session, [_registration(number, *firm) for number, firm in enumerate(FIRMS)])
        session.add(Person(id=OPERATOR, name="运营员 · 示例", email="operator@demo.invalid", demo=True))
        session.flush()
        session.add(Operator(person_id=OPERATOR, division="210000"))
        team = company_id(_registration(SELLER, *FIRMS[SELLER]).uscc)
        for person, (name, role) in TEAM.items():
            session.add(
                Person(id=person, name=name, email=f"{role}{person.int % 10}@demo.invalid", demo=True)
            )
            session.flush()
            session.add(Seat(company_id=team, person_id=person, role=role))
    runtime.index_pending()
    runtime.close()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(600):
        if server.started:
            break
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.1)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=30)


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
        pytest.fail(INSTALL)
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


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Watched]:
    """A new phone, watched for errors."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    context.set_default_timeout(20_000)
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
    yield watched
    context.close()


@pytest.fixture
def operator(phone: Watched) -> Watched:
    """A phone on which an operator has signed in, by the one tap of the demo accounts."""
    phone.open("/sign-in")
    phone.page.get_by_role("button", name="运营员 · 示例").click()
    phone.page.wait_for_url(phone.site + "/")
    return phone

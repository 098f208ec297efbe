"""Takes the README's pictures anew: ``python docs/images/make.py``. Starts the demo world in a temporary folder.

Needs Chromium: ``apt-get install chromium``, or LIANQIAO_CHROMIUM set to the path of a browser.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

STORY = "推台锯、封边机用直线导轨滑块"
"""Title of the demand shown: a buyer of imported linear guides whose maker turns out to be in the same district."""


@contextmanager
def demo_site(folder: Path) -> Iterator[tuple[str, str]]:
    """(address, path of the story's demand) of a server over the demo world in ``folder``."""
    from app.core.actor import SYSTEM
    from app.core.migrate import migrate
    from app.core.runtime import Runtime
    from app.demands.service import list_demands
    from app.main import create_app
    from app.settings import Settings
    from seed_data.load import seed

    settings = Settings(data_dir=folder)
    runtime = Runtime(settings)
    migrate(runtime.engine)
    seed(runtime)
    runtime.index_pending()
    with runtime.session(writing=False, actor=SYSTEM) as session:
        story = next(one for one in list_demands(session, limit=100)[0] if one.title == STORY)
    runtime.close()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise SystemExit("the server did not start")
        time.sleep(0.1)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", f"/demands/{story.id}?within=province&set=1&makers=1"
    server.should_exit = True
    thread.join(timeout=30)


def take(browser: Browser, address: str, name: str, width: int, height: int, scale: float) -> None:
    """One picture of the visible page."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-CN"
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    whole = Image.open(BytesIO(page.screenshot())).convert("RGB")
    whole.quantize(256).save(HERE / name, optimize=True)  # A third of the size, and nobody sees it.
    page.close()


def main() -> None:
    """Both pictures."""
    browser_path = os.environ.get("LIANQIAO_CHROMIUM") or shutil.which("chromium")
    if not browser_path:
        raise SystemExit("No Chromium: apt-get install chromium (or set LIANQIAO_CHROMIUM)")
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder)) as (site, story),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-background-networking"]
        )
        take(browser, site + story, "match.png", 1280, 1160, 1)
        take(browser, site + story + "#matches", "match-phone.png", 390, 844, 1.5)
        browser.close()


if __name__ == "__main__":
    main()

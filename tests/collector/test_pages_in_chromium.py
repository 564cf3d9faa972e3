"""A real browser opens the pages: they fit, from a telephone to a desk, and complain of nothing.

`PREAU_PICTURES=1 pytest tests/collector/test_pages_in_chromium.py` also draws `docs/images/ecole.png` again.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from tests.collector.measured import MOULIN, fill_database, open_app
from tests.conftest import need

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "ecole.png"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the sample schools are served, on loopback."""
    app, store = open_app(tmp_path_factory.mktemp("served"))
    fill_database(store, int(time.time()))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    store.close()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a fresh Chromium; whatever it complains of fails the test."""
    need(CHROMIUM is not None, "chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="fr-FR")
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        yield page
        browser.close()
    assert complaints == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [320, 1280])
def test_a_reader_goes_from_the_nation_to_a_school(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert page.locator("h1").count() == 1
    assert fits(page)
    page.get_by_role("link", name="Montcartable").click()
    assert fits(page)
    page.get_by_role("link", name="Non prêt (2)").click()
    page.get_by_role("link", name=MOULIN).click()
    assert page.url == f"{address}/ecoles/{MOULIN}"
    assert page.locator(".state").inner_text() == "✗ Non prêt"
    assert fits(page)
    assert page.get_by_role("row").count() == 11  # the roles hold where rows are shown as blocks
    assert page.get_by_role("rowheader", name="01 salle informatique").count() == 1
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_pages_need_no_javascript_and_fit_on_paper(page: Page, address: str) -> None:
    page.goto(f"{address}/ecoles/{MOULIN}")
    page.emulate_media(media="print")
    assert not page.get_by_label("Territoires de rattachement").is_visible()
    assert page.locator(".reason").is_visible()


def test_words_stand_out_of_what_is_behind_them(page: Page, address: str) -> None:
    """WCAG AA: 4.5 to 1 between every text and its background."""
    for path in ("/", f"/ecoles/{MOULIN}", "/territoires/departement:099"):
        page.goto(f"{address}{path}")
        poor = page.evaluate(POOR_CONTRAST)
        assert poor == []


POOR_CONTRAST = """() => {
  const parts = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) {
    const c = parts(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; }
    return [255, 255, 255]; };
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !e.getClientRects().length) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""


def test_the_picture_of_the_school_page_is_there(page: Page, address: str) -> None:
    if os.environ.get("PREAU_PICTURES") == "1":
        page.set_viewport_size({"width": 1100, "height": 965})
        page.goto(f"{address}/ecoles/{MOULIN}")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.stat().st_size < 150_000

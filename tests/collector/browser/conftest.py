"""A real browser, and the sample schools served to it on loopback."""

import shutil
import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from collector.store.engine import Store
from tests.collector.listening import listening
from tests.collector.measured import fill_database, open_app
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


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, Store]]:
    """The collector over the sample schools."""
    app, store = open_app(tmp_path_factory.mktemp("served"))
    fill_database(store, int(time.time()))
    yield app, store
    store.close()


@pytest.fixture
def served_store(sample: tuple[FastAPI, Store]) -> Store:
    """What is behind `address`."""
    return sample[1]


@pytest.fixture(scope="session")
def address(sample: tuple[FastAPI, Store]) -> Iterator[str]:
    """Where the sample schools are served, on loopback."""
    app, _ = sample
    with listening(app) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    need(CHROMIUM is not None, "chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page of a profile of its own. Whatever it complains of, or asks of anybody else, fails the test."""
    context = chromium.new_context(locale="fr-FR", base_url=address, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("request", lambda request: request.url.startswith(address) or complaints.append(request.url))
    yield page
    context.close()
    expected = "Failed to load resource: the server responded with a status of 4"  # a page of refusal was asked for
    assert [complaint for complaint in complaints if not complaint.startswith(expected)] == []

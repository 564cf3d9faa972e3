"""The test page in real browsers: a new one, one without JavaScript, and a really old engine (QtWebKit, of 2016)."""

import shutil
import struct
import subprocess
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext

from collector.facts import unpack
from collector.rendering import static
from collector.store.engine import Store
from collector.store.tries import tries_of
from collector.test_page.judged import devices_of
from collector.test_page_cli import make_page_code
from tests.collector.browser.test_accessible import TOO_WIDE, rgaa
from tests.collector.measured import MARELLE, MOULIN
from tests.conftest import need
from tests.npm import npm_program

RECENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
"""What it says of itself when somebody sits in front of it: without a screen it says "HeadlessChrome"."""
OLD_ENGINE = shutil.which("wkhtmltoimage")


def pixel() -> bytes:
    """One white dot, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00\xff")) + chunk(b"IEND", b"")
    )


@pytest.fixture
def path(served_store: Store) -> str:
    return f"/test/{make_page_code(served_store, MOULIN, days=90)}"


def visitor(chromium: Browser, address: str, logo: dict[str, object], **options: object) -> Iterator[BrowserContext]:
    """A browser for which the service's image answers as said."""
    context = chromium.new_context(locale="fr-FR", base_url=address, user_agent=RECENT, **options)  # type: ignore[arg-type]
    context.route("https://ent.example.fr/**", lambda route: route.fulfill(**logo))  # type: ignore[arg-type]
    yield context
    context.close()


def result(context: BrowserContext, path: str) -> tuple[str, float]:
    page = context.new_page()
    page.goto(path)
    page.get_by_label("Quel appareil").select_option("tablette")
    began = time.monotonic()
    page.get_by_role("button", name="Commencer l'essai").click()
    page.get_by_role("heading", name="Résultat de l'essai").wait_for(timeout=30_000)
    return page.locator("main").inner_text().replace("\u00a0", " "), time.monotonic() - began


def test_a_recent_browser_is_ready_within_thirty_seconds(chromium: Browser, address: str, served_store: Store) -> None:
    path = f"/test/{make_page_code(served_store, MARELLE, days=90)}"  # whose line nobody has measured yet
    for context in visitor(chromium, address, {"body": pixel(), "content_type": "image/png"}):
        text, took_s = result(context, path)
    assert "Prêt pour" in text
    assert "JavaScript récent : oui." in text
    assert "son image s'affiche" in text
    assert "Aller et retour en" in text
    assert "Descente : " in text
    assert "Montée : " in text
    assert took_s < 30


def test_a_filters_page_with_status_200_is_no_image(chromium: Browser, address: str, path: str) -> None:
    for context in visitor(chromium, address, {"body": "<h1>Accès refusé</h1>", "content_type": "text/html"}):
        text, _ = result(context, path)
    assert "Non prêt pour" in text
    assert "son image ne s'affiche pas dans ce navigateur." in text


def test_without_javascript_the_result_is_there_too(chromium: Browser, address: str, path: str) -> None:
    for context in visitor(chromium, address, {"status": 404}, java_script_enabled=False):
        text, _ = result(context, path)
    assert "Non prêt pour" in text
    assert "JavaScript est désactivé dans ce navigateur." in text


def test_a_browser_that_refuses_windows_and_storage_is_told_so(chromium: Browser, address: str, path: str) -> None:
    for context in visitor(chromium, address, {"body": pixel(), "content_type": "image/png"}):
        context.add_init_script("window.open = () => null;")
        text, _ = result(context, path)
    assert "Le navigateur n'ouvre pas de fenêtre" in text


def test_cookies_of_another_site_are_tried_from_a_second_address(
    chromium: Browser, address: str, path: str, sample: tuple[FastAPI, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, store = sample
    other = address.replace("127.0.0.1", "localhost")
    monkeypatch.setitem(
        app.state._state, "settings", replace(app.state.settings, public_url=address, other_address=other)
    )
    for context in visitor(chromium, address, {"body": pixel(), "content_type": "image/png"}):
        result(context, path)
    with store.reading() as session:
        newest = max(tries_of(session, MOULIN), key=lambda test: test.observed_at)
        facts = unpack(newest.facts)["browser.features"].facts
    assert facts is not None
    assert b"third_party_cookies" in facts


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_and_its_result_keep_to_the_rgaa(chromium: Browser, address: str, path: str, width: int) -> None:
    for context in visitor(chromium, address, {"body": pixel(), "content_type": "image/png"}):
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        assert rgaa(page)["wrong"] == []
        assert page.evaluate(TOO_WIDE) == []
        page.get_by_role("button", name="Commencer l'essai").click()
        page.get_by_role("heading", name="Résultat de l'essai").wait_for()
        assert rgaa(page)["wrong"] == []
        assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("name", ["essai.js", "essai-cadre.js"])
def test_its_scripts_are_ecmascript_5(name: str, tmp_path: Path) -> None:
    folder = npm_program("es-check")
    (tmp_path / name).write_bytes(static(name))
    command = [str(folder / "node_modules" / ".bin" / "es-check"), "es5", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / name).write_bytes(static("essai-recent.js"))  # and the gate is not always open
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60).returncode != 0


def test_a_really_old_engine_shows_the_page_and_is_told_that_it_is_too_old(
    address: str, path: str, served_store: Store, tmp_path: Path
) -> None:
    need(OLD_ENGINE is not None, "wkhtmltoimage (Debian's wkhtmltopdf)")
    picture = tmp_path / "essai.png"
    command = [str(OLD_ENGINE), "--quiet", "--javascript-delay", "14000", "--run-script"]
    press = "document.getElementById('commencer').click()"
    environment = {"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)}
    subprocess.run(
        [*command, press, f"{address}{path}", str(picture)],
        env=environment,
        check=False,
        timeout=60,
        capture_output=True,
    )
    assert picture.stat().st_size > 5000
    with served_store.reading() as session:
        device = devices_of(session, MOULIN)[0]
    causes = {e.cause for e in device.verdicts["browser.features"].evidence}
    assert "javascript_too_old" in causes
    assert "javascript_off" not in causes

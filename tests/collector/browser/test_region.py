"""A reader goes through a whole simulated région in a real browser: from the nation to one school and its exports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from checks.profile import parse
from collector.people.roles import Role
from collector.publishing import publish_profile
from collector.signing import open_keys
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import fill, import_schools
from collector.simulator.fleet import flavours, pcs_of
from collector.simulator.nation import lay_out
from collector.store.schema import upgrade
from tests.collector.listening import listening
from tests.collector.measured import open_app


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where sixty schools of the académie de Toulouse, as the simulator lays them out, are served on loopback."""
    folder = tmp_path_factory.mktemp("region")
    app, store = open_app(folder, role=Role.PILOTE)
    with store:
        upgrade(store.engine)
        schools = lay_out(7, 60, 500, "16")
        publish_profile(store, open_keys(app.state.settings), profile_of_recordings(), default=True)
        import_schools(store, schools, folder)
        fill(store, list(pcs_of(7, schools)), flavours(parse(profile_of_recordings())))
        with listening(app) as url:
            yield url


def test_from_the_academie_to_a_school_that_is_not_ready(chromium: Browser, region: str, tmp_path: Path) -> None:
    context = chromium.new_context(locale="fr-FR", base_url=region, accept_downloads=True)
    page = context.new_page()
    page.goto("/territoires/academie:16?etat=non-pret")
    assert "Toulouse" in page.locator("h1").inner_text()
    first = page.locator("a[href*='/ecoles/']:visible").first
    uai = (first.get_attribute("href") or "").rpartition("/")[2]
    first.click()
    assert page.locator(".state").first.inner_text() == "✗ Non prêt"
    assert uai in page.locator("main").inner_text()
    assert page.get_by_role("heading", name="Qui doit faire quoi").count() == 1
    page.goto("/territoires/academie:16/actions")
    assert page.locator("main").get_by_role("link").count() > 3
    context.close()

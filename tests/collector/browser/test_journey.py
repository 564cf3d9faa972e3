"""A real browser opens the pages: they fit, from a telephone to a desk, and complain of nothing."""

import pytest
from playwright.sync_api import Page

from tests.collector.measured import MOULIN


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
    stations = page.get_by_role("table", name="Chaque poste enrôlé")
    assert stations.get_by_role("row").count() == 11  # the roles hold where rows are shown as blocks
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

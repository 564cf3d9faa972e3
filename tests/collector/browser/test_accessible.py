"""Every page, in a real browser: no violation of the RGAA that a machine can see, 320 pixels wide, and on paper."""

import json
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.collector.every_page import PAGES
from tests.npm import npm_package

RUN = """async locale => {
  axe.configure({locale: JSON.parse(locale)});
  const found = await axe.run(document, {runOnly: ["RGAAv4"], resultTypes: ["violations"]});
  return {tested: found.passes.length, wrong: found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id} : ${rule.help} : ${node.html.slice(0, 160)} : ${node.failureSummary}`))};
}"""

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"""


@cache
def axe() -> tuple[str, str]:
    """The program of axe-core, and its words in French."""
    folder = npm_package("axe-core")
    read = {name: (folder / name).read_text(encoding="utf-8") for name in ("axe.min.js", "locales/fr.json")}
    return read["axe.min.js"], read["locales/fr.json"]


def rgaa(page: Page) -> dict[str, Any]:
    """Run axe with the rules of the RGAA on the page as it is. Pages forbid scripts, but not to the tester."""
    program, locale = axe()
    assert json.loads(locale)["lang"] == "fr"
    page.evaluate(program)
    return dict(page.evaluate(RUN, locale))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_breaks_a_rule_of_the_rgaa(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    found = rgaa(page)
    assert found["wrong"] == []
    assert found["tested"] >= 10
    assert page.evaluate(TOO_WIDE) == []


def test_axe_sees_what_is_planted(page: Page) -> None:
    page.goto("/")
    page.evaluate("""() => {
      const planted = '<img src="/static/preau.svg"><p id="pale">pâle</p><a href="/"></a>';
      document.querySelector("main").insertAdjacentHTML("beforeend", planted);
      document.getElementById("pale").style.color = "#ccc";
    }""")
    assert {wrong.split(" : ")[0] for wrong in rgaa(page)["wrong"]} == {"image-alt", "color-contrast", "link-name"}


@pytest.mark.parametrize("path", PAGES)
def test_everything_is_reached_with_the_keyboard_in_the_order_of_the_page(page: Page, path: str) -> None:
    page.goto(path)
    wanted = page.evaluate("""() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
        .filter(e => e.tabIndex >= 0 && e.getClientRects().length && !e.closest("details:not([open]) > :not(summary)"))
        .length""")
    reached = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    assert all(one["seen"] for one in reached), "the focus is not seen"
    assert [one["place"] for one in reached] == sorted({one["place"] for one in reached})
    assert len({one["place"] for one in reached}) == wanted


FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const all = [...document.querySelectorAll("*")];
  return {place: all.indexOf(e), seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && box.width > 0 && box.left >= 0};
}"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_for_who_asked_for_less_motion(page: Page, path: str) -> None:
    page.goto(path)
    moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter(e => {
        const s = getComputedStyle(e);
        return s.animationName !== "none" || parseFloat(s.transitionDuration) > 0 || s.scrollBehavior === "smooth";
    }).length""")
    assert moving == 0

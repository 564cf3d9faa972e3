"""Firefox ESR, the other browser of the RGAA's test environment: the rules of the RGAA hold there too."""

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.collector.browser.bidi import Firefox, firefox
from tests.collector.browser.test_accessible import RUN, TOO_WIDE, axe
from tests.collector.measured import MOULIN
from tests.conftest import need

PAGES = ("/", "/territoires/departement:099", f"/ecoles/{MOULIN}", "/territoires/departement:099/actions")


@pytest.fixture(scope="module")
def browser() -> Iterator[Firefox]:
    need(bool(shutil.which("firefox-esr") or shutil.which("firefox")), "firefox-esr")
    with firefox() as browser:
        yield browser


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_a_rule_of_the_rgaa_in_firefox(browser: Firefox, address: str, path: str) -> None:
    program, locale = axe()
    browser.resize(320, 800)
    browser.go(f"{address}{path}")
    browser.run(program)
    found = browser.evaluate(f"({RUN})({json.dumps(locale)})")
    assert found["wrong"] == []
    assert found["tested"] >= 10
    assert browser.evaluate(f"({TOO_WIDE})()") == []

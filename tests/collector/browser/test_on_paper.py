"""The sheet of a school and the other pages go on A4, with their words and without what only a screen needs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.collector.every_page import NOBODY
from tests.collector.measured import LIBELLULES, MARELLE, MOULIN
from tests.conftest import need


def printed(page: Page, path: str, folder: Path) -> tuple[int, str]:
    """Print a page as a browser does; how many sheets of A4, and their text."""
    need(shutil.which("pdftotext") is not None, "pdftotext (poppler-utils)")
    page.goto(path)
    file = folder / "page.pdf"
    page.pdf(path=file, format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "12mm"))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    about = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size: +59\d\.\d+ x 84\d\.\d+ pts \(A4\)", about)
    return text.count("\f"), " ".join(text.split())


@pytest.mark.parametrize(("uai", "most"), [(MOULIN, 2), (LIBELLULES, 2), (MARELLE, 1), (NOBODY, 1)])
def test_a_school_is_one_or_two_sheets_of_a4(page: Page, tmp_path: Path, uai: str, most: int) -> None:
    sheets, text = printed(page, f"/ecoles/{uai}", tmp_path)
    assert sheets <= most
    assert uai in text
    assert "Couverture" in text
    assert "État au" in text
    assert "Chercher" not in text
    assert "Aller au contenu" not in text


def test_the_sheet_says_who_must_do_what(page: Page, tmp_path: Path) -> None:
    _, text = printed(page, f"/ecoles/{MOULIN}", tmp_path)
    for said in (
        "Non prêt",
        "Qui doit faire quoi",
        "La commune",
        "Installer sur le poste le certificat",
        "débloquer 5 postes",
    ):
        assert said in text


def test_an_action_plan_goes_on_a4_with_who_must_do_what(page: Page, tmp_path: Path) -> None:
    sheets, text = printed(page, "/territoires/departement:099/actions", tmp_path)
    assert sheets <= 4
    for said in ("Val-de-Préau", "La commune", "Installer sur le poste le certificat"):
        assert said in text
    assert "Chercher" not in text
    assert "Relancer" not in text

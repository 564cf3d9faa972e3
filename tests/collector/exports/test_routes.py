"""What a page shows can be taken away, with the page's filters, by who may read the page."""

import csv
import io
import time
from collections.abc import Iterator

import openpyxl
import pytest
from fastapi.testclient import TestClient

from collector.store.engine import Store
from collector.tables import School
from tests.collector.measured import LIBELLULES, MARELLE, MOULIN, fill_database, open_app

FORMULA = '=HYPERLINK("http://exemple.fr";"cliquer")'


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store]]:
    app, store = open_app(tmp_path_factory.mktemp("exports"))
    with store:
        fill_database(store, int(time.time()))
        yield TestClient(app), store


@pytest.fixture(scope="module")
def client(opened: tuple[TestClient, Store]) -> TestClient:
    return opened[0]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_the_schools_of_a_territory_as_its_page_filters_them(client: TestClient) -> None:
    answer = client.get("/territoires/departement:099/ecoles.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="preau-ecoles-departement-099-20')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    found = {row["Code UAI"]: row for row in rows(answer.text)}
    assert len(found) == 40
    assert found[MOULIN]["État"] == "Non prêt"
    assert found[MOULIN]["Postes mesurés"] == "8"
    assert found[MOULIN]["Ouverture de l'ENT"] == "04/01/2027"
    assert found[MARELLE]["Commune"] == "Craie-sur-Orme"
    chosen = rows(client.get("/territoires/nation/ecoles.csv?etat=non-pret").text)
    assert {row["Code UAI"] for row in chosen} == {MOULIN, LIBELLULES}


def test_programs_have_rfc_4180_and_json(client: TestClient) -> None:
    text = client.get("/territoires/departement:099/ecoles.csv?format=rfc4180").text
    found = {row["uai"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert found[MOULIN]["measured"] == "8"
    said = client.get("/territoires/departement:099/ecoles.json?secteur=prive").json()
    assert said["about"]["Filtres"] == "écoles privées"
    assert {row["sector"] for row in said["rows"]} == {"privé"}


def test_a_workbook_opens(client: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/territoires/departement:099/ecoles.xlsx").content))
    assert book.sheetnames == ["Écoles", "À propos"]
    assert book["Écoles"].max_row == 41


def test_the_workstations_of_a_school_and_what_is_wrong(client: TestClient) -> None:
    found = rows(client.get(f"/ecoles/{MOULIN}/postes.csv").text)
    assert {row["Poste"] for row in found} == {f"{n:02}" for n in range(1, 11)}
    assert "Windows 10 22H2 : maintenance finie le 14/10/2025" in " ".join(row["Constat"] for row in found)


def test_a_name_is_never_a_formula(opened: tuple[TestClient, Store]) -> None:
    client, store = opened

    def rename(session, name: str) -> str:  # type: ignore[no-untyped-def]
        school = session.get_one(School, MARELLE)
        before, school.name = school.name, name
        return before

    before = store.write(lambda session: rename(session, FORMULA))
    try:
        found = {row["Code UAI"]: row for row in rows(client.get("/territoires/departement:099/ecoles.csv").text)}
        assert found[MARELLE]["École"] == f"'{FORMULA}"
        content = client.get("/territoires/departement:099/ecoles.xlsx").content
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Écoles"]
        assert [row[1].data_type for row in sheet.iter_rows() if row[0].value == MARELLE] == ["s"]
    finally:
        store.write(lambda session: rename(session, before))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/territoires/lune/ecoles.csv", 404),
        ("/territoires/academie:01/ecoles.csv", 404),
        ("/territoires/departement:099/ecoles.pdf", 404),
        ("/territoires/departement:099/ecoles.rfc4180", 404),
        ("/territoires/departement:099/ecoles.csv?format=excel", 404),
        ("/territoires/departement:099/ecoles.csv?etat=vert", 422),
        ("/ecoles/0311131L/postes.csv", 404),
        ("/ecoles/abc/postes.csv", 404),
    ],
)
def test_what_cannot_be_exported_is_a_french_page(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="fr">' in answer.text

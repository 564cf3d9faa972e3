"""The dashboard chooses, draws and finds schools, by what is in its address alone."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from collector.store.engine import Store
from collector.store.readiness import refresh_school
from collector.tables import School
from tests.collector.measured import MOULIN, fill_database, open_app
from tests.collector.test_pages import Outline, words

ELSEWHERE = "0310002C"
RIGHT_TO_LEFT = "مدرسة النور"
LONG = "École " + "très " * 38 + "longue"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store]]:
    app, store = open_app(tmp_path_factory.mktemp("dashboard"))
    with store:
        fill_database(store, int(time.time()))
        store.write(_add_another_departement)
        yield TestClient(app), store


@pytest.fixture(scope="module")
def client(opened: tuple[TestClient, Store]) -> TestClient:
    return opened[0]


def _add_another_departement(session) -> None:  # type: ignore[no-untyped-def]
    model = session.get_one(School, MOULIN).model_dump(exclude={"listed_as"})
    changed = {
        "uai": ELSEWHERE,
        "name": LONG,
        "commune_code": "31395",
        "commune_name": RIGHT_TO_LEFT,
        "departement_code": "031",
        "departement_name": "Haute-Garonne",
        "sector": "privé",
        "contract": "hors contrat",
        "latitude": 43.46,
        "longitude": 1.32,
    }
    session.add(School(**{**model, **changed}))
    session.flush()
    refresh_school(session, ELSEWHERE, int(time.time()))


def test_the_map_has_every_departement_with_its_figures(client: TestClient) -> None:
    html = client.get("/").text
    drawn = re.findall(r'<a href="/territoires/departement:(\w+)" tabindex=-1><title>(.*?)</title>', html)
    assert [code for code, _ in drawn] == ["031", "099"]
    assert drawn[1][1] == "Val-de-Préau&nbsp;: 2 sur 40 peuvent ouvrir"
    assert "licence CC BY 4.0" in html
    assert html.index('<svg class="france"') < html.index('<table role="table" class="rows territories">')


def test_where_there_is_one_departement_each_school_has_its_mark(client: TestClient) -> None:
    html = client.get("/territoires/departement:099").text
    assert 'class="france"' not in html
    assert len(re.findall(r'<a href="/ecoles/\w{8}" tabindex="-1">', html)) == 40
    assert f"Ecole maternelle Le Moulin, Saint-Préau-sur-Lente ({MOULIN})&nbsp;: Non prêt" in html


def test_filters_are_kept_from_page_to_page(client: TestClient) -> None:
    page = Outline(client.get("/territoires/academie:99?secteur=public&etat=non-pret").text)
    links = [(a["href"] or "").replace("%3A", ":") for a in page.all("a")]
    assert "/territoires/departement:099?etat=non-pret&secteur=public" in links
    assert "?secteur=public#ecoles" in links
    assert "?etat=pret&secteur=public#ecoles" in links
    assert "Filtrer les écoles : non prêt, écoles publiques" in page.words
    assert [option["value"] for option in page.all("option") if "selected" in option] == [
        "non-pret",
        "public",
        "",
        "",
        "",
    ]


def test_counts_and_causes_are_those_of_the_schools_kept(client: TestClient) -> None:
    assert "1 école ouverte, au " in words(client, "/territoires/academie:99?contrat=hors&type=maternelle")
    assert LONG in words(client, "/recherche?contrat=hors")
    assert "Le service ne répond à personne." in words(client, "/")
    assert "Le service ne répond à personne." not in words(client, "/?contrat=hors")
    assert "11 écoles ouvertes" in words(client, "/territoires/academie:99?vague=1&secteur=public")


def test_filters_that_match_nothing_say_so_and_how_to_leave(client: TestClient) -> None:
    answer = client.get("/territoires/circonscription:0990002P?contrat=hors&type=maternelle")
    assert answer.status_code == 200
    said = "Aucune école de ce territoire ne répond à ces filtres (hors contrat, écoles maternelles). Les enlever tous"
    assert said in Outline(answer.text).words


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("moulin saint-preau", MOULIN),
        ("SAINT PRÉAU   moulin", MOULIN),
        ("0990019", MOULIN),
        ("النور", ELSEWHERE),
        ("tres longue", ELSEWHERE),
    ],
)
def test_a_school_is_found_by_name_commune_or_code(client: TestClient, asked: str, found: str) -> None:
    page = Outline(client.get("/recherche", params={"q": asked}).text)
    assert f"/ecoles/{found}" in [a["href"] for a in page.all("a")]
    assert found in page.words


def test_a_whole_code_leads_to_its_school(client: TestClient) -> None:
    answer = client.get("/recherche", params={"q": f" {MOULIN.lower()} "}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/ecoles/{MOULIN}")
    assert "ne correspond" in words(client, "/recherche?q=0310001B")


def test_a_commune_is_found_too(client: TestClient) -> None:
    page = Outline(client.get("/recherche?q=montcartable").text)
    assert "/territoires/commune:99001" in [(a["href"] or "").replace("%3A", ":") for a in page.all("a")]
    assert "Communes Montcartable " in page.words
    assert "Communes" not in words(client, "/recherche?q=moulin")


@pytest.mark.parametrize("asked", ["%", "_", "'", "\\", "<script>alert(1)</script>", "\u202e", "a" * 5000, " \t "])
def test_a_strange_search_finds_nothing_and_runs_nothing(client: TestClient, asked: str) -> None:
    answer = client.get("/recherche", params={"q": asked})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert not [a for a in Outline(answer.text).all("a") if (a["href"] or "").startswith("/ecoles/")]
    assert len(answer.text) < 6000


def test_names_from_right_to_left_do_not_turn_the_page(client: TestClient) -> None:
    html = client.get("/territoires/departement:031").text
    assert f"<bdi>{RIGHT_TO_LEFT}</bdi>" in html


def test_a_search_stays_in_the_places_of_who_asks(tmp_path: Path) -> None:
    app, store = open_app(tmp_path, place="circonscription:0990001N")
    with store:
        fill_database(store, int(time.time()))
        client = TestClient(app)
        assert MOULIN in words(client, "/recherche?q=moulin")
        assert "0990031W" not in words(client, "/recherche?q=0990031w")
        assert client.get("/recherche?q=0990031W", follow_redirects=False).status_code == 200

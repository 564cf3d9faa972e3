"""A contact is the nearest territory's, and nothing typed there runs or writes to somebody else."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from checks.actors import Actor
from collector.people.roles import Role
from collector.plan.contact import BadContact, contact
from collector.store.contacts import add_contact, nearest, remove_contact
from collector.store.engine import Store
from collector.territory import NATION, parse_territory
from tests.collector.measured import MOULIN, fill_database, open_app
from tests.collector.test_pages import Outline, words

HERE = "/territoires/departement:099/contacts"
TYPED = {"actor": "commune", "nom": "Service scolaire", "courriel": "ecoles@exemple.fr", "telephone": "05 61 00 00 00"}


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store]]:
    app, store = open_app(tmp_path_factory.mktemp("contacts"), role=Role.PILOTE)
    with store:
        fill_database(store, int(time.time()))
        yield TestClient(app), store


def test_a_contact_is_added_shown_and_taken_away(opened: tuple[TestClient, Store]) -> None:
    client, _ = opened
    assert "Aucun contact" in words(client, HERE)
    assert client.post(HERE, data=TYPED, follow_redirects=False).status_code == 303
    assert client.post(HERE, data=TYPED | {"nom": "Service des écoles"}).status_code == 200
    text = words(client, HERE)
    assert "La commune Service des écoles ecoles@exemple.fr 05 61 00 00 00" in text
    assert "Service scolaire" not in text
    assert "À écrire à Service des écoles (05 61 00 00 00)" in words(client, "/territoires/departement:099/actions")
    assert "Service des écoles, ecoles@exemple.fr." in words(client, f"/ecoles/{MOULIN}")
    assert 'href="mailto:ecoles@exemple.fr?subject=' in client.get(f"/ecoles/{MOULIN}").text
    assert client.post("/territoires/academie:99/contacts/1/retirer").status_code == 404
    assert "Aucun contact" in Outline(client.post(f"{HERE}/1/retirer").text).words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"courriel": "pas une adresse"}, "n'est pas une adresse comme service@exemple.fr"),
        ({"courriel": "a@exemple.fr?bcc=b@exemple.fr"}, "n'est pas une adresse"),
        ({"courriel": "a@exemple.fr,b@exemple.fr"}, "n'est pas une adresse"),
        ({"nom": ""}, "un nom de service ou de fonction est attendu"),
        ({"actor": "lune"}, "n'est pas un acteur"),
        ({"telephone": "<b>"}, "n'est pas un numéro"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(
    opened: tuple[TestClient, Store], typed: dict[str, str], said: str
) -> None:
    client, _ = opened
    answer = client.post(HERE, data={**TYPED, **typed, "nom": typed.get("nom", "<script>alert(1)</script>")})
    assert answer.status_code == 422
    page = Outline(answer.text)
    assert said in page.words
    assert "<script" not in answer.text
    assert TYPED["telephone"] in [a.get("value") for a in page.all("input")] or "telephone" in typed


def test_the_nearest_territory_that_has_somebody_decides(opened: tuple[TestClient, Store]) -> None:
    _, store = opened
    commune, departement = parse_territory("commune:99001"), parse_territory("departement:099")

    def add(place: str, name: str, actor: str = "commune") -> None:
        made = contact(parse_territory(place), actor=actor, name=name, email=f"{name}@exemple.fr", phone="", now=0)
        store.write(lambda session: add_contact(session, made))

    add("nation", "pays")
    add("departement:099", "conseil")
    add("departement:099", "dsi", "academie")
    with store.reading() as session:
        found = nearest(session, [NATION, departement, commune])
    assert {actor: [c.name for c in held] for actor, held in found.items()} == {
        Actor.COMMUNE: ["conseil"],
        Actor.ACADEMIE: ["dsi"],
    }
    add("commune:99001", "mairie")
    with store.reading() as session:
        assert [c.name for c in nearest(session, [departement, commune, NATION])[Actor.COMMUNE]] == ["mairie"]
        assert nearest(session, []) == {}
    assert store.write(lambda session: remove_contact(session, 999, commune)) is False


def test_a_reader_sees_contacts_and_changes_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    app, store = open_app(tmp_path_factory.mktemp("reader"))
    with store:
        fill_database(store, int(time.time()))
        client = TestClient(app)
        assert "Ajouter un contact" not in words(client, HERE)
        assert client.post(HERE, data=TYPED).status_code == 403


def test_a_contact_needs_its_fields() -> None:
    with pytest.raises(BadContact) as refused:
        contact(NATION, actor="commune", name="x" * 101, email="a@b.fr", phone="", now=0)
    assert refused.value.field == "nom"

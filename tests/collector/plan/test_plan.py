"""The plan has a line per cause, says what was fixed only when a report proved it, and may ask for a new measure."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from msgspec.structs import replace

from checks.wire import pack
from collector.people.roles import Role
from collector.store import Session
from collector.store.engine import Store
from collector.store.plan import fixed, lines
from collector.store.reruns import LASTS_S, ask, asked_of
from collector.store.summaries import Scope
from collector.tables import Workstation
from collector.territory import NATION, parse_territory
from tests.collector.measured import LIBELLULES, MOULIN, fill_database, observed, open_app, pc_of, take_facts
from tests.collector.test_pages import Outline, words
from tests.collector.workstation import Workstation as Pc

CAUSE = ("network.tls", "interception_untrusted")
PLAN = "/territoires/departement:099/actions"
PAGE = f"{PLAN}/network.tls/interception_untrusted"


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store]]:
    app, store = open_app(tmp_path_factory.mktemp("plan"), role=Role.PILOTE)
    with store:
        fill_database(store, int(time.time()) - 3600)
        yield TestClient(app), store


def heal(session: Session, number: int, now: int) -> None:
    """A workstation of `MOULIN` reports that all is well."""
    at = {id_: replace(kept, observed_at=now) for id_, kept in observed("windows_11_healthy").items()}
    take_facts(session, pc_of(MOULIN, number), at, now)


def test_one_line_per_cause_under_its_actor(opened: tuple[TestClient, Store]) -> None:
    client, store = opened
    with store.reading() as session:
        found = {(line.check, line.cause): line for line in lines(session, Scope(territory=NATION), 0)}
    line = found[CAUSE]
    assert (line.schools, line.of_site, line.workstations, line.blocked, line.fixed) == (1, 1, 5, 5, 0)
    text = words(client, PLAN)
    assert text.index("La commune") < text.index("L'éditeur de l'ENT")
    assert "Le filtrage déchiffre le service et le poste ne reconnaît pas son autorité. Installer sur le poste" in text
    only = words(client, f"{PLAN}?acteur=editeur")
    assert "Le service ne répond à personne." in only
    assert "Installer sur le poste" not in only
    assert "Rien à demander à personne" in words(client, f"{PLAN}?acteur=fournisseur_acces")
    assert client.get(f"{PLAN}?acteur=lune").status_code == 422


def test_a_cause_says_which_schools_it_touches_and_what_to_send(opened: tuple[TestClient, Store]) -> None:
    client, _ = opened
    text = words(client, PAGE)
    for said in (
        MOULIN,
        "5 postes bloqués",
        "Relancer sur 5 postes",
        "Texte prêt à envoyer",
        "Postes bloqués par cette",
    ):
        assert said in text, said
    assert LIBELLULES not in text
    assert client.get(f"{PLAN}/network.tls/rien").status_code == 404
    assert client.get(f"{PLAN}/lune/name_refused").status_code == 404
    assert "Aucun poste mesuré" in words(client, f"{PLAN}/network.dns/resolver_silent")


def test_fixed_is_what_a_report_proves(opened: tuple[TestClient, Store]) -> None:
    client, store = opened
    now = int(time.time())
    for number in (1, 2, 3, 4):
        store.write(lambda session, number=number: heal(session, number, now))
    with store.reading() as session:
        assert fixed(session, Scope(territory=NATION), *CAUSE, 0) == []
    store.write(lambda session: heal(session, "08", now))
    with store.reading() as session:
        (row,) = fixed(session, Scope(territory=NATION), *CAUSE, 0)
        assert row.uai == MOULIN
        assert row.before >= 1
        assert fixed(session, Scope(territory=NATION), *CAUSE, now + 60) == []
        assert fixed(session, Scope(territory=parse_territory("wave:3")), *CAUSE, 0) == []
    text = words(client, PAGE)
    assert "Corrigé, prouvé par un relevé" in text
    assert "Aucun poste mesuré de ce territoire n'a cette cause" in text


def test_asking_again_is_kept_and_told_on_the_page(opened: tuple[TestClient, Store]) -> None:
    client, store = opened
    answer = client.post(f"{PAGE}/relancer", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#relance")
    assert "Relance demandée le" in words(client, PAGE)
    assert "dans 1 école ; 0 école a renvoyé un relevé depuis" in words(client, PAGE)
    now = int(time.time())
    with store.reading() as session:
        concerned = {w.id: asked_of(session, w, now) for w in _workstations(session, MOULIN)}
    assert {id_ for id_, asked in concerned.items() if asked} == {pc_of(MOULIN, n) for n in (1, 2, 3, 4, 8)}
    assert {tuple(asked[1]) for asked in concerned.values() if asked} == {("network.tls",)}
    with store.reading() as session:
        assert asked_of(session, session.get_one(Workstation, pc_of(MOULIN, 2)), now + LASTS_S + 1) is None


def _workstations(session: Session, uai: str) -> list[Workstation]:
    return [session.get_one(Workstation, pc_of(uai, n)) for n in range(1, 11)]


def test_only_a_pilot_of_the_place_may_ask(tmp_path_factory: pytest.TempPathFactory) -> None:
    app, store = open_app(tmp_path_factory.mktemp("reader"))
    with store:
        fill_database(store, int(time.time()))
        client = TestClient(app)
        assert "Un pilote de ce territoire peut demander" in words(client, PAGE)
        assert client.post(f"{PAGE}/relancer").status_code == 403


def test_the_profile_answer_asks_until_a_report_came(workstation: Pc, filled: Store) -> None:
    def ask_again(session: Session) -> int:
        return ask(session, Scope(territory=NATION), *CAUSE, int(time.time()) + 1, "tests")

    assert workstation.send(pack(workstation.report("interception_untrusted"))).status_code == 201
    assert "rerun" not in workstation.profile().json()
    before = workstation.profile().headers["etag"]
    assert filled.write(ask_again) == 1
    answer = workstation.profile()
    assert answer.json()["rerun"]["checks"] == ["network.tls"]
    assert answer.headers["etag"] != before
    time.sleep(2)
    assert workstation.send(pack(workstation.report("interception_untrusted"))).status_code == 201
    assert "rerun" not in workstation.profile().json()


def test_asking_where_nobody_has_it_asks_nobody(opened: tuple[TestClient, Store]) -> None:
    _, store = opened
    scope = Scope(territory=NATION)
    assert store.write(lambda s: ask(s, scope, "network.dns", "resolver_silent", 0, "tests")) == 0


def test_the_plan_can_be_taken_away(opened: tuple[TestClient, Store]) -> None:
    client, _ = opened
    said = client.get(f"{PLAN}.json").json()
    row = next(r for r in said["rows"] if r["cause"] == "interception_untrusted")
    assert (row["uai"], row["workstations"], row["blocked"], row["of_site"]) == (MOULIN, 5, 5, "oui")
    assert Outline(client.get(PLAN).text).all("a")

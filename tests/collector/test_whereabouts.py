"""A workstation that leaves, comes back, moves or is reinstalled is counted once, whoever says so and however."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from checks import wire
from collector import cli
from collector.code_cli import make_code
from collector.enrolling import whereabouts
from collector.enrolling.codes import Refused
from collector.judged import WorkstationFacts
from collector.people.roles import Role
from collector.settings import Settings
from collector.signing import Keys
from collector.store import audit
from collector.store.engine import Store
from collector.store.standing import facts_of, restate
from collector.tables import Workstation as Row
from collector.verify_cli import verify
from tests.collector.conftest import MARELLE, MOULIN, TILLEULS, kept_of
from tests.collector.people.conftest import Browser, browser_of, person
from tests.collector.test_access import token
from tests.collector.workstation import Workstation

pytestmark = pytest.mark.both_databases
HEALTHY = "debian_12_healthy"


@pytest.fixture
def school(client: TestClient, filled: Store, keys: Keys) -> Iterator[list[Workstation]]:
    """Three workstations measured in one school; whatever a test does, a recount finds no difference afterwards."""
    code = make_code(filled, keys.fingerprint, MOULIN).secret
    pcs = [Workstation(client) for _ in range(3)]
    for pc in pcs:
        assert pc.enrol(code).status_code == 201
        assert send(pc) == "counted"
    yield pcs
    assert verify(filled, judging=True) == []


def send(pc: Workstation, machine: str = HEALTHY) -> str:
    return str(pc.send(wire.pack(pc.report(machine))).json()["state"])


def measured(store: Store, *uais: str) -> list[int]:
    """How many count as measured, after a recount found nothing else."""
    assert verify(store, judging=True) == []
    with store.reading() as session:
        return [kept_of(session, uai).measured for uai in uais]


def row(store: Store, pc: Workstation) -> Row:
    with store.reading() as session:
        return session.get_one(Row, pc.id)


def acts(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(entry.action, entry.subject) for entry in audit.entries(session)]


def test_what_left_is_in_no_count_and_comes_back_as_it_was(school: list[Workstation], filled: Store) -> None:
    whereabouts.retire(filled, school[0].id, "tests")
    assert measured(filled, MOULIN) == [2]
    assert send(school[0], "interception_untrusted") == "counted", "it is not asked to send again and again"
    filled.write(lambda session: restate(session, [school[0].id], 1))
    assert measured(filled, MOULIN) == [2], "nor does it come back with a report, or with its key"
    assert whereabouts.bring_back(filled, school[0].id, "tests") == "01"
    assert measured(filled, MOULIN) == [3]
    assert [act for act, subject in acts(filled) if subject == school[0].id] == [
        "workstation_retired",
        "workstation_returned",
    ]


def test_what_moved_is_counted_there_and_its_network_is_measured_again(
    school: list[Workstation], filled: Store
) -> None:
    send(school[1], "interception_untrusted")
    assert whereabouts.move(filled, school[1].id, TILLEULS, "tests", tag="salle-2") == "salle-2"
    assert measured(filled, MOULIN, TILLEULS) == [2, 1]
    with filled.reading() as session:
        there, facts = kept_of(session, TILLEULS), facts_of(session, school[1].id)
        assert (there.unmeasured, there.blocked) == (1, 0), "what blocks the other school's line is not held against it"
        assert "system.release" in facts
        assert not [id_ for id_ in facts if id_.startswith("network.")]
    send(school[1])
    with filled.reading() as session:
        assert kept_of(session, TILLEULS).ready == 1
    assert whereabouts.move(filled, school[1].id, MOULIN, "tests") == "salle-2"
    assert measured(filled, MOULIN, TILLEULS) == [3, 0]


def test_a_move_before_any_report_moves_nothing_but_the_workstation(
    school: list[Workstation], client: TestClient, filled: Store, keys: Keys
) -> None:
    silent = Workstation(client)
    silent.enrol(make_code(filled, keys.fingerprint, MOULIN).secret)
    assert whereabouts.move(filled, silent.id, TILLEULS, "tests") == "04"
    assert measured(filled, MOULIN, TILLEULS) == [3, 0]
    with filled.reading() as session:
        assert session.get(WorkstationFacts, silent.id) is None
    send(silent)
    assert measured(filled, MOULIN, TILLEULS) == [3, 1]


def reinstalled(client: TestClient, store: Store, keys: Keys, tag: str | None) -> Workstation:
    """The same machine after a reinstall: nothing of the key is left, only the sticker."""
    pc = Workstation(client)
    assert pc.enrol(make_code(store, keys.fingerprint, MOULIN).secret, tag=tag).status_code == 201
    return pc


def test_a_reinstalled_workstation_is_known_by_its_sticker_and_counts_once_throughout(
    school: list[Workstation], client: TestClient, filled: Store, keys: Keys
) -> None:
    new = reinstalled(client, filled, keys, "02")
    assert send(new) == "pending"
    assert measured(filled, MOULIN) == [3], "until a person says which it is, only the older one counts"
    assert whereabouts.replace(filled, school[1].id, new.id, "tests") == "02"
    assert measured(filled, MOULIN) == [3]
    assert (row(filled, new).tag, row(filled, new).replaces, row(filled, school[1]).state) == (
        "02",
        school[1].id,
        "retired",
    )
    assert send(new) == "counted"
    assert whereabouts.bring_back(filled, school[1].id, "tests") == "02-2", "the tag is another's now"


def test_one_enrolled_without_its_tag_is_replaced_as_well(
    school: list[Workstation], client: TestClient, filled: Store, keys: Keys
) -> None:
    new = reinstalled(client, filled, keys, None)
    assert send(new) == "counted"
    assert measured(filled, MOULIN) == [4]
    whereabouts.replace(filled, f"{MOULIN}/01", f"{MOULIN}/04", "tests")
    assert measured(filled, MOULIN) == [3]
    assert row(filled, new).tag == "01"


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s, pcs: whereabouts.retire(s, "nobody", "tests"), "aucun poste"),
        (lambda s, pcs: whereabouts.bring_back(s, pcs[0].id, "tests"), "n'est pas retiré"),
        (lambda s, pcs: whereabouts.move(s, pcs[0].id, MOULIN, "tests"), "déjà dans l'école"),
        (lambda s, pcs: whereabouts.move(s, pcs[0].id, "0990018G", "tests"), "aucune école ouverte"),
        (lambda s, pcs: whereabouts.move(s, pcs[0].id, TILLEULS, "tests", tag="é!"), "pas une étiquette"),
        (lambda s, pcs: whereabouts.replace(s, pcs[0].id, pcs[0].id, "tests"), "lui-même"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    act: object, said: str, school: list[Workstation], filled: Store
) -> None:
    before = acts(filled)
    with pytest.raises(Refused, match=said):
        act(filled, school)  # type: ignore[operator]
    assert measured(filled, MOULIN) == [3]
    assert acts(filled) == before


def test_two_schools_do_not_make_one_machine(school: list[Workstation], filled: Store) -> None:
    whereabouts.move(filled, school[0].id, TILLEULS, "tests")
    with pytest.raises(Refused, match="déplacer d'abord"):
        whereabouts.replace(filled, school[0].id, school[1].id, "tests")
    whereabouts.retire(filled, school[2].id, "tests")
    with pytest.raises(Refused, match="déjà retiré"):
        whereabouts.move(filled, school[2].id, TILLEULS, "tests")


def test_a_pilote_does_all_of_it_on_the_page(school: list[Workstation], app: FastAPI, filled: Store) -> None:
    person(filled, "pia", (Role.PILOTE, "academie:99"))
    browser = browser_of(app)
    browser.sign_in("pia")
    page = f"/postes/{school[0].id}"
    assert page in browser.get(f"/ecoles/{MOULIN}").text
    refused = browser.fill_in(page, f"{page}/retirer")
    assert refused.status_code == 422
    assert "Cocher la case" in refused.text
    assert measured(filled, MOULIN) == [3]
    assert browser.client.post(f"{page}/retirer", data={"confirme": "oui"}).status_code == 403, "from no page of ours"
    assert browser.fill_in(page, f"{page}/retirer", confirme="oui").headers["location"] == f"/ecoles/{MOULIN}#postes"
    assert measured(filled, MOULIN) == [2]
    assert page in browser.get(f"/ecoles/{MOULIN}/enrolement").text
    browser.fill_in(page, f"{page}/remettre", confirme="oui")
    assert measured(filled, MOULIN) == [3]
    typed = browser.fill_in(page, f"{page}/deplacer", confirme="oui", ecole="0990021Z")
    assert (typed.status_code, "0990021Z" in typed.text) == (422, True)
    browser.fill_in(page, f"{page}/deplacer", confirme="oui", ecole=TILLEULS)
    assert measured(filled, MOULIN, TILLEULS) == [2, 1]
    away = browser.fill_in(page, f"{page}/deplacer", confirme="oui", ecole=MARELLE)
    assert away.status_code == 403, "a school of another académie"
    assert measured(filled, TILLEULS, MARELLE) == [1, 0]


def test_the_enrolment_page_asks_whether_it_is_the_same_machine(
    school: list[Workstation], app: FastAPI, client: TestClient, filled: Store, keys: Keys
) -> None:
    person(filled, "pia", (Role.PILOTE, "academie:99"))
    browser: Browser = browser_of(app)
    browser.sign_in("pia")
    same, other = (reinstalled(client, filled, keys, "03") for _ in range(2))
    for pc in (same, other):
        send(pc)
    page = f"/ecoles/{MOULIN}/enrolement"
    assert re.search(r"C&#39;est le poste 03, réinstallé|C'est le poste 03, réinstallé", browser.get(page).text)
    browser.fill_in(page, f"/postes/{school[2].id}/remplacer", confirme="oui", par=same.id)
    browser.fill_in(page, f"/postes/{other.key_id}/accepter")
    assert measured(filled, MOULIN) == [4]
    assert [(row(filled, pc).tag, row(filled, pc).replaces) for pc in (same, other)] == [
        ("03", school[2].id),
        ("03-3", None),
    ]
    assert "Aucun." in browser.get(page).text


def test_a_reader_sees_no_way_to_it(school: list[Workstation], client: TestClient) -> None:
    assert f"/postes/{school[0].id}" not in client.get(f"/ecoles/{MOULIN}").text
    assert client.get(f"/postes/{school[0].id}").status_code == 403


def test_a_program_does_all_of_it(
    school: list[Workstation], app: FastAPI, client: TestClient, filled: Store, keys: Keys
) -> None:
    api = TestClient(app, headers=token(filled, "academie:99", role="pilote"))
    of = f"/api/v1/workstations/{school[0].id}"
    assert api.post(f"{of}/retire").status_code == 204
    assert api.post(f"{of}/retire").status_code == 409
    assert api.post(f"{of}/return").json() == {"tag": "01"}
    assert api.post(f"{of}/move", json={"uai": MARELLE}).status_code == 403
    assert api.post(f"{of}/move", json={"uai": "nowhere"}).status_code == 422
    assert api.post(f"{of}/move", json={"uai": TILLEULS}).json() == {"tag": "01"}
    new = reinstalled(client, filled, keys, "02")
    assert api.post(f"/api/v1/workstations/{school[1].id}/replace", json={"by": new.id}).json() == {"tag": "02"}
    assert measured(filled, MOULIN, TILLEULS) == [1, 1]


def test_the_command_line_does_all_of_it_and_says_so(
    school: list[Workstation], client: TestClient, filled: Store, keys: Keys, settings: Settings,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url or settings.url)
    new = reinstalled(client, filled, keys, "03")
    assert cli.main(["workstation", "list", MOULIN]) == 0
    assert "se dit le poste 03, réinstallé" in capsys.readouterr().out
    for words, said in (
        (["retire", f"{MOULIN}/01"], "n'est plus compté"),
        (["return", f"{MOULIN}/01"], "étiquette 01"),
        (["move", f"{MOULIN}/01", TILLEULS, "--tag", "9"], f"dans l'école {TILLEULS}, étiquette 9"),
        (["replace", f"{MOULIN}/03", new.id], "compté seul, étiquette 03"),
    ):
        assert cli.main(["workstation", *words]) == 0
        assert said in capsys.readouterr().out
    send(new)
    assert measured(filled, MOULIN, TILLEULS) == [2, 1]
    assert cli.main(["workstation", "list", MOULIN, "--retired"]) == 0
    assert school[2].id in (listed := capsys.readouterr().out)
    assert "retiré" in listed
    assert cli.main(["workstation", "move", f"{MOULIN}/77", TILLEULS]) == 1
    assert "aucun poste" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["workstation", "--help"])
    assert "réinstallé et enrôlé à" in capsys.readouterr().out

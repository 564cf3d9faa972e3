"""Codes, links and a person's yes or no: from the page, the API and the command line, each told to the audit log."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from checks import wire
from collector import cli
from collector.code_cli import make_code
from collector.enrolling import deciding
from collector.people.roles import Role
from collector.people.tables import SetAside
from collector.settings import Settings
from collector.signing import Keys
from collector.store import audit, quarantine
from collector.store.engine import Store
from collector.tables import WorkstationKey
from tests.collector.conftest import MOULIN, TILLEULS
from tests.collector.people.conftest import Browser, browser_of, person
from tests.collector.test_access import token
from tests.collector.workstation import Workstation


@pytest.fixture
def pilot(app: FastAPI, filled: Store) -> Browser:
    """A pilote of the académie, signed in."""
    person(filled, "pia", (Role.PILOTE, "academie:99"))
    browser = browser_of(app)
    browser.sign_in("pia")
    return browser


@pytest.fixture
def api(app: FastAPI, filled: Store) -> TestClient:
    """A program that is pilote of the académie."""
    return TestClient(app, headers=token(filled, "academie:99", role="pilote"))


def told(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(entry.action, entry.subject) for entry in audit.entries(session)]


def standing(client: TestClient) -> dict[str, int]:
    counts = client.get(f"/api/v1/schools/{MOULIN}/readiness").json()["workstations"]
    return {name: counts[name] for name in ("measured", "pending")}


def test_a_code_made_on_the_page_is_shown_once_on_a_sheet_and_serves(
    pilot: Browser, client: TestClient, filled: Store
) -> None:
    page = f"/ecoles/{MOULIN}/enrolement"
    sheet = pilot.fill_in(page, f"/ecoles/{MOULIN}/codes", days="7", uses="2")
    assert sheet.status_code == 200
    assert sheet.headers["cache-control"] == "no-store"
    code = wire.parse_code(re.search(r'big-code code">([^<]+)<', sheet.text)[1])  # type: ignore[index]
    for words in ("preau-agent enrol --collector https://preau.example.fr", "École du Moulin", "2 postes"):
        assert words in sheet.text
    assert Workstation(client).enrol(code.secret).json()["state"] == "active"
    after = pilot.get(page).text
    assert "1 sur 2" in after
    assert str(code) not in after
    assert code.secret not in str(told(filled))
    assert ("code_made", MOULIN) in told(filled)


def test_a_code_withdrawn_on_the_page_no_longer_serves(pilot: Browser, client: TestClient, filled: Store) -> None:
    code = make_code(filled, "0" * 10, MOULIN)
    assert pilot.fill_in(f"/ecoles/{MOULIN}/enrolement", "/codes/1/retirer").status_code == 303
    assert Workstation(client).enrol(code.secret).status_code == 403


def test_over_quota_a_workstation_waits_and_counts_only_once_accepted(
    pilot: Browser, client: TestClient, filled: Store, keys: Keys
) -> None:
    code = make_code(filled, keys.fingerprint, MOULIN, uses=1)
    first, second = Workstation(client), Workstation(client)
    assert first.enrol(code.secret).json()["state"] == "active"
    assert second.enrol(code.secret).json()["state"] == "pending"
    for pc in (first, second):
        pc.send(wire.pack(pc.report()))
    assert standing(client) == {"measured": 1, "pending": 1}
    page = pilot.get(f"/ecoles/{MOULIN}/enrolement").text
    assert "autant de fois que prévu" in page
    answer = pilot.fill_in(f"/ecoles/{MOULIN}/enrolement", f"/postes/{second.key_id}/accepter")
    assert answer.headers["location"] == f"/ecoles/{MOULIN}/enrolement"
    assert standing(client) == {"measured": 2, "pending": 0}
    assert "Aucun." in pilot.get(f"/ecoles/{MOULIN}/enrolement").text
    assert ("workstation_accepted", second.id) in told(filled)


def test_a_refused_workstation_is_in_no_count(pilot: Browser, client: TestClient, workstation: Workstation) -> None:
    workstation.send(wire.pack(workstation.report()))
    assert standing(client)["measured"] == 1
    pilot.fill_in(f"/ecoles/{MOULIN}/enrolement", f"/postes/{workstation.key_id}/refuser")
    assert standing(client) == {"measured": 0, "pending": 0}
    assert workstation.send(wire.pack(workstation.report())).json()["state"] == "quarantined"


def test_the_api_makes_lists_and_withdraws_codes(api: TestClient, client: TestClient) -> None:
    made = api.post(f"/api/v1/schools/{MOULIN}/codes", json={"uses": 3, "days": 2})
    assert made.status_code == 201
    assert made.json()["collector"] == "https://preau.example.fr"
    assert Workstation(client).enrol(wire.parse_code(made.json()["code"]).secret).status_code == 201
    listed = api.get(f"/api/v1/schools/{MOULIN}/codes").json()
    assert [(code["uses"], code["max_uses"]) for code in listed] == [(1, 3)]
    assert listed[0]["last_used_at"] is not None
    assert api.post(f"/api/v1/codes/{listed[0]['number']}/revoke").status_code == 204
    assert api.get(f"/api/v1/schools/{MOULIN}/codes").json()[0]["revoked_at"] is not None
    assert api.post(f"/api/v1/schools/{TILLEULS}/codes").json()["max_uses"] == 15, "nobody said how many"
    assert api.post(f"/api/v1/schools/{MOULIN}/codes").json()["max_uses"] == 10, "eight, and a fifth more"


def test_the_api_makes_a_link_that_reads_and_withdraws_it(api: TestClient, app: FastAPI) -> None:
    address = api.post(f"/api/v1/schools/{MOULIN}/links", json={"days": 1}).json()["address"]
    path, browser = address.removeprefix("https://preau.example.fr"), browser_of(app)
    assert browser.get(path).headers["location"] == f"/ecoles/{MOULIN}"
    assert browser.get(f"/ecoles/{MOULIN}").status_code == 200
    assert browser.get(f"/ecoles/{MOULIN}/enrolement").status_code == 403
    assert api.post("/api/v1/links/1/revoke").status_code == 204
    assert browser.get(f"/ecoles/{MOULIN}").status_code == 303


def test_a_link_made_on_the_page_is_shown_once(pilot: Browser) -> None:
    page = f"/ecoles/{MOULIN}/enrolement"
    shown = pilot.fill_in(page, f"/ecoles/{MOULIN}/liens", days="10")
    assert "/lien/" in shown.text
    assert "/lien/" not in pilot.get(page).text
    assert pilot.fill_in(page, "/liens/1/retirer").status_code == 303
    assert "retiré" in pilot.get(page).text


@pytest.mark.parametrize("fields", [{"days": "0"}, {"days": "demain"}, {"days": "7", "uses": "beaucoup"}])
def test_a_value_that_cannot_be_is_refused(fields: dict[str, str], pilot: Browser, filled: Store) -> None:
    assert pilot.fill_in(f"/ecoles/{MOULIN}/enrolement", f"/ecoles/{MOULIN}/codes", **fields).status_code == 422
    assert told(filled)[-1][0] == "signed_in"


def test_reports_that_never_arrived_are_visible(api: TestClient, workstation: Workstation) -> None:
    body = wire.pack(workstation.report())
    for sequence in (1, 2, 5):
        workstation.send(body, sequence=sequence)
    assert [key["missing"] for key in api.get(f"/api/v1/schools/{MOULIN}/keys").json()] == [2]
    workstation.send(body, sequence=4)
    assert [key["missing"] for key in api.get(f"/api/v1/schools/{MOULIN}/keys").json()] == [1]


def test_reports_of_a_revoked_key_count_once_a_person_accepts_it(
    api: TestClient, client: TestClient, workstation: Workstation, filled: Store
) -> None:
    assert api.post(f"/api/v1/workstations/{workstation.id}/refuse").status_code == 204
    body = wire.pack(workstation.report("name_refused_one_service"))
    assert workstation.send(body).json()["state"] == "quarantined"
    with filled.reading() as session:
        held = session.exec(select(SetAside)).all()
    assert [(report.body, report.reason) for report in held] == [(body, deciding.REFUSED)]
    assert [key["set_aside"] for key in api.get(f"/api/v1/schools/{MOULIN}/keys").json()] == [1]
    assert standing(client)["measured"] == 0
    assert api.post(f"/api/v1/workstations/{workstation.id}/accept").json() == {"replayed": 1}
    assert standing(client)["measured"] == 1
    assert client.get(f"/api/v1/schools/{MOULIN}/readiness").json()["outcome"] != "ready"
    with filled.reading() as session:
        assert session.exec(select(SetAside)).all() == []


def test_only_the_last_reports_of_a_key_are_set_aside(workstation: Workstation, filled: Store) -> None:
    for number in range(20):
        row = SetAside(
            key_id=workstation.key_id, report_id=str(number), sequence=number, sent_at=0, received_at=number,
            reason="", body=b"",
        )  # fmt: skip
        filled.write(lambda session, row=row: quarantine.set_aside(session, row))
    with filled.reading() as session:
        kept = [report.sequence for report in quarantine.set_aside_of(session, workstation.key_id)]
    assert kept == list(range(20 - quarantine.MOST, 20))


def test_the_command_line_accepts_and_refuses_as_well(
    workstation: Workstation, filled: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    for command, state in (("refuse", "revoked"), ("accept", "active")):
        assert cli.main(["workstation", command, workstation.id]) == 0
        with filled.reading() as session:
            assert session.get_one(WorkstationKey, workstation.key_id).state == state
    assert cli.main(["workstation", "accept", "nobody"]) == 1
    assert "aucun poste" in capsys.readouterr().err

"""POST /api/v1/enrolments: a school's code, dated, limited and revocable; a key made on the workstation."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from checks import wire
from collector.code_cli import make_code
from collector.signing import Keys
from collector.store.engine import Store
from collector.tables import EnrolmentCode, WorkstationKey
from collector.tables import Workstation as Row
from tests.collector.conftest import MOULIN, TILLEULS, kept_of
from tests.collector.workstation import Workstation, is_signed

pytestmark = pytest.mark.both_databases


def only_code(store: Store) -> EnrolmentCode:
    with store.reading() as session:
        return session.exec(select(EnrolmentCode)).one()


def change_code(store: Store, **values: Any) -> None:
    def change(session: Any) -> None:
        code = session.exec(select(EnrolmentCode)).one()
        for name, value in values.items():
            setattr(code, name, value)

    store.write(change)


def test_a_workstation_learns_its_school_its_tag_and_whom_to_trust(
    client: TestClient, code: str, keys: Keys, filled: Store
) -> None:
    workstation = Workstation(client)
    answer = workstation.enrol(code, place="classe_mobile")
    assert answer.status_code == 201
    assert is_signed(answer, "enrolment", keys.collector.verify_key.encode())
    said = answer.json()
    assert (said["uai"], said["school"], said["commune"]) == (MOULIN, "École du Moulin", "Montcartable")
    assert (said["tag"], said["place"], said["state"]) == ("01", "classe_mobile", "active")
    assert wire.fingerprint(wire.from_base64(said["keys"][0])) == keys.fingerprint
    assert said["profile_keys"]
    assert only_code(filled).uses == 1


def test_asking_again_after_a_lost_answer_enrols_once(client: TestClient, code: str, filled: Store) -> None:
    workstation = Workstation(client)
    first, again = workstation.enrol(code), workstation.enrol(code)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert only_code(filled).uses == 1


def test_tags_are_unique_in_the_school(client: TestClient, code: str) -> None:
    tags = [Workstation(client).enrol(code, tag=tag) for tag in (None, "03", None, None)]
    assert [answer.json()["tag"] for answer in tags] == ["01", "03", "02", "04"]


def test_a_tag_that_is_taken_says_which_workstation_it_may_be_and_waits_for_a_person(
    client: TestClient, code: str
) -> None:
    Workstation(client).enrol(code, tag="07")
    said = [Workstation(client).enrol(code, tag="07").json() for _ in range(2)]
    assert [(one["tag"], one["state"]) for one in said] == [("07-2", "pending"), ("07-3", "pending")]
    assert "« 07 » est celle d'un autre poste" in said[0]["reason"]


def test_over_its_quota_a_workstation_waits_and_is_not_counted(client: TestClient, code: str, filled: Store) -> None:
    change_code(filled, max_uses=1)
    Workstation(client).enrol(code)
    late = Workstation(client)
    answer = late.enrol(code)
    assert (answer.status_code, answer.json()["state"]) == (201, "pending")
    assert "attend d'être accepté" in answer.json()["reason"]
    assert late.send(wire.pack(late.report())).json()["state"] == "pending"
    with filled.reading() as session:
        state = kept_of(session, MOULIN)
        assert (state.measured, state.pending) == (0, 1)


@pytest.mark.parametrize(("expected", "quota"), [(MOULIN, 10), (TILLEULS, 15)])
def test_the_quota_is_a_fifth_more_than_expected_or_15(expected: str, quota: int, filled: Store, keys: Keys) -> None:
    make_code(filled, keys.fingerprint, expected)
    assert only_code(filled).max_uses == quota


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"expires_at": 1_767_225_600}, "a expiré le 01/01/2026"),
        ({"revoked_at": 1}, "a été retiré"),
        ({"secret_sha256": "0" * 64}, "n'existe pas"),
    ],
)
def test_a_code_that_may_not_serve_says_why(
    values: dict[str, Any], why: str, client: TestClient, code: str, filled: Store
) -> None:
    change_code(filled, **values)
    answer = Workstation(client).enrol(code)
    assert answer.status_code == 403
    assert why in answer.json()["detail"]
    with filled.reading() as session:
        assert session.exec(select(Row)).all() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"place": "cave"}, "place"),
        ({"tag": "un nom de personne"}, "tag"),
        ({"public_key": "court"}, "public_key"),
        ({"workstation_id": "moi"}, "workstation_id"),
        ({"hostname": "PC-DUPONT"}, "hostname"),
        ({"protocol": 2}, "protocol"),
    ],
)
def test_a_field_that_is_not_what_it_should_be_is_named(
    changed: dict[str, Any], field: str, client: TestClient, code: str, filled: Store
) -> None:
    answer = Workstation(client).enrol(code, **changed)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert only_code(filled).uses == 0


def test_a_key_must_sign_for_itself(client: TestClient, code: str) -> None:
    workstation, other = Workstation(client), Workstation(client)
    answer = workstation.enrol(code, public_key=wire.to_base64(other.public_key))
    assert answer.status_code == 401


def test_a_workstation_does_not_take_anothers_name(client: TestClient, code: str, filled: Store) -> None:
    first = Workstation(client)
    first.enrol(code)
    thief = Workstation(client)
    assert thief.enrol(code, workstation_id=first.id).status_code == 409
    with filled.reading() as session:
        assert [key.key_id for key in session.exec(select(WorkstationKey)).all()] == [first.key_id]


def test_a_school_may_have_several_codes(client: TestClient, filled: Store, keys: Keys) -> None:
    codes = [make_code(filled, keys.fingerprint, TILLEULS, days=1) for _ in range(2)]
    assert len({code.secret for code in codes}) == 2
    assert {code.fingerprint for code in codes} == {keys.fingerprint}
    for code in codes:
        assert Workstation(client).enrol(code.secret).json()["uai"] == TILLEULS

"""POST /api/v1/reports: durable before the receipt, once, and each bad input with its own clear refusal."""

import gzip
import json
import time
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from checks import wire
from collector import receipts
from collector.findings import Found, unpack
from collector.judged import Finding, Verdict, WorkstationFacts
from collector.signing import Keys
from collector.store.engine import Store
from collector.store.standing import facts_of, restate
from collector.tables import WorkstationKey
from tests.collector.conftest import MOULIN, kept_of
from tests.collector.workstation import CHECKS, Workstation, is_signed

pytestmark = pytest.mark.both_databases


def stored(store: Store) -> tuple[int, int]:
    """How many receipts and facts the collector holds."""
    with store.reading() as session:
        rings = session.exec(select(WorkstationKey.receipts)).all()
        known = session.exec(select(WorkstationFacts.workstation_id)).all()
        return sum(len(list(receipts.entries(ring))) for ring in rings), sum(len(facts_of(session, k)) for k in known)


def found_in(session: Any) -> list[Found]:
    """Everything found."""
    return [one for row in session.exec(select(Finding)).all() for one in unpack(row.found)]


def public_key(keys: Keys) -> bytes:
    return keys.collector.verify_key.encode()


def test_a_report_is_judged_and_its_receipt_signed(workstation: Workstation, filled: Store, keys: Keys) -> None:
    body = wire.pack(workstation.report("name_refused_one_service"))
    report_id = str(uuid.uuid4())
    answer = workstation.send(body, report_id=report_id)
    assert answer.status_code == 201
    assert is_signed(answer, "receipt", public_key(keys))
    receipt = answer.json()
    assert (receipt["report_id"], receipt["sequence"], receipt["state"]) == (report_id, 1, "counted")
    assert receipt["received_at"] == pytest.approx(time.time(), abs=10)
    with filled.reading() as session:
        assert session.exec(select(Verdict.outcome)).all() == ["blocked"]
        causes = {(f.check_id, f.cause, f.because_of) for f in found_in(session)}
        assert ("network.dns", "name_refused", None) in causes
        assert ("network.page", "not_judged", "network.dns") in causes
        assert kept_of(session, MOULIN).blocked == 1


def test_the_same_report_again_gives_the_very_same_receipt(workstation: Workstation, filled: Store) -> None:
    body, report_id = wire.pack(workstation.report()), str(uuid.uuid4())
    first = workstation.send(body, report_id=report_id, sequence=1)
    again = workstation.send(body, report_id=report_id, sequence=1, sent_at=int(time.time()) + 60)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert again.headers[wire.SIGNATURE_HEADER] == first.headers[wire.SIGNATURE_HEADER]
    assert stored(filled) == (1, len(CHECKS))


def test_the_same_id_with_other_bytes_is_a_signed_conflict(workstation: Workstation, filled: Store, keys: Keys) -> None:
    report_id = str(uuid.uuid4())
    workstation.send(wire.pack(workstation.report()), report_id=report_id, sequence=1)
    other = workstation.send(wire.pack(workstation.report("clock_in_1970")), report_id=report_id, sequence=1)
    assert other.status_code == 409
    assert other.json()["report_id"] == report_id
    assert is_signed(other, "refusal", public_key(keys))
    assert stored(filled) == (1, len(CHECKS))


def nested(depth: int) -> bytes:
    return b'{"protocol":1,"checks":' + b"[" * depth + b"]" * depth + b"}"


def changed(workstation: Workstation, change: Any) -> bytes:
    report = json.loads(json.dumps(workstation.report()))
    change(report)
    return wire.pack(report)


BAD_BODIES: dict[str, tuple[Any, int, str]] = {
    "truncated gzip": (lambda w: wire.pack(w.report())[:-20], 400, ""),
    "something after the gzip": (lambda w: wire.pack(w.report()) + b"more", 400, ""),
    "no gzip at all": (lambda w: b'{"protocol":1}', 400, ""),
    "a gzip bomb": (lambda w: gzip.compress(b" " * (wire.MAX_REPORT_BYTES + 1)), 413, ""),
    "JSON nested 10,000 deep": (lambda w: gzip.compress(nested(10_000)), 422, ""),
    "no JSON": (lambda w: gzip.compress(b"bonjour"), 422, ""),
    "an unknown protocol": (lambda w: changed(w, lambda r: r.update(protocol=2)), 422, "protocol"),
    "an unknown check": (
        lambda w: changed(w, lambda r: r["checks"].update({"network.lumière": {}})),
        422,
        "checks.network.lumière",
    ),
    "an unknown field of facts": (
        lambda w: changed(w, lambda r: r["checks"]["hardware.memory"]["facts"]["memory"].update(serial="X")),
        422,
        "checks.hardware.memory.facts.memory.serial",
    ),
    "a text of the machine where a name of the profile belongs": (
        lambda w: changed(
            w, lambda r: r["checks"]["network.reach"]["facts"]["connections"][1].update(host="pc-dupont.local")
        ),
        422,
        "checks.network.reach.facts.connections.1.host",
    ),
    "a text for a number": (
        lambda w: changed(w, lambda r: r["checks"]["hardware.memory"]["facts"]["memory"].update(total_bytes="12")),
        422,
        "checks.hardware.memory.facts.memory.total_bytes",
    ),
    "facts and a fault": (
        lambda w: changed(w, lambda r: r["checks"]["hardware.memory"].update(fault="probe_crashed")),
        422,
        "checks.hardware.memory",
    ),
    "a newer facts schema": (lambda w: changed(w, lambda r: r.update(facts_schema=99)), 422, "facts_schema"),
    "another workstation": (
        lambda w: changed(w, lambda r: r.update(workstation_id=str(uuid.uuid4()))),
        422,
        "workstation_id",
    ),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_with_its_field_and_nothing_is_stored(
    name: str, workstation: Workstation, filled: Store, keys: Keys
) -> None:
    make, status, field = BAD_BODIES[name]
    report_id = str(uuid.uuid4())
    answer = workstation.send(make(workstation), report_id=report_id)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["report_id"] == report_id
    assert problem.get("field", "") == field
    assert len(problem["detail"]) > 20
    assert is_signed(answer, "refusal", public_key(keys))
    assert stored(filled) == (0, 0)


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "identity"}, {"Content-Encoding": "br"}]
)
def test_another_content_type_or_encoding_is_refused(
    headers: dict[str, str], workstation: Workstation, filled: Store, keys: Keys
) -> None:
    answer = workstation.send(wire.pack(workstation.report()), headers=headers)
    assert answer.status_code == 415
    assert is_signed(answer, "refusal", public_key(keys))
    assert stored(filled) == (0, 0)


def test_a_report_over_the_cap_is_refused_before_it_is_read_whole(workstation: Workstation, filled: Store) -> None:
    answer = workstation.send(b"x" * (wire.MAX_COMPRESSED_BYTES + 1))
    assert answer.status_code == 413
    assert stored(filled) == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {wire.SIGNATURE_HEADER: wire.to_base64(b"\0" * 64)},
        {wire.SIGNATURE_HEADER: "pas du base64"},
        {wire.SEQUENCE_HEADER: "2"},
        {wire.REPORT_ID_HEADER: "00000000-0000-4000-8000-000000000000"},
        {wire.LAST_RECEIPT_HEADER: "00000000-0000-4000-8000-000000000000"},
        {wire.SENT_AT_HEADER: "1"},
        {wire.KEY_ID_HEADER: "0" * 32},
        {wire.KEY_ID_HEADER: "' OR 1=1 --"},
    ],
)
def test_whatever_is_wrong_with_the_signature_the_answer_is_the_same_and_not_signed(
    headers: dict[str, str], workstation: Workstation, filled: Store
) -> None:
    answer = workstation.send(wire.pack(workstation.report()), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "La signature n'est celle d'aucun poste connu."
    assert wire.SIGNATURE_HEADER not in answer.headers
    assert stored(filled) == (0, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [(wire.SENT_AT_HEADER, "demain"), (wire.SEQUENCE_HEADER, "-1"), (wire.REPORT_ID_HEADER, "le mien")],
)
def test_a_header_that_cannot_be_read_is_named(name: str, value: str, workstation: Workstation) -> None:
    answer = workstation.send(wire.pack(workstation.report()), headers={name: value})
    assert answer.status_code == 400
    assert answer.json()["field"] == name


def test_a_wrong_clock_is_a_finding_and_not_a_refusal(workstation: Workstation, filled: Store) -> None:
    answer = workstation.send(wire.pack(workstation.report(measured_at=60)), sent_at=120)
    assert answer.status_code == 201
    with filled.reading() as session:
        ages = {int(time.time()) - fact.observed_at for fact in facts_of(session, workstation.id).values()}
    assert all(55 <= age <= 75 for age in ages)


def test_older_facts_never_replace_newer_ones(workstation: Workstation, filled: Store) -> None:
    now = int(time.time())
    workstation.send(wire.pack(workstation.report("clock_in_1970")))
    workstation.send(wire.pack(workstation.report(measured_at=now - 86_400)), sent_at=now)
    with filled.reading() as session:
        assert session.exec(select(Verdict.outcome)).all() == ["blocked"]


def test_a_report_may_carry_any_subset_of_checks(workstation: Workstation, filled: Store) -> None:
    workstation.send(wire.pack(workstation.report()))
    with filled.reading() as session:
        before = {f.cause for f in found_in(session)}
    part = workstation.report()
    memory = part["checks"]["hardware.memory"]
    memory["facts"] = {"memory": {"total_bytes": 1_000_000_000, "available_bytes": 0}}
    part["checks"] = {"hardware.memory": memory}
    workstation.send(wire.pack(part))
    with filled.reading() as session:
        assert {f.cause for f in found_in(session)} - before == {"memory_below_minimum"}
        assert session.exec(select(Verdict.outcome)).all() == ["blocked"]


@pytest.mark.parametrize(("state", "said"), [("revoked", "quarantined"), ("quarantined", "quarantined")])
def test_a_key_that_may_not_count_is_kept_apart(state: str, said: str, workstation: Workstation, filled: Store) -> None:
    def withdraw(session: Any) -> None:
        session.get_one(WorkstationKey, workstation.key_id).state = state
        restate(session, [workstation.id], int(time.time()))

    filled.write(withdraw)
    answer = workstation.send(wire.pack(workstation.report()))
    assert (answer.status_code, answer.json()["state"]) == (201, said)
    with filled.reading() as session:
        ring = session.get_one(WorkstationKey, workstation.key_id).receipts
        assert [entry.state for entry in receipts.entries(ring)] == [said]
        assert session.exec(select(WorkstationFacts)).all() == []
        assert kept_of(session, MOULIN).measured == 0


def test_a_pending_key_is_measured_and_counted_apart(workstation: Workstation, filled: Store) -> None:
    def wait(session: Any) -> None:
        session.get_one(WorkstationKey, workstation.key_id).state = "pending"
        restate(session, [workstation.id], int(time.time()))

    filled.write(wait)
    assert workstation.send(wire.pack(workstation.report())).json()["state"] == "pending"
    with filled.reading() as session:
        state = kept_of(session, MOULIN)
        assert (state.measured, state.pending) == (0, 1)


def test_a_restored_disk_is_accepted_and_a_cloned_one_quarantined(workstation: Workstation, filled: Store) -> None:
    pack = lambda: wire.pack(workstation.report())  # noqa: E731
    first = workstation.send(pack(), sequence=1).json()["receipt_id"]
    workstation.send(pack(), sequence=2, last_receipt=first)
    restored = workstation.send(pack(), sequence=2, last_receipt=first).json()
    assert restored["state"] == "counted"
    original = workstation.send(pack(), sequence=3, last_receipt=restored["receipt_id"]).json()["receipt_id"]
    clone = workstation.send(pack(), sequence=3, last_receipt=restored["receipt_id"]).json()
    assert clone["state"] == "counted", "one head that goes back looks restored"
    assert workstation.send(pack(), sequence=4, last_receipt=original).json()["state"] == "quarantined"
    with filled.reading() as session:
        assert "copié" in session.get_one(WorkstationKey, workstation.key_id).reason


def test_receipts_are_kept_for_the_last_64_reports_and_older_ones_said_superseded(
    workstation: Workstation, filled: Store
) -> None:
    # Dates are held within some two hours.
    body, now = wire.pack(workstation.report()), int(time.time())
    oldest = str(uuid.uuid4())
    workstation.send(body, report_id=oldest, sequence=1, sent_at=now - 86_400)
    for sequence in range(2, 68):
        workstation.send(body, sequence=sequence, sent_at=now)
    assert stored(filled)[0] == 64
    again = workstation.send(body, report_id=oldest, sequence=1, sent_at=now - 86_400)
    assert (again.status_code, again.json()["state"]) == (200, "superseded")
    assert stored(filled)[0] == 64


def test_too_many_waiting_writes_are_asked_to_come_back(
    workstation: Workstation, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collector.store.writer import Busy

    def full(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(filled.writer, "submit_item", full)
    answer = workstation.send(wire.pack(workstation.report()))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert wire.SIGNATURE_HEADER not in answer.headers


def test_other_methods_and_paths_are_problems_too(client: TestClient) -> None:
    for answer, status in ((client.get(wire.REPORTS_PATH), 405), (client.get("/api/v1/nulle-part"), 404)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status

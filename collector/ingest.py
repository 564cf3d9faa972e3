"""How does a report become facts, a verdict and a receipt?

In this order, so that each refusal costs little and nothing is promised early: size, headers, signature, repetition,
format, decompression within a cap, validation; then one durable write (report, facts, judgement, school), and only then
the receipt.
"""

import hashlib
import time
import uuid
from typing import Final

from starlette.concurrency import run_in_threadpool

from checks import wire as protocol
from checks.plain import to_plain
from collector.envelope import Answer, Envelope, authenticate
from collector.judging import judge_workstation
from collector.problems import Problem
from collector.signing import Keys
from collector.store import Session
from collector.store.engine import Store
from collector.store.readiness import refresh_school
from collector.store.reports import add_report, find_report, keep_facts, lock_key, pack_facts, superseded, two_heads
from collector.tables import Fact, Report, Workstation
from collector.wire import Attempt, NotCompressed, TooLarge, Unreadable, inflate, parse
from collector.wire import Report as ReportBody

NEXT_IN_S: Final = 86_400
"""When a workstation is expected again: one report a day."""
COUNTED: Final = {"active": "counted", "pending": "pending"}
"""What a report is, by the state of its key; any other state is quarantine."""
CLONED: Final = "Deux postes envoient avec la même clé : un disque a été copié. Les enrôler chacun à nouveau."


async def take(store: Store, keys: Keys, envelope: Envelope) -> Answer:
    """Take a report in; returns the receipt once it is durable, or a signed refusal. Raises `Problem` 401, `Busy`."""
    found = await run_in_threadpool(_open, store, keys, envelope)
    if isinstance(found, Answer):
        return found
    return await store.write_async(lambda session: _keep(session, keys, envelope, found, int(time.time())))


def _open(store: Store, keys: Keys, envelope: Envelope) -> ReportBody | Answer:
    """Check who sends and what: the body to keep, or the answer when there is nothing to keep."""
    with store.reading() as session:
        workstation_id = authenticate(session, envelope).workstation_id
        repeated = _repeated(session, keys, envelope)
    if repeated is not None:
        return repeated
    try:
        return _read(envelope, workstation_id)
    except Problem as problem:
        return _refusal(keys, envelope, problem)


def _repeated(session: Session, keys: Keys, envelope: Envelope) -> Answer | None:
    """Answer a report id seen before: the same receipt for the same bytes, a refusal for others."""
    known = find_report(session, envelope.key_id, envelope.report_id)
    if known is None:
        return None
    if known.sha256 != hashlib.sha256(envelope.body).hexdigest() or known.sequence != envelope.sequence:
        return _refusal(keys, envelope, Problem(409, "Un autre relevé porte déjà cet identifiant."))
    return Answer(status=200, body=known.receipt, signature=known.signature)


def _read(envelope: Envelope, workstation_id: str) -> ReportBody:
    """Decompress and validate the body; raises `Problem`."""
    if envelope.report_id == "-" or envelope.sequence < 1:
        raise Problem(400, "Un relevé porte un identifiant et un numéro d'ordre.", field=protocol.REPORT_ID_HEADER)
    if envelope.content_type != "application/json" or envelope.content_encoding != "gzip":
        raise Problem(415, "Un relevé est du JSON (application/json) compressé (gzip).", field="Content-Type")
    try:
        report = parse(ReportBody, inflate(envelope.body))
    except TooLarge:
        raise Problem(413, f"Le relevé décompressé dépasse {protocol.MAX_REPORT_BYTES} octets.") from None
    except NotCompressed:
        raise Problem(400, "Le relevé n'est pas un gzip entier : il a été coupé ou abîmé en chemin.") from None
    except Unreadable as error:
        raise Problem(422, f"Le relevé est refusé : {error}.", field=error.field) from None
    if str(report.workstation_id) != workstation_id:
        raise Problem(422, "Le relevé est celui d'un autre poste que celui de la clé.", field="workstation_id")
    return report


def _keep(session: Session, keys: Keys, envelope: Envelope, body: ReportBody, now: int) -> Answer:
    """Write a report and all that follows from it, in the writer's transaction."""
    key = lock_key(session, envelope.key_id)
    repeated = _repeated(session, keys, envelope)  # two connections may have carried it at once
    if repeated is not None:
        return repeated
    receipt_id = str(uuid.uuid4())
    if envelope.sequence < key.last_sequence and superseded(session, key.key_id, envelope.sequence, envelope.sent_at):
        return _receipt(keys, envelope, "superseded", now, receipt_id)
    last_receipt = None if envelope.last_receipt == "-" else envelope.last_receipt
    if key.state in COUNTED and two_heads(session, key, last_receipt):
        key.state, key.reason = "quarantined", CLONED
    state = COUNTED.get(key.state, "quarantined")
    answer = _receipt(keys, envelope, state, now, receipt_id)
    add_report(session, _row(envelope, answer, last_receipt, state, now))
    key.last_sequence, key.last_seen_at = max(key.last_sequence, envelope.sequence), now
    key.last_receipt = receipt_id
    workstation = session.get_one(Workstation, key.workstation_id)
    if state != "quarantined":
        workstation.evidence = body.evidence
        attempts = body.attempts().items()
        keep_facts(session, workstation.id, [_fact(workstation.id, i, a, envelope.sent_at, now) for i, a in attempts])
        judge_workstation(session, workstation)
    session.flush()
    refresh_school(session, workstation.uai, now)
    return answer


def _fact(workstation_id: str, check_id: str, attempt: Attempt, sent_at: int, now: int) -> Fact:
    return Fact(
        workstation_id=workstation_id,
        check_id=check_id,
        observed_at=protocol.observed_at(received_at=now, sent_at=sent_at, measured_at=attempt.measured_at),
        fault=attempt.fault,
        facts=None if attempt.facts is None else pack_facts(protocol.to_json(to_plain(attempt.facts))),
    )


def _row(envelope: Envelope, answer: Answer, last_receipt: str | None, state: str, now: int) -> Report:
    return Report(
        key_id=envelope.key_id,
        report_id=envelope.report_id,
        sequence=envelope.sequence,
        sha256=hashlib.sha256(envelope.body).hexdigest(),
        sent_at=envelope.sent_at,
        last_receipt=last_receipt,
        received_at=now,
        state=state,
        receipt=answer.body,
        signature=answer.signature,
    )


def _receipt(keys: Keys, envelope: Envelope, state: str, now: int, receipt_id: str) -> Answer:
    body = protocol.to_json(
        {
            "protocol": protocol.PROTOCOL,
            "receipt_id": receipt_id,
            "report_id": envelope.report_id,
            "key_id": envelope.key_id,
            "sequence": envelope.sequence,
            "sha256": hashlib.sha256(envelope.body).hexdigest(),
            "received_at": now,
            "state": state,
            "next_in_s": NEXT_IN_S,
        }
    )
    status = 200 if state == "superseded" else 201  # nothing was kept
    return Answer(status=status, body=body, signature=keys.sign_answer("receipt", body))


def _refusal(keys: Keys, envelope: Envelope, problem: Problem) -> Answer:
    """Sign a refusal that names its report: only this makes a workstation set a report aside."""
    problem.members["report_id"] = envelope.report_id
    return Answer(status=problem.status, body=problem.body, signature=keys.sign_answer("refusal", problem.body))

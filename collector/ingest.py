"""How does a report become facts, a verdict and a receipt?

In this order, so that each refusal costs little and nothing is promised early: size, headers, signature, repetition,
format, decompression within a cap, validation; then one durable write (report, facts, judgement, school), and only then
the receipt.
"""

import hashlib
import json
import time
from typing import Final

from starlette.concurrency import run_in_threadpool

from checks import wire as protocol
from checks.plain import to_plain
from collector import receipts
from collector.envelope import Answer, Envelope, authenticate
from collector.facts import Kept
from collector.problems import Problem
from collector.signing import Keys
from collector.store import Session
from collector.store.engine import Store
from collector.store.enrolments import lock_key
from collector.store.standing import restate, take_facts
from collector.tables import Workstation, WorkstationKey
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
    key = session.get(WorkstationKey, envelope.key_id)
    known = receipts.find(key.receipts, envelope.report_id) if key and envelope.report_id != "-" else None
    if known is None:
        return None
    sha256 = hashlib.sha256(envelope.body).hexdigest()
    if known.digest != receipts.digest(envelope.sequence, sha256):
        return _refusal(keys, envelope, Problem(409, "Un autre relevé porte déjà cet identifiant."))
    return _receipt(keys, envelope, known.state, known.received_at, is_new=False)


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
    if envelope.sequence < key.last_sequence and receipts.superseded(key.receipts, envelope.sequence, envelope.sent_at):
        return _receipt(keys, envelope, "superseded", now, is_new=False)
    cited = None if envelope.last_receipt == "-" else envelope.last_receipt
    if key.state in COUNTED and cited and receipts.cited(key.receipts, cited, key.last_receipt) == "open":
        # A cloned disk: each copy goes on from its own last receipt. A restored one goes back to a receipt that others
        # followed, and nothing ever follows the line it left.
        key.state, key.reason = "quarantined", CLONED
        restate(session, [key.workstation_id], now, "report")
    state = COUNTED.get(key.state, "quarantined")
    answer = _receipt(keys, envelope, state, now)
    key.receipts = receipts.add(key.receipts, _entry(envelope, state, now), cited)
    key.last_sequence, key.last_seen_at = max(key.last_sequence, envelope.sequence), now
    key.last_receipt = json.loads(answer.body)["receipt_id"]
    if state != "quarantined":
        session.get_one(Workstation, key.workstation_id).evidence = body.evidence
        facts = {id_: _kept(attempt, envelope.sent_at, now) for id_, attempt in body.attempts().items()}
        take_facts(session, key.workstation_id, facts, now)
    return answer


def _kept(attempt: Attempt, sent_at: int, now: int) -> Kept:
    return Kept(
        observed_at=protocol.observed_at(received_at=now, sent_at=sent_at, measured_at=attempt.measured_at),
        facts=None if attempt.facts is None else protocol.to_json(to_plain(attempt.facts)),
        fault=attempt.fault,
    )


def _entry(envelope: Envelope, state: str, now: int) -> receipts.Entry:
    return receipts.Entry(
        tag=receipts.tag(envelope.report_id),
        digest=receipts.digest(envelope.sequence, hashlib.sha256(envelope.body).hexdigest()),
        sequence=envelope.sequence,
        sent_at=envelope.sent_at,
        received_at=now,
        state=state,
    )


def _receipt(keys: Keys, envelope: Envelope, state: str, received_at: int, *, is_new: bool = True) -> Answer:
    sha256 = hashlib.sha256(envelope.body).hexdigest()
    named = (envelope.key_id, envelope.report_id, envelope.sequence, sha256, received_at)
    body = protocol.to_json(
        {
            "protocol": protocol.PROTOCOL,
            "receipt_id": receipts.receipt_id(*named),
            "report_id": envelope.report_id,
            "key_id": envelope.key_id,
            "sequence": envelope.sequence,
            "sha256": sha256,
            "received_at": received_at,
            "state": state,
            "next_in_s": NEXT_IN_S,
        }
    )
    return Answer(status=201 if is_new else 200, body=body, signature=keys.sign_answer("receipt", body))


def _refusal(keys: Keys, envelope: Envelope, problem: Problem) -> Answer:
    """Sign a refusal that names its report: only this makes a workstation set a report aside."""
    problem.members["report_id"] = envelope.report_id
    return Answer(status=problem.status, body=problem.body, signature=keys.sign_answer("refusal", problem.body))

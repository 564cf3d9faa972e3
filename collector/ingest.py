"""How does a report become facts, a verdict and a receipt?

In this order, so that each refusal costs little and nothing is promised early: size, headers, signature, repetition,
format, decompression within a cap, validation; then one durable write (report, facts, judgement, school), and only then
the receipt. `collector.intake` carries reports through these steps in groups.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from checks import wire as protocol
from checks.pace import next_in_s
from collector import receipts
from collector.consequences import Change, work_out
from collector.egress import pseudonym
from collector.envelope import Answer, Envelope, unknown
from collector.people.tables import SetAside
from collector.problems import Problem
from collector.reading import Said, read
from collector.signing import Keys, verified
from collector.store import Session
from collector.store.quarantine import set_aside
from collector.store.standing import restate
from collector.store.taking import Held, Rows, held, senders, write
from collector.wire import NotCompressed, TooLarge, Unreadable, inflate

_JSON: Final = msgspec.json.Encoder()
COUNTED: Final = {"active": "counted", "pending": "pending"}
"""What a report is, by the state of its key; any other state is quarantine."""
CARRIED: Final = "carried"
"""How a report is said to be made that somebody carried here in a file: its date is declared."""
CLONED: Final = "Deux postes envoient avec la même clé : un disque a été copié. Les enrôler chacun à nouveau."


@dataclass(slots=True)
class _Opened:
    """A report whose signature holds and whose body was read."""

    envelope: Envelope
    sender: Any  # see `store.taking.senders`
    said: Said
    sha256: str  # of the exact bytes


def _read(envelope: Envelope, workstation_id: str, names: frozenset[str], taken_before: bytes) -> Said:
    """Decompress and validate the body; raises `Problem`."""
    if envelope.report_id == "-" or envelope.sequence < 1:
        raise Problem(400, "Un relevé porte un identifiant et un numéro d'ordre.", field=protocol.REPORT_ID_HEADER)
    if envelope.content_type != "application/json" or envelope.content_encoding != "gzip":
        raise Problem(415, "Un relevé est du JSON (application/json) compressé (gzip).", field="Content-Type")
    try:
        return read(inflate(envelope.body), workstation_id, names, taken_before)
    except TooLarge:
        raise Problem(413, f"Le relevé décompressé dépasse {protocol.MAX_REPORT_BYTES} octets.") from None
    except NotCompressed:
        raise Problem(400, "Le relevé n'est pas un gzip entier : il a été coupé ou abîmé en chemin.") from None
    except Unreadable as error:
        raise Problem(422, f"Le relevé est refusé : {error}.", field=error.field) from None


def _repeated(keys: Keys, envelope: Envelope, sha256: str, ring: bytes) -> Answer | None:
    """Answer a report id seen before: the same receipt for the same bytes, a refusal for others."""
    known = receipts.find(ring, envelope.report_id) if envelope.report_id != "-" else None
    if known is None:
        return None
    if known.digest != receipts.digest(envelope.sequence, sha256):
        return _refusal(keys, envelope, Problem(409, "Un autre relevé porte déjà cet identifiant."))
    return _receipt(keys, envelope, sha256, known.state, known.received_at)


def take_group(
    session: Session,
    keys: Keys,
    envelopes: Sequence[Envelope],
    found: Mapping[str, Any],
    names: frozenset[str],
    now: int | None = None,
) -> list[Answer | Problem]:
    """Write reports and all that follows from them, in the writer's transaction; returns their answers in order.

    `found`: who may have sent them (`store.taking.senders`). `names`: what plain texts of facts may say. `now`: when
    they are received, the present moment by default.
    """
    now = int(time.time()) if now is None else now
    answers: dict[int, Answer | Problem] = {}
    signed: list[tuple[int, str]] = []
    for i, one in enumerate(envelopes):
        sender = found.get(one.key_id)
        if sender is not None and verified(sender.public_key, one.message, one.signature):
            signed.append((i, sender.workstation_id))
        else:
            answers[i] = unknown()
    for number, wave in enumerate(_waves(signed)):
        rows_of = found if number == 0 else senders(session, [envelopes[i].key_id for i in wave])
        answers |= _take_wave(session, keys, {i: envelopes[i] for i in wave}, rows_of, names, now)
    return [answers[i] for i in range(len(envelopes))]


def _take_wave(
    session: Session,
    keys: Keys,
    envelopes: Mapping[int, Envelope],
    rows_of: Mapping[str, Any],
    names: frozenset[str],
    now: int,
) -> dict[int, Answer]:
    """Take one report of each of some workstations."""
    answers: dict[int, Answer] = {}
    known = held(session, [rows_of[envelope.key_id].workstation_id for envelope in envelopes.values()])
    rows = Rows()
    changes: list[Change] = []
    for i, envelope in envelopes.items():
        try:
            opened = _open(envelope, rows_of[envelope.key_id], names, known)
        except Problem as problem:
            answers[i] = _refusal(keys, envelope, problem)
        else:
            answers[i] = _take_one(keys, opened, rows, changes, now)
    work_out(changes, known, rows, now)
    write(session, rows, known.serving, now)
    by_key = {envelope.key_id: envelope for envelope in envelopes.values()}
    for row in rows.keys:
        if row["state"] not in COUNTED:
            _set_aside(session, by_key[row["key_id"]], row["reason"], now)
    cloned = [rows_of[row["key_id"]] for row in rows.keys if row["state"] != rows_of[row["key_id"]].state]
    if cloned:
        restate(session, [row.workstation_id for row in cloned], now, "report")
    return answers


def _open(envelope: Envelope, sender: Any, names: frozenset[str], known: Held) -> _Opened:
    """Read a report whose signature holds; raises `Problem`."""
    said = _read(envelope, sender.workstation_id, names, known.said_last(sender))
    return _Opened(envelope, sender, said, hashlib.sha256(envelope.body).hexdigest())


def _set_aside(session: Session, envelope: Envelope, reason: str, now: int) -> None:
    """Keep the bytes of a report that does not count: a person may yet accept its workstation."""
    row = SetAside(
        key_id=envelope.key_id,
        report_id=envelope.report_id,
        sequence=envelope.sequence,
        sent_at=envelope.dated_by,
        received_at=now,
        reason=reason,
        body=envelope.body,
    )
    set_aside(session, row)


def _waves(signed: Sequence[tuple[int, str]]) -> Iterable[Sequence[int]]:
    """Part `(number, workstation id)` so that no two of a workstation are written at once, and keep their order."""
    waves: list[list[int]] = []
    seen: dict[str, int] = {}
    for i, workstation_id in signed:
        turn = seen.get(workstation_id, 0)
        seen[workstation_id] = turn + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(i)
    return waves


def _take_one(keys: Keys, one: _Opened, rows: Rows, changes: list[Change], now: int) -> Answer:
    """Decide what a report is, over its sender's locked row; adds what it changes."""
    envelope, sender = one.envelope, one.sender
    repeated = _repeated(keys, envelope, one.sha256, sender.receipts)
    if repeated is not None:
        return repeated
    is_older = envelope.sequence < sender.last_sequence
    if is_older and receipts.superseded(sender.receipts, envelope.sequence, envelope.sent_at):
        return _receipt(keys, envelope, one.sha256, "superseded", now)
    cited = None if envelope.last_receipt == "-" else envelope.last_receipt
    state, reason = sender.state, sender.reason
    if state in COUNTED and cited and receipts.cited(sender.receipts, cited) == "open":
        # A cloned disk: each copy goes on from its own last receipt. A restored one goes back to a receipt that others
        # followed, and nothing ever follows the line it left.
        state, reason = "quarantined", CLONED
    kept = COUNTED.get(state, "quarantined")
    receipt_id = _receipt_id(envelope, one.sha256, now)
    rows.keys.append(
        {
            "key_id": envelope.key_id,
            "receipts": receipts.add(sender.receipts, _entry(one, kept, now), cited),
            "last_sequence": max(sender.last_sequence, envelope.sequence),
            "last_seen_at": now,
            "state": state,
            "reason": reason,
        }
    )
    if kept != "quarantined":
        egress = pseudonym(keys.collector.encode(), sender.uai, envelope.address)
        evidence = one.said.evidence if envelope.carried_for_s is None else CARRIED
        changes.append(
            Change(sender=sender, said=one.said, sent_at=envelope.dated_by, evidence=evidence, egress=egress)
        )
    return _receipt(keys, envelope, one.sha256, kept, now, receipt_id=receipt_id)


def _entry(one: _Opened, state: str, now: int) -> receipts.Entry:
    return receipts.Entry(
        tag=receipts.tag(one.envelope.report_id),
        digest=receipts.digest(one.envelope.sequence, one.sha256),
        sequence=one.envelope.sequence,
        sent_at=one.envelope.sent_at,
        received_at=now,
        state=state,
    )


def _receipt_id(envelope: Envelope, sha256: str, received_at: int) -> str:
    return receipts.receipt_id(envelope.key_id, envelope.report_id, envelope.sequence, sha256, received_at)


def _receipt(
    keys: Keys, envelope: Envelope, sha256: str, state: str, received_at: int, *, receipt_id: str = ""
) -> Answer:
    """Sign a receipt; `receipt_id` is given for a report taken now, and worked out again for one received before."""
    body = _JSON.encode(
        {
            "protocol": protocol.PROTOCOL,
            "receipt_id": receipt_id or _receipt_id(envelope, sha256, received_at),
            "report_id": envelope.report_id,
            "key_id": envelope.key_id,
            "sequence": envelope.sequence,
            "sha256": sha256,
            "received_at": received_at,
            "state": state,
            "next_in_s": next_in_s(envelope.key_id, received_at),
        }
    )
    return Answer(status=201 if receipt_id else 200, body=body, signature=keys.sign_answer("receipt", body))


def _refusal(keys: Keys, envelope: Envelope, problem: Problem) -> Answer:
    """Sign a refusal that names its report: only this makes a workstation set a report aside."""
    problem.members["report_id"] = envelope.report_id
    return Answer(status=problem.status, body=problem.body, signature=keys.sign_answer("refusal", problem.body))

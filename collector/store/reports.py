"""Which reports were received, what are the current facts, what was found?"""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from sqlmodel import Session, col, delete, select

from collector.tables import Fact, Finding, Report, WorkstationKey

RECEIPTS_KEPT: Final = 64
"""How many of a key's last reports keep their receipt."""


def find_report(session: Session, key_id: str, report_id: str) -> Report | None:
    """Return a report by its key and id."""
    return session.get(Report, (key_id, report_id))


def lock_key(session: Session, key_id: str) -> WorkstationKey:
    """Return a key that no other writer changes until this transaction ends."""
    return session.exec(select(WorkstationKey).where(WorkstationKey.key_id == key_id).with_for_update()).one()


def superseded(session: Session, key_id: str, sequence: int, sent_at: int) -> bool:
    """Tell whether a report is older than every receipt kept of a key that has its full count.

    Older by both its number and its date: a restored workstation goes back by its number only.
    """
    kept = session.exec(select(Report.sequence, Report.sent_at).where(Report.key_id == key_id)).all()
    return len(kept) >= RECEIPTS_KEPT and all(sequence < number and sent_at < date for number, date in kept)


def two_heads(session: Session, key: WorkstationKey, cited: str | None) -> bool:
    """Tell whether a report goes on from a receipt that is not the key's last one, and that nothing went on from yet.

    That is a cloned disk: each copy goes on from its own last receipt. A restored workstation goes back to a receipt
    that others followed, and nothing ever follows the line it left.
    """
    if cited is None or cited == key.last_receipt:
        return False
    kept = session.exec(select(Report.receipt, Report.last_receipt).where(Report.key_id == key.key_id)).all()
    given = {json.loads(receipt)["receipt_id"] for receipt, _ in kept}
    return cited in given - {followed for _, followed in kept}


def add_report(session: Session, report: Report) -> None:
    """Keep a report with its receipt, and let the oldest go."""
    session.add(report)
    session.flush()
    latest = select(Report.report_id).where(Report.key_id == report.key_id)
    oldest = session.exec(
        latest.order_by(col(Report.received_at).desc(), col(Report.sequence).desc()).offset(RECEIPTS_KEPT)
    ).all()
    if oldest:
        session.exec(delete(Report).where(col(Report.key_id) == report.key_id, col(Report.report_id).in_(oldest)))


def facts_of(session: Session, workstation_id: str) -> list[Fact]:
    """Return the current facts of a workstation."""
    return list(session.exec(select(Fact).where(Fact.workstation_id == workstation_id)).all())


def keep_facts(session: Session, workstation_id: str, new: Iterable[Fact]) -> None:
    """Replace facts by newer ones; what is older than the facts held changes nothing."""
    held: Mapping[str, Fact] = {fact.check_id: fact for fact in facts_of(session, workstation_id)}
    for fact in new:
        old = held.get(fact.check_id)
        if old is None:
            session.add(fact)
        elif fact.observed_at >= old.observed_at:
            old.observed_at, old.fault, old.facts = fact.observed_at, fact.fault, fact.facts
    session.flush()


def pack_facts(plain: bytes) -> bytes:
    """Compress the JSON of facts for keeping."""
    return zlib.compress(plain, 6)


def unpack_facts(kept: bytes) -> bytes:
    """Return the JSON of kept facts."""
    return zlib.decompress(kept)


def replace_findings(session: Session, workstation_id: str, found: Iterable[Finding]) -> None:
    """Write what was found on a workstation in place of what was."""
    held = {
        (f.check_id, f.cause, f.subject): f
        for f in session.exec(select(Finding).where(Finding.workstation_id == workstation_id)).all()
    }
    for finding in found:
        old = held.pop((finding.check_id, finding.cause, finding.subject), None)
        if old is None:
            session.add(finding)
        else:
            old.outcome, old.sentence, old.because_of = finding.outcome, finding.sentence, finding.because_of
    for gone in held.values():
        session.delete(gone)
    session.flush()

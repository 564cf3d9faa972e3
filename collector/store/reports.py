"""Which reports were received, what are the current facts, what was found?"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from sqlmodel import Session, col, delete, select

from collector.tables import Fact, Finding, Report

RECEIPTS_KEPT: Final = 64
"""How many of a key's last reports keep their receipt."""


def find_report(session: Session, key_id: str, report_id: str) -> Report | None:
    """Return a report by its key and id."""
    return session.get(Report, (key_id, report_id))


def superseded(session: Session, key_id: str, sequence: int) -> bool:
    """Tell whether a sequence is older than every receipt kept of a key that has its full count."""
    kept = session.exec(select(Report.sequence).where(Report.key_id == key_id)).all()
    return len(kept) >= RECEIPTS_KEPT and sequence < min(kept)


def add_report(session: Session, report: Report) -> None:
    """Keep a report with its receipt, and let the oldest go."""
    session.add(report)
    session.flush()
    kept = select(Report.sequence).where(Report.key_id == report.key_id).order_by(col(Report.sequence).desc())
    oldest = session.exec(kept.offset(RECEIPTS_KEPT - 1).limit(1)).first()
    if oldest is not None:
        session.exec(delete(Report).where(col(Report.key_id) == report.key_id, col(Report.sequence) < oldest))


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

"""What was done, by whom, and was the log touched since? A chain of hashes, one entry per act.

Each entry's hash covers the one before it. The head row is locked first, so that several processes make one chain.
A signed checkpoint lets older entries be purged: what follows is still proved from it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, delete, select

from collector.people.tables import AuditCheckpoint, AuditEntry, AuditHead

START: Final = "0" * 64
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a verification found."""

    entries: int
    since: int | None  # number of the signed checkpoint it started from; None: from the first entry
    problems: tuple[str, ...]  # in French; empty when the chain is whole


def record(session: Session, now: int, actor: str, action: str, subject: str = "", **detail: str | int) -> AuditEntry:
    """Add an entry, in the transaction of the act itself. `actor` is opaque, `detail` holds closed words and counts."""
    head = _lock_head(session)
    entry = AuditEntry(
        number=head.number + 1,
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
        previous_sha256=head.sha256,
        sha256="",
    )
    entry.sha256 = entry_hash(entry)
    session.add(entry)
    head.number, head.sha256 = entry.number, entry.sha256
    session.flush()
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """Return the hash of an entry: over all it says and the hash before it."""
    said = [entry.number, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.previous_sha256]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def entries(session: Session, *, after: int = 0, last: int | None = None) -> Iterator[AuditEntry]:
    """Yield entries in order, those after a number, or the last so many."""
    if last is not None:
        query = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(last)
        yield from reversed(session.exec(query).all())
        return
    while found := session.exec(
        select(AuditEntry).where(AuditEntry.number > after).order_by(col(AuditEntry.number)).limit(_AT_ONCE)
    ).all():
        yield from found
        after = found[-1].number


def checkpoint_message(number: int, at: int, sha256: str) -> bytes:
    """Return the bytes a checkpoint's signature is over."""
    return f"preau-audit-v1\n{number}\n{at}\n{sha256}\n".encode()


def add_checkpoint(session: Session, now: int, sign: Callable[[bytes], str]) -> AuditCheckpoint | None:
    """Sign where the chain stands; None when it did not move since the last time."""
    head = _lock_head(session)
    if head.number == 0 or session.get(AuditCheckpoint, head.number) is not None:
        return None
    signature = sign(checkpoint_message(head.number, now, head.sha256))
    point = AuditCheckpoint(number=head.number, at=now, sha256=head.sha256, signature=signature)
    session.add(point)
    session.flush()
    return point


def purge(session: Session, before: int) -> int:
    """Drop entries older than an instant, up to a checkpoint and no further; return how many."""
    kept = session.exec(
        select(AuditEntry.number).where(AuditEntry.at >= before).order_by(col(AuditEntry.number))
    ).first()
    points = select(AuditCheckpoint).order_by(col(AuditCheckpoint.number).desc())
    if kept is not None:
        points = points.where(AuditCheckpoint.number < kept)
    point = session.exec(points.limit(1)).first()
    if point is None:
        return 0
    gone = session.exec(select(AuditEntry.number).where(AuditEntry.number <= point.number)).all()
    session.exec(delete(AuditEntry).where(col(AuditEntry.number) <= point.number))
    session.exec(delete(AuditCheckpoint).where(col(AuditCheckpoint.number) < point.number))
    return len(gone)


def verify(session: Session, signed: Callable[[bytes, str], bool]) -> Proof:
    """Follow the chain from its first entry, or from the checkpoint before it, to its head."""
    points = list(session.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.number))).all())
    problems = [
        f"le point de contrôle {p.number} n'est pas signé par le collecteur"
        for p in points
        if not signed(checkpoint_message(p.number, p.at, p.sha256), p.signature)
    ]
    first = session.exec(select(AuditEntry.number).order_by(col(AuditEntry.number)).limit(1)).first()
    start = next((p for p in reversed(points) if first is None or p.number < first), None)
    number, sha256 = (start.number, start.sha256) if start else (0, START)
    marks, seen = {p.number: p.sha256 for p in points}, 0
    for entry in entries(session, after=number):
        seen += 1
        if entry.number != number + 1:
            problems.append(f"il manque {entry.number - number - 1} entrée(s) avant la {entry.number}")
        elif entry.previous_sha256 != sha256:
            problems.append(f"l'entrée {entry.number} ne suit pas celle d'avant")
        if entry_hash(entry) != entry.sha256:
            problems.append(f"l'entrée {entry.number} a été modifiée")
        if marks.get(entry.number, entry.sha256) != entry.sha256:
            problems.append(f"l'entrée {entry.number} n'est pas celle du point de contrôle signé")
        number, sha256 = entry.number, entry.sha256
    head = session.get(AuditHead, 1)
    if (head.number, head.sha256) != (number, sha256) if head else number:
        problems.append(f"le journal s'arrête à l'entrée {number} et non à la {head.number if head else 0}")
    if points and points[-1].number > number:
        problems.append(f"le journal a été coupé : un point de contrôle signé dit {points[-1].number} entrées")
    return Proof(entries=seen, since=start.number if start else None, problems=tuple(problems))


def _lock_head(session: Session) -> AuditHead:
    return session.exec(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()

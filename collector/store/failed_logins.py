"""How often did signing in fail of late, by bucket?"""

from typing import Final

from sqlalchemy import or_
from sqlmodel import Session, col, delete

from collector.people.tables import FailedLogin

KEPT_S: Final = 3600
_AHEAD_S: Final = 60
"""How far the clock of another host may be ahead."""


def is_open(since: int, now: int, window_s: int) -> bool:
    """Tell whether a window still counts; one that begins later was opened by a clock that has since been put right."""
    return since - _AHEAD_S <= now < since + window_s


def failures_of(session: Session, bucket: str) -> tuple[int, int]:
    """Return how many failures a bucket holds, and since when."""
    row = session.get(FailedLogin, bucket)
    return (row.failures, row.since) if row else (0, 0)


def count_failure(session: Session, bucket: str, now: int, window_s: int) -> None:
    """Add one failure; a window that is over starts again."""
    row = session.get(FailedLogin, bucket, with_for_update=True)
    if row is None:
        session.add(FailedLogin(bucket=bucket, failures=1, since=now))
    elif not is_open(row.since, now, window_s):
        row.failures, row.since = 1, now
    else:
        row.failures += 1
    session.flush()


def forget_failures(session: Session, bucket: str) -> None:
    """Start a bucket again at none."""
    session.exec(delete(FailedLogin).where(col(FailedLogin.bucket) == bucket))


def forget_old_failures(session: Session, now: int) -> None:
    """Drop what no longer holds anybody back."""
    session.exec(
        delete(FailedLogin).where(or_(col(FailedLogin.since) <= now - KEPT_S, col(FailedLogin.since) > now + KEPT_S))
    )

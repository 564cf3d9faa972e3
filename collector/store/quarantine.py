"""Which reports were set aside, why, and what is still to be made of them?"""

from typing import Final

from sqlmodel import Session, col, delete, select

from collector.people.tables import SetAside

MOST: Final = 8
"""Reports kept of one key: the latest ones; older ones would be replaced by them anyway."""


def set_aside(session: Session, report: SetAside) -> None:
    """Keep a report that does not count, with the reason; the oldest of its key goes."""
    session.add(report)
    session.flush()
    mine = select(SetAside.report_id).where(SetAside.key_id == report.key_id)
    oldest = session.exec(mine.order_by(col(SetAside.received_at).desc(), col(SetAside.sequence).desc()).offset(MOST))
    gone = oldest.all()
    if gone:
        session.exec(delete(SetAside).where(col(SetAside.key_id) == report.key_id, col(SetAside.report_id).in_(gone)))


def set_aside_of(session: Session, key_id: str) -> list[SetAside]:
    """Return the reports of a key that were set aside, oldest first."""
    query = select(SetAside).where(SetAside.key_id == key_id)
    return list(session.exec(query.order_by(col(SetAside.received_at), col(SetAside.sequence))).all())


def let_go(session: Session, key_ids: list[str]) -> None:
    """Forget what was set aside of some keys."""
    session.exec(delete(SetAside).where(col(SetAside.key_id).in_(key_ids)))

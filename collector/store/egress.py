"""By how many lines do the workstations of a school come out, as far as is known?"""

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.tables import Workstation


def lines_of(session: Session, uai: str) -> int | None:
    """Return the number of lines that the counted workstations of a school came out by; None when none is known."""
    known = select(func.count(func.distinct(col(Workstation.egress)))).where(Workstation.uai == uai)
    return session.exec(known.where(Workstation.state == "active")).one() or None

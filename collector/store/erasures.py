"""What is kept of a workstation or a school, everywhere, and how is it all erased?"""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from collector.judged import SchoolThroughput, Transition
from collector.people.tables import ReadingLink, WebSession
from collector.plan.tables import Rerun
from collector.store.quarantine import let_go
from collector.store.standing import forget
from collector.store.stations import AT_ONCE
from collector.tables import EnrolmentCode, LineLease, PageCode, PageTest, Workstation, WorkstationKey
from collector.territory import SCHOOL_KIND


def erase_workstations(session: Session, ids: Sequence[str], now: int) -> int:
    """Erase workstations, their keys, facts, verdicts, findings and reports set aside; return how many there were."""
    present = list(session.exec(select(Workstation.id).where(col(Workstation.id).in_(ids))).all())
    for start in range(0, len(present), AT_ONCE):
        some = present[start : start + AT_ONCE]
        keys = session.exec(select(WorkstationKey.key_id).where(col(WorkstationKey.workstation_id).in_(some))).all()
        let_go(session, list(keys))
        for table in (SchoolThroughput, LineLease):
            session.exec(delete(table).where(col(table.workstation_id).in_(some)))
        forget(session, some, now)
    return len(present)


def erase_school(session: Session, uai: str, now: int) -> int:
    """Erase all that was learnt of a school: workstations, history, codes, links. Its line of the directory stays.

    Returns how many workstations there were.
    """
    ids = session.exec(select(Workstation.id).where(Workstation.uai == uai)).all()
    erased = erase_workstations(session, ids, now)
    session.exec(delete(Transition).where(col(Transition.uai) == uai))
    session.exec(delete(SchoolThroughput).where(col(SchoolThroughput.uai) == uai))
    for table in (EnrolmentCode, LineLease, PageCode, PageTest, Rerun):
        session.exec(delete(table).where(col(table.uai) == uai))
    links = session.exec(select(ReadingLink.id).where(ReadingLink.place == f"{SCHOOL_KIND}:{uai}")).all()
    session.exec(delete(WebSession).where(col(WebSession.link_id).in_(links)))
    session.exec(delete(ReadingLink).where(col(ReadingLink.id).in_(links)))
    return erased

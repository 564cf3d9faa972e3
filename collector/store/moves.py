"""Where is a workstation now: gone from its school, back in it, in another one, or reinstalled under another name?

Each is counted once before and after: what changes does so inside `moving`, and the schools move by the difference.
"""

from sqlmodel import Session, col, select

from collector.store.enrolments import free_tag, lock_school, tags_of
from collector.store.standing import moving, rejudge_without, strongest
from collector.tables import School, Workstation, WorkstationKey

_OF_THE_LINE = "network"
"""Family of checks whose facts say more of the school than of the workstation."""


def workstation_named(session: Session, name: str) -> Workstation | None:
    """Return the workstation with this id, with a key of this id, or with this tag in a school: `0990019H/07`."""
    uai, _, tag = name.partition("/")
    if tag:
        of_school = select(Workstation).where(Workstation.uai == uai.upper(), Workstation.tag == tag)
        # A tag serves again once its workstation is retired: the one that has it now comes first.
        return session.exec(of_school.order_by((col(Workstation.state) == "retired").asc(), Workstation.id)).first()
    key = session.get(WorkstationKey, name)
    return session.get(Workstation, key.workstation_id if key else name)


def holder_of(session: Session, uai: str, tag: str) -> Workstation | None:
    """Return the workstation present in a school that has a tag."""
    present = select(Workstation).where(Workstation.uai == uai, Workstation.tag == tag)
    return session.exec(present.where(Workstation.state != "retired")).first()


def others_of(session: Session, workstation: Workstation) -> list[Workstation]:
    """Return the other workstations present in its school, by tag."""
    present = select(Workstation).where(Workstation.uai == workstation.uai, Workstation.state != "retired")
    return list(session.exec(present.where(Workstation.id != workstation.id).order_by(Workstation.tag)).all())


def retired_of(session: Session, uai: str) -> list[Workstation]:
    """Return the workstations that left a school, by tag."""
    gone = select(Workstation).where(Workstation.uai == uai, Workstation.state == "retired")
    return list(session.exec(gone.order_by(Workstation.tag, Workstation.id)).all())


def retire(session: Session, workstation_id: str, now: int) -> None:
    """Count a workstation no more: it left the school. What was known of it stays."""
    with moving(session, [workstation_id], now, "person"):
        session.get_one(Workstation, workstation_id).state = "retired"


def bring_back(session: Session, workstation_id: str, now: int) -> str:
    """Count a retired workstation again, as its keys let it; returns its tag, another one if its own was taken."""
    with moving(session, [workstation_id], now, "person"):
        workstation = session.get_one(Workstation, workstation_id)
        lock_school(session, workstation.uai)
        workstation.tag = free_tag(workstation.tag, tags_of(session, workstation.uai))
        workstation.state = strongest(session, [workstation_id]).get(workstation_id, "revoked")
        return workstation.tag


def transfer(session: Session, workstation_id: str, uai: str, tag: str | None, now: int) -> str:
    """Count a workstation in another school: it leaves the one and comes into the other at once; returns its tag there.

    What it saw of the network was the other school's: that is to be measured again.
    """
    with moving(session, [workstation_id], now, "person") as found:
        workstation = session.get_one(Workstation, workstation_id)
        lock_school(session, uai)
        workstation.tag = free_tag(tag or workstation.tag, tags_of(session, uai))
        workstation.uai, workstation.egress, workstation.egress_at, workstation.replaces = uai, None, None, None
        session.flush()
        rejudge_without(session, workstation_id, _OF_THE_LINE, found, now)
        return session.get_one(Workstation, workstation_id).tag


def replace(session: Session, old_id: str, new_id: str, now: int) -> None:
    """Count only the newer of two workstations that are one machine, reinstalled: it takes the tag of the older one.

    A newer one that waited to be accepted is accepted by this.
    """
    with moving(session, [old_id, new_id], now, "person"):
        old, new = session.get_one(Workstation, old_id), session.get_one(Workstation, new_id)
        for key in session.exec(select(WorkstationKey).where(WorkstationKey.workstation_id == new_id)).all():
            if key.state == "pending":
                key.state, key.reason = "active", ""
        session.flush()
        lock_school(session, new.uai)
        old.state = "retired"
        new.tag, new.replaces, new.state = old.tag, old_id, strongest(session, [new_id])[new_id]


def open_school(session: Session, uai: str) -> School | None:
    """Return an open school of the directory."""
    school = session.get(School, uai)
    return school if school is not None and school.is_open else None

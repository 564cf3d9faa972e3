"""What does whoever enrols a school's workstations need to see: codes, links, and those that wait for a decision?"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from collector import receipts
from collector.people.tables import ReadingLink, SetAside
from collector.store.enrolments import keys_of
from collector.store.moves import retired_of
from collector.store.people import links_of
from collector.tables import EnrolmentCode, School, Workstation
from collector.territory import SCHOOL_KIND


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySeen:
    """One key of a workstation, and what is unusual about it."""

    key_id: str
    workstation_id: str
    tag: str
    place: str
    state: str
    reason: str
    enrolled_at: int
    last_seen_at: int | None
    missing: int  # reports that never arrived, by their numbers
    set_aside: int  # reports that wait for a decision
    replaces: str | None = None  # id of the workstation it is said to be, reinstalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolling:
    """Where enrolling stands in one school."""

    school: School
    keys: tuple[KeySeen, ...]
    codes: tuple[EnrolmentCode, ...]
    links: tuple[ReadingLink, ...]
    retired: tuple[Workstation, ...]

    @property
    def undecided(self) -> tuple[KeySeen, ...]:
        """Those a person must look at."""
        gone = {workstation.id for workstation in self.retired}
        waiting = (key for key in self.keys if key.state in ("pending", "quarantined") or key.set_aside)
        return tuple(key for key in waiting if key.workstation_id not in gone)

    @property
    def tags(self) -> dict[str, str]:
        """The tag of each workstation, by id."""
        return {key.workstation_id: key.tag for key in self.keys}


def enrolling(session: Session, uai: str) -> Enrolling | None:
    """Return where enrolling stands in a school; None when there is no such school."""
    school = session.get(School, uai)
    if school is None:
        return None
    codes = select(EnrolmentCode).where(EnrolmentCode.uai == uai).order_by(col(EnrolmentCode.id).desc())
    return Enrolling(
        school=school,
        keys=tuple(keys_seen(session, uai)),
        codes=tuple(session.exec(codes).all()),
        links=tuple(links_of(session, f"{SCHOOL_KIND}:{uai}")),
        retired=tuple(retired_of(session, uai)),
    )


def keys_seen(session: Session, uai: str) -> list[KeySeen]:
    """Return the keys of a school's workstations, by tag."""
    pairs = keys_of(session, uai)
    ids = [key.key_id for _, key in pairs]
    held = session.exec(select(SetAside.key_id).where(col(SetAside.key_id).in_(ids))).all()
    return [
        KeySeen(
            key_id=key.key_id,
            workstation_id=workstation.id,
            tag=workstation.tag,
            place=workstation.place,
            state=key.state,
            reason=key.reason,
            enrolled_at=key.enrolled_at,
            last_seen_at=key.last_seen_at,
            missing=receipts.missing(key.receipts),
            set_aside=held.count(key.key_id),
            replaces=workstation.replaces,
        )
        for workstation, key in pairs
    ]


def school_of_code(session: Session, number: int) -> str | None:
    """Return the school of the enrolment code with this number."""
    code = session.get(EnrolmentCode, number)
    return code.uai if code else None


def place_of_link(session: Session, number: int) -> str | None:
    """Return the place of the reading link with this number."""
    link = session.get(ReadingLink, number)
    return link.place if link else None

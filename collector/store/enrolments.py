"""Which codes, workstations and keys are there?"""

import hashlib
from collections.abc import Collection
from itertools import count
from math import ceil

from sqlmodel import Session, col, select

from collector.tables import EnrolmentCode, School, Workstation, WorkstationKey

QUOTA_WHEN_UNKNOWN = 15
"""Uses of a code when nobody said how many workstations a school has."""


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_code(session: Session, school: School, secret: str, now: int, *, uses: int | None, days: int) -> EnrolmentCode:
    """Keep a new code for a school; its quota is a fifth more than the workstations expected."""
    expected = school.expected_workstations
    code = EnrolmentCode(
        uai=school.uai,
        secret_sha256=hashed(secret),
        created_at=now,
        expires_at=now + days * 86_400,
        max_uses=uses or (QUOTA_WHEN_UNKNOWN if expected is None else max(1, ceil(expected * 1.2))),
    )
    session.add(code)
    session.flush()
    return code


def find_code(session: Session, secret: str) -> EnrolmentCode | None:
    """Return the code with this secret, which no other writer changes until this transaction ends."""
    found = select(EnrolmentCode).where(EnrolmentCode.secret_sha256 == hashed(secret))
    return session.exec(found.with_for_update()).first()


def lock_school(session: Session, uai: str) -> School:
    """Return a school that no other writer changes until this transaction ends."""
    # Not its key: rows that refer to the school may still be written meanwhile.
    return session.exec(select(School).where(School.uai == uai).with_for_update(key_share=True)).one()


def list_codes(session: Session) -> list[EnrolmentCode]:
    """Return every code, by school."""
    return list(session.exec(select(EnrolmentCode).order_by(EnrolmentCode.uai, col(EnrolmentCode.id))).all())


def tags_of(session: Session, uai: str) -> dict[str, str]:
    """Return `{tag: id of its workstation}` for a school; one that was retired leaves its tag to others."""
    present = select(Workstation.tag, Workstation.id).where(Workstation.uai == uai, Workstation.state != "retired")
    return dict(session.exec(present).all())


def free_tag(asked: str | None, taken: Collection[str]) -> str:
    """Return a tag that nobody has: the one asked for, else one made from it, else the next number."""
    if asked is None:
        return next(tag for number in count(1) if (tag := f"{number:02}") not in taken)
    tried = (asked, *(f"{asked[:5]}-{number}" for number in range(2, len(taken) + 3)))
    return next(tag for tag in tried if tag not in taken)


def keys_of(session: Session, uai: str) -> list[tuple[Workstation, WorkstationKey]]:
    """Return a school's workstations with their keys, by tag."""
    found = select(Workstation, WorkstationKey).where(
        Workstation.uai == uai, col(WorkstationKey.workstation_id) == col(Workstation.id)
    )
    return list(session.exec(found.order_by(Workstation.tag, col(WorkstationKey.enrolled_at))).all())


def lock_key(session: Session, key_id: str) -> WorkstationKey:
    """Return a key that no other writer changes until this transaction ends."""
    return session.exec(select(WorkstationKey).where(WorkstationKey.key_id == key_id).with_for_update()).one()


def key_of(session: Session, id_: str) -> WorkstationKey | None:
    """Return the key with this id, or the latest of the workstation with this id."""
    found = session.get(WorkstationKey, id_)
    latest = select(WorkstationKey).where(WorkstationKey.workstation_id == id_)
    return found or session.exec(latest.order_by(col(WorkstationKey.enrolled_at).desc())).first()


def uai_of(session: Session, id_: str) -> str | None:
    """Return the school of the workstation, or of the key, with this id."""
    workstation = session.get(Workstation, id_)
    if workstation is None and (key := session.get(WorkstationKey, id_)) is not None:
        workstation = session.get(Workstation, key.workstation_id)
    return workstation.uai if workstation else None

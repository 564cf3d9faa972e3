"""Who may measure the line of a school now? One workstation at a time, and each school not too often."""

from typing import Final

from sqlmodel import select

from checks import line
from collector.store import Session
from collector.tables import LineLease

REST_S: Final = 20 * 3600
"""How long the line of a school is left alone after a measurement: one a day, at another hour each day."""


def lease(session: Session, uai: str, workstation_id: str, secret_sha256: str, now: int) -> int | None:
    """Give a workstation leave to measure, and return None; else how many seconds remain before anybody may ask."""
    held = session.get(LineLease, uai, with_for_update=True)
    if held is not None:
        free_at = held.until if _unused(held) else held.given_at + REST_S
        if held.workstation_id == workstation_id and now < held.until and _unused(held):
            free_at = now  # it asks again: its first answer was lost
        if now < free_at <= now + REST_S:  # more to wait: it was given by a clock that has since been put right
            return free_at - now
        session.delete(held)
        session.flush()
    session.add(
        LineLease(
            uai=uai,
            workstation_id=workstation_id,
            secret_sha256=secret_sha256,
            given_at=now,
            until=now + line.LEASE_S,
            left_bytes=line.MAX_DOWN_BYTES + line.MAX_UP_BYTES,
        )
    )
    session.flush()
    return None


def spend(session: Session, secret_sha256: str, asked_bytes: int, now: int) -> bool:
    """Take bytes off a lease; False when there is no such lease, it is over, or it holds no more."""
    query = select(LineLease).where(LineLease.secret_sha256 == secret_sha256).with_for_update()
    held = session.exec(query).one_or_none()
    if held is None or now >= held.until or asked_bytes > held.left_bytes:
        return False
    held.left_bytes -= asked_bytes
    session.add(held)
    return True


def _unused(held: LineLease) -> bool:
    return held.left_bytes == line.MAX_DOWN_BYTES + line.MAX_UP_BYTES

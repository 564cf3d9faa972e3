"""Who would no longer listen if the collector's key changed now, and what was signed by the one that goes?"""

from collections.abc import Callable

from sqlmodel import Session, col, func, or_, select

from collector.tables import EnrolmentCode, ProfileVersion, WorkstationKey


def unaware(session: Session, announced_at: int) -> int:
    """Count the keys in use that did not come since an instant: they never heard of the next key."""
    silent = or_(col(WorkstationKey.last_seen_at).is_(None), col(WorkstationKey.last_seen_at) < announced_at)
    in_use = col(WorkstationKey.state) != "revoked"
    return session.exec(select(func.count()).select_from(WorkstationKey).where(in_use, silent)).one()


def revoke_codes(session: Session, now: int) -> int:
    """Withdraw every code that could still serve: each carries the fingerprint of the key that goes."""
    open_ = (col(EnrolmentCode.revoked_at).is_(None), col(EnrolmentCode.expires_at) > now)
    codes = session.exec(select(EnrolmentCode).where(*open_)).all()
    for code in codes:
        code.revoked_at = now
    session.flush()
    return len(codes)


def sign_profiles_again(session: Session, sign: Callable[[str], str]) -> None:
    """Sign the text of every published profile with another key."""
    for profile in session.exec(select(ProfileVersion)).all():
        profile.signature = sign(profile.toml)
    session.flush()

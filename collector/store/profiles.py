"""Which profile does a school have, and what did the collector see of its services?"""

from functools import lru_cache

from sqlmodel import Session, col, select

from checks.profile import Profile, parse
from collector.tables import ProfileVersion, School, ServiceControl


@lru_cache(maxsize=64)
def parsed(_id: str, _version: str, toml: str) -> Profile:
    """Read a published profile, once per text."""
    return parse(toml)


def version_for(session: Session, school: School) -> ProfileVersion | None:
    """Return the published profile of a school: its own, or else the collector's default."""
    current = select(ProfileVersion).where(col(ProfileVersion.is_current))
    named = session.exec(current.where(ProfileVersion.id == school.profile_id)).first() if school.profile_id else None
    return named or session.exec(current.where(col(ProfileVersion.is_default))).first()


def profile_for(session: Session, school: School) -> Profile | None:
    """Return the profile of a school, None when none is published."""
    row = version_for(session, school)
    return parsed(row.id, row.version, row.toml) if row else None


def current_profiles(session: Session) -> list[Profile]:
    """Return every profile in force."""
    rows = session.exec(select(ProfileVersion).where(col(ProfileVersion.is_current))).all()
    return [parsed(row.id, row.version, row.toml) for row in rows]


def publish(session: Session, profile: Profile, toml: str, signature: str, now: int, *, default: bool) -> None:
    """Store a profile and make it the one in force under its id; the first one published is the default."""
    rows = session.exec(select(ProfileVersion)).all()
    for row in rows:
        if row.id == profile.id:
            row.is_current = False
        if default:
            row.is_default = False
    is_default = default or not rows or any(row.is_default and row.id == profile.id for row in rows)
    for row in rows:
        if row.id == profile.id:
            row.is_default = False
    session.merge(
        ProfileVersion(
            id=profile.id,
            version=profile.version,
            toml=toml,
            signature=signature,
            published_at=now,
            is_current=True,
            is_default=is_default,
        )
    )
    session.flush()


def schools_of(session: Session, profile_id: str) -> list[str]:
    """Return the UAIs of the schools that a profile serves now."""
    default = session.exec(
        select(ProfileVersion.id).where(col(ProfileVersion.is_current), col(ProfileVersion.is_default))
    ).first()
    current = set(session.exec(select(ProfileVersion.id).where(col(ProfileVersion.is_current))).all())
    rows = session.exec(select(School.uai, School.profile_id).order_by(School.uai)).all()
    return [uai for uai, named in rows if (named if named in current else default) == profile_id]


def keep_control(session: Session, seen: ServiceControl) -> None:
    """Keep what the collector last saw of a service."""
    session.merge(seen)


def controls_of(session: Session, profile_id: str) -> list[ServiceControl]:
    """Return what the collector last saw of a profile's services."""
    found = select(ServiceControl).where(ServiceControl.profile_id == profile_id).order_by(ServiceControl.service)
    return list(session.exec(found).all())

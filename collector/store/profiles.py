"""Which profiles are published, and what did the collector see of their services?"""

from functools import lru_cache
from typing import Final

import sqlalchemy as sql
from sqlmodel import Session, col, select

from checks.profile import Profile, parse
from collector.judged import Generation
from collector.tables import ProfileVersion, School, ServiceControl

_PUBLISHED: Final = sql.select(sql.func.count(), sql.func.max(ProfileVersion.__table__.c.published_at))  # type: ignore[attr-defined]


_MOST_PROFILES: Final = 64
_published: dict[tuple[str, str, str], Profile] = {}


def published(session: Session, id_: str, version: str, signature: str) -> Profile:
    """Return a published profile. Its text, which is long, is read once: its signature tells one text from another."""
    known = _published.get((id_, version, signature))
    if known is None:
        known = parsed(id_, version, session.get_one(ProfileVersion, (id_, version)).toml)
        if signature:
            if len(_published) >= _MOST_PROFILES:
                _published.pop(next(iter(_published)), None)
            _published[id_, version, signature] = known
    return known


@lru_cache(maxsize=64)
def parsed(_id: str, _version: str, toml: str) -> Profile:
    """Read a published profile, once per text."""
    return parse(toml)


def version_for(session: Session, school: School) -> ProfileVersion | None:
    """Return the published profile of a school: its own, or else the collector's default."""
    current = (
        select(ProfileVersion)
        .join(
            Generation,
            (col(ProfileVersion.id) == col(Generation.profile_id))
            & (col(ProfileVersion.version) == col(Generation.profile_version)),
        )
        .where(Generation.state == "current")
    )
    named = session.exec(current.where(ProfileVersion.id == school.profile_id)).first() if school.profile_id else None
    return named or session.exec(current.where(col(Generation.is_default))).first()


def keep_version(session: Session, profile: Profile, toml: str, signature: str, now: int) -> None:
    """Keep the text of a profile under its id and version."""
    session.merge(
        ProfileVersion(id=profile.id, version=profile.version, toml=toml, signature=signature, published_at=now)
    )
    session.flush()


def keep_control(session: Session, seen: ServiceControl) -> None:
    """Keep what the collector last saw of a service."""
    session.merge(seen)


def controls_of(session: Session, profile_id: str) -> list[ServiceControl]:
    """Return what the collector last saw of a profile's services."""
    found = select(ServiceControl).where(ServiceControl.profile_id == profile_id).order_by(ServiceControl.service)
    return list(session.exec(found).all())


def published_marker(session: Session) -> tuple[int, int]:
    """Return what changes whenever a version is published: how many there are, and when the last was."""
    count, latest = session.connection().execute(_PUBLISHED).one()
    return int(count), int(latest or 0)


def published_texts(session: Session) -> list[str]:
    """Return the text of every version ever published."""
    return list(session.exec(select(ProfileVersion.toml)).all())

"""Which generation of judgements serves a school now, and which one is being prepared?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy import case, literal
from sqlmodel import Session, col, select

from checks.profile import Profile
from collector.judged import Generation
from collector.store.profiles import keep_version, published
from collector.tables import ProfileVersion, School

NO_PROFILE: Final = 0
"""The generation of the schools that no profile serves."""

_GEN: Final = Generation.__table__  # type: ignore[attr-defined]
_VERSION: Final = ProfileVersion.__table__  # type: ignore[attr-defined]
_SERVING: Final = (
    sql.select(_GEN, _VERSION.c.signature)
    .join(_VERSION, (_VERSION.c.id == _GEN.c.profile_id) & (_VERSION.c.version == _GEN.c.profile_version))
    .where(_GEN.c.state.in_(("current", "pending")))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gen:
    """One generation, with what it judges by."""

    id: int
    profile: Profile | None  # None: nothing is judged
    is_default: bool = False
    cursor: str = ""  # last UAI judged, while it is in preparation


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What judges now, and what is being prepared, as this transaction sees them."""

    current: Mapping[str, Gen]  # by profile id
    pending: Gen | None = None

    @property
    def ids(self) -> list[int]:
        """Return the numbers of all that some school is judged under now."""
        current = {self.default.id, *(gen.id for gen in self.current.values())}
        return [*sorted(current), *([self.pending.id] if self.pending else [])]

    @property
    def default(self) -> Gen:
        """What serves the schools that name no profile, or one that is not published."""
        return next((gen for gen in self.current.values() if gen.is_default), _NONE)

    def of(self, profile_id: str | None) -> Gen:
        """Return what serves a school that names this profile."""
        return self.current.get(profile_id or "", self.default)

    def next_of(self, profile_id: str | None) -> Gen | None:
        """Return the generation in preparation, if it is to serve a school that names this profile."""
        found = self.flipped().of(profile_id) if self.pending else None
        return found if found is not None and found is self.pending else None

    def all_of(self, profile_id: str | None) -> tuple[Gen, ...]:
        """Return every generation a school's workstations are judged under, the one in force first."""
        following = self.next_of(profile_id)
        return (self.of(profile_id),) if following is None else (self.of(profile_id), following)

    def flipped(self) -> "Serving":
        """Return what will judge once the generation in preparation is in force."""
        if self.pending is None or self.pending.profile is None:
            return self
        others = {
            id_: Gen(id=gen.id, profile=gen.profile, is_default=gen.is_default and not self.pending.is_default)
            for id_, gen in self.current.items()
        }
        return Serving(current={**others, self.pending.profile.id: self.pending})

    def gen(self, id_: int) -> Gen:
        """Return a generation by its number; one that neither serves nor is in preparation judges nothing."""
        known = (*self.current.values(), *filter(None, (self.pending,)))
        return next((gen for gen in known if gen.id == id_), Gen(id=id_, profile=None))

    def expression(self) -> Any:
        """Return, for SQL, the number of the generation that serves a row of `School`."""
        numbers = {profile_id: gen.id for profile_id, gen in self.current.items()}
        if not numbers:
            return literal(NO_PROFILE)
        return case(numbers, value=col(School.profile_id), else_=self.default.id)


def serving(session: Session) -> Serving:
    """Read what judges now. In a writer: after its workstations are locked, so that no new preparation is missed."""
    current: dict[str, Gen] = {}
    pending = None
    for row in session.connection().execute(_SERVING).all():
        profile = published(session, row.profile_id, row.profile_version, row.signature)
        gen = Gen(id=row.id, profile=profile, is_default=row.is_default, cursor=row.cursor)
        if row.state == "pending":
            pending = gen
        else:
            current[row.profile_id] = gen
    return Serving(current=current, pending=pending)


def profiles_in_force(session: Session) -> list[Profile]:
    """Return every profile that judges some schools now."""
    return [gen.profile for gen in serving(session).current.values() if gen.profile]


def schools_next(session: Session, found: Serving) -> list[str]:
    """Return the UAIs of the schools that the generation in preparation is to serve, in order."""
    rows = session.exec(select(School.uai, School.profile_id).order_by(School.uai)).all()
    return [uai for uai, named in rows if found.next_of(named)]


def prepare(session: Session, profile: Profile, toml: str, signature: str, now: int, *, default: bool = False) -> int:
    """Keep a profile's text and begin to prepare the judgement by it; returns the number of its generation.

    The first profile of all is the default one, and a default one stays so.
    """
    keep_version(session, profile, toml, signature, now)
    found = serving(session)
    held = found.current.get(profile.id)
    row = Generation(
        profile_id=profile.id,
        profile_version=profile.version,
        state="pending",
        is_default=default or not found.current or (held is not None and held.is_default),
        started_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class InPreparation:
    """The generation in preparation, and the text it judges by."""

    generation: Generation
    version: ProfileVersion


def in_preparation(session: Session) -> InPreparation | None:
    """Return the generation in preparation."""
    row = session.exec(select(Generation).where(Generation.state == "pending")).first()
    if row is None:
        return None
    version = session.get_one(ProfileVersion, (row.profile_id, row.profile_version))
    return InPreparation(generation=row, version=version)


def abandon(session: Session, now: int) -> str | None:
    """Give up the generation in preparation; returns its profile and version, None when there is none."""
    found = in_preparation(session)
    if found is None:
        return None
    found.generation.state, found.generation.ended_at = "abandoned", now
    return f"{found.version.id} {found.version.version}"


def flip(session: Session, id_: int, now: int) -> None:
    """Put a prepared generation in force, for all its schools at once."""
    row = session.get_one(Generation, id_)
    for other in session.exec(select(Generation).where(Generation.state == "current")).all():
        if other.profile_id == row.profile_id:
            other.state, other.is_default = "past", False
        elif row.is_default:
            other.is_default = False
    row.state, row.ended_at = "current", now
    session.flush()


def publish(session: Session, profile: Profile, toml: str, signature: str, now: int, *, default: bool = False) -> None:
    """Put a profile in force at once, in a collector that holds no facts to judge yet."""
    flip(session, prepare(session, profile, toml, signature, now, default=default), now)


_NONE: Final = Gen(id=NO_PROFILE, profile=None, is_default=True)

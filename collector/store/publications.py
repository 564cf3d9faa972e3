"""Which profiles are in force, and how far is the one being published?"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from collector.judged import Generation
from collector.ledger import Ledger
from collector.store.generations import Serving, in_preparation
from collector.store.profiles import parsed
from collector.territory import NATION


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A profile that judges schools now."""

    id: str
    version: str
    title: str
    is_default: bool
    since: datetime
    schools: int  # open ones


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A profile by which its schools are judged again, before it comes in force for all of them at once."""

    id: str
    version: str
    title: str
    started_at: datetime
    schools: int  # to judge; 0 while they are not counted yet
    done: int
    left_s: int | None  # at the pace so far; None while nothing tells

    @property
    def percent(self) -> int:
        """How much is done."""
        return 100 * self.done // self.schools if self.schools else 0


def in_force(session: Session, found: Serving, ledger: Ledger) -> list[InForce]:
    """Return the profiles in force, the default one first."""
    since = dict(session.exec(select(Generation.id, Generation.ended_at).where(Generation.state == "current")).all())
    nation = ledger.sum_of(NATION)
    serves = nation.generations if nation else {}
    profiles = [
        InForce(
            id=gen.profile.id,
            version=gen.profile.version,
            title=gen.profile.title,
            is_default=gen.is_default,
            since=datetime.fromtimestamp(since.get(gen.id) or 0, UTC),
            schools=serves.get(gen.id, 0),
        )
        for gen in found.current.values()
        if gen.profile
    ]
    return sorted(profiles, key=lambda one: (not one.is_default, one.id))


def under_way(session: Session, now: int) -> UnderWay | None:
    """Return how far the publication under way is, None when there is none. `now` is in seconds since 1970 UTC."""
    found = in_preparation(session)
    if found is None:
        return None
    row = found.generation
    profile = parsed(found.version.id, found.version.version, found.version.toml)
    # What an earlier run had done, and the pause after it, tell nothing of the pace of this one.
    spent, judged = max(1, now - (row.ran_at or row.started_at)), row.done - row.ran_from
    return UnderWay(
        id=row.profile_id,
        version=row.profile_version,
        title=profile.title,
        started_at=datetime.fromtimestamp(row.started_at, UTC),
        schools=row.schools,
        done=row.done,
        left_s=spent * max(0, row.schools - row.done) // judged if judged > 0 and row.schools else None,
    )


def begin_run(session: Session, generation: int, schools: int, now: int) -> None:
    """Keep how many schools a generation is to judge, and that a run begins, for those who follow it."""
    row = session.exec(select(Generation).where(col(Generation.id) == generation)).one()
    row.schools, row.ran_at, row.ran_from = schools, now, row.done
    session.flush()

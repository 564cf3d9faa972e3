"""Which schools would another profile change, from what to what, because of which checks? Nothing is written.

Every kept fact is judged by the profile asked about, as publishing it would; a sample gives an estimate at once.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from checks.model import Outcome
from checks.profile import Profile, parse
from collector.judging_pool import FEW, ask_many
from collector.rollup import conclude
from collector.store import Session
from collector.store.engine import Store
from collector.store.generations import Gen, Serving, schools_next, serving
from collector.store.known_schools import Known, known_schools, measured_among, tallies_now
from collector.store.laid_out import ground_of, judge_schools
from collector.store.rejudged import has_many
from collector.tally import Tally

SAMPLE: Final = 200
"""Schools judged for the estimate."""
BATCH: Final = 60
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolChange:
    """One school that would stand elsewhere."""

    uai: str
    name: str
    commune: str
    before: Outcome
    after: Outcome
    checks: tuple[str, ...]  # whose causes appear (or go, when it gets better), those of most workstations first


@dataclass(slots=True, kw_only=True)
class Difference:
    """What a profile would change."""

    profile: Profile
    schools: int = 0  # judged
    moves: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)  # (before, after), the same included
    changes: list[SchoolChange] = field(default_factory=list)
    to_measure: int = 0  # workstations that must measure something the profile newly asks

    @property
    def blocked_percent(self) -> int:
        """Of the schools that could open now, the share that no longer could."""
        could_open = {move: n for move, n in self.moves.items() if move[0] in (Outcome.READY, Outcome.AT_RISK)}
        others = sum(could_open.values())
        blocked = sum(n for (_, after), n in could_open.items() if after is Outcome.BLOCKED)
        return 100 * blocked // others if others else 0


def estimate(store: Store, toml: str, *, default: bool = False) -> Difference:
    """Judge a sample of the schools that have measured workstations."""
    profile, found, uais = _schools(store, toml, default)
    with store.reading() as session:
        measured = measured_among(session, found, uais)
    step = max(1, len(measured) // SAMPLE)
    return _difference(store, profile, toml, measured[::step][:SAMPLE], lambda *_: None, many=False)


def difference(store: Store, toml: str, progress: Progress = lambda *_: None, *, default: bool = False) -> Difference:
    """Judge every school the profile would serve; raises `ProfileError`."""
    profile, _, uais = _schools(store, toml, default)
    with store.reading() as session:
        many = has_many(session, FEW)
    return _difference(store, profile, toml, uais, progress, many=many)


def _schools(store: Store, toml: str, default: bool) -> tuple[Profile, Serving, list[str]]:
    profile = parse(toml)
    with store.reading() as session:
        now = serving(session)
        held = now.current.get(profile.id)
        is_default = default or not now.current or (held is not None and held.is_default)
        asked = Serving(current=now.current, pending=Gen(id=-1, profile=profile, is_default=is_default))
        return profile, now, schools_next(session, asked)


@dataclass(frozen=True, slots=True)
class _Some:
    """Some schools asked about at once."""

    uais: tuple[str, ...]


def _difference(
    store: Store, profile: Profile, toml: str, uais: Sequence[str], progress: Progress, *, many: bool
) -> Difference:
    found = Difference(profile=profile)
    batches = (_Some(tuple(uais[start : start + BATCH])) for start in range(0, len(uais), BATCH))
    for batch, (moves, changes, to_measure) in ask_many(store, compare, batches, toml, many=many):
        found.moves.update(moves)
        found.changes += changes
        found.to_measure += to_measure
        found.schools += len(batch.uais)
        progress(found.schools, len(uais))
    found.changes.sort(key=lambda c: (c.commune, c.name, c.uai))
    return found


def compare(
    session: Session, uais: Sequence[str], profile: Profile
) -> tuple[Counter[tuple[Outcome, Outcome]], list[SchoolChange], int]:
    """Judge some schools by a profile; a job of `collector.judging_pool`.

    Returns how many moved from where to where, those that change, and how many workstations are to measure more.
    """
    judged = judge_schools(ground_of(session, uais), profile, int(time.time()))
    moves: Counter[tuple[Outcome, Outcome]] = Counter()
    changed: dict[Known, Outcome] = {}
    for school in known_schools(session, serving(session), uais):
        tally = judged.tallies.get(school.uai, Tally())
        outcome = conclude(tally, expected=school.expected, rule=profile.school).outcome
        moves[school.outcome, outcome] += 1
        if outcome is not school.outcome:
            changed[school] = outcome
    before = tallies_now(session, changed)
    return moves, [_change(one, after, before, judged.tallies) for one, after in changed.items()], judged.to_measure


def _change(school: Known, outcome: Outcome, before: Mapping[str, Tally], after: Mapping[str, Tally]) -> SchoolChange:
    return SchoolChange(
        uai=school.uai,
        name=school.name,
        commune=school.commune,
        before=school.outcome,
        after=outcome,
        checks=_because(before.get(school.uai, Tally()), after.get(school.uai, Tally())),
    )


def _because(before: Tally, after: Tally) -> tuple[str, ...]:
    """Return the checks whose causes touch another number of workstations, those that differ most first."""
    moved: Counter[str] = Counter()
    for key in before.causes.keys() | after.causes.keys():
        was, is_ = before.causes.get(key, {}), after.causes.get(key, {})
        moved[key[0]] += sum(abs(is_.get(o, 0) - was.get(o, 0)) for o in was.keys() | is_.keys())
    return tuple(check for check, number in sorted(moved.items(), key=lambda one: (-one[1], one[0])) if number)

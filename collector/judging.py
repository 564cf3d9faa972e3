"""What do a workstation's kept facts mean under its school's profile? Pure."""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final

import msgspec

import checks
from checks.decide import chain, filled_names, judge_one, remedy_of, workstation_outcome
from checks.model import NOT_JUDGED, Check, Context, Observation, Outcome, Tier, Verdict
from checks.profile import Profile
from collector.facts import Facts, Kept
from collector.findings import Found, found_in
from collector.freshness import DAY_S
from collector.tally import Seen

log = logging.getLogger(__name__)

_READ: Final = {check.id: msgspec.json.Decoder(check.facts) for check in checks.ALL}
"""Reads the kept facts of each check into the very class its judge takes; they were validated when they came."""
_REMEMBERED: Final = 20_000
"""Verdicts held in memory: a judge is pure, and many workstations say the very same of their system or browser."""
_NEVER: Final = Kept(observed_at=0, facts=None, fault="never_asked")
_judged: dict[tuple[object, ...], Verdict] = {}
_numbers: Final = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Where a workstation stands."""

    outcome: Outcome | None  # None: no profile judges it
    observed_at: int  # oldest of the facts its outcome rests on
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a profile asks for, laid out once: its number, and each check with whether its day of observation counts."""

    profile: Profile
    number: int
    checks: tuple[tuple[str, Check[Any, Any], bool], ...]
    by_day: tuple[str, ...]


_plans: dict[int, _Plan] = {}


def judge(facts: Facts, profile: Profile | None, opens_on: date | None) -> Judged:
    """Judge facts (at least one) for a school, as `decide` does; without a profile there is no outcome."""
    if profile is None or not any(check_id in checks.BY_ID for check_id in facts):
        return Judged(outcome=None, observed_at=min(kept.observed_at for kept in facts.values()))
    plan, context = _plan(profile), Context(opens_on=opens_on)
    alone = {
        id_: _alone(check, facts.get(id_, _NEVER), is_by_day, plan, context) for id_, check, is_by_day in plan.checks
    }
    verdicts = chain(alone, profile)
    required = [facts[id_].observed_at for id_ in profile.requirements if id_ in facts]
    known = [kept.observed_at for id_, kept in facts.items() if id_ in checks.BY_ID]
    return Judged(
        outcome=workstation_outcome(verdicts, profile),
        observed_at=min(required or known),
        found=found_in(verdicts),
    )


def _alone(check: Check[Any, Any], kept: Kept, is_by_day: bool, plan: _Plan, context: Context) -> Verdict:
    """Judge one check's kept facts, or recall what the very same facts gave before."""
    said = kept.facts if kept.facts is not None else kept.fault
    key = (check.id, plan.number, said, context.opens_on, kept.observed_at // DAY_S if is_by_day else 0)
    recalled = _judged.get(key)
    if recalled is not None:
        return recalled
    verdict = judge_one(check, observation(check.id, kept), plan.profile, context)
    if len(_judged) >= _REMEMBERED:
        with suppress(KeyError, RuntimeError):  # another thread was quicker
            del _judged[next(iter(_judged))]
    _judged[key] = verdict
    return verdict


def _plan(profile: Profile) -> _Plan:
    known = _plans.get(id(profile))
    if known is None or known.profile is not profile:
        kinds: dict[str, type] = {id_: type(required.requirement) for id_, required in profile.requirements.items()}
        by_day = tuple(id_ for id_, kind in kinds.items() if "observed_on" in filled_names(kind))
        asked = (c for c in checks.ALL if c.id in profile.requirements and "agent" in c.seen_from)
        known = _Plan(profile, next(_numbers), tuple((c.id, c, c.id in by_day) for c in asked), by_day)
        _plans[id(profile)] = known
    return known


def same_on(facts: Mapping[str, bytes | None], profile: Profile, opens_on: date | None, days: Iterable[int]) -> bool:
    """Tell whether facts give the very same verdicts, whichever of these days (since 1970) they were observed on."""
    plan, context, (first, *others) = _plan(profile), Context(opens_on=opens_on), sorted(set(days))

    def on(check_id: str, raw: bytes, day: int) -> Verdict:
        return _alone(checks.BY_ID[check_id], Kept(observed_at=day * DAY_S, facts=raw), True, plan, context)

    return all(
        on(check_id, raw, first) == on(check_id, raw, day)
        for day in others
        for check_id in plan.by_day
        if (raw := facts.get(check_id)) is not None
    )


def observation(check_id: str, kept: Kept) -> Observation:
    """Read kept facts back."""
    day = datetime.fromtimestamp(kept.observed_at, UTC).date()
    if kept.facts is None:
        return Observation(fault=kept.fault, observed_on=day)
    try:
        facts: Any = _READ[check_id].decode(kept.facts)
    except msgspec.ValidationError as error:
        # Facts are only ever added to: this is our fault, never the school's.
        log.error("kept facts of %s do not fit their class: %s", check_id, str(error).rpartition(" - at ")[2])
        return Observation(fault="probe_crashed", observed_on=day)
    return Observation(facts=facts, observed_on=day)


def that_matters(found: Iterable[Found], profile: Profile) -> tuple[Found, ...]:
    """Leave out what nobody measured and is only recommended: it changes nothing."""
    return tuple(
        one
        for one in found
        if (required := profile.requirements.get(one.check_id)) is not None
        and (one.outcome is not Outcome.UNMEASURED or required.tier is Tier.MINIMUM)
    )


def causes(found: Iterable[Found]) -> tuple[Seen, ...]:
    """Return the causes among findings that matter, each with who can put it right."""
    return tuple(
        Seen(check_id=f.check_id, cause=f.cause, outcome=f.outcome, role=remedy.role)
        for f in found
        if f.cause != NOT_JUDGED and (remedy := remedy_of(f.check_id, f.cause))
    )

"""What do a workstation's kept facts mean under its school's profile? Pure."""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
_by_day: dict[int, tuple[Profile, tuple[str, ...]]] = {}
_judged: OrderedDict[tuple[object, ...], tuple[Profile, Verdict]] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Where a workstation stands."""

    outcome: Outcome | None  # None: no profile judges it
    observed_at: int  # oldest of the facts its outcome rests on
    found: tuple[Found, ...] = ()


def judge(facts: Facts, profile: Profile | None, opens_on: date | None) -> Judged:
    """Judge facts (at least one) for a school, as `decide` does; without a profile there is no outcome."""
    known = {check_id: kept for check_id, kept in facts.items() if check_id in checks.BY_ID}
    oldest = min(kept.observed_at for kept in (known or facts).values())
    if profile is None or not known:
        return Judged(outcome=None, observed_at=oldest)
    context = Context(opens_on=opens_on)
    alone = {
        check.id: judge_alone(check, known.get(check.id, _NEVER), profile, context)
        for check in checks.ALL
        if check.id in profile.requirements and "agent" in check.seen_from
    }
    verdicts = chain(alone, profile)
    required = [kept.observed_at for check_id, kept in known.items() if check_id in profile.requirements]
    return Judged(
        outcome=workstation_outcome(verdicts, profile),
        observed_at=min(required, default=oldest),
        found=found_in(verdicts),
    )


def judge_alone(check: Check[Any, Any], kept: Kept, profile: Profile, context: Context) -> Verdict:
    """Judge one check's kept facts, or recall what the very same facts gave before."""
    if kept.facts is None:
        return judge_one(check, Observation(fault=kept.fault), profile, context)
    day = kept.observed_at // DAY_S if check.id in by_day(profile) else 0
    key = (check.id, id(profile), kept.facts, context.opens_on, day)
    recalled = _judged.get(key)
    if recalled is not None and recalled[0] is profile:
        return recalled[1]
    verdict = judge_one(check, observation(check.id, kept), profile, context)
    if len(_judged) >= _REMEMBERED:
        with suppress(KeyError):  # another thread was quicker
            _judged.popitem(last=False)
    _judged[key] = (profile, verdict)
    return verdict


def by_day(profile: Profile) -> tuple[str, ...]:
    """Return the checks that a profile judges by the day they were observed."""
    known = _by_day.get(id(profile))
    if known is None or known[0] is not profile:
        kinds: dict[str, type] = {id_: type(required.requirement) for id_, required in profile.requirements.items()}
        known = (profile, tuple(id_ for id_, kind in kinds.items() if "observed_on" in filled_names(kind)))
        _by_day[id(profile)] = known
    return known[1]


def same_on(facts: Mapping[str, bytes | None], profile: Profile, opens_on: date | None, days: Iterable[int]) -> bool:
    """Tell whether facts give the very same verdicts, whichever of these days (since 1970) they were observed on."""
    context, whichever = Context(opens_on=opens_on), sorted(set(days))
    return all(
        judge_alone(checks.BY_ID[check_id], Kept(observed_at=whichever[0] * DAY_S, facts=raw), profile, context)
        == judge_alone(checks.BY_ID[check_id], Kept(observed_at=day * DAY_S, facts=raw), profile, context)
        for day in whichever[1:]
        for check_id in by_day(profile)
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

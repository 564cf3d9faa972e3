"""What do a workstation's kept facts mean under its school's profile? Pure."""

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, cast

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
_REMEMBERED: Final = 1_000
"""Verdicts held for each check of a profile: a judge is pure, and many workstations say the very same."""
_PLANS: Final = 8
"""Profiles held with what was judged by them."""
_NEVER: Final = Kept(observed_at=0, facts=None, fault="never_asked")

_Troubled = tuple[tuple[str, Verdict], ...]
"""The verdicts that are not ready, each judged alone, by check id, as the catalogue goes."""
_Concluded = tuple[Outcome, tuple[Found, ...]]
_Recalled = Callable[[Any], Verdict | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Where a workstation stands."""

    outcome: Outcome | None  # None: no profile judges it
    observed_at: int  # oldest of the facts its outcome rests on
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One check of a profile, with whether the wave's date and the day of observation count for it."""

    id: str
    check: Check[Any, Any]
    by_opening: bool
    by_day: bool
    recalled: dict[Any, Verdict] = field(default_factory=dict)
    is_dated: bool = field(init=False)  # by either

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_dated", self.by_opening or self.by_day)

    def key(self, kept: Kept, opens_on: date | None) -> Any:
        """Return all that a verdict on kept facts rests on."""
        said = kept.facts or kept.fault
        if not self.is_dated:
            return said
        return said, opens_on if self.by_opening else None, kept.observed_at // DAY_S if self.by_day else 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a profile asks for, laid out once."""

    profile: Profile
    asked: tuple[_Asked, ...]
    concluded: dict[_Troubled, _Concluded] = field(default_factory=dict)
    laid_out: tuple[tuple[str, _Recalled, bool, _Asked], ...] = field(init=False)
    """Of each check: its id, what recalls its verdict, whether a date counts for it, and itself; gone over a lot."""

    def __post_init__(self) -> None:
        laid_out = tuple((asked.id, asked.recalled.get, asked.is_dated, asked) for asked in self.asked)
        object.__setattr__(self, "laid_out", laid_out)

    def conclude(self, troubled: _Troubled) -> _Concluded:
        """Chain the verdicts that are not ready, or recall what they came to."""
        recalled = self.concluded.get(troubled)
        if recalled is None:
            verdicts = chain(dict(troubled), self.profile)
            recalled = workstation_outcome(verdicts, self.profile), found_in(verdicts)
            _remember(self.concluded, troubled, recalled)
        return recalled


_plans: dict[int, _Plan] = {}


def judge(facts: Facts, profile: Profile | None, opens_on: date | None) -> Judged:
    """Judge facts (at least one) for a school, as `decide` does; without a profile there is no outcome."""
    if profile is None or not any(check_id in checks.BY_ID for check_id in facts):
        return Judged(outcome=None, observed_at=min(kept.observed_at for kept in facts.values()))
    plan, troubled, ready = _plan(profile), [], Outcome.READY
    for id_, recalled, is_dated, asked in plan.laid_out:
        kept = facts.get(id_, _NEVER)
        # Most rest on what was said alone: a call for each would cost more than the rest.
        verdict = recalled(asked.key(kept, opens_on) if is_dated else kept.facts or kept.fault)
        if verdict is None:
            verdict = _alone(asked, kept, profile, opens_on)
        if verdict.outcome is not ready:
            troubled.append((id_, verdict))
    wanted = profile.requirements
    dates = [kept.observed_at for id_, kept in facts.items() if id_ in wanted]
    observed_at = min(dates or [kept.observed_at for id_, kept in facts.items() if id_ in checks.BY_ID])
    # What is ready neither explains nor is explained: the same trouble is always concluded alike.
    outcome, found = plan.conclude(tuple(troubled))
    return Judged(outcome=outcome, observed_at=observed_at, found=found)


def _alone(asked: _Asked, kept: Kept, profile: Profile, opens_on: date | None) -> Verdict:
    """Judge one check's kept facts, and remember what they gave."""
    verdict = judge_one(asked.check, observation(asked.id, kept), profile, Context(opens_on=opens_on))
    _remember(asked.recalled, asked.key(kept, opens_on), verdict)
    return verdict


def _remember(held: dict[Any, Any], key: Any, value: Any) -> None:
    if len(held) >= _REMEMBERED:
        with suppress(KeyError, RuntimeError):  # another thread was quicker
            del held[next(iter(held))]
    held[key] = value


def _plan(profile: Profile) -> _Plan:
    known = _plans.get(id(profile))
    if known is None or known.profile is not profile:
        filled = {
            id_: filled_names(cast(Hashable, type(required.requirement)))
            for id_, required in profile.requirements.items()
        }
        asked = (
            _Asked(check.id, check, "opens_on" in names, "observed_on" in names)
            for check in checks.ALL
            if (names := filled.get(check.id)) is not None and "agent" in check.seen_from
        )
        known = _Plan(profile, tuple(asked))
        while len(_plans) >= _PLANS:
            _plans.pop(next(iter(_plans)), None)
        _plans[id(profile)] = known
    return known


def same_on(facts: Mapping[str, bytes | None], profile: Profile, opens_on: date | None, days: Iterable[int]) -> bool:
    """Tell whether facts give the very same verdicts, whichever of these days (since 1970) they were observed on."""
    first, *others = sorted(set(days))

    def on(asked: _Asked, raw: bytes, day: int) -> Verdict:
        kept = Kept(observed_at=day * DAY_S, facts=raw)
        return asked.recalled.get(asked.key(kept, opens_on)) or _alone(asked, kept, profile, opens_on)

    return all(
        on(asked, raw, first) == on(asked, raw, day)
        for day in others
        for asked in _plan(profile).asked
        if asked.by_day and (raw := facts.get(asked.id)) is not None
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

"""What do a workstation's kept facts mean under its school's profile? Pure."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

import checks
from checks.decide import decide, remedy_of, workstation_outcome
from checks.model import NOT_JUDGED, Context, Observation, Outcome, Tier
from checks.profile import Profile
from collector.facts import Facts, Kept
from collector.findings import Found, found_in
from collector.tally import Seen

log = logging.getLogger(__name__)

_READ: Final = {check.id: msgspec.json.Decoder(check.facts) for check in checks.ALL}
"""Reads the kept facts of each check into the very class its judge takes; they were validated when they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Where a workstation stands."""

    outcome: Outcome | None  # None: no profile judges it
    observed_at: int  # oldest of the facts its outcome rests on
    found: tuple[Found, ...] = ()


def judge(facts: Facts, profile: Profile | None, opens_on: date | None) -> Judged:
    """Judge facts (at least one) for a school; without a profile there is no outcome."""
    known = {check_id: kept for check_id, kept in facts.items() if check_id in checks.BY_ID}
    oldest = min(kept.observed_at for kept in (known or facts).values())
    if profile is None or not known:
        return Judged(outcome=None, observed_at=oldest)
    observed = {check_id: observation(check_id, kept) for check_id, kept in known.items()}
    verdicts = decide(observed, profile, Context(opens_on=opens_on))
    required = [kept.observed_at for check_id, kept in known.items() if check_id in profile.requirements]
    return Judged(
        outcome=workstation_outcome(verdicts, profile),
        observed_at=min(required, default=oldest),
        found=found_in(verdicts),
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

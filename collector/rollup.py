"""How do the workstations of a school add up to the school?

Pure: the same workstations, in any order, give the same answer. Only measured ones decide.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import checks
from checks.model import Outcome, worst
from checks.profile import SchoolRule
from collector.reasons import NO_PROFILE, judge
from collector.tally import Cause, Counts, Station, Tally, share

_CATALOGUE: Final = {check.id: place for place, check in enumerate(checks.ALL)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolReadiness:
    """Where the school stands."""

    outcome: Outcome
    reason: str  # one French sentence or two
    counts: Counts
    causes: tuple[Cause, ...]  # those of the site first, then by workstations


def roll_up(stations: Iterable[Station], *, expected: int | None, rule: SchoolRule | None) -> SchoolReadiness:
    """Sum a school up from its workstations (see `conclude`)."""
    tally = Tally()
    for station in stations:
        tally.add(share(station))
    return conclude(tally, expected=expected, rule=rule)


def conclude(tally: Tally, *, expected: int | None, rule: SchoolRule | None) -> SchoolReadiness:
    """Say where a school stands. `expected`: workstations it should have; None when nobody said.

    `rule` is None when no profile serves the school: nothing can then be judged.
    """
    counts = Counts(**tally.counts)
    if rule is None:
        return SchoolReadiness(outcome=Outcome.UNMEASURED, reason=NO_PROFILE, counts=counts, causes=())
    causes = _causes(tally, counts.measured, expected, rule)
    site = next((c for c in causes if c.of_site and c.outcome is Outcome.BLOCKED), None)
    outcome, reason = judge(counts, site, expected, rule)
    return SchoolReadiness(outcome=outcome, reason=reason, counts=counts, causes=causes)


def _causes(tally: Tally, measured: int, expected: int | None, rule: SchoolRule) -> tuple[Cause, ...]:
    """Give each cause its worst outcome, and tell those of the site."""
    causes = []
    for key, by_outcome in tally.causes.items():
        having = {outcome: number for outcome, number in by_outcome.items() if number}
        if not having:
            continue
        outcome = worst(having)
        of_site = key[0].startswith("network.") and outcome is not Outcome.UNMEASURED
        causes.append(
            Cause(
                check_id=key[0],
                cause=key[1],
                outcome=outcome,
                role=tally.roles[key],
                workstations=sum(having.values()),
                of_site=of_site and _shared(having[outcome], measured, expected, rule),
            )
        )
    return tuple(sorted(causes, key=lambda c: (not c.of_site, -c.workstations, _CATALOGUE.get(c.check_id, 0), c.cause)))


def _shared(number: int, measured: int, expected: int | None, rule: SchoolRule) -> bool:
    """Tell whether so many workstations make a cause the school's: never a single one, unless it has no other."""
    return number * 100 >= measured * rule.site_percent and (number >= 2 or expected == 1)

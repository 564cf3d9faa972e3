"""Where does one school stand, why, workstation by workstation, and what must each actor do?"""

from collections import Counter
from datetime import UTC, datetime
from typing import Final, get_args

from sqlmodel import Session

import checks
from checks.actors import DEFAULT_ACTORS
from checks.model import Outcome
from checks.profile import Profile, SchoolRule
from collector.actions import actions
from collector.answers import (
    CauseCount,
    FindingAnswer,
    ProfileUse,
    RequiredAnswer,
    SchoolCounts,
    SchoolName,
    SchoolReadiness,
    ServiceAnswer,
    Standing,
    StationAnswer,
    WorkstationCounts,
)
from collector.freshness import day_of, fresh_until
from collector.rollup import roll_up
from collector.store.egress import lines_of
from collector.store.generations import serving
from collector.store.stations import Held, stations_of
from collector.store.summaries import as_of
from collector.store.throughput import run_of
from collector.tables import School
from collector.tally import Counts, Station, standing

_SHOWN: Final = ("active", "pending", "quarantined")


def school_readiness(session: Session, uai: str, now: int) -> SchoolReadiness | None:
    """Add one school up from its workstations, at `now` (seconds since 1970 UTC); None when there is no such school."""
    school = session.get(School, uai)
    if school is None:
        return None
    gen = serving(session).of(school.profile_id)
    profile = gen.profile
    rule = profile.school if profile else None
    held = [h for h in stations_of(session, {uai: gen}).get(uai, ()) if h.station.state in _SHOWN]
    stations = [h.station for h in held]
    found = roll_up(stations, expected=school.expected_workstations, rule=rule)
    measured = [s for s in stations if _standing(s) == "measured"]
    blocked = Counter((c.check_id, c.cause) for s in measured for c in s.causes if c.outcome is Outcome.BLOCKED)
    return SchoolReadiness(
        school=_name(school),
        as_of=as_of(session, now),
        profiles=(ProfileUse(id=profile.id, version=profile.version, schools=1),) if profile else (),
        schools=SchoolCounts.model_validate({"total": 1, **{o.value: int(o is found.outcome) for o in Outcome}}),
        workstations=_counts(found.counts, school.expected_workstations),
        causes=tuple(
            CauseCount(
                check=c.check_id,
                cause=c.cause,
                actor=DEFAULT_ACTORS[c.role],
                schools=1,
                workstations=c.workstations,
                blocked=blocked[c.check_id, c.cause],
            )
            for c in found.causes
        ),
        capacity=_capacity(session, school, rule, now),
        lines=lines_of(session, uai),
        outcome=found.outcome,
        reason=found.reason,
        stations=tuple(_station(h) for h in held),
        actions=actions(found.causes, measured),
        required=_required(profile),
        services=_services(profile),
    )


def _capacity(session: Session, school: School, rule: SchoolRule | None, now: int) -> int | None:
    """Return how many pupils the line serves at once, by its latest run; None when that is too old or unknown."""
    run = run_of(session, school.uai)
    if run is None or rule is None or not rule.kbps_per_pupil:
        return None
    if fresh_until(run.observed_at, rule.freshness_days, school.academie_code) < day_of(now):
        return None
    return run.down_kbps // rule.kbps_per_pupil


def _name(school: School) -> SchoolName:
    return SchoolName(
        uai=school.uai,
        name=school.name,
        commune=school.commune_name,
        sector=school.sector,
        is_open=school.is_open,
        wave=school.wave,
        opens_on=school.opens_on,
    )


def _required(profile: Profile | None) -> tuple[RequiredAnswer, ...]:
    """Return what the profile requires of workstations, as the catalogue goes; what only a browser shows is apart."""
    asked = profile.requirements if profile else {}
    here = (check for check in checks.ALL if check.id in asked and "agent" in check.seen_from)
    return tuple(RequiredAnswer(id=c.id, title=c.title, tier=asked[c.id].tier) for c in here)


def _services(profile: Profile | None) -> tuple[ServiceAnswer, ...]:
    return tuple(
        ServiceAnswer(name=s.name, title=s.title, endpoints=tuple(f"{e.host}:{e.port}" for e in s.endpoints))
        for s in (profile.services if profile else ())
    )


def _counts(counts: Counts, expected: int | None) -> WorkstationCounts:
    return WorkstationCounts(
        expected=expected,
        schools_without_expected=int(expected is None),
        measured=counts.measured,
        stale=counts.stale,
        pending=counts.pending,
        ready=counts.ready,
        at_risk=counts.at_risk,
        blocked=counts.blocked,
        unmeasured=counts.unmeasured,
    )


def _standing(station: Station) -> Standing:
    where = standing(station)
    if where is None:
        return "silent"
    return next((known for known in get_args(Standing) if known == where), "measured")


def _station(held: Held) -> StationAnswer:
    station = held.station
    return StationAnswer(
        id=station.id,
        tag=station.tag,
        place=station.place,
        evidence=station.evidence,
        standing=_standing(station),
        outcome=station.outcome,
        observed_at=None if station.observed_at is None else _instant(station.observed_at),
        findings=tuple(
            FindingAnswer(
                check=f.check_id,
                subject=f.subject,
                outcome=Outcome(f.outcome),
                cause=f.cause,
                sentence=f.sentence,
                because_of=f.because_of,
            )
            for f in held.findings
        ),
    )


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)

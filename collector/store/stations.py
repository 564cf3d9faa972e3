"""Which workstations does a school have, how were they judged, and what was found on them?"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

import checks
from checks.decide import remedy_of
from checks.model import NOT_JUDGED, Outcome, Tier
from checks.profile import Profile
from collector.rollup import Seen, Station
from collector.tables import Finding, Workstation, WorkstationKey

AT_ONCE: Final = 500
"""Most values in one IN (…): databases bound how many a statement may carry."""

_ORDER: Final = {check.id: place for place, check in enumerate(checks.ALL)}
_STRONGEST: Final = ("active", "pending", "quarantined", "revoked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One workstation of a school, with every finding that matters under its profile, in the catalogue's order."""

    station: Station
    findings: tuple[Finding, ...]


def stations_of(session: Session, profiles: Mapping[str, Profile | None]) -> dict[str, list[Held]]:
    """Return `{uai: its workstations, by tag}` for the schools (of at most `AT_ONCE`) that have any.

    `profiles` gives the profile of each school asked for. The state of a workstation is the strongest of its keys'.
    """
    query = select(Workstation).where(col(Workstation.uai).in_(profiles)).order_by(Workstation.tag, Workstation.id)
    workstations = session.exec(query).all()
    states, findings = _states(session, profiles), _findings(session, profiles)
    found: dict[str, list[Held]] = defaultdict(list)
    for workstation in workstations:
        profile = profiles[workstation.uai]
        kept = tuple(f for f in findings[workstation.id] if profile is not None and _matters(f, profile))
        station = Station(
            id=workstation.id,
            tag=workstation.tag,
            place=workstation.place,
            evidence=workstation.evidence,
            state=states.get(workstation.id, "revoked"),
            outcome=None if workstation.outcome is None else Outcome(workstation.outcome),
            observed_at=workstation.observed_at,
            causes=_causes(kept),
        )
        found[workstation.uai].append(Held(station=station, findings=kept))
    return found


def _states(session: Session, uais: Collection[str]) -> dict[str, str]:
    query = (
        select(WorkstationKey.workstation_id, WorkstationKey.state)
        .join(Workstation, col(Workstation.id) == col(WorkstationKey.workstation_id))
        .where(col(Workstation.uai).in_(uais))
    )
    states: dict[str, str] = {}
    for id_, state in session.exec(query).all():
        states[id_] = min(states.get(id_, state), state, key=_STRONGEST.index)
    return states


def _findings(session: Session, uais: Collection[str]) -> dict[str, list[Finding]]:
    query = (
        select(Finding)
        .join(Workstation, col(Workstation.id) == col(Finding.workstation_id))
        .where(col(Workstation.uai).in_(uais), col(Finding.check_id).in_(_ORDER))
    )
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in session.exec(query).all():
        found[finding.workstation_id].append(finding)
    for rows in found.values():
        rows.sort(key=lambda f: (_ORDER[f.check_id], f.subject, f.cause))
    return found


def _matters(finding: Finding, profile: Profile) -> bool:
    """Leave out what nobody measured and is only recommended: it changes nothing."""
    required = profile.requirements.get(finding.check_id)
    return required is not None and (finding.outcome != Outcome.UNMEASURED or required.tier is Tier.MINIMUM)


def _causes(findings: Sequence[Finding]) -> tuple[Seen, ...]:
    return tuple(
        Seen(check_id=f.check_id, cause=f.cause, outcome=Outcome(f.outcome), role=remedy.role)
        for f in findings
        if f.cause != NOT_JUDGED and (remedy := remedy_of(f.check_id, f.cause))
    )

"""Which workstations does a school have, how were they judged, and what was found on them?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session, col, select

from checks.model import Outcome
from collector.findings import Found, unpack
from collector.judged import Finding, Verdict
from collector.judging import causes, that_matters
from collector.store.generations import Gen
from collector.tables import Workstation
from collector.tally import Share, Station, share

AT_ONCE: Final = 500
"""Most values in one IN (…): databases bound how many a statement may carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One workstation of a school, with every finding that matters under its profile, in the catalogue's order."""

    station: Station
    findings: tuple[Found, ...]


def stations_of(session: Session, gens: Mapping[str, Gen]) -> dict[str, list[Held]]:
    """Return `{uai: its workstations, by tag}` for the schools (of at most `AT_ONCE`) that have any.

    `gens` gives the generation asked of each school.
    """
    found: dict[str, list[Held]] = defaultdict(list)
    by_gen: dict[int, list[str]] = defaultdict(list)
    for uai, gen in gens.items():
        by_gen[gen.id].append(uai)
    for gen_id, uais in by_gen.items():
        rows = session.exec(judged(gen_id).where(col(Workstation.uai).in_(uais))).all()
        for workstation, verdict, finding in sorted(rows, key=lambda row: (row[0].tag, row[0].id)):
            found[workstation.uai].append(held(workstation, verdict, finding, gens[workstation.uai]))
    return found


def judged(generation: int) -> Any:
    """Select workstations with their verdict and findings under a generation, None where there is none."""
    verdict, finding = col(Verdict.workstation_id), col(Finding.workstation_id)
    return (
        select(Workstation, Verdict, Finding)
        .outerjoin(Verdict, (verdict == col(Workstation.id)) & (col(Verdict.generation) == generation))
        .outerjoin(Finding, (finding == col(Workstation.id)) & (col(Finding.generation) == generation))
    )


def held(workstation: Workstation, verdict: Verdict | None, finding: Finding | None, gen: Gen) -> Held:
    """Put together what is kept of a workstation."""
    kept = that_matters(unpack(finding.found), gen.profile) if finding and gen.profile else ()
    station = Station(
        id=workstation.id,
        tag=workstation.tag,
        place=workstation.place,
        evidence=workstation.evidence,
        state=workstation.state,
        outcome=Outcome(verdict.outcome) if verdict and verdict.outcome else None,
        observed_at=verdict.observed_at if verdict else None,
        is_stale=bool(verdict and verdict.is_stale),
        causes=causes(kept),
    )
    return Held(station=station, findings=kept)


def shares_of(session: Session, gens: Mapping[str, Gen]) -> dict[str, list[Share]]:
    """Return what each workstation of these schools adds to it, by UAI."""
    return {uai: [share(h.station) for h in held] for uai, held in stations_of(session, gens).items()}

"""Is what is kept by difference what a full recount says? Finds every difference, and can put it right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from collector.facts import unpack
from collector.findings import unpack as unpack_findings
from collector.judged import Finding, SchoolState, Verdict, WorkstationFacts
from collector.judging import judge
from collector.rollup import conclude
from collector.store.counters import causes_of, move, tally_of
from collector.store.generations import Serving, serving
from collector.store.laid_out import ground_of, stations
from collector.store.readiness import differences, lock
from collector.store.standing import strongest
from collector.tables import School, Workstation

_STATE = SchoolState.__table__  # type: ignore[attr-defined]
_VERDICT = Verdict.__table__  # type: ignore[attr-defined]
_FINDING = Finding.__table__  # type: ignore[attr-defined]
_SCHOOL = School.__table__  # type: ignore[attr-defined]
_PC = Workstation.__table__  # type: ignore[attr-defined]
_FACTS = WorkstationFacts.__table__  # type: ignore[attr-defined]
BATCH = 300
"""Schools counted in one look at the database."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is not what it should be."""

    subject: str  # UAI, or id of a workstation
    problem: str  # French


def all_schools(session: Session) -> list[str]:
    """Return the UAI of every school, in order."""
    return list(session.execute(select(_SCHOOL.c.uai).order_by(_SCHOOL.c.uai)).scalars().all())


def wrong_in(session: Session, uais: Sequence[str], *, judging: bool) -> Iterator[Wrong]:
    """Yield what is wrong in some schools; with `judging`, facts are judged again too. One snapshot of the database."""
    found = serving(session)
    for (generation, uai), tally in differences(session, uais, found).tallies.items():
        parts = [f"{name} {number:+}" for name, number in tally.counts.items() if number]
        parts += [f"{c}.{n} {o.value} {x:+}" for (c, n), having in tally.causes.items() for o, x in having.items() if x]
        is_to_come = found.pending is not None and generation == found.pending.id and uai > found.pending.cursor
        if parts and not is_to_come:
            yield Wrong(uai, f"le recomptage diffère (génération {generation}) : {', '.join(parts)}")
    yield from _wrong_conclusions(session, uais, found)
    yield from _wrong_states(session, uais)
    if judging:
        yield from _wrong_verdicts(session, uais, found)


def _wrong_conclusions(session: Session, uais: Sequence[str], found: Serving) -> Iterator[Wrong]:
    query = (
        select(_STATE, _SCHOOL.c.expected_workstations, _SCHOOL.c.profile_id)
        .join(_SCHOOL, _SCHOOL.c.uai == _STATE.c.uai)
        .where(_STATE.c.uai.in_(uais))
    )
    rows = session.execute(query).all()
    causes = causes_of(session, [(row.generation, row.uai) for row in rows])
    for row in rows:
        gen = next((gen for gen in found.all_of(row.profile_id) if gen.id == row.generation), None)
        if gen is None:
            continue
        kept = causes.get((row.generation, row.uai), [])
        rule = gen.profile.school if gen.profile else None
        said = conclude(tally_of(row, kept), expected=row.expected_workstations, rule=rule)
        if (said.outcome.value, said.reason) != (row.outcome, row.reason):
            yield Wrong(row.uai, f"l'état gardé est « {row.outcome} », les comptes disent « {said.outcome.value} »")
        if {(c.check_id, c.cause) for c in said.causes if c.of_site} != {
            (c.check_id, c.cause) for c in kept if c.of_site
        }:
            yield Wrong(row.uai, "les causes communes gardées ne sont pas celles que disent les comptes")


def _wrong_states(session: Session, uais: Sequence[str]) -> Iterator[Wrong]:
    pcs = session.execute(select(_PC.c.id, _PC.c.state).where(_PC.c.uai.in_(uais))).all()
    states = strongest(session, [pc.id for pc in pcs])
    for pc in pcs:
        expected = states.get(pc.id)
        if expected is not None and pc.state not in (expected, "retired"):
            yield Wrong(pc.id, f"le poste est « {pc.state} », ses clés disent « {expected} »")


def _wrong_verdicts(session: Session, uais: Sequence[str], found: Serving) -> Iterator[Wrong]:
    profiles = dict(session.execute(select(_SCHOOL.c.uai, _SCHOOL.c.profile_id).where(_SCHOOL.c.uai.in_(uais))).all())
    ground = ground_of(session, uais)
    opens_on = {school.uai: school.opens_on for school in ground.schools}
    for pc in stations(ground):
        facts = unpack(pc.kept, moved_s=pc.moved_s) if pc.kept is not None else {}
        for gen in found.all_of(profiles[pc.uai]) if facts else ():
            key = (_VERDICT.c.generation == gen.id) & (_VERDICT.c.workstation_id == pc.id)
            row = session.execute(select(_VERDICT).where(key)).first()
            if row is None:
                if found.pending is None or gen.id != found.pending.id:
                    yield Wrong(pc.id, "ses faits ne sont pas jugés")
                continue
            kept = session.execute(
                select(_FINDING.c.found).where(_FINDING.c.generation == gen.id, _FINDING.c.workstation_id == pc.id)
            ).scalar()
            said = judge(facts, gen.profile, opens_on[pc.uai])
            outcome = said.outcome.value if said.outcome else None
            if (row.outcome, row.observed_at) != (outcome, said.observed_at) or unpack_findings(kept) != said.found:
                yield Wrong(pc.id, f"jugé « {row.outcome} », ses faits disent « {outcome} »")


def put_right(session: Session, uais: Sequence[str], now: int) -> int:
    """Write what a recount says of some schools; returns how many differed."""
    found = serving(session)
    lock(session, uais, found, now)
    moves = differences(session, uais, found)
    wrong = {uai for (_, uai), tally in moves.tallies.items() if not tally.is_nothing}
    move(session, moves, found, now, "person")
    return len(wrong)

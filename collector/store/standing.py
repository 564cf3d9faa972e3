"""Where does each workstation stand, and how does anything that changes it move its school's counters?

Whatever changes a workstation (its state, its school, its verdicts) does so inside `moving`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import delete, literal, union, update
from sqlmodel import Session, col, select

from collector.facts import Facts, merge, unpack
from collector.facts import pack as pack_facts
from collector.findings import pack
from collector.judged import Finding, Generation, Verdict, WorkstationFacts
from collector.judging import Judged, judge
from collector.store.counters import Moves, Why, move
from collector.store.generations import NO_PROFILE, Serving, serving
from collector.store.many import upsert
from collector.store.stations import AT_ONCE, held, judged
from collector.store.throughput import elect, run_in
from collector.store.verdicts import verdict_row
from collector.tables import School, Workstation, WorkstationKey
from collector.tally import Share, share

_STRONGEST: Final = ("active", "pending", "quarantined", "revoked")
_GENERATIONS: Final[Any] = union(select(Generation.id), select(literal(NO_PROFILE)))
"""Every generation: verdicts are keyed by it first, and found by workstation only with it."""
_Shares = Mapping[str, tuple[str, Mapping[int, Share]]]
"""By workstation: its school, and what it adds to it under each generation."""


@contextmanager
def moving(session: Session, workstation_ids: Collection[str], now: int, why: Why) -> Iterator[Serving]:
    """Change workstations (of at most `AT_ONCE`) in this block, and their schools move by the difference."""
    ids = sorted(set(workstation_ids))
    session.flush()
    session.exec(select(Workstation.id).where(col(Workstation.id).in_(ids)).order_by(Workstation.id).with_for_update())
    found = serving(session)
    before = _shares(session, ids, found)
    yield found
    session.flush()
    after = _shares(session, ids, found)
    moves = Moves()
    for id_ in ids:
        for uai, by_gen, times in ((*before.get(id_, ("", {})), -1), (*after.get(id_, ("", {})), 1)):
            for gen, one in by_gen.items():
                moves.of(gen, uai).add(one, times)
    moves.tallies = {key: tally for key, tally in moves.tallies.items() if not tally.is_nothing}
    move(session, moves, found, now, why)


def _shares(session: Session, ids: Sequence[str], serving_now: Serving) -> _Shares:
    profiles = dict(
        session.exec(
            select(Workstation.id, School.profile_id)
            .join(School, col(School.uai) == col(Workstation.uai))
            .where(col(Workstation.id).in_(ids))
        ).all()
    )
    gens = {id_: serving_now.all_of(profile_id) for id_, profile_id in profiles.items()}
    found: dict[str, tuple[str, dict[int, Share]]] = {}
    for gen in {gen.id: gen for some in gens.values() for gen in some}.values():
        theirs = [id_ for id_, some in gens.items() if gen in some]
        query = judged(gen.id).where(col(Workstation.id).in_(theirs)).execution_options(populate_existing=True)
        for workstation, verdict, finding in session.exec(query).all():
            _, by_gen = found.setdefault(workstation.id, (workstation.uai, {}))
            by_gen[gen.id] = share(held(workstation, verdict, finding, gen).station)
    return found


def restate(session: Session, workstation_ids: Collection[str], now: int, why: Why = "person") -> None:
    """Give workstations the state of the strongest of their keys, after any key changed; retired ones stay so."""
    with moving(session, workstation_ids, now, why):
        states = strongest(session, workstation_ids)
        for workstation in session.exec(select(Workstation).where(col(Workstation.id).in_(workstation_ids))).all():
            if workstation.state != "retired":
                workstation.state = states.get(workstation.id, "revoked")


def strongest(session: Session, workstation_ids: Collection[str]) -> dict[str, str]:
    """Return the state of the strongest key of each workstation that has any."""
    states: dict[str, str] = {}
    keys = select(WorkstationKey.workstation_id, WorkstationKey.state)
    for id_, state in session.exec(keys.where(col(WorkstationKey.workstation_id).in_(workstation_ids))).all():
        states[id_] = min(states.get(id_, state), state, key=_STRONGEST.index)
    return states


def rejudge_without(session: Session, workstation_id: str, family: str, found: Serving, now: int) -> None:
    """Let go of a workstation's facts of one family of checks, and judge what is left, for its school as it is now."""
    last, _ = _last_reports(session, [workstation_id]).get(workstation_id, (now, b""))
    facts = {id_: one for id_, one in facts_of(session, workstation_id).items() if not id_.startswith(f"{family}.")}
    _let_go(session, [workstation_id])  # verdicts of another profile too
    session.expire_all()
    if facts:
        row = {"workstation_id": workstation_id, "measured_at": last, "kept": pack_facts(facts)}
        upsert(session, WorkstationFacts, [row])
        _judge(session, [workstation_id], found, now, anew=True)


def _let_go(session: Session, ids: Collection[str]) -> None:
    """Take away the facts of workstations, and what every generation said of them."""
    session.exec(delete(WorkstationFacts).where(col(WorkstationFacts.workstation_id).in_(ids)))
    for table in (Verdict, Finding):
        session.exec(delete(table).where(col(table.generation).in_(_GENERATIONS), col(table.workstation_id).in_(ids)))


def forget(session: Session, workstation_ids: Collection[str], now: int) -> None:
    """Erase all that is kept of workstations: facts, verdicts, findings, keys, themselves; counters follow."""
    with moving(session, workstation_ids, now, "person"):
        said_to_be = update(Workstation).where(col(Workstation.replaces).in_(workstation_ids))
        session.exec(said_to_be.values(replaces=None))
        _let_go(session, workstation_ids)
        session.exec(delete(WorkstationKey).where(col(WorkstationKey.workstation_id).in_(workstation_ids)))
        session.exec(delete(Workstation).where(col(Workstation.id).in_(workstation_ids)))
        session.expire_all()


def judge_again(session: Session, workstation_ids: Collection[str], now: int, why: Why) -> None:
    """Judge the kept facts of workstations (of at most `AT_ONCE`) under every generation that their school has."""
    with moving(session, workstation_ids, now, why) as found:
        _judge(session, workstation_ids, found, now)


def judge_schools(session: Session, uais: Collection[str], now: int, why: Why) -> None:
    """Do the same for every workstation of some schools."""
    query = select(Workstation.id).where(col(Workstation.uai).in_(uais)).order_by(Workstation.id)
    ids = session.exec(query).all()
    for start in range(0, len(ids), AT_ONCE):
        judge_again(session, ids[start : start + AT_ONCE], now, why)


def _judge(session: Session, ids: Collection[str], found: Serving, now: int, *, anew: bool = False) -> None:
    """Judge kept facts; `anew`: they are not those of the last report any more."""
    query = (
        select(WorkstationFacts, School)
        .join(Workstation, col(Workstation.id) == col(WorkstationFacts.workstation_id))
        .join(School, col(School.uai) == col(Workstation.uai))
        .where(col(WorkstationFacts.workstation_id).in_(ids))
        .order_by(WorkstationFacts.workstation_id)
    )
    known = _last_reports(session, ids)
    for kept, school in session.exec(query).all():
        _let_others_go(session, kept.workstation_id, [gen.id for gen in found.all_of(school.profile_id)])
        last, report_hash = known.get(kept.workstation_id, (0, b""))
        measured_at = kept.measured_at if anew else max(last, kept.measured_at)
        facts = unpack(kept.kept, moved_s=measured_at - kept.measured_at)
        for gen in found.all_of(school.profile_id):
            said = judge(facts, gen.profile, school.opens_on)
            row = verdict_row(
                gen,
                kept.workstation_id,
                school.academie_code,
                said,
                measured_at=measured_at,
                report_hash=b"" if anew else report_hash,
                now=now,
            )
            _keep_verdict(session, row, said)


def _let_others_go(session: Session, workstation_id: str, serving_ids: Collection[int]) -> None:
    """Take away what generations that judge a workstation no more said of it: no report to come moves their dates."""
    for table in (Verdict, Finding):
        mine = (col(table.generation).in_(_GENERATIONS), col(table.workstation_id) == workstation_id)
        session.execute(delete(table).where(*mine, col(table.generation).not_in(serving_ids)))


def _last_reports(session: Session, ids: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Return when each workstation last reported, and the hash of that report, whatever the generation says of it."""
    query = select(Verdict.workstation_id, Verdict.measured_at, Verdict.report_hash)
    found: dict[str, tuple[int, bytes]] = {}
    mine = query.where(col(Verdict.generation).in_(_GENERATIONS), col(Verdict.workstation_id).in_(ids))
    for id_, measured_at, report_hash in session.exec(mine).all():
        found[id_] = max(found.get(id_, (0, b"")), (measured_at, report_hash))
    return found


def _keep_verdict(session: Session, row: dict[str, Any], said: Judged) -> None:
    upsert(session, Verdict, [row])
    named = {name: row[name] for name in ("generation", "workstation_id")}
    if said.found:
        upsert(session, Finding, [named | {"found": pack(said.found)}])
    else:
        mine = (col(getattr(Finding, name)) == value for name, value in named.items())
        session.execute(delete(Finding).where(*mine))


def take_facts(session: Session, workstation_id: str, new: Facts, now: int) -> None:
    """Keep what a workstation newly reported, and judge it again; facts older than those held change nothing."""
    with moving(session, [workstation_id], now, "report") as found:
        merged = merge(facts_of(session, workstation_id), new, now)
        last, _ = _last_reports(session, [workstation_id]).get(workstation_id, (0, b""))
        moments = [one.observed_at for one in new.values()]
        measured_at = max((last, *moments) if last <= now else moments, default=now)
        row = {"workstation_id": workstation_id, "measured_at": measured_at, "kept": pack_facts(merged)}
        upsert(session, WorkstationFacts, [row])
        session.expire_all()
        if merged:
            _judge(session, [workstation_id], found, now, anew=True)
        workstation = session.get_one(Workstation, workstation_id)
        run = run_in(workstation.uai, workstation_id, new) if workstation.state == "active" else None
        elect(session, [run] if run else [], now)


def facts_of(session: Session, workstation_id: str) -> Facts:
    """Return what is known of a workstation, by check id, with the dates of its last report."""
    kept = session.get(WorkstationFacts, workstation_id)
    if kept is None:
        return {}
    measured_at, _ = _last_reports(session, [workstation_id]).get(workstation_id, (kept.measured_at, b""))
    return unpack(kept.kept, moved_s=measured_at - kept.measured_at)

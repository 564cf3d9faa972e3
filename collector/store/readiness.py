"""Where does each school stand? Counted again whole, where a difference is not enough; and what time alone changes."""

from collections.abc import Collection, Iterable, Sequence

from sqlmodel import Session, col, select, update

from collector.judged import SchoolState
from collector.store.counters import Moves, Why, causes_of, lock_states, move, tally_of
from collector.store.generations import Serving, serving
from collector.store.stations import AT_ONCE, shares_of
from collector.tables import School
from collector.tally import Tally


def refresh_school(session: Session, uai: str, now: int, why: Why = "person") -> None:
    """Count one school again whole, after anything about it changed. An unknown UAI is a KeyError."""
    if session.get(School, uai) is None:
        raise KeyError(uai)
    refresh_schools(session, [uai], now, why)


def refresh_schools(session: Session, uais: Iterable[str], now: int, why: Why = "person") -> None:
    """Count many schools again whole; those that do not exist are passed over. `now` is in seconds since 1970 UTC."""
    session.flush()
    found, ordered = serving(session), sorted(set(uais))
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        lock(session, some, found, now)
        move(session, differences(session, some, found), found, now, why)
        # Whoever keeps sums of schools is to read this one again, whatever of it changed.
        session.execute(update(SchoolState).where(col(SchoolState.uai).in_(some)).values(as_of=now))


def lock(session: Session, uais: Sequence[str], found: Serving, now: int) -> None:
    """Let no other writer move some schools until this one ends: a recount sees all that moved them, or nothing."""
    named = session.exec(select(School.uai, School.profile_id).where(col(School.uai).in_(uais)).order_by(School.uai))
    lock_states(session, [(gen.id, uai) for uai, profile_id in named.all() for gen in found.all_of(profile_id)], now)


def differences(session: Session, uais: Sequence[str], found: Serving) -> Moves:
    """Return what a recount of some schools (at most `AT_ONCE`) differs from what is kept, each school named."""
    profiles = dict(session.exec(select(School.uai, School.profile_id).where(col(School.uai).in_(uais))).all())
    moves = Moves()
    for gen in (*found.current.values(), found.default, *filter(None, (found.pending,))):
        theirs = {uai: gen for uai, named in profiles.items() if gen in found.all_of(named)}
        if not theirs or any((gen.id, uai) in moves.tallies for uai in theirs):
            continue
        shares = shares_of(session, theirs)
        kept = kept_tallies(session, gen.id, theirs)
        for uai in theirs:
            tally = moves.of(gen.id, uai)
            for one in shares.get(uai, ()):
                tally.add(one)
            subtract(tally, kept.get(uai, Tally()))
    return moves


def kept_tallies(session: Session, generation: int, uais: Collection[str]) -> dict[str, Tally]:
    """Return what is kept of some schools under a generation, by UAI."""
    table = SchoolState.__table__  # type: ignore[attr-defined]
    rows = session.execute(select(table).where(table.c.generation == generation, table.c.uai.in_(uais))).all()
    causes = causes_of(session, [(generation, uai) for uai in uais])
    return {row.uai: tally_of(row, causes.get((generation, row.uai), ())) for row in rows}


def subtract(tally: Tally, kept: Tally) -> None:
    """Take what is kept away from a tally."""
    for name, number in kept.counts.items():
        tally.counts[name] = tally.counts.get(name, 0) - number
    for key, having in kept.causes.items():
        tally.roles.setdefault(key, kept.roles[key])
        mine = tally.causes.setdefault(key, {})
        for outcome, number in having.items():
            mine[outcome] = mine.get(outcome, 0) - number

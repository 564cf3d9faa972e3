"""How does a database come to hold a simulated nation? By the imports an operator runs, then in lots.

Workstations are made known, judged and counted as if each had enrolled and reported: with the same judgement and the
same counters by difference, only many in one transaction.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from checks import wire
from checks.profile import Profile
from collector import facts, findings, school_files
from collector.facts import Kept
from collector.freshness import day_of, fresh_until
from collector.judged import Finding, Verdict, WorkstationFacts
from collector.judging import Judged, causes, judge, that_matters
from collector.refusals import Told
from collector.simulator.fleet import Flavour, Pc
from collector.simulator.nation import SimSchool, assignment_csv, directory_csv, draw
from collector.store import Session, many
from collector.store.counters import Moves, move
from collector.store.engine import Store
from collector.store.generations import serving
from collector.store.known_schools import is_empty
from collector.tables import Workstation, WorkstationKey
from collector.tally import Share, Station, share

LOT: Final = 5_000
"""Workstations written in one transaction."""
STALE_PERCENT: Final = 3
_LONG_AGO_S: Final = 70 * 86_400
_A_DAY_S: Final = 86_400
Progress = Callable[[int, int], None]


class NotEmpty(Told, ValueError):
    """A database that holds schools already; the message says what to do, in French."""


def import_schools(store: Store, schools: Sequence[SimSchool], folder: Path) -> float:
    """Import the schools and what is expected of them, as an operator would; returns the seconds of the directory."""
    spent = []
    for name, text in (("annuaire.csv", directory_csv(schools)), ("attribution.csv", assignment_csv(schools))):
        path = folder / f"simule-{name}"
        path.write_text(text, encoding="utf-8")
        began = time.monotonic()
        school_files.take(store, path, int(time.time()), sure=True)
        spent.append(time.monotonic() - began)
        path.unlink()
    return spent[0]


def require_empty(store: Store) -> None:
    """Raise `NotEmpty` where there are schools: invented ones must never join real ones."""
    with store.reading() as session:
        if not is_empty(session):
            raise NotEmpty("cette base contient déjà des écoles : la simulation n'écrit que dans une base vide")


def enrol(store: Store, fleet: Sequence[Pc], progress: Progress = lambda *_: None) -> None:
    """Make workstations known with their keys, as if each had used its school's code; nothing is reported yet."""
    now, done = int(time.time()), 0
    for lot in lots(fleet, LOT):
        store.write(lambda session, lot=lot: _enrol(session, lot, now))  # type: ignore[misc]
        done += len(lot)
        progress(done, len(fleet))


def fill(store: Store, fleet: Sequence[Pc], kinds: Sequence[Flavour], progress: Progress = lambda *_: None) -> None:
    """Make workstations known, each with one report of the last day (a few of long ago), judged and counted."""
    now, done = int(time.time()), 0
    brought: dict[tuple[str, int], _Brought] = {}
    for lot in lots(fleet, LOT):
        store.write(lambda session, lot=lot: _fill(session, lot, kinds, brought, now))  # type: ignore[misc]
        done += len(lot)
        progress(done, len(fleet))


def lots(fleet: Iterable[Pc], size: int) -> Iterator[list[Pc]]:
    """Cut a fleet into lots."""
    left = iter(fleet)
    while lot := list(islice(left, size)):
        yield lot


def _enrol(session: Session, lot: Sequence[Pc], now: int, evidence: str = "") -> None:
    workstations, keys = [], []
    for pc in lot:
        public_key = pc.key.verify_key.encode()
        id_, key_id = pc.workstation_id, wire.key_id(public_key)
        who = {"id": id_, "uai": pc.school.uai, "tag": pc.tag, "place": pc.place, "evidence": evidence}
        workstations.append(_WORKSTATION | who)
        keys.append(_KEY | {"key_id": key_id, "workstation_id": id_, "public_key": public_key, "enrolled_at": now})
    many.add(session, Workstation, workstations)
    many.add(session, WorkstationKey, keys)


_WORKSTATION: Final = Workstation(id="", uai="", tag="", place="").model_dump()
_KEY: Final = WorkstationKey(key_id="", workstation_id="", public_key=b"", state="active", enrolled_at=0).model_dump()


@dataclass(frozen=True, slots=True)
class _Brought:
    """What one flavour seen on a day comes to under the profile in force: written for each of its workstations."""

    kept: bytes
    judged: Judged
    found: bytes | None
    share: Share


def _bring(kind: Flavour, profile: Profile | None, now: int, at: int, *, is_stale: bool) -> _Brought:
    kept = {
        id_: Kept(observed_at=now, facts=wire.to_json(one["facts"]) if "facts" in one else None, fault=one.get("fault"))
        for id_, one in kind.found.items()
    }
    said = judge({id_: replace(one, observed_at=at) for id_, one in kept.items()}, profile, None)
    station = Station(
        id="",
        tag="",
        place="",
        evidence="agent",
        state="active",
        outcome=said.outcome,
        observed_at=at,
        is_stale=is_stale,
        causes=causes(that_matters(said.found, profile)) if profile else (),
    )
    found = findings.pack(said.found) if said.found else None
    return _Brought(facts.pack(kept), said, found, share(station))


def _fill(
    session: Session,
    lot: Sequence[Pc],
    kinds: Sequence[Flavour],
    brought: dict[tuple[str, int], _Brought],
    now: int,
) -> None:
    _enrol(session, lot, now, "agent")
    found, moves, rows = serving(session), Moves(), _Rows([], [], [])
    gen = found.of(None)
    days = gen.profile.school.freshness_days if gen.profile else 0
    for pc in lot:
        old = draw(pc.seed, "old", pc.number) % 100 < STALE_PERCENT
        at = now - draw(pc.seed, "when", pc.number) % _A_DAY_S - (_LONG_AGO_S if old else 0)
        is_stale, kind = fresh_until(at, days) < day_of(now), pc.flavour(kinds)
        one = brought.get((kind.name, day_of(at)))  # what it comes to may depend on the day
        if one is None:
            one = brought[kind.name, day_of(at)] = _bring(kind, gen.profile, now, at, is_stale=is_stale)
        verdict = {"outcome": one.judged.outcome.value if one.judged.outcome else None, "is_stale": is_stale}
        rows.add(
            pc.workstation_id, gen.id, one, now, verdict | {"observed_at": at, "fresh_until": fresh_until(at, days)}
        )
        moves.of(gen.id, pc.school.uai).add(one.share)
    many.add(session, WorkstationFacts, rows.facts)
    many.add(session, Verdict, rows.verdicts)
    many.add(session, Finding, rows.findings)
    move(session, moves, found, now, "report")


@dataclass(slots=True)
class _Rows:
    facts: list[Mapping[str, Any]]
    verdicts: list[Mapping[str, Any]]
    findings: list[Mapping[str, Any]]

    def add(self, id_: str, gen: int, one: _Brought, now: int, dates: Mapping[str, Any]) -> None:
        # Facts are held as seen `now`; the verdict's date moves them to when this workstation measured.
        named = {"generation": gen, "workstation_id": id_}
        self.facts.append({"workstation_id": id_, "measured_at": now, "kept": one.kept})
        outcome = one.judged.outcome.value if one.judged.outcome else None
        self.verdicts.append(
            {**named, **dates, "outcome": outcome, "measured_at": dates["observed_at"], "report_hash": b""}
        )
        if one.found is not None:
            self.findings.append({**named, "found": one.found})

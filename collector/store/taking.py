"""How are many reports written at once? In one transaction, and each school is moved by the difference.

Rows are taken in one order: workstations by id, then schools by UAI. A report that says again what the last one said
moves dates only, when it is certain that it would be judged the same.
"""

from collections import namedtuple
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from collector import facts, findings
from collector.facts import Kept
from collector.judged import Finding, Verdict, WorkstationFacts
from collector.store import many
from collector.store.counters import Moves, move
from collector.store.generations import Serving, serving
from collector.store.throughput import elect
from collector.tables import School, Workstation, WorkstationKey

_KEY: Final = WorkstationKey.__table__  # type: ignore[attr-defined]
_PC: Final = Workstation.__table__  # type: ignore[attr-defined]
_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FINDING: Final = Finding.__table__  # type: ignore[attr-defined]
_FACTS: Final = WorkstationFacts.__table__  # type: ignore[attr-defined]
_GENS: Final[Any] = bindparam("generations", expanding=True)

_SENDERS: Final = many.ByKey(
    select(
        _KEY,
        _PC.c.uai,
        _PC.c.state.label("standing"),
        _PC.c.evidence,
        _PC.c.egress,
        _PC.c.egress_at,
    )
    .join(_PC, _PC.c.id == _KEY.c.workstation_id)
    .order_by(_KEY.c.workstation_id, _KEY.c.key_id)
    .with_for_update(of=(_KEY, _PC)),
    _KEY.c.key_id,
)
_SCHOOLS: Final = many.ByKey(
    select(_SCHOOL.c.uai, _SCHOOL.c.profile_id, _SCHOOL.c.academie_code, _SCHOOL.c.opens_on), _SCHOOL.c.uai
)
_VERDICTS: Final = many.ByKey(
    select(_VERDICT).where(_VERDICT.c.generation.in_(_GENS)), _VERDICT.c.workstation_id, by_itself=True
)
_FINDINGS: Final = many.ByKey(
    select(_FINDING).where(_FINDING.c.generation.in_(_GENS)), _FINDING.c.workstation_id, by_itself=True
)
_KEPT: Final = many.ByKey(select(_FACTS), _FACTS.c.workstation_id)


Sender: Final[Any] = namedtuple(  # type: ignore[misc]  # its fields are columns
    "Sender", (*_SENDERS.columns, *(name for name in _SCHOOLS.columns if name != "uai"))
)
"""A key, its workstation, and what its school is judged by."""


def senders(session: Session, key_ids: Collection[str]) -> dict[str, Any]:
    """Return `Sender` by key id; no other writer changes those keys and workstations until this one ends.

    Their schools are read once they are locked: whoever changes what a school is judged by, and judges it again, may
    have held the locks that were waited for.
    """
    rows = _SENDERS.rows(session, set(key_ids))
    of_school = {uai: said for uai, *said in _SCHOOLS.rows(session, {row.uai for row in rows})}
    return {row.key_id: Sender(*row, *of_school[row.uai]) for row in rows}


@dataclass(slots=True)
class Held:
    """What is kept of some workstations, under every generation."""

    serving: Serving
    verdicts: Mapping[tuple[int, str], Any]  # by (generation, workstation id)
    _session: Session
    _last: Mapping[str, int]
    _findings: dict[str, dict[int, bytes]] = field(default_factory=dict)
    _facts: dict[str, Any] = field(default_factory=dict)

    def found(self, generation: int, id_: str) -> tuple[findings.Found, ...]:
        """Return what was found on a workstation (see `need`)."""
        return findings.unpack(self._findings.get(id_, {}).get(generation))

    def has_findings(self, generation: int, id_: str) -> bool:
        """Tell whether anything was found (see `need`)."""
        return generation in self._findings.get(id_, {})

    def facts(self, id_: str) -> dict[str, Kept]:
        """Return what is known of a workstation (see `need`), with the dates of its last report."""
        row = self._facts.get(id_)
        if row is None:
            return {}
        last = self.last_measured_at(id_) or row.measured_at
        return facts.unpack(row.kept, moved_s=last - row.measured_at)

    def last_measured_at(self, id_: str) -> int:
        """Return when the last report of a workstation was measured; 0 when it has none."""
        found: int = self._last.get(id_, 0)
        return found

    def said_last(self, sender: Any) -> bytes:
        """Return the hash of what a workstation last said, b"" when it is not known; `sender`: see `senders`."""
        verdict = self.verdicts.get((self.serving.of(sender.profile_id).id, sender.workstation_id))
        return verdict.report_hash if verdict is not None else b""

    def need(self, *, found: Collection[str], facts: Collection[str]) -> None:
        """Read the findings of some workstations, and the facts of some."""
        if found:
            for row in _FINDINGS.rows(self._session, set(found), generations=self.serving.ids):
                self._findings.setdefault(row.workstation_id, {})[row.generation] = row.found
        if facts:
            self._facts |= {row.workstation_id: row for row in _KEPT.rows(self._session, set(facts))}


def held(session: Session, workstation_ids: Collection[str]) -> Held:
    """Read where some workstations stand; they are locked already, so that no generation begun meanwhile is missed."""
    found = serving(session)
    rows = _VERDICTS.rows(session, set(workstation_ids), generations=found.ids)
    last: dict[str, int] = {}
    for row in rows:
        last[row.workstation_id] = max(last.get(row.workstation_id, 0), row.measured_at)
    return Held(
        serving=found,
        verdicts={(row.generation, row.workstation_id): row for row in rows},
        _session=session,
        _last=last,
    )


@dataclass(slots=True)
class Rows:
    """What to write, gathered over a group of reports."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    workstations: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)  # verdicts whose dates alone change
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    cleared: list[dict[str, Any]] = field(default_factory=list)  # findings that are no more
    facts: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)  # of throughput
    moves: Moves = field(default_factory=Moves)


def write(session: Session, rows: Rows, found: Serving, now: int) -> None:
    """Write a group of reports, and move their schools."""
    many.rewrite(session, WorkstationKey, ("key_id",), rows.keys)
    many.rewrite(session, Workstation, ("id",), rows.workstations)
    many.rewrite(session, Verdict, ("generation", "workstation_id"), rows.moved)
    many.remove(session, Finding, rows.cleared)
    many.upsert(session, Verdict, rows.verdicts)
    many.upsert(session, Finding, rows.findings)
    many.upsert(session, WorkstationFacts, rows.facts)
    elect(session, rows.runs, now)
    move(session, rows.moves, found, now, "report")

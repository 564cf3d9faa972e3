"""How do the workstations of a school stand, check by check? Checks down, workstations across. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from checks.model import Outcome, worst
from collector.answers import RequiredAnswer, SchoolReadiness, StationAnswer

ACROSS: Final = 25
"""Workstations that one matrix shows: a page stays readable, and under 100 kB with 500 of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One check, and its outcome on each workstation of the matrix."""

    check: RequiredAnswer
    cells: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The measured workstations of a page of the list, and the checks that are not ready on all of them."""

    stations: tuple[StationAnswer, ...]
    rows: tuple[Row, ...]
    ready: tuple[RequiredAnswer, ...]  # checks that are ready on all of them


def matrix(found: SchoolReadiness, stations: Sequence[StationAnswer]) -> Matrix | None:
    """Lay out these workstations; None when none of them is measured."""
    measured = tuple(s for s in stations if s.standing == "measured")
    if not measured:
        return None
    rows = [Row(check=c, cells=tuple(_outcome(s, c) for s in measured)) for c in found.required]
    return Matrix(
        stations=measured,
        rows=tuple(row for row in rows if set(row.cells) != {Outcome.READY}),
        ready=tuple(row.check for row in rows if set(row.cells) == {Outcome.READY}),
    )


def _outcome(station: StationAnswer, check: RequiredAnswer) -> Outcome:
    return worst(finding.outcome for finding in station.findings if finding.check == check.id)

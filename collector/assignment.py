"""What is expected of each school: how many workstations, in which wave, opening when, by which profile?

A table `uai;postes;vague;ouverture;profil`, of which any column but the first may be left out. An empty cell says
nothing (the school keeps what it has); `-` takes away what was said before.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from collector import cells
from collector.line import Line, Refused, uai
from collector.sheet import BadFile, Refusal, Sheet, open_sheet
from collector.territory import is_wave

_TITLES: Final[Mapping[str, str]] = {
    "uai": "uai",
    "expected_workstations": "postes",
    "wave": "vague",
    "opens_on": "ouverture",
    "profile_id": "profil",
}
_MOST_WORKSTATIONS: Final = 2000
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What one line says of a school. Fields but `line` are those of `collector.tables.School`; None takes away."""

    line: int
    uai: str
    expected_workstations: int | None = None
    wave: str | None = None
    opens_on: date | None = None
    profile_id: str | None = None
    unsaid: frozenset[str] = frozenset()  # fields the line does not speak of


def is_assignment(sheet: Sheet) -> bool:
    """Is this table one of expectations?"""
    return "uai" in sheet.columns and len(set(_TITLES.values()) & set(sheet.columns)) > 1


def read(path: Path) -> Iterator[Assignment | Refusal]:
    """What the table in this file says, each UAI once, and the lines that cannot be taken. BadFile if it is none."""
    return rows(open_sheet(path))


def rows(sheet: Sheet) -> Iterator[Assignment | Refusal]:
    """What this table says, each UAI once, and the lines that cannot be taken. BadFile if it is not such a table."""
    if not is_assignment(sheet):
        raise BadFile("l'en-tête attendu est uai;postes;vague;ouverture;profil (uai, et au moins une autre colonne)")
    return _rows(sheet)


def _rows(sheet: Sheet) -> Iterator[Assignment | Refusal]:
    seen: dict[str, int] = {}
    for row in sheet.rows():
        if isinstance(row, Refusal):
            yield row
            continue
        line = Line(sheet, _TITLES, *row)
        found = _assignment(line)
        first = seen.setdefault(found.uai, line.number) if isinstance(found, Assignment) else line.number
        if first == line.number:
            yield found
        else:
            yield line.refusal(
                "uai", f"cette école est déjà à la ligne {first} : n'en laisser qu'une, sans contradiction"
            )


def _assignment(line: Line) -> Assignment | Refusal:
    try:
        return Assignment(
            line=line.number,
            uai=line.needed("uai", uai),
            expected_workstations=_said(line, "expected_workstations", lambda w: cells.count(w, _MOST_WORKSTATIONS)),
            wave=_said(line, "wave", _wave),
            opens_on=_said(line, "opens_on", cells.day),
            profile_id=_said(line, "profile_id", _profile),
            unsaid=frozenset(line.unsaid),
        )
    except Refused as refused:
        return refused.refusal


def _said(line: Line, name: str, read: Callable[[str], T | None]) -> T | None:
    words = line.cell(name)
    if not words:
        line.unsaid.add(name)
    return line.needed(name, read) if words not in ("", "-") else None


def _wave(words: str) -> str:
    wave = re.sub(r"(?i)^vague\s+|[.,]0+$", "", words)
    if not is_wave(wave):
        raise cells.BadCell(
            f"« {words[:40]} » : une vague se nomme en vingt lettres, chiffres, points ou tirets au plus"
        )
    return wave


def _profile(words: str) -> str:
    if not re.fullmatch(r"[^\s/]{1,64}", words):
        raise cells.BadCell(f"« {words[:40]} » n'est pas un identifiant de profil, comme demonstration")
    return words

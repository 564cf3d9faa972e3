"""What is in an export, whatever its form? Columns with a French title and a name for programs, and rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

Cell = str | int | float | date | datetime | None
"""An instant carries its zone."""

_FORMULA: Final = re.compile(r"^[\s\ufeff]*[=+\-@\t\r|%]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    name: str  # for programs: a key of JSON
    title: str  # for people
    width: int = 12  # of a sheet, in signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An export: every row has one cell per column. Rows may come one by one from the store."""

    name: str  # of the file, without its ending
    title: str  # of the sheet
    about: tuple[tuple[str, Cell], ...]  # what the rows are about, and as of when
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what could begin one."""
    return f"'{text}" if _FORMULA.match(text) else text

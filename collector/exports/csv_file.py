"""How is a table written as CSV? For French spreadsheets, or by RFC 4180 for programs."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from collector.dates import local
from collector.exports.table import Cell, Table, defused

_LINES: Final = 500
"""Lines sent at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A way of writing CSV."""

    start: str
    separator: str
    french: bool  # decimal comma, dates as people write them, French titles


FRENCH: Final = Dialect(start="\ufeff", separator=";", french=True)
RFC4180: Final = Dialect(start="", separator=",", french=False)


def write(table: Table, dialect: Dialect) -> Iterator[bytes]:
    """Yield the file, in UTF-8; lines end with CR LF in both dialects."""
    text = io.StringIO(newline="")
    rows: Any = csv.writer(text, delimiter=dialect.separator, lineterminator="\r\n")
    text.write(dialect.start)
    rows.writerow([column.title if dialect.french else column.name for column in table.columns])
    for number, row in enumerate(table.rows, start=1):
        rows.writerow([_cell(value, dialect) for value in row])
        if number % _LINES == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written


def _cell(value: Cell, dialect: Dialect) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{local(value):%d/%m/%Y %H:%M}" if dialect.french else value.isoformat()
        case date():
            return f"{value:%d/%m/%Y}" if dialect.french else value.isoformat()
        case str():
            return defused(" ".join(value.split()) if dialect.french else value)
        case float():
            return str(value).replace(".", ",") if dialect.french else str(value)
        case _:
            return str(value)

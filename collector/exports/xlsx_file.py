"""How is a table written as a workbook? One sheet of rows, ready to filter, and one that says what they are."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from collector.dates import local
from collector.exports.table import Cell, Table

_CHUNK: Final = 64 * 1024
_MOST_SIGNS: Final = 32_000
"""A cell of a workbook holds 32,767 signs."""


def write(table: Table) -> Iterator[bytes]:
    """Yield the workbook. It is laid out on disk: a nation's schools do not fit in a request's memory."""
    with tempfile.TemporaryFile(prefix="preau-", suffix=".xlsx") as file:
        _lay_out(table, file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _lay_out(table: Table, file: IO[bytes]) -> None:
    # No text becomes a formula, a link or a number: "0310000A", "=1+1" and "1E5" stay as they were written.
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy", **as_text})
    bold, moment = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    )
    sheet = book.add_worksheet(table.title[:31])
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
    sheet.write_row(0, 0, [column.title for column in table.columns], bold)
    last = 0
    for last, row in enumerate(table.rows, start=1):
        for number, value in enumerate(row):
            _write(sheet, last, number, value, moment)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(last, 1), len(table.columns) - 1)
    about = book.add_worksheet("À propos")
    about.set_column(0, 1, 32)
    for number, (title, value) in enumerate(table.about):
        about.write_string(number, 0, title, bold)
        _write(about, number, 1, value, moment)
    book.close()


def _write(sheet: Any, row: int, column: int, value: Cell, moment: Any) -> None:
    match value:
        case None:
            pass
        case datetime():
            sheet.write_datetime(row, column, local(value).replace(tzinfo=None), moment)
        case date():
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day))  # noqa: DTZ001 - a day
        case str():
            sheet.write_string(row, column, value[:_MOST_SIGNS])
        case _:
            sheet.write_number(row, column, value)

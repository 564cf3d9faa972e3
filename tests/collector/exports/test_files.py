"""An export opens as it should in a spreadsheet, and what somebody else wrote never runs there."""

import csv
import io
import json
from datetime import UTC, date, datetime

import openpyxl
import pytest

from collector.exports import csv_file, json_file, xlsx_file
from collector.exports.table import Cell, Column, Table, defused

COLUMNS = [
    Column(name="uai", title="Code UAI"),
    Column(name="name", title="École", width=40),
    Column(name="measured", title="Postes mesurés"),
    Column(name="latitude", title="Latitude"),
    Column(name="opens_on", title="Ouverture"),
    Column(name="as_of", title="État au"),
]
MORNING = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
ROWS: list[list[Cell]] = [
    ["0310000A", "École « L'Étang » ; 2e", -3, 43.5, date(2027, 1, 4), MORNING],
    ["0310000A", '=HYPERLINK("http://exemple.fr")', 1200, None, None, None],
    ["0310000A", "@SUM(A1)", 0, -0.25, None, None],
]
FORMULAS = ["=1+1", "+33 5 61", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "%0A", "\ufeff=1"]


def table(rows: list[list[Cell]] | None = None) -> Table:
    about = (("Territoire", "France"), ("État au", MORNING))
    return Table(name="ecoles", title="Écoles", about=about, columns=COLUMNS, rows=ROWS if rows is None else rows)


def french(rows: list[list[Cell]] | None = None) -> list[list[str]]:
    text = b"".join(csv_file.write(table(rows), csv_file.FRENCH)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_french_spreadsheets_open_it_with_a_double_click() -> None:
    raw = b"".join(csv_file.write(table(), csv_file.FRENCH))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    lines = french()
    assert lines[0] == ["Code UAI", "École", "Postes mesurés", "Latitude", "Ouverture", "État au"]
    assert lines[1] == ["0310000A", "École « L'Étang » ; 2e", "-3", "43,5", "04/01/2027", "24/11/2026 09:05"]


def test_programs_read_rfc_4180() -> None:
    raw = b"".join(csv_file.write(table(), csv_file.RFC4180))
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert rows[0]["latitude"] == "43.5"
    assert rows[0]["opens_on"] == "2027-01-04"
    assert rows[0]["as_of"] == "2026-11-24T08:05:00+00:00"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    assert defused(text) == f"'{text}"
    for dialect in (csv_file.FRENCH, csv_file.RFC4180):
        raw = b"".join(csv_file.write(table([[text, text, 1, None, None, None]]), dialect)).decode("utf-8-sig")
        row = list(csv.reader(io.StringIO(raw, newline=""), delimiter=dialect.separator))[1]
        assert row[0].lstrip()[:1] not in ("=", "+", "-", "@", "\t", "\r", "|", "%")


def test_numbers_below_zero_stay_numbers() -> None:
    assert french()[1][2] == "-3"
    assert french()[3][3] == "-0,25"


def test_a_workbook_keeps_texts_as_texts_and_is_ready_to_filter() -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_file.write(table()))))
    sheet = book["Écoles"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert [cell.value for cell in sheet[2]][:4] == ["0310000A", "École « L'Étang » ; 2e", -3, 43.5]
    assert sheet["E2"].value.date() == date(2027, 1, 4)
    assert sheet["F2"].value.isoformat() == "2026-11-24T09:05:00"
    assert [sheet[f"B{n}"].data_type for n in (3, 4)] == ["s", "s"]
    assert sheet["B3"].value == '=HYPERLINK("http://exemple.fr")'
    assert sheet["B3"].hyperlink is None
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:F4"
    assert book["À propos"]["B1"].value == "France"


def test_json_has_the_names_of_columns_and_says_what_it_is_about() -> None:
    found = json.loads(b"".join(json_file.write(table())))
    assert found["about"] == {"Territoire": "France", "État au": "2026-11-24T08:05:00+00:00"}
    assert found["rows"][0]["uai"] == "0310000A"
    assert found["rows"][1]["name"] == '=HYPERLINK("http://exemple.fr")'
    assert found["rows"][2]["latitude"] == -0.25


@pytest.mark.parametrize("number", [0, 1, 200, 201, 1000])
def test_long_tables_come_in_pieces_and_whole(number: int) -> None:
    rows: list[list[Cell]] = [[f"{n}", "École", n, None, None, None] for n in range(number)]
    assert len(json.loads(b"".join(json_file.write(table(rows))))["rows"]) == number
    assert len(french(rows)) == number + 1
    assert len(list(csv_file.write(table(rows), csv_file.FRENCH))) >= max(1, number // 500)

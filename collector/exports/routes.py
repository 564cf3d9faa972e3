"""Where are exports asked for? Beside the page that shows the same figures, with the same filters."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from collector.access import Reading
from collector.exports import csv_file, json_file, xlsx_file
from collector.exports.stations import station_table
from collector.exports.table import Cell, Column, Table
from collector.filters import Filters
from collector.pages.routes import PageRoute, asked_filters, sentence
from collector.problems import Problem
from collector.rendering import SECURITY_HEADERS
from collector.store import Session
from collector.store.export_rows import ACTION_COLUMNS, SCHOOL_COLUMNS, action_rows, school_rows
from collector.store.school_summary import school_readiness
from collector.store.schools import territory_name
from collector.store.summaries import Scope, as_of
from collector.territory import BadTerritory, Territory, parse_territory
from collector.uai import BadUai, parse_uai

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_WRITERS: Final[dict[str, tuple[str, Callable[[Table], Iterator[bytes]]]]] = {
    "csv": ("text/csv; charset=utf-8", lambda table: csv_file.write(table, csv_file.FRENCH)),
    "rfc4180": ("text/csv; charset=utf-8; header=present", lambda table: csv_file.write(table, csv_file.RFC4180)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file.write),
    "json": ("application/json", json_file.write),
}
Format = Annotated[str, Query(alias="format", description="rfc4180: CSV for programs")]


@router.get("/territoires/{id_}/ecoles.{kind}")
def schools(request: Request, reader: Reading, id_: str, kind: str, form: Format = "") -> Response:
    """Give the schools of a territory, as its page filters them."""
    table = _of_place(request, reader, id_, ("ecoles", "Écoles"), SCHOOL_COLUMNS, school_rows)
    return sent(table, kind, form)


@router.get("/territoires/{id_}/actions.{kind}")
def actions(request: Request, reader: Reading, id_: str, kind: str, form: Format = "") -> Response:
    """Give the action plan of a territory: a row per cause and school."""
    table = _of_place(request, reader, id_, ("actions", "Plan d'action"), ACTION_COLUMNS, action_rows)
    return sent(table, kind, form)


def _of_place(
    request: Request,
    reader: Reading,
    id_: str,
    named: tuple[str, str],
    columns: Sequence[Column],
    rows_of: Callable[[Session, Scope], Iterator[tuple[Cell, ...]]],
) -> Table:
    """Lay out the rows of a territory, which are read while they are sent; `named`: in its file, and as a title."""
    asked, filters = asked_place(id_), asked_filters(request)
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        about = about_place(session, asked, filters)

    def rows() -> Iterator[tuple[Cell, ...]]:
        with request.app.state.store.reading() as session:
            yield from rows_of(session, Scope.of(asked, filters))

    name = f"preau-{named[0]}-{asked.kind}-{asked.code}".rstrip("-")
    return Table(name=name, title=named[1], about=about, columns=columns, rows=rows())


@router.get("/ecoles/{uai}/postes.{kind}")
def stations(request: Request, reader: Reading, uai: str, kind: str, form: Format = "") -> Response:
    """Give the workstations of a school, and what is not ready on each."""
    try:
        uai = parse_uai(uai)
    except BadUai as error:
        raise Problem(404, sentence(error)) from None
    with request.app.state.store.reading() as session:
        reader.check(session, uai)
        found = school_readiness(session, uai, int(time.time()))
    if found is None:
        raise Problem(404, f"L'annuaire importé n'a pas d'école {uai}.")
    return sent(station_table(found), kind, form)


def asked_place(id_: str) -> Territory:
    """Read the territory of an address; raises `Problem` 404."""
    try:
        return parse_territory(id_)
    except BadTerritory as error:
        raise Problem(404, sentence(error)) from None


def about_place(session: Session, asked: Territory, filters: Filters) -> tuple[tuple[str, Cell], ...]:
    """Say what an export is about: the territory, what was filtered, as of when; raises `Problem` 404."""
    name = territory_name(session, asked)
    if name is None:
        raise Problem(404, f"Aucune école ouverte dans « {asked} ».")
    chosen = ", ".join(words for _, words in filters.named) or "aucun"
    now = as_of(session, int(time.time())).astimezone(UTC)
    return (("Territoire", f"{name} ({asked})"), ("Filtres", chosen), ("État au", now))


def sent(table: Table, kind: str, form: str) -> Response:
    """Return the answer that carries a table; raises `Problem` 404 for a kind of file that is not made."""
    writer = _WRITERS.get(form if kind == "csv" and form else kind)
    if writer is None or (form and form != "rfc4180") or kind == "rfc4180":
        raise Problem(404, "Les exports sont en .csv, .xlsx ou .json ; format=rfc4180 donne le CSV des programmes.")
    media_type, write = writer
    headers = {
        **SECURITY_HEADERS,
        "Content-Disposition": f'attachment; filename="{table.name}-{datetime.now(UTC):%Y-%m-%d}.{kind}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(write(table), headers=headers, media_type=media_type)

"""Where are the bytes of a database? Table by table: its rows, its indexes, and the room that its pages keep free."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from bench.ground import Ground
from bench.table import number

_TABLES = """
SELECT oid::regclass::text, pg_relation_size(oid), pg_indexes_size(oid)
    + CASE reltoastrelid WHEN 0 THEN 0 ELSE pg_relation_size(reltoastrelid) + pg_indexes_size(reltoastrelid) END
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_ROWS = "SELECT count(*), coalesce(sum(pg_column_size(kept.*)), 0) FROM {table} kept"
_LINE_POINTER = 4
_PAGES = """
SELECT coalesce(kept.tbl_name, dbstat.name), coalesce(kept.type, 'table') = 'table', sum(pgsize), sum(unused),
    sum(CASE pagetype WHEN 'leaf' THEN ncell END)
FROM dbstat LEFT JOIN sqlite_schema AS kept ON kept.name = dbstat.name GROUP BY dbstat.name
"""


@dataclass(slots=True)
class Part:
    """What one table takes, in bytes."""

    table: str
    rows: int = 0
    live: int = 0  # its rows, with what each costs in its page
    free: int = 0  # the rest of these pages: for rows to be rewritten in, and what does not fill one
    indexes: int = 0  # whole pages, TOAST's included

    @property
    def all_of_it(self) -> int:
        """Everything together."""
        return self.live + self.free + self.indexes


def parts(ground: Ground, url: str) -> Sequence[Part]:
    """Weigh every table, the heaviest first."""
    found = _on_sqlite(url) if ground.server is None else _on_postgresql(ground, url)
    return sorted(found, key=lambda part: -part.all_of_it)


def lines(found: Sequence[Part], each: int, most: int = 8) -> list[str]:
    """Write the heaviest tables, and the rest, in bytes for each of so many workstations."""
    rest = Part("the others")
    for part in found[most:]:
        rest.live, rest.free, rest.indexes = rest.live + part.live, rest.free + part.free, rest.indexes + part.indexes
    return [
        f"{part.table}: {number(part.all_of_it / each)} bytes a workstation (rows {number(part.live / each)}, "
        f"room {number(part.free / each)}, indexes {number(part.indexes / each)}; {part.rows / each:.2f} rows)"
        for part in (*found[:most], rest)
    ]


def _on_postgresql(ground: Ground, url: str) -> list[Part]:
    found = []
    for table, heap, indexes in ground.asked(url, _TABLES):
        rows, held = ground.asked(url, _ROWS.format(table=table))[0]
        live = int(held) + rows * _LINE_POINTER
        found.append(Part(table=table, rows=rows, live=live, free=heap - live, indexes=indexes))
    return found


def _on_sqlite(url: str) -> list[Part]:
    found: dict[str, Part] = {}
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        for table, is_table, taken, unused, cells in database.execute(_PAGES):
            part = found.setdefault(table, Part(table))
            if is_table:
                part.rows, part.live, part.free = cells, taken - unused, unused
            else:
                part.indexes += taken
    return list(found.values())

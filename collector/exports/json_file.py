"""How is a table written as JSON? What it is about, then its rows under the names of their columns."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from collector.exports.table import Table

_ROWS: Final = 200
"""Rows sent at a time."""


def write(table: Table) -> Iterator[bytes]:
    """Yield one JSON object: `about`, then `rows`."""
    yield b'{"about":' + _json(dict(table.about)) + b',"rows":['
    held: list[bytes] = []
    separator = b""
    for row in table.rows:
        held.append(_json({column.name: value for column, value in zip(table.columns, row, strict=True)}))
        if len(held) == _ROWS:
            yield separator + b",".join(held)
            held, separator = [], b","
    yield (separator + b",".join(held) if held else b"") + b"]}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_written).encode()


def _written(value: object) -> str:
    assert isinstance(value, date)  # an instant is one too
    return value.isoformat()

"""What may be said in public without pointing at one school? Small cells are hidden, and what would give them away.

Pure. For public exports only: whoever has an account sees the figures of their place whole.
"""

from collections.abc import Sequence
from typing import Final

LEAST: Final = 5
"""Fewest schools that a public figure may be about. A choice of this project, to be set by whoever publishes."""

Counts = Sequence[int]
Hidden = list[list[int | None]]


def suppress(rows: Sequence[Counts], least: int = LEAST) -> Hidden:
    """Return a table of counts with None for what is hidden; its last row and last column are its totals.

    A count from 1 to `least` - 1 is hidden. Where a row or a column would then have one hidden cell, which its total
    would give away, its smallest other count is hidden as well, until there is no such row or column.
    """
    table: Hidden = [[None if 0 < count < least else count for count in row] for row in rows]
    while (more := _next_to_hide(table, rows)) is not None:
        row, column = more
        table[row][column] = None
    return table


def _next_to_hide(table: Hidden, rows: Sequence[Counts]) -> tuple[int, int] | None:
    """Return one more cell to hide: the smallest that is not nothing, of a line that has a single hidden cell."""
    height, width = len(rows), len(rows[0]) if rows else 0
    lines = [[(r, c) for c in range(width)] for r in range(height)] + [
        [(r, c) for r in range(height)] for c in range(width)
    ]
    for line in lines:
        hidden = [cell for cell in line if table[cell[0]][cell[1]] is None]
        shown = [cell for cell in line if table[cell[0]][cell[1]]]
        if len(hidden) == 1 and shown:
            return min(shown, key=lambda cell: (cell == line[-1], rows[cell[0]][cell[1]]))
    return None

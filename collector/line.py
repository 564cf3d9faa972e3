"""What does one row of a table say, column by column, and what of it cannot be taken?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from collector.cells import BadCell, text
from collector.sheet import Refusal, Sheet
from collector.uai import BadUai, parse_uai

T = TypeVar("T")


class Refused(Exception):
    """The row cannot be taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(slots=True)
class Line:
    """A row, read by our names of its columns."""

    sheet: Sheet
    titles: Mapping[str, str]  # our name of a column -> its folded title
    number: int  # from 1
    row: Sequence[str]
    remarks: list[Refusal] = field(default_factory=list)  # values left out; the row is taken
    unsaid: set[str] = field(default_factory=set)  # our names of the columns that told nothing usable

    def cell(self, name: str) -> str:
        """The words in this column; empty when the table or the row does not have it."""
        position = self.sheet.columns.get(self.titles[name])
        return text(self.row[position]) if position is not None and position < len(self.row) else ""

    def needed(self, name: str, read: Callable[[str], T]) -> T:
        """What `read` makes of this column. Refused when it is empty or wrong."""
        words = self.cell(name)
        if not words:
            raise Refused(self.refusal(name, f"la case {self.title(name)} est vide : la remplir"))
        try:
            return read(words)
        except (BadCell, BadUai) as error:
            raise Refused(self.refusal(name, str(error))) from error

    def wanted(self, name: str, read: Callable[[str], T], otherwise: T) -> T:
        """What `read` makes of this column; when it is absent or wrong, `otherwise`, and the name is in `unsaid`."""
        if self.titles[name] in self.sheet.columns:
            try:
                return read(self.cell(name))
            except (BadCell, BadUai) as error:
                self.remarks.append(self.refusal(name, str(error), kept=True))
        self.unsaid.add(name)
        return otherwise

    def title(self, name: str) -> str:
        """The column as the file writes it."""
        position = self.sheet.columns.get(self.titles[name])
        return self.titles[name] if position is None else self.sheet.titles[position]

    def refusal(self, name: str, problem: str, *, kept: bool = False) -> Refusal:
        """Why this column's value is not taken."""
        return Refusal(self.number, self.title(name), self.cell(name), problem, kept)


def uai(words: str) -> str:
    """The UAI in a cell, leading zeros back. BadUai if there is none."""
    return parse_uai(words, zeros_lost=True)

"""Which rows does this table hold, whoever saved it?

Read: UTF-8 with or without BOM, UTF-16, Windows-1252, even mixed from line to line; `;` `,` tab or `|`; any line end;
quotes. A stray quote costs its own row, never the rest of the file.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SEPARATORS: Final = ";,\t|"
_LONGEST_ROW: Final = 8
"""Lines one row may span, when a quoted cell holds line ends."""


class BadFile(ValueError):
    """Nothing can be read from this file; the message says why and what to do, in French."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of a file that cannot be taken as it is."""

    line: int  # from 1
    field: str  # the column, as the file writes it; "" for the whole line
    value: str
    problem: str  # why, and what to do, in French
    kept: bool = False  # the row is taken all the same, without this value

    def __str__(self) -> str:
        place = f"ligne {self.line}" + (f", {self.field}" if self.field else "")
        return f"{place} : {self.problem}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its header, and its rows not yet cut into cells."""

    columns: Mapping[str, int]  # folded name -> position; the first, when a name comes twice
    titles: Sequence[str]  # as the file writes them
    lines: Sequence[str]
    first: int  # index in `lines` of the first row
    separator: str
    width: int  # most cells a row may have: spreadsheets leave out empty ones at the end, and add some to the header

    def rows(self) -> Iterator[tuple[int, Sequence[str]] | Refusal]:
        """Each row that is not empty, with the number of its line; or why it cannot be cut into cells."""
        index = self.first
        while index < len(self.lines):
            cells, spanned = self._cut(index)
            if cells is None:
                yield self._refusal(index)
            elif any(cell.strip() for cell in cells):
                yield index + 1, cells
            index += spanned

    def _cut(self, index: int) -> tuple[Sequence[str] | None, int]:
        line = self.lines[index]
        if '"' not in line:
            cells = line.split(self.separator)
            return (cells if len(cells) <= self.width else None), 1
        for spanned in range(1, _LONGEST_ROW + 1):
            cells = self._unquoted("\n".join(self.lines[index : index + spanned]), strict=True)
            if cells and (spanned == 1 or self._is_whole(cells)) and len(cells) <= self.width:
                return cells, spanned
        guesses = (self._unquoted(line, strict=False), line.replace('"', "").split(self.separator))
        return next(filter(self._is_whole, guesses), None), 1

    def _unquoted(self, text: str, *, strict: bool) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self.separator, strict=strict))
        except csv.Error:
            return []

    def _is_whole(self, cells: Sequence[str]) -> bool:
        return len(self.titles) <= len(cells) <= self.width

    def _refusal(self, index: int) -> Refusal:
        line = self.lines[index]
        count = line.count(self.separator) + 1
        problem = (
            f"{count} cases au lieu de {len(self.titles)} (« {line[:40]}… ») : un guillemet ou un séparateur "
            "y est de trop ou y manque, corriger cette ligne"
        )
        return Refusal(index + 1, "", line[:200], problem)


def open_sheet(path: Path) -> Sheet:
    """The table in this file. BadFile if it cannot be read or holds no header."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadFile("ce fichier n'existe pas : vérifier son nom et son dossier") from None
    except OSError as error:
        raise BadFile(f"illisible ({error.strerror}) : vérifier le chemin et les droits") from error
    return read_sheet(content)


def read_sheet(content: bytes) -> Sheet:
    """The table in these bytes. BadFile if they hold no header."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadFile("c'est un classeur : l'enregistrer au format CSV (« CSV UTF-8 ») et recommencer")
    lines = _lines(content)
    if "\0" in "".join(lines[:50]):
        raise BadFile("ce n'est pas un fichier de texte : il faut un fichier CSV")
    first = next((index for index, line in enumerate(lines) if line.strip() and not line.startswith("sep=")), None)
    if first is None:
        raise BadFile("le fichier est vide")
    separator = max(_SEPARATORS, key=lines[first].count)
    titles = [" ".join(title.replace('"', "").split()) for title in lines[first].split(separator)]
    width = len(titles)
    while titles and not titles[-1]:
        titles.pop()
    columns: dict[str, int] = {}
    for position, title in enumerate(titles):
        columns.setdefault(fold(title), position)
    return Sheet(columns, titles, lines, first + 1, separator, width)


def fold(text: str) -> str:
    """`Code postal`, `Code_postal` and `code_postal` are one column: no accents, no capitals, `_` between words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _lines(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return [_text(line) for line in content.split(b"\n")]


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")

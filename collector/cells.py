"""What did this cell say before a spreadsheet changed it?

A spreadsheet takes codes for numbers (`031` becomes `31`, `31,0`, `3,1E+01`), and writes numbers and days its own way.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:E[+-]?[0-9]{1,2})?", re.IGNORECASE)
_DAY: Final = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)(?:[T ].*)?|(\d\d?)[/.-](\d\d?)[/.-](\d{4})(?: .*)?)", re.ASCII)


class BadCell(ValueError):
    """This cell cannot be read; the message says why and what to do, in French."""


def text(cell: str) -> str:
    """The cell's words, one space between them, without the `="…"` that keeps spreadsheets from damaging codes."""
    words = " ".join(cell.split())
    return words[2:-1] if words.startswith('="') and words.endswith('"') else words


def code(cell: str, shape: str, width: int) -> str:
    """The code of this `shape` (a pattern, on capitals) and `width`, its leading zeros back. BadCell if it is none."""
    found = re.sub(r"[.,]0+$", "", text(cell)).lstrip("'").upper()
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", found) and not re.fullmatch(shape, found):
        raise BadCell(f"« {found} » : un tableur a changé ce code en nombre : le ressaisir en format Texte")
    padded = found.zfill(width) if found.isascii() and found else found
    if not re.fullmatch(shape, padded):
        raise BadCell(f"« {found[:40]} » n'est pas un code attendu ici : le relire dans le fichier d'origine")
    return padded


def number(cell: str) -> float | None:
    """The number in this cell; None if it is empty. BadCell if it is none."""
    digits = re.sub(r"[\s'’]", "", cell)
    if not digits:
        return None
    try:
        if _NUMBER.fullmatch(digits):
            return float(Decimal(digits.replace(",", ".")))
    except InvalidOperation:
        pass
    raise BadCell(f"« {cell.strip()[:40]} » n'est pas un nombre : écrire des chiffres seuls, ou rien")


def count(cell: str, most: int) -> int | None:
    """The whole number from 0 to `most` in this cell; None if it is empty. BadCell if it is none."""
    found = number(cell)
    if found is None:
        return None
    if found != int(found) or not 0 <= found <= most:
        raise BadCell(f"« {cell.strip()[:40]} » : un nombre entier de 0 à {most} est attendu")
    return int(found)


def day(cell: str) -> date | None:
    """The day in this cell, as AAAA-MM-JJ or JJ/MM/AAAA; None if it is empty. BadCell if it is none."""
    found = text(cell)
    if not found:
        return None
    parts = _DAY.fullmatch(found)
    try:
        if parts:
            year, month, number_, *_ = parts.groups() if parts[1] else (parts[6], parts[5], parts[4])
            return date(int(year), int(month), int(number_))
    except ValueError:
        pass
    raise BadCell(f"« {found[:40]} » n'est pas une date : écrire JJ/MM/AAAA, comme 01/09/2027")

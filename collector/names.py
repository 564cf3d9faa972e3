"""How are schools put in order and found by name? Accents, case and signs do not count."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_BETWEEN: Final = "\t"
"""Sorts before every sign of a name, so that a commune's schools stay together; no search can hold it."""


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return a name as dictionaries order it: no accents, no capitals, one space between words, no other sign."""
    plain = text
    if not text.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    ligatures = plain.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    return " ".join(re.sub(r"\W|_", " ", ligatures).casefold().split())


def listed_as(commune: str, name: str, uai: str) -> str:
    """Return what a school is listed and searched by: its commune, its name, its UAI."""
    return _BETWEEN.join((folded(commune), folded(name), uai.lower()))


def searched(text: str) -> list[str]:
    """Return the words of a search, folded; each must be somewhere in what a school is listed by."""
    return list(dict.fromkeys(folded(text).split()))

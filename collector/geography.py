"""Which EPCI is this commune in?

From `collector/data/epci.csv` (one year's geography; former codes of merged communes are in it too).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_CITIES: Final[Mapping[str, range]] = {
    "75056": range(75101, 75121),
    "69123": range(69381, 69390),
    "13055": range(13201, 13217),
}
"""Paris, Lyon, Marseille: the directory of schools gives the arrondissement as the commune."""


@dataclass(frozen=True, slots=True)
class Epci:
    """A group of communes with its own taxes."""

    code: str  # SIREN
    name: str


def epci_of(commune: str) -> Epci | None:
    """The EPCI of the commune (or arrondissement, or former commune) of this INSEE code; None: in none, or unknown."""
    return _by_commune().get(commune)


def communes_of(commune: str) -> tuple[str, ...]:
    """The INSEE codes that schools of this commune may carry: its own, and those of its arrondissements."""
    return (commune, *map(str, _CITIES.get(commune, ())))


def known_communes() -> tuple[str, ...]:
    """Every INSEE code that some EPCI holds, in order; former communes too."""
    return tuple(sorted(_by_commune()))


@cache
def _by_commune() -> Mapping[str, Epci]:
    lines = (files("collector") / "data" / "epci.csv").read_text(encoding="utf-8").splitlines()
    found: dict[str, Epci] = {}
    for line in (line for line in lines if line[:1].isdigit()):
        code, name, communes = line.split(";")
        epci = Epci(code, name)
        commune = ""
        for sign in communes.split():
            commune = sign if len(sign) == 5 else commune[:2] + sign
            found[commune] = epci
    return found

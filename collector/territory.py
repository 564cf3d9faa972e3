"""Which territory is meant by `academie:16`?

Two trees hold the same schools: nation > académie > département > circonscription > school, and EPCI > commune >
school. Waves of deployment are a third cut. Here are only the names; `collector.store.schools` finds the schools.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from collector.refusals import Told
from collector.uai import BadUai, parse_uai

_CODES: Final[Mapping[str, tuple[str, str]]] = {
    "academie": (r"[0-9]{2}", "deux chiffres, comme academie:16"),
    "departement": (r"[0-9]{3}|02[AB]", "trois signes, comme departement:031 ou departement:02A"),
    "circonscription": (r".+", "son code UAI, comme circonscription:0300072R"),
    "epci": (r"[0-9]{9}", "son numéro SIREN, neuf chiffres, comme epci:243100518"),
    "commune": (r"[0-9]{5}|2[AB][0-9]{3}", "son code INSEE, cinq signes, comme commune:31555"),
    "wave": (r"[\w.-](?:[\w .-]{0,18}[\w.-])?", "vingt signes au plus, comme wave:2"),
}


SCHOOL_KIND: Final = "school"
"""The kind of a place that is one school, `school:0310000A`: a leaf of both trees, for links and roles only."""


class BadTerritory(Told, ValueError):
    """No territory has this id; the message says what is expected, in French."""


@dataclass(frozen=True, slots=True, order=True)
class Territory:
    """A part of the schools. `str()` gives its id."""

    kind: str  # "nation" or a kind of the two trees, or "wave"; "school" for a place only
    code: str = ""  # empty for the nation

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}" if self.code else self.kind


NATION: Final = Territory("nation")


def parse_territory(text: str) -> Territory:
    """The territory of this id (`nation`, `academie:16`, `commune:2A004`, `wave:2`). BadTerritory if it is none."""
    if text.strip().lower() == "nation":
        return NATION
    kind, _, code = (part.strip() for part in text.partition(":"))
    kind = kind.lower()
    if kind not in _CODES:
        raise BadTerritory(f"« {text[:60]} » : un territoire s'écrit nation, {', '.join(f'{one}:…' for one in _CODES)}")
    shape, expected = _CODES[kind]
    code = code if kind == "wave" else code.upper()
    if not re.fullmatch(shape, code):
        raise BadTerritory(f"« {text[:60]} » : {kind} attend {expected}")
    return Territory(kind, _circonscription(code) if kind == "circonscription" else code)


def parse_place(text: str) -> Territory:
    """The place of this id: a territory, or one school (`school:0310000A`). BadTerritory if it is none."""
    kind, _, code = text.partition(":")
    if kind.strip().lower() != SCHOOL_KIND:
        return parse_territory(text)
    try:
        return Territory(SCHOOL_KIND, parse_uai(code))
    except BadUai as error:
        raise BadTerritory(f"school : {error}") from None


def is_wave(text: str) -> bool:
    """Can this be the name of a wave?"""
    return re.fullmatch(_CODES["wave"][0], text) is not None


def _circonscription(code: str) -> str:
    try:
        return parse_uai(code)
    except BadUai as error:
        raise BadTerritory(f"circonscription : {error}") from None

"""Which schools does the simulated nation have? Invented ones, in the real communes, départements and académies.

A nation is told by its seed and its size: the same two give the same schools.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

from collector.geography import known_communes
from collector.uai import check_letter

SCHOOLS_PER_CIRCONSCRIPTION: Final = 36
PUPILS_PER_PC: Final = 6
_WAVES: Final = 6
_UNSAID_PERCENT: Final = 3
"""Schools of which nobody said how many workstations they have."""
_UNCOVERED_PERCENT: Final = 12
"""Schools where fewer than half of the workstations are enrolled; one in five has none at all."""
COLUMNS: Final = (
    "Identifiant_de_l_etablissement",
    "Nom_etablissement",
    "Type_etablissement",
    "Statut_public_prive",
    "Code_commune",
    "Nom_commune",
    "Code_departement",
    "Code_academie",
    "Ecole_maternelle",
    "Ecole_elementaire",
    "Nombre_d_eleves",
    "Type_contrat_prive",
    "Libelle_departement",
    "Libelle_academie",
    "nom_circonscription",
    "etat",
    "code_nature",
    "code_circonscription",
)
"""Those of the open directory that Préau reads."""


@dataclass(frozen=True, slots=True)
class Departement:
    """A département and its académie, with the communes schools may be in."""

    code: str  # "031", "02A", "971"
    name: str
    academie_code: str
    academie_name: str
    communes: tuple[str, ...] = field(repr=False)  # INSEE


@dataclass(frozen=True, slots=True)
class SimSchool:
    """One invented school."""

    number: int
    uai: str
    departement: Departement
    commune: str  # INSEE
    circonscription: str  # UAI
    pcs: int  # workstations it has; their numbers in the fleet begin at `first_pc`
    first_pc: int
    expected: int | None  # workstations somebody said it has
    wave: str


def draw(*what: object) -> int:
    """Return 64 bits that these values decide: the same on every machine, and unlike for neighbours."""
    return int.from_bytes(blake2b("|".join(map(str, what)).encode(), digest_size=8).digest(), "big")


def lay_out(seed: int, schools: int, pcs: int, academie: str = "") -> Sequence[SimSchool]:
    """Lay out a nation (or one académie): `pcs` workstations over `schools` schools, small ones and large ones."""
    places = [one for one in departements() if academie in ("", one.academie_code)]
    if not places:
        raise ValueError(f"aucune académie « {academie} »")
    weights = [draw(seed, "size", n) % 5 for n in range(schools)]
    weights = weights if any(weights) else [1] * schools
    total, before, first, found = sum(weights), 0, 0, []
    inside: dict[str, int] = {}
    for number, (weight, place) in enumerate(zip(weights, _spread(places, schools), strict=True)):
        rank = inside[place.code] = inside.get(place.code, -1) + 1
        before += weight
        last = pcs * before // total
        covered = draw(seed, "covered", number) % 100 >= _UNCOVERED_PERCENT
        expected = max(1, last - first) if covered else 4 + 2 * (last - first)
        said = draw(seed, "said", number) % 100 >= _UNSAID_PERCENT
        found.append(
            SimSchool(
                number=number,
                uai=_uai(place, 1000 + rank),
                departement=place,
                commune=place.communes[draw(seed, "commune", number) % len(place.communes)],
                circonscription=_uai(place, rank // SCHOOLS_PER_CIRCONSCRIPTION),
                pcs=last - first,
                first_pc=first,
                expected=expected if said else None,
                wave=str(1 + draw(seed, "wave", place.code, rank // 7) % _WAVES),
            )
        )
        first = last
    return found


def _spread(places: Sequence[Departement], schools: int) -> Iterator[Departement]:
    """Give each school its département: as many as it has communes, and some for its towns."""
    weights = [200 + len(place.communes) for place in places]
    total, before, given = sum(weights), 0, 0
    for place, weight in zip(places, weights, strict=True):
        before += weight
        yield from (place for _ in range(given, schools * before // total))
        given = schools * before // total


def directory_csv(schools: Sequence[SimSchool]) -> str:
    """Write them as the open directory does."""
    return _csv(COLUMNS, map(_directory_line, schools))


def assignment_csv(schools: Sequence[SimSchool], opens_on: str = "") -> str:
    """Write what is expected of them, as the table a project lead imports."""
    lines = ((s.uai, str(s.expected or ""), s.wave, opens_on) for s in schools)
    return _csv(("uai", "postes", "vague", "ouverture"), lines)


@cache
def departements() -> tuple[Departement, ...]:
    """Return every département that has communes."""
    communes: dict[str, list[str]] = {}
    for code in known_communes():
        communes.setdefault(code[:3] if code.startswith("97") else f"0{code[:2]}", []).append(code)
    text = (files("collector.data") / "departements.csv").read_text(encoding="utf-8")
    rows: Iterator[Mapping[str, str]] = csv.DictReader(io.StringIO(text), delimiter=";")
    return tuple(
        Departement(
            row["departement_code"],
            row["departement_name"],
            row["academie_code"],
            row["academie_name"],
            tuple(communes[row["departement_code"]]),
        )
        for row in rows
        if row["departement_code"] in communes
    )


def _uai(place: Departement, rank: int) -> str:
    """Return a well-formed UAI: the digits of the département, the rank, the letter that proves them."""
    head = {"02A": "620", "02B": "720"}.get(place.code, place.code)
    digits = f"{head}{rank:04}"
    return digits + check_letter(digits)


def _directory_line(school: SimSchool) -> tuple[str, ...]:
    place, private = school.departement, draw("sector", school.uai) % 100 < 10
    nursery, elementary = ((1, 0), (0, 1), (1, 1), (1, 1))[draw("nature", school.uai) % 4]
    return (
        school.uai,
        f"École simulée {school.number + 1:05}",
        "Ecole",
        "Privé" if private else "Public",
        school.commune,
        f"Commune {school.commune}",
        place.code,
        place.academie_code,
        str(nursery),
        str(elementary),
        str(max(12, school.pcs * PUPILS_PER_PC + draw("pupils", school.uai) % 30)),
        "CONTRAT D'ASSOCIATION TOUTES CLASSES" if private else "SANS OBJET",
        place.name,
        place.academie_name,
        f"Circonscription d'inspection du 1er degré de {place.name} {school.circonscription[3:7].lstrip('0') or '0'}",
        "OUVERT",
        "151",
        school.circonscription,
    )


def _csv(titles: Sequence[str], lines: Iterator[tuple[str, ...]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(titles)
    table.writerows(lines)
    return text.getvalue()

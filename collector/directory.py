"""Which primary schools does the open directory hold?

The directory is the ministry's « Annuaire de l'éducation », as exported by its site in 2023, 2024 or 2026, by its API,
or as saved again by a spreadsheet. Lines of other establishments are passed over in silence.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collector import cells
from collector.line import Line, Refused, uai
from collector.sheet import BadFile, Refusal, Sheet, fold, open_sheet

_TITLES: Final[Mapping[str, str]] = {
    "uai": "identifiant_de_l_etablissement",
    "name": "nom_etablissement",
    "type": "type_etablissement",
    "nature": "code_nature",
    "has_nursery": "ecole_maternelle",
    "has_elementary": "ecole_elementaire",
    "sector": "statut_public_prive",
    "contract": "type_contrat_prive",
    "commune_code": "code_commune",
    "commune_name": "nom_commune",
    "departement_code": "code_departement",
    "departement_name": "libelle_departement",
    "academie_code": "code_academie",
    "academie_name": "libelle_academie",
    "circonscription_code": "code_circonscription",
    "circonscription_name": "nom_circonscription",
    "pupils": "nombre_d_eleves",
    "latitude": "latitude",
    "longitude": "longitude",
    "is_open": "etat",
}
"""Our name of a column, and the directory's, folded: only capitals, accents and spaces of it drift."""

_NEEDED: Final = ("uai", "name", "commune_code", "commune_name", "departement_code", "academie_code")
_PRIMARY: Final = re.compile(r"10[1-3]|15[1-3]|16[0-9]|170")
"""Natures of primary schools: nursery, elementary, special."""
_CORSICA: Final = {"620": "02A", "720": "02B"}
"""What UAI of Corsica begin with, seen in some files as the code of the département."""
_MOST_PUPILS: Final = 5000
_PREFIX: Final = re.compile(
    r"circonscription(?: d['’ ] ?inspection)?(?: du 1er degr\S{0,2})?(?: ?[-–])? (?:de |du |des |d['’] ?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A primary school as the directory has it. Fields are those of `collector.tables.School`."""

    line: int
    uai: str
    name: str
    nature: str = "primaire"
    sector: str = "public"
    contract: str = ""
    commune_code: str
    commune_name: str
    departement_code: str
    departement_name: str
    academie_code: str
    academie_name: str
    circonscription_code: str | None = None
    circonscription_name: str | None = None
    pupils: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_open: bool = True
    unsaid: frozenset[str] = frozenset()  # fields this file cannot tell: a school already known keeps its own


def is_directory(sheet: Sheet) -> bool:
    """Is this table an export of the directory?"""
    return _TITLES["uai"] in sheet.columns


def read(path: Path) -> Iterator[Row | Refusal]:
    """The primary schools of the directory in this file, and what of it cannot be taken. BadFile if it is none."""
    return rows(open_sheet(path))


def rows(sheet: Sheet) -> Iterator[Row | Refusal]:
    """The primary schools of this table, each UAI once, and what cannot be taken. BadFile if columns miss."""
    missing = [_TITLES[name] for name in _NEEDED if _TITLES[name] not in sheet.columns]
    if missing:
        raise BadFile(f"colonnes absentes de l'annuaire : {', '.join(missing)} : exporter l'annuaire entier")
    if not {_TITLES["type"], _TITLES["nature"]} & set(sheet.columns):
        raise BadFile("ni type_etablissement ni code_nature : rien ne dit quelles lignes sont des écoles du 1er degré")
    return _rows(sheet)


def short_name(circonscription: str) -> str:
    """`Circonscription d'inspection du 1er degré de Muret` is called `Muret`."""
    name = _PREFIX.sub("", circonscription, count=1) or circonscription
    return name[:1].upper() + name[1:]


def _rows(sheet: Sheet) -> Iterator[Row | Refusal]:
    offices = {} if _TITLES["circonscription_code"] in sheet.columns else _offices(sheet)
    seen: dict[str, int] = {}
    for line in _lines(sheet):
        if isinstance(line, Refusal):
            yield line
        elif _is_primary(line):
            school = _school(line, offices)
            first = seen.setdefault(school.uai, line.number) if isinstance(school, Row) else line.number
            if first == line.number:
                yield school
                yield from line.remarks
            else:
                yield line.refusal("uai", f"cette école est déjà à la ligne {first}, qui est seule prise", kept=True)


def _lines(sheet: Sheet) -> Iterator[Line | Refusal]:
    for row in sheet.rows():
        yield row if isinstance(row, Refusal) else Line(sheet, _TITLES, *row)


def _is_primary(line: Line) -> bool:
    return fold(line.cell("type")) == "ecole" or _PRIMARY.fullmatch(line.cell("nature")) is not None


def _offices(sheet: Sheet) -> dict[str, str]:
    """UAI of circonscriptions by their folded names: the 2023 export names a school's, and codes only its own line."""
    found: dict[str, str] = {}
    for line in _lines(sheet):
        if isinstance(line, Line) and line.cell("name").lower().startswith("circonscription"):
            with suppress(Refused):
                found[fold(short_name(line.cell("name")))] = line.needed("uai", uai)
    return found


def _school(line: Line, offices: Mapping[str, str]) -> Row | Refusal:
    try:
        code = line.needed("uai", uai)
        departement = line.needed("departement_code", _departement)
        academie = line.needed("academie_code", lambda words: cells.code(words, r"[0-9]{2}", 2))
        sector = line.wanted("sector", _sector, "public")
        if "sector" in line.unsaid:
            line.unsaid.add("contract")  # it is read by the sector
        return Row(
            line=line.number,
            uai=code,
            name=line.needed("name", str),
            nature=line.wanted("nature", lambda words: _nature(words, line), _nature("", line)),
            sector=sector,
            contract=line.wanted("contract", lambda words: _contract(words, sector), ""),
            commune_code=line.needed("commune_code", lambda words: cells.code(words, r"[0-9]{5}|2[AB][0-9]{3}", 5)),
            commune_name=line.needed("commune_name", str),
            departement_code=departement,
            departement_name=line.wanted("departement_name", str, "") or departement,
            academie_code=academie,
            academie_name=line.wanted("academie_name", str, "") or academie,
            circonscription_code=_circonscription(line, offices),
            circonscription_name=line.wanted("circonscription_name", short_name, "") or None,
            pupils=line.wanted("pupils", lambda words: cells.count(words, _MOST_PUPILS), None),
            latitude=line.wanted("latitude", lambda words: _degrees(words, 90), None),
            longitude=line.wanted("longitude", lambda words: _degrees(words, 180), None),
            is_open=line.wanted("is_open", lambda words: not fold(words).startswith("ferme"), True),
            unsaid=frozenset(line.unsaid),
        )
    except Refused as refused:
        return refused.refusal


def _departement(words: str) -> str:
    code = cells.code(words, r"[0-9]{3}|02[AB]", 3)
    return _CORSICA.get(code, code)


def _circonscription(line: Line, offices: Mapping[str, str]) -> str | None:
    if office := offices.get(fold(short_name(line.cell("circonscription_name")))):
        return office
    code = line.wanted("circonscription_code", lambda words: uai(words) if words else None, None)
    if "circonscription_code" in line.unsaid:
        line.unsaid.add("circonscription_name")  # a name goes with its code
    return code


def _nature(words: str, line: Line) -> str:
    if words.startswith("16"):
        return "spécialisée"
    has_nursery, has_elementary = (line.cell(name)[:1] == "1" for name in ("has_nursery", "has_elementary"))
    if words.startswith("10") or (has_nursery and not has_elementary and not words):
        return "maternelle"
    return "élémentaire" if has_elementary and not has_nursery else "primaire"


def _sector(words: str) -> str:
    found = fold(words)[:3]
    if found not in ("pub", "pri"):
        raise cells.BadCell(f"« {words[:40]} » n'est ni Public ni Privé")
    return "public" if found == "pub" else "privé"


def _contract(words: str, sector: str) -> str:
    return "" if sector == "public" or fold(words) == "sans_objet" else words.lower()


def _degrees(words: str, most: int) -> float | None:
    found = cells.number(words)
    if found is not None and abs(found) > most:
        raise cells.BadCell(f"« {words[:40]} » n'est pas une coordonnée en degrés, de -{most} à {most}")
    return found

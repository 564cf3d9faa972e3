"""What does an ENT require, since when, and where does each number come from?

A profile is a dated TOML text. Every number and date of a requirement stands beside its source and the day it was
read, as `{ value = 8, source = "https://…", read_on = 2026-11-24 }` or as a row with its own `source` and `read_on`. An
unknown table or key is an error that names its line.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import checks
from checks.model import Service, Tier
from checks.plain import Unreadable, build

MAX_HOSTS: Final = 64
"""Most hosts a profile may name: an agent is no scanner."""

Where = tuple[str | int, ...]


class ProfileError(ValueError):
    """A profile that cannot be used: `line` (from 1), `where` (path of keys) and `problem` say why, in French."""

    def __init__(self, line: int, where: Where, problem: str) -> None:
        place = ".".join(str(part) for part in where if isinstance(part, str))
        super().__init__(f"ligne {line} : {place + ' : ' if place else ''}{problem}")
        self.line = line
        self.where = where
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Where one number or row of a profile comes from."""

    where: str  # "hardware.memory.minimum_bytes"
    source: str  # address or document
    read_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """What the profile requires of one check."""

    tier: Tier
    requirement: Any  # an instance of the check's Requirement, its filled fields still empty


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRule:
    """The `[school]` table: how workstations add up to a school."""

    ready_percent: int  # share of measured workstations that must be usable for the school to open
    coverage_percent: int  # share of expected workstations that must be measured for the school to be judged
    site_percent: int  # share of measured workstations with one network cause that makes it a cause of the site
    freshness_days: int  # days of school past which a measurement is stale
    kbps_per_pupil: int | None = None  # what one pupil needs of the line; None: capacity is not told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    id: str
    version: str
    valid_from: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A dated, versioned set of requirements."""

    id: str
    version: str
    valid_from: date
    title: str
    services: tuple[Service, ...]
    requirements: Mapping[str, Required]  # by check id, in the catalogue's order
    school: SchoolRule
    figures: tuple[Figure, ...]


def parse(text: str) -> Profile:
    """Read a profile from its TOML text; raises `ProfileError`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise ProfileError(line, (), f"ce n'est pas du TOML lisible ({error})") from None
    try:
        return _read(document)
    except Unreadable as error:
        raise ProfileError(line_of(text, error.where), error.where, error.problem) from None


def _read(document: dict[str, Any]) -> Profile:
    families = dict.fromkeys(check.id.split(".")[0] for check in checks.ALL)
    for key in document:
        if key not in ("profile", "service", "school", *families):
            raise Unreadable(
                (key,), "table inconnue ; tables connues : profile, service, school, " + ", ".join(families)
            )
    for table in ("profile", "school"):
        if table not in document:
            raise Unreadable((), f"la table [{table}] manque")
    header = build(_Header, document["profile"], ("profile",))
    figures: list[Figure] = []
    services = _services(document.get("service", []))
    tables = {family: document.get(family, {}) for family in families}
    requirements = _requirements(tables, figures, has_services=bool(services))
    school = build(SchoolRule, _unsourced(document["school"], ("school",), figures), ("school",))
    for name in ("ready_percent", "coverage_percent", "site_percent"):
        if not 0 <= getattr(school, name) <= 100:
            raise Unreadable(("school", name), f"un pourcentage de 0 à 100 est attendu, pas {getattr(school, name)}")
    return Profile(
        id=header.id,
        version=header.version,
        valid_from=header.valid_from,
        title=header.title,
        services=services,
        requirements=requirements,
        school=school,
        figures=tuple(figures),
    )


def _services(tables: Any) -> tuple[Service, ...]:
    services = build(tuple[Service, ...], tables, ("service",))
    seen: set[str] = set()
    for i, service in enumerate(services):
        if service.name in seen or not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", service.name):
            problem = "un nom unique est attendu, en minuscules, chiffres et « _ » (32 au plus)"
            raise Unreadable(("service", i, "name"), f"{problem}, pas {service.name!r}")
        seen.add(service.name)
        try:
            parts, endpoints = urlsplit(service.url), service.endpoints
        except ValueError:
            raise Unreadable(("service", i, "hosts"), "un nom d'hôte ou un port est illisible") from None
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise Unreadable(("service", i, "url"), f"une adresse https://… est attendue, pas {service.url!r}")
        if not all(endpoint.host for endpoint in endpoints):
            raise Unreadable(("service", i, "hosts"), "un nom d'hôte est vide")
    if len({endpoint.host for service in services for endpoint in service.endpoints}) > MAX_HOSTS:
        raise Unreadable(("service",), f"plus de {MAX_HOSTS} hôtes : un profil n'en nomme pas tant")
    return services


def _requirements(families: Mapping[str, Any], figures: list[Figure], *, has_services: bool) -> dict[str, Required]:
    for family, tables in families.items():
        for name in tables if isinstance(tables, Mapping) else ():
            if f"{family}.{name}" not in checks.BY_ID:
                known = ", ".join(c.id for c in checks.ALL if c.id.startswith(f"{family}."))
                raise Unreadable((family, name), f"contrôle inconnu ; contrôles connus : {known}")
    found: dict[str, Required] = {}
    for check in checks.ALL:
        family, name = check.id.split(".")
        if name not in families[family]:
            continue
        table = _unsourced(families[family][name], (family, name), figures)
        if not isinstance(table, dict) or "tier" not in table:
            raise Unreadable((family, name), "la clé « tier » manque : minimum ou recommended")
        if any(f.name == "services" for f in fields(check.requirement)) and not has_services:
            raise Unreadable((family, name), "ce contrôle demande au moins un [[service]]")
        tier = build(Tier, table.pop("tier"), (family, name, "tier"))
        found[check.id] = Required(tier=tier, requirement=build(check.requirement, table, (family, name)))
    return found


def _unsourced(value: Any, where: Where, figures: list[Figure], sourced: bool = False) -> Any:
    """Take sources out of a table, noting each; a number or date without one is refused."""
    if isinstance(value, dict):
        rest = dict(value)
        if "source" in rest or "read_on" in rest:
            sourced = True
            source = build(str, rest.pop("source", None), (*where, "source"))
            read_on = build(date, rest.pop("read_on", None), (*where, "read_on"))
            figures.append(Figure(where=".".join(map(str, where)), source=source, read_on=read_on))
            if rest.keys() == {"value"}:
                return rest["value"]
        return {key: _unsourced(item, (*where, key), figures, sourced) for key, item in rest.items()}
    if isinstance(value, list):
        return [_unsourced(item, (*where, i), figures, sourced) for i, item in enumerate(value)]
    if not sourced and (isinstance(value, date) or type(value) in (int, float)):
        wanted = f'{{ value = {value}, source = "…", read_on = AAAA-MM-JJ }}'
        raise Unreadable(where, f"un nombre ou une date porte sa source : {wanted}")
    return value


def line_of(text: str, where: Where) -> int:
    """Return the line (from 1) where a path of keys stands in a TOML text, or of its nearest table."""
    best, best_length, table = 1, 0, ()  # type: int, int, Where
    rows: dict[Where, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line)
        key = re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line)
        if header:
            table = tuple(part.strip("\"' ") for part in header[2].split("."))
            if header[1] == "[[":
                rows[table] = rows.get(table, -1) + 1
                table = (*table, rows[table])
            here = table
        elif key:
            here = (*table, *(part.strip("\"' ") for part in key[1].split(".")))
        else:
            continue
        if len(here) > best_length and here == where[: len(here)]:
            best, best_length = number, len(here)
    return best

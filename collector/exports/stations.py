"""What is in the export of a school? One row per workstation and thing that is not ready on it."""

from collections.abc import Iterator
from typing import Final

from checks.french import OUTCOMES, PLACES
from collector.answers import SchoolReadiness
from collector.exports.table import Cell, Column, Table

COLUMNS: Final = (
    Column(name="uai", title="Code UAI", width=10),
    Column(name="school", title="École", width=38),
    Column(name="commune", title="Commune", width=24),
    Column(name="tag", title="Poste", width=7),
    Column(name="place", title="Lieu", width=20),
    Column(name="standing", title="Situation", width=22),
    Column(name="outcome", title="État du poste", width=18),
    Column(name="observed_at", title="Mesuré le", width=16),
    Column(name="check", title="Contrôle", width=20),
    Column(name="subject", title="Service", width=12),
    Column(name="finding", title="État du contrôle", width=18),
    Column(name="cause", title="Cause", width=24),
    Column(name="sentence", title="Constat", width=70),
)
_STANDINGS: Final = {
    "measured": "mesuré",
    "stale": "relevé trop ancien",
    "pending": "en attente d'acceptation",
    "quarantined": "écarté",
    "silent": "pas encore mesuré",
}


def station_table(found: SchoolReadiness) -> Table:
    """Lay out the workstations of a school; one that is ready has one row too."""
    about = (
        ("École", f"{found.school.name}, {found.school.commune} ({found.school.uai})"),
        ("État", OUTCOMES[found.outcome]),
        ("Raison", found.reason),
        ("Postes mesurés", found.workstations.measured),
        ("Postes attendus", found.workstations.expected),
        ("État au", found.as_of),
    )
    return Table(
        name=f"preau-postes-{found.school.uai}", title="Postes", about=about, columns=COLUMNS, rows=_rows(found)
    )


def _rows(found: SchoolReadiness) -> Iterator[tuple[Cell, ...]]:
    school = (found.school.uai, found.school.name, found.school.commune)
    for station in found.stations:
        here: tuple[Cell, ...] = (
            *school,
            station.tag,
            PLACES.get(station.place, station.place),
            _STANDINGS.get(station.standing, station.standing),
            OUTCOMES[station.outcome] if station.outcome else None,
            station.observed_at,
        )
        for finding in station.findings:
            yield *here, finding.check, finding.subject, OUTCOMES[finding.outcome], finding.cause, finding.sentence
        if not station.findings:
            yield *here, None, None, None, None, None

"""What do exports hold? One row per school of a territory, one by one, so that a nation does not fill the memory."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sqlmodel import Session, col, select

import checks
from checks.actors import ACTOR_NAMES, DEFAULT_ACTORS
from checks.decide import remedy_of
from checks.french import OUTCOMES
from checks.model import Outcome, Role
from collector.exports.table import Cell, Column
from collector.judged import SchoolCause, SchoolState
from collector.store.generations import Serving, serving
from collector.store.school_list import clauses_of
from collector.store.summaries import Scope, with_state
from collector.tables import School

_AT_ONCE: Final = 1000

SCHOOL_COLUMNS: Final = (
    Column(name="uai", title="Code UAI", width=10),
    Column(name="name", title="École", width=38),
    Column(name="commune", title="Commune", width=24),
    Column(name="commune_code", title="Code commune", width=9),
    Column(name="epci", title="Intercommunalité", width=28),
    Column(name="circonscription", title="Circonscription", width=24),
    Column(name="departement", title="Département", width=20),
    Column(name="academie", title="Académie", width=16),
    Column(name="sector", title="Secteur", width=8),
    Column(name="contract", title="Contrat", width=18),
    Column(name="nature", title="Type", width=12),
    Column(name="pupils", title="Élèves", width=8),
    Column(name="wave", title="Vague", width=8),
    Column(name="opens_on", title="Ouverture de l'ENT", width=12),
    Column(name="outcome", title="État", width=18),
    Column(name="reason", title="Raison", width=60),
    Column(name="expected", title="Postes attendus", width=9),
    Column(name="measured", title="Postes mesurés", width=9),
    Column(name="ready", title="Postes prêts", width=8),
    Column(name="at_risk", title="Postes avec réserves", width=9),
    Column(name="blocked", title="Postes non prêts", width=8),
    Column(name="unmeasured", title="Postes inconnus", width=9),
    Column(name="stale", title="Relevés trop anciens", width=9),
    Column(name="pending", title="Postes en attente", width=9),
    Column(name="profile", title="Jugé selon", width=20),
    Column(name="as_of", title="Dernier changement", width=16),
)


def school_rows(session: Session, scope: Scope) -> Iterator[tuple[Cell, ...]]:
    """Yield the schools of a scope by commune and name, as `SCHOOL_COLUMNS` says; the session stays open meanwhile."""
    found = serving(session)
    query: Any = with_state(select(School, SchoolState), found).where(*clauses_of(scope)).order_by(School.listed_as)
    for school, state in session.exec(query.execution_options(yield_per=_AT_ONCE)):
        yield (*_who(school), *_where(state), *_by(school, state, found))


ACTION_COLUMNS: Final = (
    Column(name="actor", title="Qui doit agir", width=22),
    Column(name="check", title="Contrôle", width=20),
    Column(name="cause", title="Cause", width=24),
    Column(name="observation", title="Constat", width=50),
    Column(name="action", title="À faire", width=60),
    Column(name="uai", title="Code UAI", width=10),
    Column(name="school", title="École", width=38),
    Column(name="commune", title="Commune", width=24),
    Column(name="of_site", title="Toute l'école", width=9),
    Column(name="workstations", title="Postes", width=8),
    Column(name="blocked", title="Postes bloqués", width=9),
)


def action_rows(session: Session, scope: Scope) -> Iterator[tuple[Cell, ...]]:
    """Yield each cause of each school, as `ACTION_COLUMNS` says; the session stays open meanwhile."""
    serves = col(SchoolCause.generation) == serving(session).expression()
    query: Any = select(School, SchoolCause).join(SchoolCause, (col(SchoolCause.uai) == col(School.uai)) & serves)
    query = query.where(*scope.clauses()).order_by(SchoolCause.check_id, SchoolCause.cause, School.listed_as)
    for school, kept in session.exec(query.execution_options(yield_per=_AT_ONCE)):
        remedy = remedy_of(kept.check_id, kept.cause) if kept.check_id in checks.BY_ID else None
        yield (
            ACTOR_NAMES[DEFAULT_ACTORS[Role(kept.role)]],
            kept.check_id,
            kept.cause,
            remedy.observation if remedy else None,
            remedy.action if remedy else None,
            school.uai,
            school.name,
            school.commune_name,
            "oui" if kept.of_site else "non",
            kept.workstations,
            kept.blocked,
        )


def _who(school: School) -> tuple[Cell, ...]:
    return (
        school.uai,
        school.name,
        school.commune_name,
        school.commune_code,
        school.epci_name,
        school.circonscription_name,
        school.departement_name,
        school.academie_name,
        school.sector,
        school.contract or None,
        school.nature,
        school.pupils,
        school.wave,
        school.opens_on,
    )


def _where(state: SchoolState | None) -> tuple[Cell, ...]:
    outcome = Outcome(state.outcome) if state else Outcome.UNMEASURED
    return OUTCOMES[outcome], state.reason if state else None


def _by(school: School, state: SchoolState | None, found: Serving) -> tuple[Cell, ...]:
    profile = found.of(school.profile_id).profile
    numbers = ("measured", "ready", "at_risk", "blocked", "unmeasured", "stale", "pending")
    return (
        school.expected_workstations,
        *(getattr(state, name) if state else 0 for name in numbers),
        f"{profile.id} {profile.version}" if profile else None,
        datetime.fromtimestamp(state.as_of, UTC) if state else None,
    )

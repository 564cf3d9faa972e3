"""Which workstations are asked to measure again? A request is kept per school, and answered by a later report."""

from typing import Any, Final

from sqlalchemy import and_, delete, func, insert, literal, select
from sqlmodel import Session, col

from collector.findings import unpack
from collector.judged import Finding, SchoolCause, Verdict
from collector.plan.tables import Rerun
from collector.store.generations import serving
from collector.store.summaries import Scope
from collector.tables import School, Workstation

LASTS_S: Final = 14 * 86_400
"""A workstation that has not come for so long is no longer asked: its next report says it all anyway."""


def ask(session: Session, scope: Scope, check: str, cause: str, now: int, by: str) -> int:
    """Ask the workstations of a territory that have a cause to measure again; returns in how many schools."""
    session.execute(delete(Rerun).where(col(Rerun.asked_at) < now - 2 * LASTS_S))
    has = and_(
        col(SchoolCause.uai) == col(School.uai),
        col(SchoolCause.generation) == serving(session).expression(),
        col(SchoolCause.check_id) == check,
        col(SchoolCause.cause) == cause,
    )
    kept: Any = (
        select(col(School.uai), literal(check), literal(cause), literal(now), literal(by))
        .join(SchoolCause, has)
        .where(*scope.clauses())
    )
    columns = ["uai", "check_id", "cause", "asked_at", "asked_by"]
    result: Any = session.execute(insert(Rerun).from_select(columns, kept))
    return int(result.rowcount)


def asked_of(session: Session, workstation: Workstation, now: int) -> tuple[int, list[str]] | None:
    """Return since when a workstation is asked to measure again, and which checks; None when it is not.

    Only what it still has is asked for, and only until it has reported since.
    """
    found = session.execute(select(Rerun).where(col(Rerun.uai) == workstation.uai, col(Rerun.asked_at) > now - LASTS_S))
    wanted = list(found.scalars().all())
    if not wanted:
        return None
    gen = serving(session).of(session.get_one(School, workstation.uai).profile_id)
    verdict = session.get(Verdict, (gen.id, workstation.id))
    wanted = [one for one in wanted if verdict is None or one.asked_at > verdict.measured_at]
    kept = session.get(Finding, (gen.id, workstation.id))
    has = {(one.check_id, one.cause) for one in unpack(kept.found)} if kept else set()
    concerned = [one for one in wanted if (one.check_id, one.cause) in has]
    if not concerned:
        return None
    return max(one.asked_at for one in concerned), sorted({one.check_id for one in concerned})


def last_asked(session: Session, scope: Scope, check: str, cause: str) -> tuple[int, int, int] | None:
    """Return when it was last asked, in how many schools, and how many of them have reported since; or None."""
    asked = (col(Rerun.check_id) == check, col(Rerun.cause) == cause)
    latest: Any = select(func.max(col(Rerun.asked_at))).join(School, col(School.uai) == col(Rerun.uai))
    at = session.execute(latest.where(*scope.clauses(), *asked)).scalar_one()
    if at is None:
        return None
    reported = and_(col(Verdict.workstation_id) == col(Workstation.id), col(Verdict.measured_at) >= at)
    schools: Any = (
        select(func.count(func.distinct(col(Rerun.uai))), func.count(func.distinct(col(Workstation.uai))))
        .select_from(Rerun)
        .join(School, col(School.uai) == col(Rerun.uai))
        .outerjoin(
            Workstation,
            and_(
                col(Workstation.uai) == col(Rerun.uai),
                select(col(Verdict.workstation_id)).where(reported).correlate(Workstation).exists(),
            ),
        )
        .where(*scope.clauses(), *asked, col(Rerun.asked_at) == at)
    )
    asked_schools, answered = session.execute(schools).one()
    return at, asked_schools, answered

"""Where does each school stand? Kept in the transaction that changes it, so that territories are sums.

Rows are taken in the order of UAI, so that several writers never wait for one another in a ring.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from sqlmodel import Session, col, select

from checks.profile import Profile
from collector.rollup import Cause, SchoolReadiness, roll_up
from collector.store.profiles import profile_for
from collector.store.stations import AT_ONCE, stations_of
from collector.tables import School, SchoolCause, SchoolState


def refresh_school(session: Session, uai: str, now: int) -> None:
    """Add up one school again, after anything about it changed. An unknown UAI is a KeyError."""
    if session.get(School, uai) is None:
        raise KeyError(uai)
    refresh_schools(session, [uai], now)


def refresh_schools(session: Session, uais: Iterable[str], now: int) -> None:
    """Add up many schools again; those that do not exist are passed over. `now` is in seconds since 1970 UTC."""
    for some in _batches(sorted(set(uais))):
        _refresh(session, some, now)


def sweep(session: Session, now: int) -> int:
    """Add up again the schools that time alone has changed (measurements grown stale); return how many."""
    changed = select(SchoolState.uai).where(col(SchoolState.next_change_at) <= now)
    uais = session.exec(changed).all()
    refresh_schools(session, uais, now)
    return len(uais)


def _batches(uais: Sequence[str]) -> Iterator[Sequence[str]]:
    return (uais[start : start + AT_ONCE] for start in range(0, len(uais), AT_ONCE))


def _refresh(session: Session, uais: Sequence[str], now: int) -> None:
    schools = session.exec(select(School).where(col(School.uai).in_(uais)).order_by(School.uai)).all()
    by_id = {school.profile_id: school for school in schools}
    serving = {profile_id: profile_for(session, school) for profile_id, school in by_id.items()}
    profiles = {school.uai: serving[school.profile_id] for school in schools}
    held = stations_of(session, profiles)
    states = {s.uai: s for s in session.exec(select(SchoolState).where(col(SchoolState.uai).in_(uais))).all()}
    causes: dict[str, list[SchoolCause]] = {}
    for row in session.exec(select(SchoolCause).where(col(SchoolCause.uai).in_(uais))).all():
        causes.setdefault(row.uai, []).append(row)
    for school in schools:
        profile = profiles[school.uai]
        readiness = roll_up(
            (h.station for h in held.get(school.uai, ())),
            expected=school.expected_workstations,
            rule=profile.school if profile else None,
            now=now,
        )
        _keep_state(session, states.get(school.uai), school.uai, profile, readiness, now)
        _keep_causes(session, causes.get(school.uai, ()), school.uai, readiness.causes)
    session.flush()


def _keep_state(
    session: Session, kept: SchoolState | None, uai: str, profile: Profile | None, found: SchoolReadiness, now: int
) -> None:
    columns = {
        "outcome": found.outcome.value,
        "reason": found.reason,
        "profile_id": profile.id if profile else "",
        "profile_version": profile.version if profile else "",
        "measured": found.counts.measured,
        **asdict(found.counts),
        "as_of": now,
        "next_change_at": found.next_change_at,
    }
    if kept is None:
        session.add(SchoolState(uai=uai, **columns))
    else:
        kept.sqlmodel_update(columns)


def _keep_causes(session: Session, kept: Sequence[SchoolCause], uai: str, found: Sequence[Cause]) -> None:
    by_name = {(row.check_id, row.cause): row for row in kept}
    for cause in found:
        columns = asdict(cause) | {"outcome": cause.outcome.value, "role": cause.role.value}
        row = by_name.pop((cause.check_id, cause.cause), None)
        if row is None:
            session.add(SchoolCause(uai=uai, **columns))
        else:
            row.sqlmodel_update(columns)
    for gone in by_name.values():
        session.delete(gone)

"""Schools of the sample directory whose workstations are recorded machines, judged and added up as reports are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_OID, uuid5

from fastapi import FastAPI, Request
from msgspec.structs import replace

import checks
from checks.decide import fill
from checks.machine import CannotAnswer
from checks.model import Context, Observation
from checks.plain import to_plain
from checks.profile import parse
from checks.wire import to_json
from collector.access import guard
from collector.app import create_app
from collector.facts import Kept
from collector.people.reader import Reader
from collector.people.roles import Grant, Role
from collector.school_files import take
from collector.settings import Settings
from collector.store import Session
from collector.store.engine import Store
from collector.store.generations import publish
from collector.store.readiness import refresh_school
from collector.store.schema import upgrade
from collector.store.standing import take_facts
from collector.tables import School, Workstation, WorkstationKey
from collector.territory import parse_place
from tests.replay import MACHINES, Replay, load

NOW = int(datetime(2026, 11, 24, 9, 30, tzinfo=UTC).timestamp())
DAY_S = 86_400
TOML = (MACHINES / "profile.toml").read_text(encoding="utf-8").replace('id = "tests"', 'id = "ent-1d-exemple"')
PROFILE = parse(TOML)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pc:
    """One workstation to put in a school."""

    machine: str | None  # name of a recording; None: enrolled, nothing reported yet
    state: str = "active"
    days_old: int = 0
    place: str = "salle_informatique"
    evidence: str = "agent"


MOULIN, MARELLE, GRAND_TILLEUL, HIRONDELLES, LIBELLULES = "0990019H", "0990021K", "0990024N", "0990018G", "0990017F"
SCHOOLS: dict[str, Sequence[Pc]] = {
    MOULIN: (  # ten expected
        Pc(machine="interception_untrusted"),
        Pc(machine="interception_untrusted"),
        Pc(machine="interception_untrusted"),
        Pc(machine="interception_untrusted"),
        Pc(machine="windows_11_healthy", place="direction"),
        Pc(machine="old_browser_by_default", place="classe"),
        Pc(machine="windows_10_without_esu", place="bcd", evidence="interactive"),
        Pc(machine="interception_untrusted"),
        Pc(machine="windows_11_healthy", days_old=80, place="classe_mobile"),
        Pc(machine="windows_11_healthy", state="pending", place="salle_des_maitres"),
    ),
    MARELLE: tuple(Pc(machine="debian_12_healthy") for _ in range(6)),
    GRAND_TILLEUL: (*(Pc(machine="debian_12_healthy") for _ in range(4)), Pc(machine="old_browser_by_default")),
    HIRONDELLES: (Pc(machine="windows_11_healthy"), Pc(machine=None), Pc(machine=None, state="retired")),
    LIBELLULES: (*(Pc(machine="service_down") for _ in range(4)), Pc(machine="windows_10_without_esu")),
}


def fill_database(store: Store, now: int = NOW) -> None:
    """Bring in the sample directory, the profile of recorded machines, and `SCHOOLS` measured at `now`."""
    upgrade(store.engine)
    sample = Path(str(files("collector") / "sample"))
    store.write(lambda session: publish(session, PROFILE, TOML, "", now, default=True))
    take(store, sample / "annuaire.csv", now)
    assignment = (sample / "attribution.csv").read_text(encoding="utf-8-sig").replace(";demonstration", ";")
    with TemporaryDirectory() as folder:
        with_no_profile = Path(folder) / "attribution.csv"
        with_no_profile.write_text(assignment, encoding="utf-8")
        take(store, with_no_profile, now)
    for uai, pcs in SCHOOLS.items():
        store.write(lambda session, uai=uai, pcs=pcs: measure(session, uai, pcs, now))


def measure(session: Session, uai: str, pcs: Sequence[Pc], now: int = NOW) -> None:
    """Put workstations in a school, judge them, add the school up."""
    for number, pc in enumerate(pcs, start=1):
        id_ = pc_of(uai, number)
        workstation = Workstation(
            id=id_, uai=uai, tag=f"{number:02}", place=pc.place, evidence=pc.evidence, state=pc.state
        )
        session.add(workstation)
        session.flush()
        of_key = "active" if pc.state == "retired" else pc.state
        key = WorkstationKey(
            key_id=id_.replace("-", ""), workstation_id=id_, public_key=b"", state=of_key, enrolled_at=now
        )
        session.add(key)
        if pc.machine is not None:
            at = now - pc.days_old * DAY_S - 600 - 60 * number
            session.flush()
            facts = {id_: replace(kept, observed_at=at) for id_, kept in observed(pc.machine).items()}
            take_facts(session, id_, facts, now)
    session.flush()
    refresh_school(session, uai, now)


def pc_of(uai: str, number: int) -> str:
    """The id of the workstation of a school that has this number."""
    return str(uuid5(NAMESPACE_OID, f"{uai}-{number:02}"))


@cache
def observed(machine: str) -> dict[str, Kept]:
    """What the probes bring back from a recorded machine, as it is kept."""
    door = Replay(load(MACHINES / f"{machine}.json")["answers"])
    found: dict[str, Kept] = {}
    for check in checks.ALL:
        requirement = fill(PROFILE.requirements[check.id].requirement, PROFILE, Context(), Observation())
        try:
            found[check.id] = Kept(observed_at=0, facts=to_json(to_plain(check.probe(door, requirement))))
        except CannotAnswer as closed:
            found[check.id] = Kept(observed_at=0, facts=None, fault=closed.reason)
    return found


def open_app(
    data_dir: Path, *, open_reading: bool = True, role: Role = Role.LECTEUR, place: str = "nation"
) -> tuple[FastAPI, Store]:
    """The collector over such a database; its lifespan is not run, so nothing on the network is looked at.

    `open_reading` has everybody asked pass for a reader with this role and place, as if signed in: pages are then
    tested without signing in (`tests/collector/people` tests that).
    """
    settings = Settings(data_dir=data_dir, snapshot_s=0)
    app = create_app(settings)
    store = app.state.store = Store(settings.url)
    if open_reading:
        everybody = Reader(actor="tests", grants=(Grant(role, parse_place(place)),))

        def let_in(request: Request) -> None:
            request.state.reader = everybody

        app.dependency_overrides[guard] = let_in
    return app, store


def rename(session: Session, uai: str, name: str) -> None:
    """Call a school something else."""
    session.get_one(School, uai).name = name

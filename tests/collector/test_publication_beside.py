"""Whatever people do between two batches of a publication, killed or not, every count is right, then and after."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import select

from checks.profile import parse
from collector import rejudging
from collector.assignment import Assignment
from collector.facts import Kept
from collector.judging_pool import ask_many
from collector.publishing import publish_profile
from collector.school_files import _assign
from collector.signing import Keys
from collector.store import Session, moves
from collector.store.engine import Store
from collector.store.erasures import erase_workstations
from collector.store.generations import prepare
from collector.store.readiness import refresh_schools
from collector.store.rolled_up import RolledUp, moment
from collector.store.standing import take_facts
from collector.store.summaries import Scope
from collector.store.sweeping import sweep_all
from collector.tables import School, Workstation
from collector.territory import NATION
from collector.verify_cli import verify
from tests.collector.conftest import CLOSED, MARELLE, MOULIN, PROFILE, TILLEULS
from tests.collector.measured import Pc, measure, observed
from tests.collector.test_rejudging import stricter

pytestmark = pytest.mark.both_databases
SCHOOLS = (MOULIN, TILLEULS, MARELLE, CLOSED)
MACHINES = ("debian_12_healthy", "interception_untrusted", "old_browser_by_default", "name_refused_one_service")
OTHER = PROFILE.replace('id = "tests"', 'id = "b"', 1)
ACTS = ("assign", "directory", "retire", "bring_back", "transfer", "replace", "report", "erase")


class Killed(Exception):
    """The publication ends here."""


@pytest.fixture
def measured(filled: Store, keys: Keys) -> Store:
    """Four schools with three workstations each, two profiles in force, one school that names the second."""
    now = int(time.time())
    publish_profile(filled, keys, OTHER)
    for uai in SCHOOLS:
        pcs = [Pc(machine=MACHINES[number % 3], state="pending" if number == 3 else "active") for number in range(4)]
        filled.write(lambda session, uai=uai, pcs=pcs: measure(session, uai, pcs, now))
    filled.write(partial(_assign, rows=[assigned(TILLEULS, profile_id="b")], now=now))
    return filled


def assigned(uai: str, **said: object) -> Assignment:
    """Lay out a line of a table of attribution that says this and nothing else."""
    values = {"expected_workstations": None, "wave": None, "opens_on": None, "profile_id": None} | said
    return Assignment(line=1, uai=uai, unsaid=frozenset(values.keys() - said.keys()), **values)  # type: ignore[arg-type]


def act(session: Session, chance: random.Random, now: int) -> str:
    """Do one thing that people, workstations or time do."""
    what, uai, other = chance.choice(ACTS), chance.choice(SCHOOLS), chance.choice(SCHOOLS)
    pcs = list(session.exec(select(Workstation).where(Workstation.uai == uai).order_by(Workstation.id)).all())
    pc = chance.choice(pcs).id if pcs else ""
    if what == "assign":
        said = {
            "expected_workstations": chance.choice([None, 1, 9]),
            "opens_on": chance.choice([None, date(2090, 9, 1)]),
            "profile_id": chance.choice([None, "b", "unknown"]),
        }
        _assign(session, [assigned(uai, **said)], now)
    elif what == "directory":
        school = session.get_one(School, uai)
        school.is_open, school.commune_code = chance.random() < 0.7, chance.choice(["99001", "99002"])
        refresh_schools(session, [uai], now)
    elif what == "retire" and pc:
        moves.retire(session, pc, now)
    elif what == "bring_back" and pc:
        moves.bring_back(session, pc, now)
    elif what == "transfer" and pc and uai != other:
        moves.transfer(session, pc, other, None, now)
    elif what == "replace" and len(pcs) > 1:
        moves.replace(session, *chance.sample([one.id for one in pcs], 2), now)
    elif what == "report" and pc:
        facts = observed(chance.choice(MACHINES))
        take_facts(session, pc, {id_: _seen(kept, now) for id_, kept in facts.items()}, now)
    elif what == "erase" and pc and chance.random() < 0.3:
        erase_workstations(session, [pc], now)
    return what


def _seen(kept: Kept, at: int) -> Kept:
    return replace(kept, observed_at=at)


def hold(store: Store, chance: random.Random, what: list[str], *, kills: bool) -> Callable[[int, int], None]:
    """Return what acts between batches, holds every count to a recount, and may end the publication."""

    def between(_done: int, _total: int) -> None:
        for _ in range(chance.randrange(3)):
            now = int(time.time()) + chance.choice([0, 0, 0, 3600])
            what.append(store.write(partial(act, chance=chance, now=now)))
        if chance.random() < 0.2:
            what.append("sweep")
            sweep_all(store, int(time.time()))
        assert verify(store, judging=True) == [], what
        if kills and chance.random() < 0.2:
            what.append("killed")
            raise Killed

    return between


def ahead(ask: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Have batches judged, and written where who judges writes, while up to two before them are not noted yet."""

    def asked(*args: Any, **named: Any) -> Iterator[Any]:
        held: deque[Any] = deque()
        for answer in ask(*args, **named):
            held.append(answer)
            if len(held) > 2:
                yield held.popleft()
        yield from held

    return asked


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_between_two_batches(measured: Store, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr("collector.store.rejudged.BATCH", 1)
    monkeypatch.setattr("collector.rejudging.ask_many", ahead(ask_many))
    monkeypatch.setattr("collector.store.rolled_up._COMPARED_S", 0)
    monkeypatch.setattr("collector.store.rolled_up._REST", 0)
    chance, what, kept = random.Random(seed), [], RolledUp(measured, 3600)
    for version in range(2, 5):
        toml = stricter(str(version)) if chance.random() < 0.6 else PROFILE.replace('"1"', f'"{version}"', 1)
        if chance.random() < 0.4:
            toml = toml.replace('id = "tests"', 'id = "b"', 1)
        what.append(f"publish {parse(toml).id} {version}")
        begin = partial(prepare, profile=parse(toml), toml=toml, signature="", now=int(time.time()))
        measured.write(partial(begin, default=chance.random() < 0.2))
        for kills in (True, True, False):
            with suppress(Killed):
                rejudging.rejudge(measured, hold(measured, chance, what, kills=kills))
                break
        assert verify(measured, judging=True) == [], what
        kept.keep_warm()
        with measured.reading() as session:
            found, whole = kept.at(session), moment(session, int(time.time()))
            for scope in (Scope(territory=NATION), Scope(territory=NATION, sector="public")):
                one, other = found.readiness(session, scope), whole.readiness(session, scope)
                assert (one and one.model_dump(exclude={"as_of"})) == (other and other.model_dump(exclude={"as_of"})), (
                    what
                )
        if chance.random() < 0.5:
            rejudging.tidy(measured)
            assert verify(measured, judging=True) == [], what

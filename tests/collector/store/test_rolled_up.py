"""The sums kept in memory are always those of a whole recount, at most as old as was set, and nobody waits for them."""

import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from collector.answers import TerritoryReadiness
from collector.ledger import KINDS
from collector.publishing import publish_profile
from collector.signing import Keys
from collector.store import Session
from collector.store.engine import Store
from collector.store.moves import retire
from collector.store.readiness import refresh_schools
from collector.store.rolled_up import RolledUp, moment
from collector.store.summaries import Scope, totals
from collector.tables import School
from collector.territory import NATION, Territory, parse_territory
from tests.collector.conftest import MARELLE, MOULIN, PROFILE, TILLEULS
from tests.collector.measured import Pc, measure, pc_of

pytestmark = pytest.mark.both_databases
HEALTHY, INTERCEPTED = Pc(machine="debian_12_healthy"), Pc(machine="interception_untrusted")
CUT = Scope(territory=NATION, sector="public", wave="2")


@pytest.fixture
def measured(filled: Store) -> Store:
    now = int(time.time())
    filled.write(lambda session: measure(session, MOULIN, [HEALTHY, INTERCEPTED, INTERCEPTED], now))
    filled.write(lambda session: measure(session, TILLEULS, [HEALTHY], now))
    return filled


@pytest.fixture
def kept(measured: Store, monkeypatch: pytest.MonkeyPatch) -> RolledUp:
    """Sums kept for an hour, so that only what a test asks for brings them up to date."""
    monkeypatch.setattr("collector.store.rolled_up._REST", 0)
    return RolledUp(measured, 3600)


def scopes(session: Session) -> Iterator[Scope]:
    yield Scope(territory=NATION)
    for kind in KINDS:
        column = getattr(School, "wave" if kind == "wave" else f"{kind}_code")
        for code in session.exec(select(column).distinct()).all():
            if code is not None:
                yield Scope(territory=Territory(kind, code))
    yield Scope(territory=NATION, sector="public")
    yield Scope(territory=NATION, sector="privé", contract="hors")
    yield Scope(territory=parse_territory("commune:99001"), nature="primaire", wave="2")
    yield CUT


def said(store: Store, kept: RolledUp) -> list[dict[str, Any] | None]:
    """What is kept says of every territory, without its date; held to a whole reading, and to the database's sums."""
    kept.keep_warm()
    with store.reading() as session:
        asked, now = list(scopes(session)), int(time.time())
        found = [kept.at(session).readiness(session, scope) for scope in asked]
        whole = moment(session, now)
        for scope, one in zip(asked, found, strict=True):
            assert plain(one) == plain(whole.readiness(session, scope)), scope
            if one is not None:
                sums = totals(session, scope.clauses())
                assert (one.schools, one.workstations) == (sums.schools, sums.workstations), scope
        return [plain(one) for one in found]


def plain(found: TerritoryReadiness | None) -> dict[str, Any] | None:
    return found.model_dump(exclude={"as_of"}) if found else None


def change(session: Session, uai: str, **values: object) -> None:
    school = session.get_one(School, uai)
    for name, value in values.items():
        setattr(school, name, value)
    refresh_schools(session, [uai], int(time.time()))


def test_what_is_kept_follows_reports_schools_and_profiles(measured: Store, kept: RolledUp, keys: Keys) -> None:
    before = said(measured, kept)
    now = int(time.time())
    steps = (
        lambda session: measure(session, MARELLE, [INTERCEPTED, HEALTHY], now),
        lambda session: retire(session, pc_of(MOULIN, 2), now),
        lambda session: change(session, MARELLE, wave="2", expected_workstations=4, sector="privé", contract="hors"),
        lambda session: change(session, TILLEULS, commune_code="99002", commune_name="Ailleurs", wave="2"),
        lambda session: change(session, MOULIN, is_open=False),
        lambda session: change(session, MOULIN, is_open=True, wave="2"),
    )
    for step in steps:
        measured.write(step)
        after = said(measured, kept)
        assert after != before
        before = after
    publish_profile(measured, keys, PROFILE.replace('version = "1"', 'version = "2"', 1))
    assert said(measured, kept) != before


def test_any_order_of_changes_adds_up(measured: Store, kept: RolledUp) -> None:
    chance = random.Random(4)
    for _ in range(12):
        values = {
            "wave": chance.choice([None, "1", "2"]),
            "is_open": chance.random() < 0.7,
            "expected_workstations": chance.choice([None, 0, 7]),
            "epci_code": chance.choice([None, "243100518"]),
            "circonscription_name": chance.choice(["Montcartable", "Ailleurs"]),
        }
        uai = chance.choice([MOULIN, TILLEULS, MARELLE])
        measured.write(lambda session, uai=uai, values=values: change(session, uai, **values))
        said(measured, kept)


def test_it_is_never_older_than_set_and_age_0_is_never_kept(measured: Store) -> None:
    young, now = RolledUp(measured, 0.3), RolledUp(measured, 0)

    def ready(kept: RolledUp) -> int:
        with measured.reading() as session:
            found = kept.at(session).readiness(session, Scope(territory=NATION))
            assert found is not None
            return found.workstations.measured

    assert (ready(young), ready(now)) == (4, 4)
    measured.write(lambda session: measure(session, MARELLE, [HEALTHY], int(time.time())))
    assert ready(now) == 5
    time.sleep(0.35)
    assert ready(young) == 5


def test_where_nothing_changed_nothing_is_read_again(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many schools there are: four statements, and the sums stay the very same."""
    monkeypatch.setattr("collector.store.rolled_up._REST", 0)
    monkeypatch.setattr("collector.store.open_schools._TWICE_S", -60)  # nothing is so young
    filled.write(lambda session: measure(session, MOULIN, [HEALTHY, INTERCEPTED], int(time.time())))
    kept = RolledUp(filled, 3600)
    kept.keep_warm()
    with filled.reading() as session:
        before = kept.at(session).known  # whoever asks has changes read often
    said: list[str] = []
    event.listen(filled.engine, "before_cursor_execute", lambda *words: said.append(words[2]))
    kept.keep_warm()
    with filled.reading() as session:
        assert kept.at(session).known is before
    assert len([one for one in said if one.startswith("SELECT")]) <= 4, said
    monkeypatch.setattr("collector.store.rolled_up._COMPARED_S", 0)
    kept.keep_warm()
    with filled.reading() as session:
        assert kept.at(session).known is before


def test_nobody_waits_while_somebody_else_reads(measured: Store) -> None:
    young = RolledUp(measured, 0.2)
    with measured.reading() as session:
        first = young.at(session)
        time.sleep(0.25)
        with young._lock:
            assert young.at(session) is first
        assert young.at(session) is not first


def test_who_reads_every_school_lets_requests_in_between(measured: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    usual, seen = sys.getswitchinterval(), list[float]()

    def load(*_: object) -> None:
        seen.append(sys.getswitchinterval())
        raise ConnectionError

    monkeypatch.setattr("collector.store.rolled_up.load", load)
    with measured.reading() as session, pytest.raises(ConnectionError):
        RolledUp(measured, 3600).at(session)
    assert seen[0] < usual / 5
    assert sys.getswitchinterval() == usual


def test_changes_are_read_less_often_while_nobody_asks(measured: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.store.rolled_up._REST", 0)
    young = RolledUp(measured, 2)
    young.keep_warm()
    unasked = young._moment
    young.keep_warm()
    assert unasked is young._moment is not None
    with measured.reading() as session:
        young.at(session)
    young.keep_warm()
    assert young._moment is not unasked


def test_what_a_slow_clock_and_a_long_transaction_hide_is_found_by_comparing(
    measured: Store, kept: RolledUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = said(measured, kept)
    measured.write(lambda session: measure(session, MARELLE, [HEALTHY], int(time.time()) - 3600))
    kept.keep_warm()
    with measured.reading() as session:
        hidden = [plain(kept.at(session).readiness(session, scope)) for scope in scopes(session)]
    assert hidden == before
    monkeypatch.setattr("collector.store.rolled_up._COMPARED_S", 0)
    assert said(measured, kept) != before


def test_an_answer_that_only_its_date_would_change_is_not_sent_again(app: FastAPI, client: TestClient) -> None:
    app.state.rolled_up = RolledUp(app.state.store, 0)
    first = client.get("/api/v1/readiness")
    named = {"If-None-Match": first.headers["etag"]}
    again = client.get("/api/v1/readiness", headers=named)
    assert (again.status_code, again.content) == (304, b"")
    app.state.store.write(lambda session: measure(session, MOULIN, [HEALTHY], int(time.time())))
    assert client.get("/api/v1/readiness", headers=named).status_code == 200

"""What does a clock that was years ahead leave behind? Nothing is taken away, and what it dated gives way."""

import time
import uuid
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from checks import wire
from collector import cli
from collector.assignment import Assignment
from collector.judged import SchoolThroughput, WorkstationFacts
from collector.people import limits
from collector.publishing import publish_profile
from collector.retention import ClockJumped, purge_in_time
from collector.school_files import _assign
from collector.signing import Keys
from collector.store.engine import Store
from collector.store.line import lease
from collector.store.sweeping import sweep
from collector.store.territory_days import days_of
from collector.store.throughput import elect
from collector.territory import NATION
from collector.verify_cli import verify
from tests.collector.conftest import MOULIN, PROFILE
from tests.collector.workstation import Workstation

DAY_S = 86_400


def test_a_clock_that_jumps_years_ahead_takes_nothing_away(
    workstation: Workstation,
    filled: Store,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    workstation.send(wire.pack(workstation.report()))
    now = int(time.time())
    wrong, hour = now + 3650 * DAY_S, 3600
    assert purge_in_time(filled, keys, now) == {}
    for at in (wrong, wrong + hour, now + hour, wrong):
        with pytest.raises(ClockJumped, match="sept jours"):
            purge_in_time(filled, keys, at)
    monkeypatch.setattr(time, "time", lambda: float(wrong))
    monkeypatch.setenv("PREAU_DATABASE_URL", filled.url)
    assert cli.main(["purge"]) == 1
    assert "--yes" in capsys.readouterr().err
    with filled.reading() as session:
        assert session.exec(select(WorkstationFacts)).all()
    assert cli.main(["purge", "--yes"]) == 0, "somebody says that the date is right"
    with filled.reading() as session:
        assert not session.exec(select(WorkstationFacts)).all()


def test_a_clock_put_right_is_believed_again_after_a_week(filled: Store, keys: Keys) -> None:
    now, found = int(time.time()), []
    for days in (0, 400, *range(1, 12)):
        try:
            purge_in_time(filled, keys, now + days * DAY_S)
        except ClockJumped:
            found.append(days)
    assert found == [400, *range(1, 8)]


@pytest.mark.both_databases
def test_what_a_wrong_clock_dated_gives_way(filled: Store, keys: Keys) -> None:
    """The line's run and its lease, tries to sign in, and the days kept: of ten years ahead, then of now."""
    now = int(time.time())
    run = {"uai": MOULIN, "down_kbps": 9, "up_kbps": 9}
    ahead, right = str(uuid.uuid4()), str(uuid.uuid4())
    for at, who in ((now + 3650 * DAY_S, ahead), (now, right)):
        filled.write(
            lambda session, at=at, who=who: elect(session, [run | {"workstation_id": who, "observed_at": at}], at)
        )
        assert filled.write(lambda session, at=at, who=who: lease(session, MOULIN, who, who, at)) is None
        for _ in range(limits.MOST["name and address"]):
            filled.write(lambda session, at=at: limits.failed(session, keys, "x", "y", at))
        waits = filled.write(lambda session, at=at: limits.wait_s(session, keys, "x", "y", at))
        assert 0 < waits <= limits.WINDOW_S
        filled.write(lambda session, at=at: sweep(session, at))
    with filled.reading() as session:
        assert session.get_one(SchoolThroughput, MOULIN).workstation_id == right
        assert {day.day for day in days_of(session, NATION)} == {datetime.fromtimestamp(now, UTC).date()}


@pytest.mark.both_databases
def test_what_another_profile_said_then_dates_nothing(
    workstation: Workstation, filled: Store, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report an hour ahead, another profile for its school, the clock put right, a report."""
    publish_profile(filled, keys, PROFILE.replace('id = "tests"', 'id = "b"', 1))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    workstation.send(wire.pack(workstation.report()))
    row = Assignment(
        line=1, uai=MOULIN, profile_id="b", unsaid=frozenset({"expected_workstations", "wave", "opens_on"})
    )
    filled.write(lambda session: _assign(session, [row], int(time.time())))
    monkeypatch.setattr(time, "time", real)
    assert workstation.send(wire.pack(workstation.report("interception_untrusted"))).status_code == 201
    assert verify(filled, judging=True) == []

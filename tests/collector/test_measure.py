"""The line to a school: a ping for anybody, large measurements for one workstation at a time."""

import time
from typing import Any

import pytest

from checks import line
from collector.store.engine import Store
from collector.store.line import REST_S, lease, spend
from tests.collector.conftest import MOULIN
from tests.collector.workstation import Workstation

NOW = 1_790_000_000
ALL = line.MAX_DOWN_BYTES + line.MAX_UP_BYTES


def leased(workstation: Workstation) -> Any:
    return workstation.client.post(line.LEASE_PATH, headers=workstation.signed("POST", line.LEASE_PATH))


def test_anybody_may_ping_and_gets_the_number_back(client: Any) -> None:
    answer = client.get(line.PING_PATH, params={"n": "abc123"})
    assert (answer.status_code, answer.content) == (200, line.pong("abc123"))
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("number", ["", "<script>", "x" * 33, "é"])
def test_a_ping_repeats_only_a_number(client: Any, number: str) -> None:
    assert client.get(line.PING_PATH, params={"n": number}).status_code == 400


def test_a_lease_carries_so_many_bytes_and_no_more(workstation: Workstation) -> None:
    secret = leased(workstation).json()["lease"]
    headers = {line.LEASE_FIELD: secret}
    down = workstation.client.get(line.DOWN_PATH, params={"bytes": line.MAX_DOWN_BYTES}, headers=headers)
    assert (down.status_code, len(down.content)) == (200, line.MAX_DOWN_BYTES)
    up = workstation.client.post(line.UP_PATH, content=b"0" * 100_000, headers=headers)
    assert (up.status_code, up.text) == (200, "100000\n")
    more = workstation.client.post(line.UP_PATH, content=b"0" * line.MAX_UP_BYTES, headers=headers)
    assert more.status_code == 403


@pytest.mark.parametrize("held", ["", "guessed"])
def test_nothing_large_passes_without_a_lease(client: Any, held: str) -> None:
    headers = {line.LEASE_FIELD: held} if held else {}
    assert client.get(line.DOWN_PATH, params={"bytes": 1000}, headers=headers).status_code == 403
    assert client.post(line.UP_PATH, content=b"0", headers=headers).status_code == 403


@pytest.mark.parametrize("size", ["", "0", "-1", "x", str(line.MAX_DOWN_BYTES + 1), "9" * 40])
def test_no_more_than_the_most_can_be_asked_for(client: Any, size: str) -> None:
    assert client.get(line.DOWN_PATH, params={"bytes": size}).status_code == 400


def test_an_unknown_workstation_gets_no_lease(client: Any) -> None:
    assert leased(Workstation(client)).status_code == 401


def test_a_second_workstation_of_the_school_waits(workstation: Workstation, store: Store) -> None:
    now = int(time.time())
    first = leased(workstation)
    assert first.status_code == 201
    wait_s = store.write(lambda session: lease(session, MOULIN, "another", "aa", now))
    assert wait_s is not None
    assert 0 < wait_s <= line.LEASE_S


@pytest.mark.both_databases
def test_the_line_is_lent_to_one_at_a_time_and_then_rests(store: Store, filled: None) -> None:
    def ask(who: str, now: int) -> int | None:
        return store.write(lambda session: lease(session, MOULIN, who, f"secret of {who}", now))

    def carry(who: str, size: int, now: int) -> bool:
        return store.write(lambda session: spend(session, f"secret of {who}", size, now))

    assert ask("07", NOW) is None
    assert ask("07", NOW + 1) is None, "its first answer was lost"
    assert ask("08", NOW + 2) == line.LEASE_S - 1
    assert carry("07", 1000, NOW + 3)
    assert not carry("07", ALL, NOW + 3), "more than is left"
    assert not carry("08", 1, NOW + 3), "no lease"
    assert not carry("07", 1, NOW + 1 + line.LEASE_S), "over"
    assert ask("08", NOW + 100) == REST_S - 99
    assert ask("08", NOW + 1 + REST_S) is None


@pytest.mark.both_databases
def test_a_lease_that_was_not_used_keeps_nobody_waiting(store: Store, filled: None) -> None:
    assert store.write(lambda session: lease(session, MOULIN, "07", "a", NOW)) is None
    assert store.write(lambda session: lease(session, MOULIN, "08", "b", NOW + line.LEASE_S)) is None

"""How often does a workstation speak to its collector? Counted, over a day of scheduled runs."""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine

from agent.cli import main
from agent.identity import LONGEST_SLOT_S, Folder, Progress
from agent.send import _next_at
from checks import line, wire
from tests.served import PROFILE, Served, reports

SERVED = """
[[service]]
name = "ent"
title = "L'ENT"
url = "https://localhost:1/"

[network.portal]
tier = "recommended"

[network.clock]
tier = "recommended"
maximum_offset_ms = { value = 300_000, source = "test", read_on = 2026-11-24 }

[network.latency]
tier = "recommended"
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> "Counter[str]":
    """What leaves this workstation over HTTP, by path."""
    counted: Counter[str] = Counter()
    real = httpx.HTTPTransport.handle_request

    def counting(self: Any, request: httpx.Request) -> httpx.Response:
        counted[request.url.path] += 1
        return real(self, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", counting)
    return counted


def test_a_day_of_scheduled_runs_asks_twice_and_pings_four_times(
    collector: Served, agent_dir: Path, asked: "Counter[str]"
) -> None:
    collector.publish(PROFILE.replace("\n[school]", SERVED + "\n[school]").replace('version = "1"', 'version = "2"'))
    with collector.up():
        main(["enrol", collector.code(), "--collector", collector.url])
        asked.clear()
        start = 1_795_590_000  # Wednesday 2026-11-25, 07:00 UTC
        for hour in range(24):
            with time_machine.travel(start + hour * 3600):
                assert main(["run", "--scheduled", "--patience", "0"]) in (0, 10, 20, 30)
    api = {wire.PROFILE_PATH: 1, wire.REPORTS_PATH: 1}
    assert {path: count for path, count in asked.items() if path.startswith("/api/")} == api
    assert asked[line.PING_PATH] <= 4
    assert {path for path in asked if path != "/"} == {*api, line.PING_PATH}, "/ is the page of the profile's host"
    assert len(reports(collector)) == 1


def test_a_run_by_hand_does_not_wait_for_its_slot(collector: Served, agent_dir: Path) -> None:
    with collector.up():
        main(["enrol", collector.code(), "--collector", collector.url])
        main(["run"])
        main(["run", "--scheduled"])
        assert len(reports(collector)) == 1
        main(["run"])
    assert len(reports(collector)) == 2


def test_what_could_not_be_sent_is_put_off_at_random_and_further_each_time(
    collector: Served, agent_dir: Path, asked: "Counter[str]"
) -> None:
    with collector.up():
        main(["enrol", collector.code(), "--collector", collector.url])
    main(["run", "--patience", "0"])
    progress = Folder(agent_dir).progress()
    assert progress.failed_runs == 1
    assert progress.quiet_until is not None
    Folder(agent_dir).keep_progress(quiet_until=progress.quiet_until + 3600)
    asked.clear()
    assert main(["run", "--scheduled", "--patience", "0"]) == 75
    assert asked == {}
    with collector.up():
        assert main(["send"]) == 0
    assert Folder(agent_dir).progress().failed_runs == 0
    assert Folder(agent_dir).progress().quiet_until is None


@pytest.mark.parametrize(
    ("next_at", "now", "due"),
    [(None, 100, True), (200, 100, False), (100, 100, True), (50, 100, True), (LONGEST_SLOT_S + 101, 100, True)],
)
def test_a_slot_comes_and_one_that_a_wrong_clock_set_holds_up_nothing(next_at: int | None, now: int, due: bool) -> None:
    assert Progress(next_at=next_at).is_due(now) is due


@pytest.mark.parametrize("said", [None, "3600", True, 0, -5, LONGEST_SLOT_S + 1])
def test_a_slot_that_is_none_is_not_kept(said: object) -> None:
    assert _next_at(said) is None

"""Probes run side by side: what breaks or hangs holds up nothing, and never reads as the school's fault."""

import logging
import socket
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

import checks
from agent.door import open_door
from agent.measure import for_wire, measure, observations
from agent.reaching import Known
from agent.side_by_side import ask_each
from checks.decide import decide, workstation_outcome
from checks.machine import CannotAnswer
from checks.model import Context, Outcome
from checks.profile import parse
from tests.agent.servers import black_hole
from tests.replay import MACHINES, Replay, load

TEXT = (MACHINES / "profile.toml").read_text(encoding="utf-8")
PROFILE = parse(TEXT)
ANSWERS = load(MACHINES / "debian_12_healthy.json")["answers"]


class Broken(Replay):
    def disk(self) -> Any:
        raise RuntimeError("disk on fire")

    def memory(self) -> Any:
        raise CannotAnswer("not_permitted")

    def browsers(self) -> Any:
        time.sleep(60)


def test_what_breaks_is_our_fault_and_the_rest_is_measured(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    quick = replace(checks.BY_ID["browser.version"], deadline_ms=300)
    every = tuple(quick if check.id == quick.id else check for check in checks.ALL)
    monkeypatch.setattr(checks, "ALL", every)
    ended: list[str] = []
    with caplog.at_level(logging.ERROR):
        attempts = measure(Broken(ANSWERS), PROFILE, Context(), done=lambda a: ended.append(a.check_id))
    faults = {id_: a.fault for id_, a in attempts.items() if a.fault}
    assert faults == {
        "hardware.disk": "probe_crashed",
        "hardware.memory": "not_permitted",
        "browser.version": "probe_deadline",
    }
    mine = (check for check in checks.ALL if "agent" in check.seen_from and check.scope == "workstation")
    assert list(attempts) == [check.id for check in mine]
    assert sorted(ended) == sorted([*attempts, "network.throughput"])
    assert [id_ for id_ in ended if not checks.BY_ID[id_].alone][-1] == "browser.version"
    assert "disk on fire" in caplog.text
    verdicts = decide(observations(attempts), PROFILE, Context())
    assert workstation_outcome(verdicts, PROFILE) is Outcome.UNMEASURED


def test_what_travels_says_facts_or_fault_never_both() -> None:
    attempts = measure(Replay({**ANSWERS, "browsers": "not_supported"}), PROFILE, Context())
    sent = for_wire(attempts, PROFILE, 1)
    assert sent["browser.version"].keys() == {"measured_at", "took_ms", "fault"}
    assert sent["hardware.memory"].keys() == {"measured_at", "took_ms", "facts"}


def test_with_every_host_black_holed_an_audit_ends_within_15_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def hanging(host: str, *args: Any, **more: Any) -> Any:
        if host == "ressources.example.fr":
            time.sleep(60)
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    with black_hole() as port:
        text = TEXT.replace("https://ent.example.fr/", f"https://localhost:{port}/")
        profile = parse(text.replace('hosts = ["static.example.fr"]', f'hosts = ["127.0.0.1:{port}"]'))
        started = time.monotonic()
        attempts = measure(open_door(Known()), profile, Context())
        took_s = time.monotonic() - started
    assert took_s < 15
    # Under wine, Windows does not answer everything about a workstation; no probe may be late or broken.
    assert {a.fault for a in attempts.values()} <= {None, *(("not_supported",) if sys.platform == "win32" else ())}
    causes = {id_: v.cause for id_, v in decide(observations(attempts), profile, Context()).items()}
    assert causes["network.reach"] == "connection_timed_out"
    assert causes["network.dns"] == "resolver_silent"
    assert causes["network.page"] == "not_judged"


def test_late_answers_are_said_late_in_the_order_asked() -> None:
    def ask(item: int) -> str:
        time.sleep(30 if item == 2 else 0)
        return f"answer {item}"

    found = ask_each(ask, (1, 2, 3), within_s=0.3, otherwise=lambda item: f"late {item}")
    assert found == ("answer 1", "late 2", "answer 3")
    assert ask_each(ask, (), within_s=0.1, otherwise=str) == ()


def test_what_another_workstation_measures_for_the_school_is_left_to_it() -> None:
    attempts = measure(Replay({**ANSWERS, "throughput": "not_permitted"}), PROFILE, Context())
    assert "network.throughput" in PROFILE.requirements
    assert "network.throughput" not in attempts

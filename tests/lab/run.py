"""How are scenarios run? Several at once, each in a school of its own, by the real agent."""

import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from agent import requirements
from agent.identity import Folder
from agent.post import NoAnswer
from tests.lab import filters
from tests.lab.ground import RUN
from tests.lab.internet import TRUST, program
from tests.lab.place import LabFault, School, as_pupil, school
from tests.lab.scenario import Result, Scenario, read

AUDIT_S: Final = 60
"""After which an audit is given up: three times what it may take."""
MEASURED: Final = (0, 10, 20, 30, 75)
"""Exit codes of an audit that went to its end; 75 is a report kept for later."""
_enrolling = threading.Lock()


def run_all(wanted: Iterable[Scenario], workers: int, done: Callable[[Result], None]) -> list[Result]:
    """Run scenarios in as many schools at once as there are workers; `done` is told of each as it ends."""
    todo: queue.SimpleQueue[Scenario] = queue.SimpleQueue()
    ended: queue.SimpleQueue[Result] = queue.SimpleQueue()
    count = 0
    for scenario in wanted:
        todo.put(scenario)
        count += 1

    def work(number: int) -> None:
        while True:
            try:
                scenario = todo.get_nowait()
            except queue.Empty:
                return
            ended.put(_run(scenario, number))

    for number in range(1, workers + 1):
        threading.Thread(target=work, args=(number,), daemon=True).start()
    results = []
    for _ in range(count):
        results.append(ended.get())
        done(results[-1])
    return results


def _run(scenario: Scenario, number: int) -> Result:
    try:
        with school(number, TRUST / scenario.trust, ipv6=scenario.ipv6) as one:
            return _audited(scenario, one)
    except (LabFault, OSError, ValueError, subprocess.SubprocessError) as error:
        return Result(scenario=scenario, problem=f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - a worker that dies would leave the run waiting for ever
        return Result(scenario=scenario, problem=f"{type(error).__name__}: {error}")


def _audited(scenario: Scenario, one: School) -> Result:
    """Put the fault in place, audit, and read what was said."""
    folder = one.folder / "agent"
    if not scenario.without_collector:
        shutil.copytree(enrolled(scenario.variant), folder)
    for step in scenario.steps:
        step(one)
    if one.hidden:
        filters.masquerade(one)
    if not one.own_dns:
        filters.dns(one)
    environment = {
        # Which browsers and desktops this machine happens to have is no part of the school.
        "PATH": str(one.programs),
        "HOME": str(one.home),
        "LANG": "C.UTF-8",
        "PREAU_AGENT_DIR": str(folder),
        **one.environment,
    }
    if scenario.sends:
        again = ["enrol", str(RUN / f"{scenario.variant}.preau"), "--again"]
        _agent(one, again, environment)
    arguments = ["run", "--json", "--patience", "2"] if scenario.sends else ["audit", "--json"]
    if scenario.without_collector:
        arguments += ["--profile", str(RUN / f"{scenario.variant}.toml")]
    before, started = one.traffic_bytes(), time.monotonic()
    ended = _agent(one, arguments, environment)
    audit_s = time.monotonic() - started
    traffic = one.traffic_bytes() - before
    if ended.returncode not in MEASURED:
        return Result(scenario=scenario, problem=f"the agent ended with {ended.returncode}\n{ended.stderr[-1500:]}")
    document = json.loads(ended.stdout)
    arrived = ended.returncode != 75 if scenario.sends else None
    (one.folder / "audit.json").write_text(ended.stdout)
    kept = RUN / "audits"
    kept.mkdir(exist_ok=True)
    (kept / f"{scenario.name}.json").write_text(ended.stdout)
    return Result(scenario=scenario, found=read(document), audit_s=audit_s, traffic_bytes=traffic, arrived=arrived)


def _agent(one: School, arguments: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = as_pupil(one, program("preau-agent"), *arguments, environment=environment)
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=AUDIT_S, check=False)
    except subprocess.TimeoutExpired:
        raise LabFault(f"the agent did not end in {AUDIT_S} s") from None


def enrolled(variant: str) -> Path:
    """Return the folder of a workstation enrolled in the school of a profile, which holds its profile and controls."""
    folder = RUN / f"agent-{variant}"
    with _enrolling:
        if not (folder / "profile.json").exists():
            environment = {**os.environ, "PREAU_AGENT_DIR": str(folder)}
            command = [program("preau-agent"), "enrol", str(RUN / f"{variant}.preau")]
            ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
            if ended.returncode:
                raise LabFault(f"enrolment failed: {ended.stderr}")
            _hold_profile(folder)
    return folder


def _hold_profile(folder: Path) -> None:
    """Have a workstation hold its profile with a control of every service, as after a first audit."""
    held: Any = Folder(folder)
    end = time.monotonic() + 45
    while time.monotonic() < end:
        try:
            required = requirements.fetch(held, held.identity())
        except NoAnswer as error:
            raise LabFault(f"the collector did not give its profile: {error}") from None
        if len(required.controls) == len(required.profile.services):
            return
        time.sleep(0.3)
    raise LabFault("the collector has not looked at every service")

"""How are all probes run side by side, each with its deadline, so that one that hangs holds up nothing?"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import checks
from checks.decide import fill
from checks.machine import CannotAnswer, Machine
from checks.model import Check, Context, Fault, Observation
from checks.names import names_of, stranger
from checks.plain import to_plain
from checks.profile import Profile

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one probe: facts, or the fault for which there are none."""

    check_id: str
    measured_at: int  # seconds since 1970 UTC, by this workstation's clock
    took_ms: int
    facts: object | None = None
    fault: Fault | None = None


def measure(
    machine: Machine, profile: Profile, context: Context, *, done: Callable[[Attempt], None] = lambda _: None
) -> dict[str, Attempt]:
    """Run every probe the profile requires; `done` is told, in this thread, as each one ends.

    A probe past its deadline is given up; its thread is a daemon that exit never waits for.
    """
    required = [c for c in checks.ALL if c.id in profile.requirements and "agent" in c.seen_from]
    attempts: dict[str, Attempt] = {}
    # What times the line comes last, one after the other: it must have the line to itself.
    for some in ([c for c in required if not c.alone], *([c] for c in required if c.alone)):
        for attempt in _side_by_side(some, machine, profile, context):
            if not left_to_others(attempt):
                attempts[attempt.check_id] = attempt
            done(attempt)
    return {check.id: attempts[check.id] for check in required if check.id in attempts}


def left_to_others(attempt: Attempt) -> bool:
    """Tell whether another workstation measures this for the whole school: it must not wipe out what that one found."""
    return checks.BY_ID[attempt.check_id].scope == "school" and attempt.facts is None


def _side_by_side(
    some: Sequence[Check[Any, Any]], machine: Machine, profile: Profile, context: Context
) -> Iterator[Attempt]:
    """Run some probes together, and yield what comes of each as it ends or is given up."""
    ended: queue.SimpleQueue[Attempt] = queue.SimpleQueue()
    started, waiting = time.monotonic(), {}
    for check in some:
        requirement = fill(profile.requirements[check.id].requirement, profile, context, Observation())
        waiting[check.id] = started + check.deadline_ms / 1000
        args = (check, machine, requirement, ended)
        threading.Thread(target=_probe, args=args, name=check.id, daemon=True).start()
    while waiting:
        try:
            attempt = ended.get(timeout=max(min(waiting.values()) - time.monotonic(), 0))
        except queue.Empty:
            attempt = _late(min(waiting, key=lambda id_: waiting[id_]), started)
        if waiting.pop(attempt.check_id, None) is not None:
            yield attempt


def _probe(check: Check[Any, Any], machine: Machine, requirement: Any, ended: "queue.SimpleQueue[Attempt]") -> None:
    started, facts = time.monotonic(), None
    fault: Fault | None = None
    try:
        facts = check.probe(machine, requirement)
    except CannotAnswer as closed:
        fault = closed.reason
    except Exception:
        # Whatever broke is ours: it must read as "unmeasured", and leave a trace for us.
        log.exception("the probe of %s failed", check.id)
        fault = "probe_crashed"
    ended.put(_attempt(check.id, started, facts, fault))


def _late(check_id: str, started: float) -> Attempt:
    log.warning("the probe of %s was given up", check_id)
    return _attempt(check_id, started, None, "probe_deadline")


def _attempt(check_id: str, started: float, facts: object | None, fault: Fault | None) -> Attempt:
    took_ms = round((time.monotonic() - started) * 1000)
    return Attempt(check_id=check_id, measured_at=int(time.time()), took_ms=took_ms, facts=facts, fault=fault)


def observations(attempts: Mapping[str, Attempt]) -> dict[str, Observation]:
    """Return attempts as `decide()` takes them."""
    return {
        id_: Observation(facts=a.facts, fault=a.fault, observed_on=datetime.fromtimestamp(a.measured_at, UTC).date())
        for id_, a in attempts.items()
    }


def for_wire(attempts: Mapping[str, Attempt], profile: Profile, schema: int) -> dict[str, dict[str, Any]]:
    """Return attempts as they travel, without fields newer than the collector's facts schema.

    Facts that hold a text which is no digest and no name of the profile stay here: that is our fault, and is told so.
    """
    names = names_of(profile)
    return {id_: _for_wire(attempt, names, schema) for id_, attempt in attempts.items()}


def _for_wire(attempt: Attempt, names: frozenset[str], schema: int) -> dict[str, Any]:
    timing = {"measured_at": attempt.measured_at, "took_ms": attempt.took_ms}
    if attempt.facts is None:
        return timing | {"fault": attempt.fault}
    where = stranger(attempt.facts, names)
    if where is not None:
        log.error("facts of %s hold a text of this machine at %s: they are not sent", attempt.check_id, where)
        return timing | {"fault": "probe_crashed"}
    return timing | {"facts": to_plain(attempt.facts, schema)}

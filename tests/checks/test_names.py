"""No free text leaves a workstation: a digest, a name of the profile, or nothing."""

import dataclasses
import time
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

import checks
from agent.measure import Attempt, for_wire
from checks.decide import fill
from checks.machine import FACTS_SCHEMA, CannotAnswer
from checks.model import Context, Observation
from checks.names import names_of, stranger
from checks.plain import hints
from checks.profile import parse
from tests.checks.test_contract import nested
from tests.replay import MACHINES, Replay, load

PROFILE = parse((MACHINES / "profile.toml").read_text(encoding="utf-8"))
NAMES = names_of(PROFILE)
RECORDED = sorted(MACHINES.glob("*.json"))


def facts_of(machine: Path) -> dict[str, object]:
    door = Replay(load(machine)["answers"])
    found: dict[str, object] = {}
    for check in checks.ALL:
        if check.id in PROFILE.requirements and "agent" in check.seen_from:
            requirement = fill(PROFILE.requirements[check.id].requirement, PROFILE, Context(), Observation())
            try:
                found[check.id] = check.probe(door, requirement)
            except CannotAnswer:
                continue
    return found


def texts(facts: object) -> list[tuple[object, str]]:
    """Every plain text that facts hold, with the object it is a field of."""
    found: list[tuple[object, str]] = []
    for f in dataclasses.fields(facts):  # type: ignore[arg-type]
        held = getattr(facts, f.name)
        for one in held if isinstance(held, tuple) else (held,):
            if dataclasses.is_dataclass(one):
                found += texts(one)
        if f.type is str:
            found.append((facts, f.name))
    return found


@pytest.mark.parametrize("machine", RECORDED, ids=lambda path: path.stem)
def test_facts_of_every_recorded_machine_hold_names_of_the_profile_only(machine: Path) -> None:
    for check_id, facts in facts_of(machine).items():
        assert stranger(facts, NAMES) is None, check_id


@pytest.mark.parametrize("planted", ["PC-DUPONT", "zoe.martin", "02:5a:ca:9a:71:0c", "192.168.1.12", "x@ecole.fr"])
def test_a_text_of_the_machine_is_found_wherever_it_is(planted: str) -> None:
    tried = 0
    for check_id, facts in facts_of(MACHINES / "debian_12_healthy.json").items():
        for holder, name in texts(facts):
            tried += 1
            before = getattr(holder, name)
            object.__setattr__(holder, name, planted)
            assert stranger(facts, NAMES), f"{check_id} {name}"
            object.__setattr__(holder, name, before)
    assert tried > 10


def test_prose_of_the_profile_is_no_name() -> None:
    assert not NAMES & {service.title for service in PROFILE.services}


def test_the_agent_keeps_such_facts_and_says_it_is_its_own_fault() -> None:
    facts: Any = facts_of(MACHINES / "debian_12_healthy.json")["network.dns"]
    holder, name = texts(facts)[0]
    object.__setattr__(holder, name, "PC-DUPONT")
    attempt = Attempt(check_id="network.dns", measured_at=int(time.time()), took_ms=1, facts=facts)
    sent = for_wire({"network.dns": attempt}, PROFILE, FACTS_SCHEMA)
    assert sent["network.dns"]["fault"] == "probe_crashed"
    assert "DUPONT" not in str(sent)


def test_facts_are_made_of_what_it_can_see_into() -> None:
    """A mapping or a set would hide texts: facts are dataclasses, tuples, closed lists, numbers and plain texts."""
    for check in checks.ALL:
        for cls in nested(check.facts):
            for name, hint in hints(cls).items():
                assert is_plain(hint), f"{cls.__name__}.{name}: {hint}"


def is_plain(hint: Any) -> bool:
    if get_origin(hint) in (tuple, Union, UnionType):
        return all(is_plain(one) for one in get_args(hint) if one is not Ellipsis)
    named = isinstance(hint, type) and (issubclass(hint, Enum) or hint in (str, int, bool, date, NoneType))
    return get_origin(hint) is Literal or dataclasses.is_dataclass(hint) or named

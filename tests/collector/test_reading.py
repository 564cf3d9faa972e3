"""The quick reading of reports takes nothing that the law refuses, and says the very same of what both take."""

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.names import names_of, stranger
from checks.plain import to_plain
from checks.profile import parse as parse_profile
from checks.wire import to_json
from collector.reading import Said, read
from collector.wire import Report, Unreadable, parse
from tests.collector.conftest import PROFILE
from tests.collector.workstation import Workstation

WORKSTATION: Final = Workstation(None)
WORKSTATION.id = "0d3b4a52-5b0e-4f53-8a5c-6f2f6f1c9a11"
NAMES: Final = names_of(parse_profile(PROFILE))
MACHINES: Final = ("debian_12_healthy", "windows_11_healthy", "interception_untrusted", "old_browser_by_default")
REPORTS: Final[dict[str, Any]] = {name: WORKSTATION.report(name, measured_at=1_795_000_000) for name in MACHINES}
Path = tuple[str | int, ...]
Content = tuple[object, ...]


def body_of(report: Any) -> bytes:
    """A report as our own agent writes it; what no JSON holds is written as Python does."""
    return json.dumps(report, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


BODIES: Final = {name: body_of(report) for name, report in REPORTS.items()}
LAST: Final = {name: read(body, WORKSTATION.id, NAMES).hash for name, body in BODIES.items()}
"""What the collector knows of the last report: facts with this hash are not read again."""


def by_the_law(body: bytes) -> Content | str:
    """What a body says by pydantic alone, or why it is refused."""
    try:
        report = parse(Report, body)
    except Unreadable as error:
        return f"refused: {error}"
    attempts = report.attempts()
    if str(report.workstation_id) != WORKSTATION.id:
        return "refused: another workstation"
    if any(stranger(a.facts, NAMES) is not None for a in attempts.values()):
        return "refused: a text that is no name"
    return (
        report.evidence,
        {i: a.measured_at for i, a in attempts.items()},
        {i: None if a.facts is None else to_json(to_plain(a.facts)) for i, a in attempts.items()},
        {i: a.fault for i, a in attempts.items() if a.fault is not None},
    )


def as_read(body: bytes, taken_before: bytes = b"") -> tuple[Said | None, Content | str]:
    """What becomes of a body at the door."""
    try:
        said = read(body, WORKSTATION.id, NAMES, taken_before)
    except Unreadable as error:
        return None, f"refused: {error}"
    return said, (said.evidence, dict(said.measured_at), dict(said.facts), dict(said.faults))


def hold(body: bytes, machine: str) -> None:
    """Both take a body and say the same of it, or both refuse it; whether or not its facts are known already."""
    law = by_the_law(body)
    for taken_before in (b"", LAST[machine]):
        said, found = as_read(body, taken_before)
        if isinstance(law, str):
            assert isinstance(found, str), f"taken, and the law says « {law} »: {body[:400]!r}"
        else:
            assert found == law
        if said is not None and said.hash == LAST[machine]:
            assert dict(said.facts) == dict(read(BODIES[machine], WORKSTATION.id, NAMES).facts)


@pytest.mark.parametrize("machine", MACHINES)
def test_what_our_agent_writes_is_read_alike_however_it_is_laid_out(machine: str) -> None:
    hold(BODIES[machine], machine)
    said = read(BODIES[machine], WORKSTATION.id, NAMES)
    assert len(said.facts) > 20
    spread = json.dumps(REPORTS[machine], ensure_ascii=True, indent=1).encode()
    assert read(spread, WORKSTATION.id, NAMES) == said, "the law gives the same hash too"


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a report."""
    yield path
    for key, inside in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(inside, (*path, key))


PLACES: Final = {name: tuple(places(report))[1:] for name, report in REPORTS.items()}
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 1.0, 0.5, 1e3, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, 10**30, -(2**70), float("nan"),
    float("inf"), -0.0, "", " ", "0", "1", "1795000000", "NaN", "oui", "1.0\n", "é", "\u0000", "\ud800", "x" * 65,
    "a" * 64, "agent", "never_asked", [], {}, [None], [[]], {"facts": None}, {"": 1},
)  # fmt: skip
"""What may stand where something else should: other types, numbers that are no integers or too large, bad texts."""


def put(report: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(report)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return changed


def take_out(report: Any, path: Path) -> Any:
    changed = copy.deepcopy(report)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    del inside[path[-1]]
    return changed


def add(report: Any, path: Path, name: str, value: Any) -> Any:
    """Add a field (or a member) beside the one at a place."""
    changed = copy.deepcopy(report)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    if isinstance(inside, list):
        inside.append(value)
    else:
        inside[name] = value
    return changed


@pytest.mark.parametrize(
    "path",
    [
        ("protocol",), ("facts_schema",), ("agent_version",), ("workstation_id",), ("profile",), ("profile", "id"),
        ("profile", "version"), ("evidence",), ("checks",), ("checks", "system.release"),
        ("checks", "system.release", "measured_at"), ("checks", "system.release", "took_ms"),
        ("checks", "system.release", "facts"), ("checks", "system.release", "fault"),
        ("checks", "no.such"), ("surplus",),
    ],
    ids=".".join,
)  # fmt: skip
def test_every_odd_value_in_every_outer_field(path: Path) -> None:
    for odd in ODD:
        hold(body_of(put(REPORTS[MACHINES[0]], path, odd)), MACHINES[0])


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real report, somewhat changed: in its values, or in its very bytes."""
    machine = draw(st.sampled_from(MACHINES))
    report = REPORTS[machine]
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(PLACES[machine]))
        value = draw(st.sampled_from(ODD) | st.integers() | st.text(max_size=8) | st.floats())
        change = draw(st.sampled_from((put, take_out, add)))
        try:
            report = (
                take_out(report, path)
                if change is take_out
                else add(report, path, draw(st.sampled_from(("surplus", "", "facts", "fault", "host"))), value)
                if change is add
                else put(report, path, value)
            )
        except (KeyError, IndexError, TypeError):  # the first change took that place away
            continue
    return machine, body_of(report)


@given(mutated())
def test_a_report_changed_anywhere_is_taken_or_refused_alike(changed: tuple[str, bytes]) -> None:
    machine, body = changed
    hold(body, machine)


@given(st.sampled_from(MACHINES), st.data())
def test_bytes_changed_anywhere_are_taken_or_refused_alike(machine: str, data: st.DataObject) -> None:
    body = bytearray(BODIES[machine])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        length = data.draw(st.integers(0, 3))
        body[at : at + length] = data.draw(
            st.binary(max_size=3)
            | st.sampled_from((b"\xff", b"\xc3\x28", b"\\ud800", b"\xef\xbb\xbf", b"1e1", b"//", b"0"))
        )
    hold(bytes(body), machine)


def twice(body: bytes, member: bytes, other: bytes) -> bytes:
    """Write a member of an object again, with another value, before the first and after it."""
    assert body.count(member) == 1, member
    return body.replace(member, member + b"," + other)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b'"evidence":"agent"', b'"evidence":"interactive"'),
        (b'"evidence":"agent"', b'"evidence":"nobody"'),
        (b'"protocol":1', b'"protocol":2'),
        (b'"protocol":1', b'"protocol":1'),
        (b'"agent_version":"0.1.0"', b'"agent_version":7'),
    ],
)
def test_a_name_said_twice_is_taken_or_refused_alike(first: bytes, second: bytes) -> None:
    machine = MACHINES[0]
    body = twice(BODIES[machine], first, second)
    hold(body, machine)
    hold(body.replace(first + b"," + second, second + b"," + first), machine)


def test_a_check_said_twice_is_taken_or_refused_alike() -> None:
    machine = MACHINES[0]
    for check_id, attempt in list(REPORTS[machine]["checks"].items())[:6]:
        once = body_of({check_id: attempt})[1:-1]
        for other in ({**attempt, "took_ms": 7}, {**attempt, "took_ms": -7}, {"fault": "never_asked"}, 3):
            more = body_of({check_id: other})[1:-1]
            hold(twice(BODIES[machine], once, more), machine)
            hold(BODIES[machine].replace(once, more + b"," + once), machine)

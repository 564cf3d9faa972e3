"""Whatever a system says, every `parse_*` answers in the closed shapes of the door, and raises nothing."""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from agent import (
    browser_files_linux,
    browsers_linux,
    browsers_macos,
    default_browser_linux,
    hardware_linux,
    hardware_macos,
    system_linux,
    system_macos,
)
from agent.win32 import browsers as win32_browsers
from agent.win32 import hardware as win32_hardware
from agent.win32 import policies as win32_policies
from agent.win32 import session as win32_session
from agent.win32 import system as win32_system
from agent.win32 import wifi, winhttp, wmi
from agent.win32.registry import Values
from checks.plain import to_plain
from tests.agent.registry import Recorded
from tests.agent.samples import texts
from tests.agent.systems import under_wine

REGISTRIES = sorted((Path(__file__).parent / "win32" / "samples").glob("*.reg"))
VALUE_NAMES = sorted(
    {name.lower() for path in REGISTRIES for name in re.findall('^"(.+?)"=', path.read_text("utf-8"), re.MULTILINE)}
)
VALUES = st.dictionaries(
    st.sampled_from([*VALUE_NAMES, "1", "2"]),
    st.text(max_size=20)
    | st.integers(0, 2**64 - 1)
    | st.binary(max_size=20)
    | st.lists(st.text(max_size=8), max_size=3)
    | st.sampled_from(["Professional", "10.0.19045", "Intel64 Family 6 Model 142 Stepping 10", "0000040c", "Deny"])
    | st.none()
    | st.booleans(),
    max_size=6,
)
"""A key of the registry with values of whatever type, under the names that doors read."""
DOORS = {
    win32_browsers: "windows",
    win32_hardware: "windows",
    win32_policies: "windows",
    win32_session: "windows",
    win32_system: "windows",
    wifi: "windows",
    winhttp: "windows",
    wmi: "windows",
    browser_files_linux: "linux",
    browsers_linux: "linux",
    default_browser_linux: "linux",
    hardware_linux: "linux",
    system_linux: "linux",
    browsers_macos: "macos",
    hardware_macos: "macos",
    system_macos: "macos",
}
GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "bits": st.sampled_from([32, 64]),
    "asked": st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=3).map(tuple),
    "name": st.sampled_from(["chrome", "chromium", "edge", "firefox", "firefox_esr", "safari"]),
}
PLISTS = st.dictionaries(
    st.sampled_from(
        [
            "ProductVersion",
            "AppleLanguages",
            "AppleSelectedInputSources",
            "KeyboardLayout Name",
            "LastSuccessfulDate",
            "AutomaticallyInstallMacOSUpdates",
            "CFBundleIdentifier",
            "CFBundleShortVersionString",
            "LSHandlers",
            "LSHandlerURLScheme",
        ]
    ),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=20)
        | st.datetimes()
        | st.just("com.google.Chrome"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
)
GIVEN |= {
    "registry": st.dictionaries(st.sampled_from([r"HKLM\A", r"HKLM\A\Cookies", r"HKLM\A\Proxy"]), VALUES).map(Recorded),
    "key": st.just(r"HKLM\A"),
    "depth": st.just(0),
    "now": st.datetimes(timezones=st.just(UTC)),
    "place": st.sampled_from(["machine", "user"]),
    "suffixes": st.just(("ecole.example.fr",)),
}
"""Arguments that do not come from the system: the door's own, or the profile's."""
EXAMPLES = 5 if under_wine() else 30
"""These are pure functions: a few examples show that Windows' interpreter runs them alike, and wine is slow."""
PARSERS = [
    (function, folder)
    for module, folder in DOORS.items()
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("parse_") and function.__module__ == module.__name__
]


def arguments(function: Callable[..., Any], folder: str) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(function)
    hints.pop("return")
    text = texts(folder)
    return st.fixed_dictionaries({name: given_for(name, kind, text) for name, kind in hints.items()})


def given_for(name: str, kind: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if kind == system_macos.Plist:
        return PLISTS
    if kind in (Values, Values | None):
        return VALUES
    if kind == tuple[Values, ...]:
        return st.lists(VALUES, max_size=3).map(tuple)
    if kind is bytes:
        return st.binary(max_size=300)
    if kind is int:
        return st.integers(0, 2**32 - 1)
    return GIVEN[name] if name in GIVEN else text if kind is str else st.from_type(kind)


def strictly_typed(value: Any) -> None:
    for one in value if isinstance(value, tuple) else (value,):
        if is_dataclass(one):
            kind: Any = type(one)
            assert TypeAdapter(kind).validate_json(json.dumps(to_plain(one))) == one
        elif isinstance(one, int) and not isinstance(one, bool):
            assert 0 <= one < 10**10


@pytest.mark.parametrize(("function", "folder"), PARSERS, ids=lambda x: getattr(x, "__name__", ""))
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_it_answers_whatever_the_system_says(function: Callable[..., Any], folder: str, data: st.DataObject) -> None:
    strictly_typed(function(**data.draw(arguments(function, folder))))


def test_every_parser_of_a_door_is_tried() -> None:
    assert len(PARSERS) >= 42

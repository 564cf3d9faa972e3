"""What would a recorded workstation answer under any profile? The door, behind which there is a recording.

Recordings are the golden machines of the tests. They hold answers about the hosts of one profile; asked about others,
this door gives what was recorded of the first, under the name asked for. What is not recorded is "not supported".
"""

import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_args, get_origin, get_type_hints

from checks.machine import CannotAnswer, Machine
from checks.plain import build


@cache
def recordings() -> Mapping[str, Mapping[str, Any]]:
    """Return every recorded workstation, by its name: its `answers`, and what is `expected` of them."""
    folder = files("collector.simulator") / "machines"
    named = {path.name: json.loads(path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".json")}
    # What only a page of the collector saw of a browser is no workstation.
    agents = {name: one for name, one in named.items() if "seen_from" not in one}
    return {name.removesuffix(".json"): agents[name] for name in sorted(agents)}


def profile_of_recordings() -> str:
    """Return the text of the profile the recordings were made for: it asks for every check."""
    return (files("collector.simulator") / "machines" / "profile.toml").read_text("utf-8")


class Recorded:
    """Implements `checks.machine.Machine`, whatever questions it has, over recorded answers."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def __getattr__(self, question: str) -> Any:
        method = getattr(Machine, question)  # AttributeError: it is no question
        kinds = get_type_hints(method)
        asked = [name for name in inspect.signature(method).parameters if name != "self"]

        def answer(*given: Any, **named: Any) -> Any:
            held = self._answers.get(question, "not_supported")
            if isinstance(held, str):
                raise CannotAnswer("not_permitted" if held == "not_permitted" else "not_supported")
            items = next((v for v in (*given, *named.values()) if isinstance(v, tuple)), None)
            if items is None or get_origin(kinds["return"]) is not tuple:
                return build(kinds["return"], held)
            one = get_args(kinds["return"])[0]
            return (
                ()
                if not held
                else tuple(build(one, _about(item, held, asked[0].removesuffix("s"), one)) for item in items)
            )

        return answer


def _about(item: Any, held: Any, word: str, kind: Any) -> Mapping[str, Any]:
    """Return what is held about one thing asked, or of the first thing held, under this one's name."""
    if isinstance(held, Mapping):  # by what was asked
        found: Mapping[str, Any] = held.get(item) or next(iter(held.values()))
        return found
    known = get_type_hints(kind)
    named = {name: value for name, value in _named(item, word).items() if name in known}
    same = (answer for answer in held if named.items() <= answer.items())
    return {**next(same, held[0]), **named}


def _named(item: Any, word: str) -> Mapping[str, Any]:
    return asdict(item) if is_dataclass(item) and not isinstance(item, type) else {word: item}

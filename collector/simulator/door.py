"""What would a recorded workstation answer under any profile? The door, behind which there is a recording.

Recordings are the golden machines of the tests. They hold answers about the hosts of one profile; asked about others,
this door gives what was recorded of the first, under the name asked for. What is not recorded is "not supported".
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_type_hints

from checks.machine import CannotAnswer
from checks.plain import build
from checks.replay import Replayed


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


class AboutAnything(Replayed):
    """The door of recordings, asked about anything: the rest of it is `checks.replay`."""

    def unrecorded(self, question: str, kind: Any = None, held: Any = None, item: Any = None) -> Any:
        """Return what was recorded of the first thing, under this one's name; raises `CannotAnswer` for nothing."""
        if item is None:
            raise CannotAnswer("not_supported")
        if not held:
            return None
        if isinstance(held, Mapping):  # by what was asked
            return build(kind, next(iter(held.values())), (question,))
        asked = asdict(item) if is_dataclass(item) and not isinstance(item, type) else {"host": item}
        known = get_type_hints(kind)
        return build(kind, {**held[0], **{name: asked[name] for name in asked if name in known}}, (question,))

    def unspoken(self, question: str, item: Any) -> None:
        """Let an answer that speaks of other hosts stand."""

"""A registry replayed from a recording: the door of Windows, on any system."""

import json
from typing import Any

from tests.agent.samples import sample


class Recorded:
    """Implements `agent.win32.registry.Registry`; value names are in lower case, as the live one gives them."""

    def __init__(self, keys: dict[str, dict[str, Any]], closed: str = "") -> None:
        self.held = {key.lower(): values for key, values in keys.items()}
        self.spelt = list(keys)
        self.closed = closed.lower()

    def _allowed(self, path: str) -> str:
        if self.closed and path.lower().startswith(self.closed):
            raise PermissionError(path)
        return path.lower()

    def values(self, path: str) -> dict[str, Any]:
        return self.held.get(self._allowed(path), {})

    def keys(self, path: str) -> tuple[str, ...]:
        start = f"{self._allowed(path)}\\"
        below = (key[len(start) :].split("\\")[0] for key in self.spelt if key.lower().startswith(start))
        return tuple(dict.fromkeys(below))

    def exists(self, path: str) -> bool:
        low = self._allowed(path)
        return any(key == low or key.startswith(f"{low}\\") for key in self.held)


def recorded(name: str) -> Recorded:
    """Load tests/samples/windows/<name>.json."""
    return Recorded(json.loads(sample(f"windows/{name}.json")))

"""A registry recorded as `regedit` exports it."""

import re
from pathlib import Path

from agent.win32.registry import Values

SAMPLES = Path(__file__).with_name("samples")
_HIVES = {"HKEY_LOCAL_MACHINE": "HKLM", "HKEY_CURRENT_USER": "HKCU"}


class RecordedRegistry:
    """Answers as `agent.win32.registry.Registry`, from a sample; `forbidden` is a key that may not be opened."""

    def __init__(self, name: str, *, forbidden: str = "") -> None:
        self._forbidden = forbidden.lower()
        self._keys: dict[str, dict[str, object]] = {}
        key: dict[str, object] = {}
        for line in (SAMPLES / f"{name}.reg").read_text(encoding="utf-8").splitlines()[1:]:
            if line.startswith("["):
                hive, _, rest = line.strip("[]").partition("\\")
                key = self._keys.setdefault(f"{_HIVES[hive]}\\{rest}".lower(), {})
            elif line:
                written, _, value = line.partition("=")
                key[written.strip('"').replace("@", "").lower()] = _value(value)

    def values(self, path: str) -> Values:
        self._open(path)
        return self._keys.get(path.lower(), {})

    def keys(self, path: str) -> tuple[str, ...]:
        self._open(path)
        under = path.lower() + "\\"
        return tuple({key[len(under) :].split("\\")[0]: None for key in self._keys if key.startswith(under)})

    def exists(self, path: str) -> bool:
        self._open(path)
        return path.lower() in self._keys or bool(self.keys(path))

    def _open(self, path: str) -> None:
        if self._forbidden and path.lower().startswith(self._forbidden):
            raise PermissionError(path)


def _value(written: str) -> object:
    if written.startswith("dword:"):
        return int(written.removeprefix("dword:"), 16)
    if written.startswith("hex"):
        return bytes(int(one, 16) for one in re.findall(r"[0-9a-f]{2}", written.partition(":")[2]))
    return written.strip('"').replace("\\\\", "\\")

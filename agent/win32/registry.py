"""What does the registry say? Read only; a value of a type nobody expects reads as absent."""

import sys
from collections.abc import Mapping
from typing import Final, Protocol

Values = Mapping[str, object]
"""The values of one key by lower-case name: str, int, bytes or a list of str, as the registry types them."""
MAX_VALUES: Final = 4096
"""Most values or subkeys read of one key: a damaged hive must not hold up an audit."""


class Registry(Protocol):
    """The registry, or a recording of it. Paths begin with HKLM or HKCU; 32-bit programs' are under WOW6432Node."""

    def values(self, path: str) -> Values:
        """Return the values of a key; empty when there is no such key; raises PermissionError."""

    def keys(self, path: str) -> tuple[str, ...]:
        """Return the names of a key's subkeys; empty when there is no such key; raises PermissionError."""

    def exists(self, path: str) -> bool:
        """Tell whether there is such a key; raises PermissionError."""


def text(values: Values, name: str) -> str:
    """Return a value that should be text; "" when it is absent or of another type."""
    value = values.get(name.lower())
    return value.strip("\0 ") if isinstance(value, str) else ""


def number(values: Values, name: str) -> int | None:
    """Return a value that should be a number; None when it is absent or of another type."""
    value = values.get(name.lower())
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def digits(written: str) -> int | None:
    """Return a number written out; None when it is not one, or too long to be one of ours."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def version(written: str) -> tuple[int, ...]:
    """Return a version "131.0.2903.86" as numbers, up to the first part that is none; () when there is none."""
    found: list[int] = []
    for part in written.split(" ")[0].split(".")[:6]:
        read = digits(part)
        if read is None:
            break
        found.append(read)
    return tuple(found)


if sys.platform == "win32":
    import winreg

    class LiveRegistry:
        """This workstation's registry, for the account that runs the agent."""

        def values(self, path: str) -> Values:
            """Read a key's values."""
            found: dict[str, object] = {}
            try:
                with _opened(path) as key:
                    for number in range(min(winreg.QueryInfoKey(key)[1], MAX_VALUES)):
                        name, value, _ = winreg.EnumValue(key, number)
                        found[name.lower()] = value
            except FileNotFoundError:
                return {}
            except PermissionError:
                raise
            except OSError:
                return found  # the key changed while it was read: what was read stands
            return found

        def keys(self, path: str) -> tuple[str, ...]:
            """Read the names of a key's subkeys."""
            try:
                with _opened(path) as key:
                    return tuple(winreg.EnumKey(key, n) for n in range(min(winreg.QueryInfoKey(key)[0], MAX_VALUES)))
            except PermissionError:
                raise
            except OSError:
                return ()

        def exists(self, path: str) -> bool:
            """Look for a key."""
            try:
                with _opened(path):
                    return True
            except FileNotFoundError:
                return False

    def _opened(path: str) -> "winreg.HKEYType":
        hive, _, rest = path.partition("\\")
        roots = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
        return winreg.OpenKey(roots[hive], rest, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)

else:

    class LiveRegistry:
        """No registry: every key is absent."""

        def values(self, path: str) -> Values:  # noqa: ARG002 - the shape of every registry
            """Return nothing."""
            return {}

        def keys(self, path: str) -> tuple[str, ...]:  # noqa: ARG002 - the shape of every registry
            """Return nothing."""
            return ()

        def exists(self, path: str) -> bool:  # noqa: ARG002 - the shape of every registry
            """Say that there is none."""
            return False

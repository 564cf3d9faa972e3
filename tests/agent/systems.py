"""Which tests are about one system only, and why."""

import sys

import pytest

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="modes of files and signals: Windows has others")
needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="about what only a Linux has: its files, its environment"
)
needs_windows = pytest.mark.skipif(sys.platform != "win32", reason="asks Windows itself: make test-windows")


def under_wine() -> bool:
    """Tell whether this Windows is wine."""
    if sys.platform != "win32":
        return False
    import ctypes

    return hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


needs_refusals = pytest.mark.skipif(under_wine(), reason="wine trusts every authority: docs/windows.md")

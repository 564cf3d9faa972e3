"""Where are Windows' own libraries? Elsewhere they are simply not there."""

import ctypes
import sys
from typing import Any

if sys.platform == "win32":

    def library(name: str) -> Any:
        """Load one of Windows' own libraries; raises OSError when it has none of that name."""
        return ctypes.WinDLL(name, winmode=0x800)  # from the system's folder alone, never from the current one

    def callback(returns: Any, *takes: Any) -> Any:
        """Return the type of a function that Windows calls back."""
        return ctypes.WINFUNCTYPE(returns, *takes)

else:

    def library(name: str) -> Any:
        """Say that there is none."""
        raise OSError(f"{name} is a library of Windows")

    def callback(returns: Any, *takes: Any) -> Any:  # noqa: ARG001 - the same shape everywhere
        """Say that there is none."""
        raise OSError("only Windows calls back")

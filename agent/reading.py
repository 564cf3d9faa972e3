"""How is a file or a program of the system read, without waiting for it for ever or believing it too much?"""

import gzip
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1 << 20
"""Most that is read of a file whose size nothing bounds; the rest says nothing more."""


LOG_BYTES: Final = 8 << 20
"""The same, of a log."""


def text(path: str | Path, most_bytes: int = MOST_BYTES) -> str:
    """Return what a file holds, "" when there is none or it may not be read; what is no UTF-8 is replaced."""
    try:
        return permitted(path, most_bytes)
    except OSError:
        return ""


def permitted(path: str | Path, most_bytes: int = MOST_BYTES) -> str:
    """Return what a file holds; raises OSError (PermissionError, FileNotFoundError …) when it cannot be read."""
    if not Path(path).is_file():  # neither a folder nor a pipe, which would make us wait
        raise FileNotFoundError(path)
    with Path(path).open("rb") as file:
        return file.read(most_bytes).decode("utf-8", errors="replace")


def binary(path: str) -> bytes | None:
    """Return the few bytes of a firmware variable, b"" when it may not be read; None when there is none."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return b""


def log(path: str) -> str:
    """Return what a log holds, which may be packed; "" when it cannot be read."""
    if not path.endswith(".gz"):
        return text(path, LOG_BYTES)
    try:
        with gzip.open(path) as file:
            return file.read(LOG_BYTES).decode("utf-8", errors="replace")
    except (OSError, EOFError, zlib.error):
        return ""


def age_days(path: str) -> int | None:
    """Return for how many whole days a file has not changed; None when there is none."""
    try:
        return max(int(time.time() - Path(path).stat().st_mtime) // 86_400, 0)
    except OSError:
        return None


def said(command: list[str], within_s: float) -> str:
    """Return what a known program prints; "" when it is not there, fails, or has not said it in time."""
    try:
        child = subprocess.Popen(  # noqa: S603 - a fixed name of a door's tables
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError:
        return ""
    try:
        return child.communicate(timeout=within_s)[0]
    except subprocess.TimeoutExpired:
        # A browser's launcher has children of its own: end the whole group, or the pipe stays open.
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return ""

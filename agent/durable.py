"""How is a file written so that a power cut leaves the old one or the new one, never half of it?"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

HELD_S: Final = 2.0
"""How long another program may hold a file before it counts as held for good."""


def write(path: Path, content: bytes) -> None:
    """Replace a file, readable by this account alone: temporary file, flush, rename, flush of the folder."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        file = os.fdopen(descriptor, "wb")
    except BaseException:
        os.close(descriptor)
        raise
    with file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    patiently(lambda: temporary.replace(path))
    settle(path.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there; raises PermissionError when another program holds it and does not let go."""
    patiently(lambda: path.unlink(missing_ok=True))


def patiently(act: Callable[[], object]) -> None:
    """Act on a file that another program may hold for a moment: on Windows an antivirus looks at every new file.

    Raises PermissionError when it is still held after `HELD_S`.
    """
    deadline = time.monotonic() + HELD_S
    while True:
        try:
            act()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def settle(folder: Path) -> None:
    """Make renames and removals in a folder durable, where the system lets folders be flushed."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class InUse(RuntimeError):
    """Another run of the agent holds this folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other runs of the agent away from a folder; the system lets go if this one dies. Raises `InUse`."""
    with (folder / "lock").open("a+b") as file:
        try:
            _lock(file)
        except OSError:
            raise InUse(f"un autre audit est en cours ({folder})") from None
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

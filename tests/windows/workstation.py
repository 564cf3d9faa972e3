"""`preau-agent` as a Windows program, run under wine."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import need

ROOT = Path(__file__).parents[2]


@dataclass
class Workstation:
    """One Windows account with the agent: its folder has accents and a space."""

    interpreter: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def agent(self, *arguments: str, within_s: float = 120) -> subprocess.CompletedProcess[bytes]:
        """Run one command; output as the bytes written."""
        return self.python("-m", "agent", *arguments, within_s=within_s)

    def python(self, *arguments: str, within_s: float = 120) -> subprocess.CompletedProcess[bytes]:
        """Run the interpreter."""
        return subprocess.run(
            [self.interpreter / "python.sh", *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=within_s,
            check=False,
            cwd=ROOT,
            env=self._environ(),
        )

    def started(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start the interpreter beside, with pipes."""
        return subprocess.Popen(
            [self.interpreter / "python.sh", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=self._environ(),
        )

    def at(self, today: str) -> None:
        """Set the clock that the agent sees, "YYYY-MM-DD hh:mm:ss"; waiting takes as long as ever."""
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        need(library is not None, "libfaketime sets the clock of one program")
        self.environment |= {"LD_PRELOAD": str(library), "FAKETIME": f"@{today}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def _environ(self) -> dict[str, str]:
        return {**os.environ, "PREAU_AGENT_DIR": windows_path(self.folder), **self.environment}


def windows_path(path: Path) -> str:
    """Return how Windows calls a path of this machine."""
    return "Z:" + str(path.absolute()).replace("/", "\\")

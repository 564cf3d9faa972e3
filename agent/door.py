"""Which door does this system have?"""

import sys
from pathlib import Path

from checks.answers.network import Control, ServerClock
from checks.machine import Machine


class NoDoor(RuntimeError):
    """A system the agent does not know yet; the message says so in French."""


def open_door(
    *, extra_ca: Path | None = None, collector_clock: ServerClock | None = None, controls: tuple[Control, ...] = ()
) -> Machine:
    """Return this workstation's door; raises `NoDoor`."""
    if sys.platform == "linux":
        from agent.linux import LinuxMachine

        return LinuxMachine(extra_ca=extra_ca, collector_clock=collector_clock, controls=controls)
    raise NoDoor(f"l'agent ne sait pas encore auditer ce système ({sys.platform})")

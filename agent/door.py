"""Which door does this system have?"""

import sys
from urllib.parse import urlsplit

from agent.proxy import Ways
from agent.reaching import Known, endpoint_of
from agent.tunnel import DIRECT, Way
from checks.machine import Machine


class NoDoor(RuntimeError):
    """A system the agent does not know yet; the message says so in French."""


def way_to(url: str) -> Way:
    """Return the way browsers take to an address on this workstation; straight on a system without a door."""
    if sys.platform == "linux":
        from agent.proxy_linux import settings

        return Ways(settings=settings).taken(endpoint_of(url), urlsplit(url).scheme)
    if sys.platform == "win32":
        from agent.win32.winhttp import settings as windows_settings

        return Ways(settings=windows_settings).taken(endpoint_of(url), urlsplit(url).scheme)
    if sys.platform == "darwin":
        from agent.macos import proxy_settings

        return Ways(settings=proxy_settings).taken(endpoint_of(url), urlsplit(url).scheme)
    return DIRECT


def open_door(known: Known) -> Machine:
    """Return this workstation's door; raises `NoDoor`."""
    if sys.platform == "linux":
        from agent.linux import LinuxMachine

        return LinuxMachine(known)
    if sys.platform == "win32":
        from agent.windows import WindowsMachine, too_old

        why = too_old()
        if why:
            raise NoDoor(why)
        return WindowsMachine(known)
    if sys.platform == "darwin":
        from agent.macos import MacMachine

        return MacMachine(known)
    raise NoDoor(f"l'agent ne sait pas encore auditer ce système ({sys.platform})")

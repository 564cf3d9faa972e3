"""How is a service reached by IPv6, and by IPv4, each on its own, and by browsers, who try both?"""

import socket
import time
from collections.abc import Sequence
from typing import Any, Final

from agent.dial import dial
from agent.side_by_side import ask_each
from checks.answers.network import Endpoint, Failure
from checks.answers.ways import Family
from checks.failures import failure_of

CONNECT_S: Final = 4.0


def compare(end: Endpoint, addresses: Sequence[str]) -> Family:
    """Connect by each family and by both, side by side; `addresses` are the name's."""
    six = [address for address in addresses if ":" in address]
    four = [address for address in addresses if ":" not in address]
    if not (six and reaches_far(six[0])):
        return family(end, via_proxy=False)

    def ask(some: list[str]) -> tuple[Failure | None, int]:
        return _time(end, some)

    def late(_: list[str]) -> tuple[Failure | None, int]:
        return "timeout", round(CONNECT_S * 1000)

    by_six, by_four, by_both = ask_each(ask, (six, four, list(addresses)), within_s=CONNECT_S + 0.5, otherwise=late)
    return family(
        end,
        via_proxy=False,
        has_ipv6=True,
        ipv6=by_six[0],
        ipv6_ms=by_six[1],
        ipv4=by_four[0],
        ipv4_ms=by_four[1],
        both_ms=None if by_both[0] else by_both[1],
    )


def family(end: Endpoint, *, via_proxy: bool, **seen: Any) -> Family:
    """Write an answer down, with nothing where nothing was asked."""
    unseen: dict[str, Any] = {"has_ipv6": False, "ipv6": None, "ipv6_ms": 0, "ipv4": None, "ipv4_ms": 0}
    unseen["both_ms"] = None
    return Family(host=end.host, port=end.port, via_proxy=via_proxy, **unseen | seen)


def reaches_far(address: str) -> bool:
    """Tell whether this workstation would leave by an address of its own when asked to speak IPv6 to this one."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as asking:
            asking.connect((address, 9))  # sends nothing: the system only chooses a route and an address
            return not str(asking.getsockname()[0]).startswith("fe80")
    except OSError:
        return False


def _time(end: Endpoint, addresses: list[str]) -> tuple[Failure | None, int]:
    started = time.monotonic()
    if not addresses:
        return "name_without_address", 0
    try:
        dial(end.host, end.port, within_s=CONNECT_S, addresses=addresses).close()
    except (OSError, UnicodeError) as error:
        return failure_of(error), round((time.monotonic() - started) * 1000)
    return None, round((time.monotonic() - started) * 1000)

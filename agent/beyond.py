"""Does anything at all answer beyond this school's network?"""

from collections.abc import Callable, Sequence
from typing import Final

from agent import lookup
from agent.dial import dial
from agent.reaching import CONNECT_S, Reaching, Tunnel
from agent.side_by_side import ask_each
from agent.tunnel import DIRECT
from checks.answers.network import Endpoint, Failure, Sign
from checks.failures import failure_of

_NO_SIGN: Final[tuple[Failure, ...]] = (
    "timeout",
    "unreachable",
    "name_unknown",
    "name_without_address",
    "resolver_silent",
    "resolver_failed",
)
"""Failures that nobody on the far side need have sent."""
_PORTS: Final = (443, 80)
_MAX_ADDRESSES: Final = 4
_ALL_S: Final = 12.0


def anything_beyond(to: Reaching) -> Sign:
    """Look for one sign of life: an endpoint, a name server's answer, an address that the collector knows.

    "silent" is only said when at least one address outside was tried: a silent name server alone is no cut line.
    """
    ends, known = to.known.endpoints, to.known.addresses or {}
    outside = [address for end in ends for address in known.get(end.host, ())][:_MAX_ADDRESSES]
    looks: tuple[Callable[[], Sign], ...] = (
        lambda: _of_ends(to),
        lambda: "answers" if _a_server_answers(ends) else "unknown",
        lambda: _of_addresses(outside),
    )
    signs = ask_each(lambda look: look(), looks, within_s=_ALL_S, otherwise=lambda _: "unknown")
    if "answers" in signs:
        return "answers"
    return "silent" if "silent" in signs else "unknown"


def _of_ends(to: Reaching) -> Sign:
    """Look for an endpoint that answers, or a proxy; only one whose name resolved can be silent."""
    seen = ask_each(to.tunnel, to.known.endpoints, within_s=_ALL_S, otherwise=lambda _: Tunnel(way=DIRECT))
    if any(one.failure not in _NO_SIGN or one.way.kind != "direct" for one in seen if one.took_s or one.failure):
        return "answers"
    return (
        "silent"
        if any(one.failure in ("timeout", "unreachable") and one.addresses_count for one in seen)
        else "unknown"
    )


def _of_addresses(outside: Sequence[str]) -> Sign:
    """Look for an address that answers, among those the collector knows."""
    if not outside:
        return "unknown"
    asked = [(address, port) for address in outside for port in _PORTS]
    return (
        "answers" if any(ask_each(_answers, asked, within_s=CONNECT_S + 0.5, otherwise=lambda _: False)) else "silent"
    )


def _a_server_answers(ends: tuple[Endpoint, ...]) -> bool:
    """Tell whether a name server knows something of the outside: a box with its line cut says it failed, or refuses."""
    host = next((end.host for end in ends), None)
    said = lookup.ask_servers(host, lookup.servers()) if host else ()
    return any(answer.said in ("noerror", "nxdomain") for answer in said)


def _answers(where: tuple[str, int]) -> bool:
    address, port = where
    try:
        dial(address, port, within_s=CONNECT_S).close()
    except (OSError, UnicodeError) as error:
        return failure_of(error) not in _NO_SIGN
    return True

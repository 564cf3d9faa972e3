"""Does anything at all answer beyond this school's network?"""

from typing import Final

from agent import lookup
from agent.dial import dial
from agent.reaching import CONNECT_S, Reaching
from agent.side_by_side import ask_each
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


def anything_beyond(to: Reaching) -> Sign:
    """Look for one sign of life: an endpoint, a name server's answer, an address that the collector knows.

    "silent" is only said when at least one address outside was tried: a silent name server alone is no cut line.
    """
    ends = to.known.endpoints
    failures = ask_each(lambda end: to.tunnel(end), ends, within_s=10.0, otherwise=lambda _: None)
    if any(seen is not None and (seen.failure not in _NO_SIGN or seen.way.kind != "direct") for seen in failures):
        return "answers"
    if _a_server_answers(ends):
        return "answers"
    known = to.known.addresses or {}
    outside = [address for end in ends for address in known.get(end.host, ())][:_MAX_ADDRESSES]
    tried = any(seen is not None and seen.failure in ("timeout", "unreachable") for seen in failures)
    signs = ask_each(
        _answers,
        [(address, port) for address in outside for port in _PORTS],
        within_s=CONNECT_S + 0.5,
        otherwise=lambda _: False,
    )
    if any(signs):
        return "answers"
    return "silent" if outside or tried else "unknown"


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

"""Does the address given here lead to the true service, and the one the collector has? Its certificate proves it."""

from collections.abc import Iterable

from agent import handshake
from agent.dial import dial
from agent.reaching import CONNECT_S, Reaching
from checks.answers.network import Handshake
from checks.answers.ways import Proof


def proofs(to: Reaching, host: str) -> tuple[Proof, Proof]:
    """Tell whether the address given here leads to the service, and whether the one the collector has does.

    Asked only of a host reached straight whose addresses are not among those the collector was given.
    """
    expected = (to.known.addresses or {}).get(host, ())
    end = next((end for end in to.known.endpoints if end.host == host), None)
    if not expected or end is None or to.ways.taken(end).kind != "direct":
        return "not_asked", "not_asked"
    try:
        given = to.lookups.addresses(host)
    except (OSError, UnicodeError):
        given = ()
    if not differ(given, expected):
        return "not_asked", "not_asked"
    there = handshake.shake(
        end,
        to.trust,
        lambda within_s: dial(host, end.port, within_s=within_s, addresses=expected),
        connect_s=CONNECT_S,
        via_proxy=False,
    )
    return proof_of(to.shaken(end)) if given else "not_asked", proof_of(there)


def differ(given: Iterable[str], expected: Iterable[str]) -> bool:
    """Tell whether no IPv4 address is in common, or no address at all: a resolver may rewrite one family only."""
    given_all, expected_all = set(given), set(expected)
    given_four, expected_four = ({one for one in some if ":" not in one} for some in (given_all, expected_all))
    if given_four and expected_four:
        return not given_four & expected_four
    return not given_all & expected_all


def proof_of(seen: Handshake) -> Proof:
    """Tell how far a handshake went."""
    if seen.failure is None:
        return "proved"
    return "answers" if seen.connected else "silent"

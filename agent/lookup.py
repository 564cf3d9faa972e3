"""How does this workstation resolve a name, and what does each of its name servers say when asked directly?"""

import hashlib
import select
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from agent.once import Once
from agent.side_by_side import ask_each
from checks.answers.network import AddressKind
from checks.answers.ways import ServerAnswer

RESOLVE_S: Final = 7.0
"""How long a name may take: longer than the 5 s after which systems turn to their second name server."""
SERVER_S: Final = 5.0
_AGAIN_S: Final = 2.0
"""How long one name server may take to answer, and when it is asked again: one packet may be lost."""
_FARTHEST: Final[tuple[AddressKind, ...]] = ("global", "private", "link_local", "loopback", "unspecified")
_MAX_SERVERS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of resolving one name."""

    addresses: tuple[str, ...] = ()
    error: OSError | UnicodeError | None = None
    took_s: float


class Lookups:
    """Addresses by name, each asked of the system once and bounded in time: `getaddrinfo` cannot be."""

    def __init__(self) -> None:
        self._once = Once()

    def addresses(self, host: str) -> tuple[str, ...]:
        """Return a name's addresses in the system's order; raises what getaddrinfo does, or TimeoutError."""
        found = self.found(host)
        if found.error is not None:
            raise found.error
        return found.addresses

    def found(self, host: str) -> Found:
        """Return what came of resolving a name, and how long it took whoever asked first."""
        return self._once.get(host, lambda: _found(host))


def _found(host: str) -> Found:
    started = time.monotonic()
    try:
        addresses = _addresses(host)
    except (OSError, UnicodeError) as error:
        return Found(error=error, took_s=time.monotonic() - started)
    return Found(addresses=addresses, took_s=time.monotonic() - started)


def _addresses(host: str) -> tuple[str, ...]:
    def ask(name: str) -> tuple[str, ...] | OSError | UnicodeError:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            return error
        return tuple(dict.fromkeys(str(row[4][0]) for row in found))

    def late(name: str) -> TimeoutError:
        return TimeoutError(f"{name} was not resolved in {RESOLVE_S} s")

    (found,) = ask_each(ask, (host,), within_s=RESOLVE_S, otherwise=late)
    if isinstance(found, tuple):
        return found
    raise found


def address_kind(address: str) -> AddressKind:
    """Return the kind of an IP address, its scope left out; "private" is all that the Internet does not route."""
    ip = ip_address(address.partition("%")[0])
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local:
        return "link_local"
    return "global" if ip.is_global else "private"


def farthest(addresses: Iterable[str]) -> AddressKind | None:
    """Return the most far-reaching kind among a card's addresses; None when it has none."""
    return min((address_kind(address) for address in addresses), key=_FARTHEST.index, default=None)


def sha256(text: str) -> str:
    """Return the fingerprint of an address or a name, in hex; "" for nothing."""
    return hashlib.sha256(text.lower().rstrip(".").encode()).hexdigest() if text else ""


def servers() -> tuple[str, ...]:
    """Return the addresses of this workstation's name servers, the first asked first; empty when not known."""
    try:
        found = dns.resolver.Resolver().nameservers
    except (dns.exception.DNSException, OSError, ValueError):
        return ()
    return tuple(str(one) for one in found)[:_MAX_SERVERS]


def ask_servers(host: str, asked: Iterable[str]) -> tuple[ServerAnswer, ...]:
    """Ask each name server for a name's IPv4 addresses, side by side."""

    def ask(server: tuple[int, str]) -> ServerAnswer:
        return ask_server(host, *server)

    def late(server: tuple[int, str]) -> ServerAnswer:
        return _answer(server[0], "nothing", SERVER_S)

    return ask_each(ask, enumerate(asked), within_s=SERVER_S + 0.5, otherwise=late)


def ask_server(host: str, rank: int, server: str, port: int = 53) -> ServerAnswer:
    """Ask one name server over UDP, then TCP when its answer was cut."""
    started = time.monotonic()
    try:
        question = dns.message.make_query(host, dns.rdatatype.A, use_edns=0)
        said = _udp(question, server, port, started + SERVER_S)
        if said is not None and said.flags & dns.flags.TC:
            said = dns.query.tcp(question, server, timeout=_AGAIN_S, port=port)
    except (ConnectionRefusedError, OSError) as error:
        timed_out = isinstance(error, TimeoutError)
        return _answer(rank, "nothing" if timed_out else "unreachable", time.monotonic() - started)
    except dns.exception.DNSException:
        return _answer(rank, "other", time.monotonic() - started)
    if said is None:
        return _answer(rank, "nothing", time.monotonic() - started)
    return _read(rank, said, time.monotonic() - started)


def _udp(question: Any, server: str, port: int, deadline: float) -> Any:
    """Send a question, again after a while, and wait for its answer on the same socket; None when none came."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.connect((server, port))  # so that a refusal by the host is heard
        asking.setblocking(False)
        again_at = 0.0
        while (now := time.monotonic()) < deadline:
            if now >= again_at:
                asking.send(question.to_wire())
                again_at = now + _AGAIN_S
            if not select.select([asking], [], [], min(again_at, deadline) - now)[0]:
                continue
            said = dns.message.from_wire(asking.recv(65_535), ignore_trailing=True, raise_on_truncation=False)
            if question.is_response(said):
                return said
    return None


def _read(rank: int, said: Any, took_s: float) -> ServerAnswer:
    codes: dict[int, Any] = {0: "noerror", 2: "servfail", 3: "nxdomain", 5: "refused"}
    addresses, canonical = [], ""
    for row in said.answer:
        if row.rdtype == dns.rdatatype.A:
            addresses += [item.address for item in row]
        elif row.rdtype == dns.rdatatype.CNAME:
            canonical = str(row[0].target)
    return _answer(rank, codes.get(said.rcode(), "other"), took_s, addresses, canonical)


def _answer(rank: int, said: Any, took_s: float, addresses: Iterable[str] = (), canonical: str = "") -> ServerAnswer:
    found = tuple(addresses)
    return ServerAnswer(
        rank=rank,
        said=said,
        kinds=tuple(sorted({address_kind(address) for address in found})),
        addresses_sha256=tuple(sorted(sha256(address) for address in found)),
        canonical_sha256=sha256(canonical),
        took_ms=round(took_s * 1000),
    )

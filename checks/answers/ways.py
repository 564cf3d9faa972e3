"""What may the way to a service answer: card, proxy, name servers, portal, size and speed of the line?"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from checks.answers import STRICT
from checks.answers.network import AddressKind, Failure, Filter

Band = Literal["2.4", "5", "6"]
"""Radio bands of Wi-Fi, in GHz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What one network card agreed on with the other end, nameless."""

    __pydantic_config__ = STRICT

    kind: Literal["wired", "wifi", "virtual", "other"]
    up: bool  # a cable is in, or a Wi-Fi is joined
    carries: bool  # the way out of the school goes through it
    radio_off: bool | None  # Wi-Fi only: its radio is switched off; None when it cannot be told
    speed_kbps: int | None  # agreed with the other end; None when the card does not say
    able_kbps: int | None  # the most this card can do
    offered_kbps: int | None  # the most the other end offered
    duplex: Literal["full", "half"] | None
    signal_percent: int | None  # Wi-Fi only, 0 to 100
    band: Band | None


ProxySource = Literal["none", "environment", "desktop", "policy", "pac", "wpad"]
"""Where the way of a browser is written: "none" is nowhere, so direct."""
Script = Literal["none", "used", "not_found", "unreachable", "invalid", "endless"]
"""What came of a proxy script (PAC): "not_found" is a search for one (WPAD) that found none, which is no fault."""
Login = Literal["basic", "digest", "ntlm", "negotiate", "other"]
LOGINS: Final[tuple[Login, ...]] = get_args(Login)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyWay:
    """Which way a browser takes to one endpoint, what that gives, and what going straight gives beside it."""

    __pydantic_config__ = STRICT

    host: str
    port: int
    source: ProxySource
    script: Script
    via_proxy: bool  # a browser ends up going through a proxy
    failure: Failure | None  # of asking the proxy for a tunnel; None when it gave one, or when there is no proxy
    login: tuple[Login, ...]  # ways to say who one is that a 407 offered, each once, sorted
    filter: Filter  # whose page the proxy sent in place of a tunnel
    given_up_count: int  # proxies that did not answer, before the way taken
    direct: Failure | None  # of connecting without the proxy
    direct_asked: bool  # False when the way is direct anyway
    browser_differs: bool | None  # a browser's policy names another way than the system's; None when it cannot be told
    proxy_sha256: str  # SHA-256 of the proxy's "host:port", hex; "" when there is none
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAnswer:
    """What one name server of the workstation said of one name (type A, asked directly over UDP, then TCP if cut)."""

    __pydantic_config__ = STRICT

    rank: int  # 0 for the server asked first
    said: Literal["nothing", "unreachable", "noerror", "nxdomain", "servfail", "refused", "other"]
    kinds: tuple[AddressKind, ...]  # kinds of the addresses given, each once, sorted
    addresses_sha256: tuple[str, ...]  # SHA-256 of each address as text, hex, sorted
    canonical_sha256: str  # SHA-256 of the name its aliases end at, hex; "" when it is no alias
    took_ms: int


Proof = Literal["not_asked", "silent", "answers", "proved"]
"""Whether what is at an address holds a certificate trusted for the name; "answers" is no more than a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAnswer:
    """What each name server said of one host and, where the collector was told otherwise, who leads to the service."""

    __pydantic_config__ = STRICT

    host: str
    servers: tuple[ServerAnswer, ...]  # empty when the system's name servers are not known
    given: Proof  # of the address given here, asked when it is none of those the collector was given
    expected: Proof  # of an address that the collector was given


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainAnswer:
    """What came back for `http://host/`, with nothing encrypted: where captive portals show themselves."""

    __pydantic_config__ = STRICT

    host: str
    failure: Failure | None
    status: int | None
    redirect: Literal["none", "same_host", "elsewhere"]
    target_sha256: str  # SHA-256 of the host it leads to, hex; "" when it leads nowhere
    filter: Filter
    has_form: bool  # a form to fill in, in the page itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What answers in place of the network before somebody has logged in to it."""

    __pydantic_config__ = STRICT

    plain: tuple[PlainAnswer, ...]
    collector: Failure | None  # of asking the collector for its ping; None when it answered with our number
    collector_asked: bool
    secured: bool  # at least one host of the profile, or the collector, proved itself over TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketAsked:
    """Where a service listens for web sockets."""

    __pydantic_config__ = STRICT

    service: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketAnswer:
    """What became of one web socket: opened, then one ping sent and its pong waited for."""

    __pydantic_config__ = STRICT

    service: str
    failure: Failure | None  # before any answer to the opening
    status: int | None  # 101 when it opened
    accepted: bool  # 101, and the key we sent was answered rightly
    answered: bool  # the pong came back
    filter: Filter
    via_proxy: bool
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSize:
    """Whether large packets pass: the same exchange with ordinary packets, then, if it stalls, with small ones."""

    __pydantic_config__ = STRICT

    host: str
    port: int
    via_proxy: bool
    ordinary: Failure | None  # of an exchange whose packets are as large as the card allows, both ways
    small: Failure | None  # of the same with packets of at most 576 bytes
    small_asked: bool  # False when ordinary ones passed, or nothing could be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One endpoint reached by IPv6 and by IPv4, each on its own."""

    __pydantic_config__ = STRICT

    host: str
    port: int
    via_proxy: bool
    has_ipv6: bool  # the name has an IPv6 address, and this workstation one that reaches the Internet or the school
    ipv6: Failure | None
    ipv6_ms: int
    ipv4: Failure | None
    ipv4_ms: int
    both_ms: int | None  # how long browsers take, who try both; None when neither answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long a small question takes to come back on an idle line."""

    __pydantic_config__ = STRICT

    asked: Literal["collector", "services"]  # the collector's ping, or TCP connections to services when there is none
    failure: Failure | None
    round_trips_us: tuple[int, ...]  # one per question answered, in the order asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """How much the line carries, measured against the collector through the same filter as everything else."""

    __pydantic_config__ = STRICT

    failure: Failure | None
    down_kbps: int | None
    up_kbps: int | None
    down_bytes: int
    up_bytes: int
    idle_us: int | None  # median round trip before
    down_loaded_us: int | None  # median round trip while receiving
    up_loaded_us: int | None
    busy_percent: int | None  # how busy the processor was meanwhile, over all its cores
    link: Link | None  # the card that carried it
    via_proxy: bool
    took_ms: int

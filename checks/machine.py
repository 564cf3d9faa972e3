"""What can Préau see of a workstation?

`Machine` lists every question that may be asked; the classes below and in `checks.answers` are every shape an answer
may take. There is no way round it: no question runs a command or reads a path of the caller's choosing. An answer never
holds a user name, a host name of the workstation, a MAC address, a serial number, an SSID or free text.

Units are in the names. Instants (`*_at`) are whole seconds since 1970-01-01 UTC. Classes are only ever added to: a new
field has a default and says `since` which facts schema it exists.
"""

from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

from checks.answers import FACTS_SCHEMA as FACTS_SCHEMA
from checks.answers import STRICT as STRICT
from checks.answers import since as since
from checks.answers.browser import Browser, Policies
from checks.answers.hardware import Cameras, Disk, Firmware, Memory, Processor, Screen, Sound
from checks.answers.software import Program, ProgramAsked
from checks.answers.system import Language, Protection, Release, TrustStore, Updates

Failure = Literal[
    "timeout",  # nothing came back in time
    "refused",  # the other side said no to the connection
    "reset",  # the connection was cut after it was made
    "unreachable",  # the system has no way there
    "name_unknown",  # the resolver says that the name does not exist (NXDOMAIN)
    "name_without_address",  # the name exists and has no address
    "resolver_silent",  # no resolver answered in time
    "resolver_failed",  # a resolver answered that it could not or would not
    "certificate_untrusted",  # no root of the workstation's store vouches for the certificate
    "certificate_expired",
    "certificate_not_yet_valid",
    "certificate_wrong_name",
    "tls_version",  # no TLS version in common
    "tls_failed",  # the handshake failed otherwise
    "proxy_unreachable",
    "proxy_refused",  # the proxy said no to this address
    "proxy_needs_login",  # 407
    "not_http",  # what came back is not HTTP
    "too_large",  # more came back than we accept to read
    "other",
]
"""The closed list of what an expected refusal is called. None in an answer means that it worked."""
FAILURES: Final[tuple[Failure, ...]] = get_args(Failure)

AddressKind = Literal["global", "private", "link_local", "loopback", "unspecified"]
Issuer = Literal[
    "other",
    "squid",
    "e2guardian",
    "eole",
    "stormshield",
    "fortinet",
    "olfeo",
    "sophos",
    "zscaler",
    "palo_alto",
    "checkpoint",
    "kaspersky",
    "eset",
    "avast",
    "bitdefender",
]
"""Makers of filters and antivirus software that re-sign TLS, as the issuer's name shows them; others are "other"."""
ISSUERS: Final[tuple[Issuer, ...]] = get_args(Issuer)

Filter = Literal["none", "squid", "e2guardian", "unknown"]
"""Filters recognised by the page they send in place of the one asked for."""


class CannotAnswer(Exception):
    """The workstation cannot be asked this: no such question on this system, or not with these rights."""

    def __init__(self, reason: Literal["not_supported", "not_permitted"]) -> None:
        super().__init__(reason)
        self.reason: Literal["not_supported", "not_permitted"] = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network card, nameless."""

    __pydantic_config__ = STRICT

    kind: Literal["wired", "wifi", "virtual", "other"]
    up: bool
    ipv4: AddressKind | None  # the most far-reaching address it holds; None when it holds none
    ipv6: AddressKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The workstation's cards (loopback left out) and whether a default route leaves it."""

    __pydantic_config__ = STRICT

    interfaces: tuple[Interface, ...]
    ipv4_route: bool
    ipv6_route: bool


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Endpoint:
    """Where a service listens: a host and port of the profile."""

    __pydantic_config__ = STRICT

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How the workstation itself resolves one host of the profile, as its browsers would."""

    __pydantic_config__ = STRICT

    host: str
    failure: Failure | None
    kinds: tuple[AddressKind, ...]  # kinds of the addresses given, each once, sorted
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One direct TCP connection to an endpoint, closed at once."""

    __pydantic_config__ = STRICT

    host: str
    port: int
    failure: Failure | None
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """One TLS handshake with an endpoint, judged by the workstation's own trust store."""

    __pydantic_config__ = STRICT

    host: str
    port: int
    connected: bool  # the TCP connection was made
    failure: Failure | None  # certificate_* when the store refuses; the rest is then still what was observed
    protocol: Literal["", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
    issuer: Issuer | None  # who signed the certificate seen; None when none was seen
    issuer_sha256: str  # SHA-256 of the issuer's name in DER, hex; "" when no certificate was seen
    leaf_sha256: str  # SHA-256 of the certificate in DER, hex; "" when none was seen
    not_before_at: int | None
    not_after_at: int | None
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """A page whose body is known, to be fetched as a browser would."""

    __pydantic_config__ = STRICT

    service: str  # name of the service in the profile
    url: str
    known_text: str  # words to look for in the body; "" when none are known


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back for a page. The body itself never travels."""

    __pydantic_config__ = STRICT

    service: str
    failure: Failure | None
    status: int | None  # HTTP status; None when nothing came back
    body_sha256: str  # hex; "" when nothing came back
    body_bytes: int
    has_known_text: bool | None  # None when no words were given to look for
    redirect: Literal["none", "same_host", "elsewhere"]
    filter: Filter
    via_proxy: bool  # asked through the workstation's proxy
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerClock:
    """The workstation's clock beside a server's, from the Date of one HTTP answer."""

    __pydantic_config__ = STRICT

    failure: Failure | None
    offset_ms: int | None  # workstation minus server; positive when the workstation is ahead
    round_trip_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the collector itself saw of a service: the second view that tells the school's fault from the service's.

    The door only hands over controls that are still fresh, as the collector that made them says.
    """

    __pydantic_config__ = STRICT

    service: str
    age_s: int  # seconds between the collector's look and this audit
    failure: Failure | None  # None when the service answered the collector
    issuer_sha256: str  # as in Handshake; "" when not seen
    leaf_sha256: str
    body_sha256: str  # of the known page; "" when not seen
    has_known_text: bool | None


class Machine(Protocol):
    """The door: every question, one implementation per system (`agent/linux.py`, …).

    A question about several things asks them side by side within one deadline, and answers in the order asked: what did
    not come back in time is an answer with failure "timeout", never an exception. A question the system cannot answer
    raises `CannotAnswer`.
    """

    def network(self) -> Network:
        """Which cards are there, with what kind of address, and does a route leave?"""

    def resolve(self, hosts: tuple[str, ...]) -> tuple[Resolution, ...]:
        """How does this workstation resolve each host?"""

    def connect(self, endpoints: tuple[Endpoint, ...]) -> tuple[Connection, ...]:
        """Does each endpoint accept a TCP connection?"""

    def handshake(self, endpoints: tuple[Endpoint, ...]) -> tuple[Handshake, ...]:
        """Who signs each endpoint's certificate, and does this workstation trust it?"""

    def fetch(self, pages: tuple[PageAsked, ...]) -> tuple[Page, ...]:
        """What comes back for each page?"""

    def collector_clock(self) -> ServerClock | None:
        """How far is this clock from the collector's? None when the workstation knows no collector."""

    def server_clocks(self, urls: tuple[str, ...]) -> tuple[ServerClock, ...]:
        """How far is this clock from each server's?"""

    def controls(self) -> tuple[Control, ...]:
        """What did the collector itself see of each service? Empty when the workstation holds no control."""

    def release(self) -> Release:
        """Which operating system is this?"""

    def updates(self) -> Updates:
        """How do the system's own updates go?"""

    def trust_store(self, roots_sha256: tuple[str, ...]) -> TrustStore:
        """Which of these roots does this workstation trust?"""

    def language(self) -> Language:
        """Which language and which keyboard does this session have?"""

    def protection(self) -> Protection:
        """Does the system say that it is protected, by an antivirus and a firewall?"""

    def memory(self) -> Memory:
        """How much working memory?"""

    def disk(self) -> Disk:
        """How much room on the system's volume?"""

    def processor(self) -> Processor:
        """Which kind of processor, and how strong?"""

    def screens(self) -> tuple[Screen, ...]:
        """How large is each screen? Empty when none is seen."""

    def sound(self) -> Sound:
        """Can sound come out, and in?"""

    def cameras(self) -> Cameras:
        """Is there a camera?"""

    def firmware(self) -> Firmware:
        """What does the machine's firmware offer to a new system?"""

    def browsers(self) -> tuple[Browser, ...]:
        """Which browsers are installed, each place where one may hide looked into?"""

    def policies(self, hosts: tuple[str, ...]) -> Policies:
        """What do administrators' browser policies take from these hosts?"""

    def programs(self, asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:
        """Is each of these programs installed?"""

"""What may the network answer about the services of the profile?

The closed lists first: what a failure is called, who signs, which filter speaks.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from checks.answers import STRICT, since

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
    "not_tls",  # what came back is not TLS
    "proxy_unreachable",
    "proxy_refused",  # the proxy said no to this address
    "proxy_needs_login",  # 407
    "proxy_unusable",  # the proxy is of a kind that the agent does not speak (SOCKS)
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

Filter = Literal[
    "none",
    "squid",
    "e2guardian",
    "unknown",  # words of a refusal, of no filter we know
    "fortinet",
    "stormshield",
    "olfeo",
    "sophos",
    "zscaler",
    "palo_alto",
    "checkpoint",
    "cisco_umbrella",
    "eole",
    "ufdbguard",
    "pfsense",
]
"""Filters recognised by what they send in place of the page asked for."""
FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network card, nameless."""

    __pydantic_config__ = STRICT

    kind: Literal["wired", "wifi", "virtual", "other"]
    up: bool
    ipv4: AddressKind | None  # the most far-reaching address it holds; None when it holds none
    ipv6: AddressKind | None


Sign = Literal["unknown", "answers", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The workstation's cards (loopback left out) and whether a default route leaves it."""

    __pydantic_config__ = STRICT

    interfaces: tuple[Interface, ...]
    ipv4_route: bool
    ipv6_route: bool
    gateway: Sign = since(2, "unknown")  # whether the way out of this network, the gateway, is there
    beyond: Sign = since(2, "unknown")  # whether anything at all answers: a name server, a proxy, a host of the profile


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
    via_proxy: bool = since(2, False)  # browsers here reach this host through a proxy, and do not ask for its address


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connection to an endpoint the way browsers here take (TCP, or a tunnel of the proxy), closed at once."""

    __pydantic_config__ = STRICT

    host: str
    port: int
    failure: Failure | None
    took_ms: int
    via_proxy: bool = since(2, False)
    filter: Filter = since(2, "none")  # whose page the proxy sent in place of a tunnel
    addresses_count: int = since(2, 0)  # addresses the name has here, when connecting directly
    silent_count: int = since(2, 0)  # addresses tried that did not answer or refused, when another one did


FirefoxTrust = Literal["not_asked", "absent", "trusted", "refused"]
"""Whether Firefox, which has its own list of authorities, would trust what is shown; "absent" when not installed."""


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
    via_proxy: bool = since(2, False)
    firefox: FirefoxTrust = since(2, "not_asked")
    self_signed: bool = since(2, False)  # the certificate vouches for itself


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
    target_sha256: str = since(2, "")  # SHA-256 of the host a redirect leads to, hex; "" when there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerClock:
    """The workstation's clock beside a server's, from the Date of one HTTP answer."""

    __pydantic_config__ = STRICT

    failure: Failure | None
    offset_ms: int | None  # workstation minus server; positive when the workstation is ahead
    round_trip_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlHost:
    """How the collector resolves one host of a service."""

    __pydantic_config__ = STRICT

    host: str
    failure: Failure | None
    addresses_sha256: tuple[str, ...]  # SHA-256 of each address as text, hex, sorted
    canonical_sha256: str  # SHA-256 of the name its aliases end at, hex; "" when it is no alias


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
    hosts: tuple[ControlHost, ...] = since(2, ())  # how the collector resolves each host of the service
    websocket: Failure | None = since(2, None)  # None when it opened, or was not tried
    plain_target_sha256: str = since(2, "")  # host that plain HTTP leads the collector to, as in PlainAnswer

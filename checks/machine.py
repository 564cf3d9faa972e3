"""What can Préau see of a workstation?

`Machine` lists every question that may be asked; the classes below and in `checks.answers` are every shape an answer
may take. There is no way round it: no question runs a command or reads a path of the caller's choosing. An answer never
holds a user name, a host name of the workstation, a MAC address, a serial number, an SSID or free text.

Units are in the names. Instants (`*_at`) are whole seconds since 1970-01-01 UTC. Classes are only ever added to: a new
field has a default and says `since` which facts schema it exists.
"""

from typing import Final, Literal, Protocol

from checks.answers import FACTS_SCHEMA as FACTS_SCHEMA
from checks.answers import STRICT as STRICT
from checks.answers import since as since
from checks.answers.browser import Browser, Image, ImageAsked, PageFeatures, Policies
from checks.answers.hardware import Cameras, Disk, Firmware, Memory, Processor, Screen, Sound
from checks.answers.network import (
    Connection,
    Control,
    Endpoint,
    Handshake,
    Network,
    Page,
    PageAsked,
    Resolution,
    ServerClock,
)
from checks.answers.software import Program, ProgramAsked
from checks.answers.system import Language, Protection, Release, TrustStore, Updates
from checks.answers.ways import (
    DnsAnswer,
    Family,
    Latency,
    Link,
    PacketSize,
    Portal,
    ProxyWay,
    SocketAnswer,
    SocketAsked,
    Throughput,
)


class CannotAnswer(Exception):
    """The workstation cannot be asked this: no such question on this system, or not with these rights."""

    def __init__(self, reason: Literal["not_supported", "not_permitted"]) -> None:
        super().__init__(reason)
        self.reason: Literal["not_supported", "not_permitted"] = reason


class Machine(Protocol):
    """The door: every question, one implementation per system (`agent/linux.py`, …).

    A question about several things asks them side by side within one deadline, and answers in the order asked: what did
    not come back in time is an answer with failure "timeout", never an exception. A question the system cannot answer
    raises `CannotAnswer`.
    """

    def network(self) -> Network:
        """Which cards are there, with what kind of address, and does a route leave?"""

    def links(self) -> tuple[Link, ...]:
        """What did each card agree on with the other end?"""

    def portal(self, hosts: tuple[str, ...]) -> Portal:
        """Does a captive portal answer in place of these hosts and of the collector?"""

    def proxies(self, endpoints: tuple[Endpoint, ...]) -> tuple[ProxyWay, ...]:
        """Which way does a browser take to each endpoint, and what does going straight give?"""

    def dns_answers(self, hosts: tuple[str, ...]) -> tuple[DnsAnswer, ...]:
        """What does each name server say of each host, and does it lead to the true service?"""

    def resolve(self, hosts: tuple[str, ...]) -> tuple[Resolution, ...]:
        """How does this workstation resolve each host?"""

    def connect(self, endpoints: tuple[Endpoint, ...]) -> tuple[Connection, ...]:
        """Does each endpoint accept a connection, the way browsers take?"""

    def handshake(self, endpoints: tuple[Endpoint, ...]) -> tuple[Handshake, ...]:
        """Who signs each endpoint's certificate, and does this workstation trust it?"""

    def packet_sizes(self, endpoints: tuple[Endpoint, ...]) -> tuple[PacketSize, ...]:
        """Do large packets pass on the way to each endpoint?"""

    def families(self, endpoints: tuple[Endpoint, ...]) -> tuple[Family, ...]:
        """How is each endpoint reached by IPv6, and by IPv4?"""

    def fetch(self, pages: tuple[PageAsked, ...]) -> tuple[Page, ...]:
        """What comes back for each page?"""

    def sockets(self, asked: tuple[SocketAsked, ...]) -> tuple[SocketAnswer, ...]:
        """Does each web socket open, and carry something?"""

    def latency(self, endpoints: tuple[Endpoint, ...]) -> Latency:
        """How long does a small question take, to the collector, or else to these endpoints?"""

    def throughput(self) -> Throughput:
        """How much does the line carry to and from the collector? Asked only with a lease from it."""

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

    def page_features(self) -> PageFeatures:
        """What can the browser that shows the test page do? Only that page answers."""

    def page_images(self, asked: tuple[ImageAsked, ...]) -> tuple[Image, ...]:
        """Does that browser show each of these images? Only the test page answers."""


QUESTIONS: Final = tuple(name for name, asked in vars(Machine).items() if callable(asked) and not name.startswith("_"))
"""The name of every question."""

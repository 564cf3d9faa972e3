"""What does the network answer this workstation? The questions that are asked alike on every system."""

import socket

from agent import families, handshake, lookup, packets, page, portal, websocket
from agent.beyond import anything_beyond
from agent.line_answers import ALL_S, LineAnswers
from agent.lookup import RESOLVE_S, address_kind
from agent.proofs import proofs
from agent.reaching import CONNECT_S, endpoint_of
from agent.side_by_side import ask_each
from agent.tunnel import DIRECT
from checks.answers.browser import Image, ImageAsked, PageFeatures
from checks.answers.network import (
    Connection,
    Control,
    Endpoint,
    Handshake,
    Page,
    PageAsked,
    Resolution,
    Sign,
)
from checks.answers.ways import (
    DnsAnswer,
    Family,
    PacketSize,
    PlainAnswer,
    Portal,
    ProxyWay,
    SocketAnswer,
    SocketAsked,
)
from checks.failures import failure_of
from checks.machine import CannotAnswer


class NetworkAnswers(LineAnswers):
    """Answers `checks.machine.Machine`'s questions about services; each system's door inherits it."""

    def _beyond(self) -> Sign:
        """Tell whether anything at all answers."""
        return anything_beyond(self._to)

    def resolve(self, hosts: tuple[str, ...]) -> tuple[Resolution, ...]:
        """Resolve each host as this workstation's programs do.

        Lit : le résolveur du système (`getaddrinfo`), pour les seuls hôtes du profil.
        """

        def ask(host: str) -> Resolution:
            found = self._to.lookups.found(host)
            return Resolution(
                host=host,
                failure=failure_of(found.error) if found.error is not None else None,
                kinds=tuple(sorted({address_kind(address) for address in found.addresses})),
                took_ms=round(found.took_s * 1000),
                via_proxy=self._to.taken(f"https://{host}").kind != "direct",
            )

        def late(host: str) -> Resolution:
            return Resolution(host=host, failure="timeout", kinds=(), took_ms=round(RESOLVE_S * 1000))

        return ask_each(ask, hosts, within_s=ALL_S, otherwise=late)

    def dns_answers(self, hosts: tuple[str, ...]) -> tuple[DnsAnswer, ...]:
        """Ask each name server, and see who leads to the service where the collector was told otherwise.

        Lit : les adresses des serveurs DNS du système ; leur réponse pour les seuls hôtes du profil.
        """
        asked = lookup.servers()

        def ask(host: str) -> DnsAnswer:
            said = lookup.ask_servers(host, asked)
            given, expected = proofs(self._to, host)
            return DnsAnswer(host=host, servers=said, given=given, expected=expected)

        def late(host: str) -> DnsAnswer:
            return DnsAnswer(host=host, servers=(), given="not_asked", expected="not_asked")

        return ask_each(ask, hosts, within_s=ALL_S, otherwise=late)

    def connect(self, endpoints: tuple[Endpoint, ...]) -> tuple[Connection, ...]:
        """Connect to each endpoint, and close.

        Lit : une connexion TCP à chaque hôte et port du profil.
        """

        def late(end: Endpoint) -> Connection:
            return Connection(host=end.host, port=end.port, failure="timeout", took_ms=round(ALL_S * 1000))

        return ask_each(self._to.connection, endpoints, within_s=ALL_S, otherwise=late)

    def proxies(self, endpoints: tuple[Endpoint, ...]) -> tuple[ProxyWay, ...]:
        """Say which way browsers take to each endpoint, and try both.

        Lit : les réglages de proxy du système ou le script qu'ils nomment ; ceux que des règles imposent aux
        navigateurs ; une connexion par le proxy et une sans.
        """
        return ask_each(self._to.proxy_way, endpoints, within_s=ALL_S, otherwise=self._to.no_proxy_way)

    def handshake(self, endpoints: tuple[Endpoint, ...]) -> tuple[Handshake, ...]:
        """Shake hands with each endpoint, and close.

        Lit : le certificat que présente chaque hôte du profil, et le magasin de confiance du système ; si quelqu'un
        signe à la place du service, les autorités que Firefox a sous Linux (ses règles, `cert9.db` des profils).
        """

        def late(end: Endpoint) -> Handshake:
            return handshake.shaken(end, ALL_S, "timeout")

        return ask_each(self._to.shaken, endpoints, within_s=ALL_S, otherwise=late)

    def packet_sizes(self, endpoints: tuple[Endpoint, ...]) -> tuple[PacketSize, ...]:
        """Exchange large packets with each endpoint, and small ones where large ones stall.

        Lit : une réponse de chaque hôte du profil, en grands puis en petits paquets.
        """

        def ask(end: Endpoint) -> PacketSize:
            tunnel = self._to.tunnel(end)
            if tunnel.failure is not None:
                return packets.size(end, tunnel.way, tunnel.failure, None, small_asked=False)

            def connect(segment_bytes: int | None) -> socket.socket:
                return self._to.reach(end, tunnel.way, CONNECT_S, segment_bytes)

            return packets.measure(end, tunnel.way, self._to.trust, connect)

        def late(end: Endpoint) -> PacketSize:
            return packets.size(end, DIRECT, "timeout", None, small_asked=False)

        return ask_each(ask, endpoints, within_s=ALL_S, otherwise=late)

    def families(self, endpoints: tuple[Endpoint, ...]) -> tuple[Family, ...]:
        """Reach each endpoint by IPv6, by IPv4, and as browsers do.

        Lit : une connexion TCP à chaque hôte du profil, en IPv6 et en IPv4.
        """

        def ask(end: Endpoint) -> Family:
            if self._to.ways.taken(end).kind != "direct":
                return families.family(end, via_proxy=True)
            try:
                return families.compare(end, self._to.lookups.addresses(end.host))
            except (OSError, UnicodeError):
                return families.family(end, via_proxy=False)

        def late(end: Endpoint) -> Family:
            return families.family(end, via_proxy=False)

        return ask_each(ask, endpoints, within_s=ALL_S, otherwise=late)

    def fetch(self, pages: tuple[PageAsked, ...]) -> tuple[Page, ...]:
        """Fetch each page the way browsers take.

        Lit : la page connue de chaque service du profil ; son contenu ne quitte pas le poste.
        """

        def ask(asked: PageAsked) -> Page:
            tunnel = self._to.tunnel(endpoint_of(asked.url))
            if tunnel.failure is not None:
                return page.page(asked, tunnel.way, tunnel.took_s, failure=tunnel.failure, filter=tunnel.filter)
            return page.fetch(asked, self._to.trust, tunnel.way)

        def late(asked: PageAsked) -> Page:
            return page.page(asked, DIRECT, ALL_S, failure="timeout")

        return ask_each(ask, pages, within_s=ALL_S, otherwise=late)

    def sockets(self, asked: tuple[SocketAsked, ...]) -> tuple[SocketAnswer, ...]:
        """Open each web socket the way browsers take.

        Lit : une ouverture de WebSocket vers chaque service qui en a une.
        """

        def ask(one: SocketAsked) -> SocketAnswer:
            end = endpoint_of(one.url)
            way = self._to.ways.taken(end)
            return websocket.ask(one, way, self._to.trust, lambda: self._to.reach(end, way, CONNECT_S))

        def late(one: SocketAsked) -> SocketAnswer:
            return websocket.answer(one, ALL_S, failure="timeout")

        return ask_each(ask, asked, within_s=ALL_S, otherwise=late)

    def portal(self, hosts: tuple[str, ...]) -> Portal:
        """Ask for each host with nothing encrypted, and for the collector's ping.

        Lit : `http://` de chaque hôte du profil, et le ping du collecteur.
        """

        def ask(host: str) -> PlainAnswer:
            url = f"http://{host}/"
            try:
                self._to.named(url)
            except (OSError, UnicodeError) as error:
                return portal.plain(host, failure=failure_of(error))
            return portal.ask_plainly(host, self._to.taken(url), self._to.trust)

        def late(host: str) -> PlainAnswer:
            return portal.plain(host, failure="timeout")

        plain = ask_each(ask, hosts, within_s=ALL_S - 1, otherwise=late)
        pinged = self._to.pinged()
        ends = (end for end in self._known.endpoints if end.host in hosts)
        secured = any(shaken.failure is None for shaken in self.handshake(tuple(ends)))
        return Portal(
            plain=plain,
            collector=pinged.failure if pinged else None,
            collector_asked=pinged is not None,
            secured=secured or (pinged is not None and pinged.failure is None),
        )

    def controls(self) -> tuple[Control, ...]:
        """Hand over what the collector saw.

        Lit : rien du poste : ce que le collecteur a vu des services, reçu avec le profil.
        """
        return self._known.controls

    def page_features(self) -> PageFeatures:
        """Only the test page answers."""
        raise CannotAnswer("not_supported")

    def page_images(self, asked: tuple[ImageAsked, ...]) -> tuple[Image, ...]:  # noqa: ARG002
        """Only the test page answers."""
        raise CannotAnswer("not_supported")

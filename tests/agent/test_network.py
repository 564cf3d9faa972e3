"""The questions about services, asked of real servers on loopback."""

import socket
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from agent.clock import server_clock
from agent.door import open_door
from agent.filters import filter_of
from agent.lookup import address_kind
from agent.reaching import Known
from checks.answers.network import Endpoint, PageAsked
from checks.certificates import issuer_of, name_sha256
from tests.agent.servers import Answer, black_hole, closed_port, https, tcp, yesterday
from tests.agent.systems import needs_linux, needs_refusals

HELLO = b"<h1>Bienvenue</h1>"


def hello(_path: str) -> Answer:
    return 200, {}, HELLO


def at(port: int, host: str = "localhost") -> Endpoint:
    return Endpoint(host=host, port=port)


def asked(port: int, path: str = "/", words: str = "Bienvenue", host: str = "localhost") -> PageAsked:
    return PageAsked(service="ent", url=f"https://{host}:{port}{path}", known_text=words)


def test_it_resolves_as_programs_do_and_names_what_does_not_exist() -> None:
    here, nowhere = open_door(Known()).resolve(("localhost", "nulle-part.invalid"))
    assert (here.failure, here.kinds) == (None, ("loopback",))
    assert nowhere.kinds == ()
    assert nowhere.failure in ("name_unknown", "name_without_address", "resolver_silent", "resolver_failed")


def test_a_resolver_that_hangs_is_a_timeout_and_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def slow(host: str, *args: object, **more: object) -> object:
        if host == "lent.example.fr":
            time.sleep(60)
        return real(host, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr("agent.lookup.RESOLVE_S", 0.5)
    started = time.monotonic()
    late, here = open_door(Known()).resolve(("lent.example.fr", "localhost"))
    assert time.monotonic() - started < 5
    assert (late.host, late.failure, here.failure) == ("lent.example.fr", "timeout", None)


def test_it_connects_or_says_how_it_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.reaching.CONNECT_S", 0.5)
    with tcp(lambda connection: connection.close()) as there, black_hole() as silent:
        ends = (at(there), at(closed_port(), "127.0.0.1"), at(silent, "127.0.0.1"), at(443, "nulle-part.invalid"))
        reached, refused, lost, unnamed = open_door(Known()).connect(ends)
    assert reached.failure is None
    assert refused.failure == "refused"
    assert lost.failure == "timeout"
    assert unnamed.failure in ("name_unknown", "name_without_address", "resolver_silent", "resolver_failed", "timeout")


def test_a_certificate_the_workstation_trusts_is_read(ca: trustme.CA, trusted: Path) -> None:
    with https(ca, hello) as port:
        (seen,) = open_door(Known(extra_ca=trusted)).handshake((at(port),))
    assert (seen.connected, seen.failure, seen.protocol, seen.issuer) == (True, None, "TLSv1.3", "other")
    assert len(seen.issuer_sha256) == len(seen.leaf_sha256) == 64
    assert seen.not_before_at is not None
    assert seen.not_after_at is not None
    assert seen.not_before_at < time.time() < seen.not_after_at


@needs_refusals
def test_an_unknown_authority_is_refused_and_its_maker_named(trusted: Path) -> None:
    box = trustme.CA(organization_name="Squid proxy de l'académie")
    with https(box, hello) as port:
        (seen,) = open_door(Known(extra_ca=trusted)).handshake((at(port),))
    assert (seen.connected, seen.failure, seen.issuer) == (True, "certificate_untrusted", "squid")
    assert len(seen.leaf_sha256) == 64


@needs_refusals
def test_an_expired_certificate_and_one_of_another_name_are_told_apart(ca: trustme.CA, trusted: Path) -> None:
    before = datetime.now(UTC) - timedelta(days=30)
    with https(ca, hello, not_before=before, not_after=yesterday()) as old, https(ca, hello, name="autre.fr") as other:
        expired, wrong = open_door(Known(extra_ca=trusted)).handshake((at(old), at(other)))
    assert (expired.failure, wrong.failure) == ("certificate_expired", "certificate_wrong_name")


def test_a_connection_cut_after_the_name_was_connected(trusted: Path) -> None:
    def cut(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with tcp(cut) as port:
        (seen,) = open_door(Known(extra_ca=trusted)).handshake((at(port),))
    assert (seen.connected, seen.failure) == (True, "reset")


def test_what_does_not_speak_tls_is_a_failed_handshake(trusted: Path) -> None:
    with tcp(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        (seen,) = open_door(Known(extra_ca=trusted)).handshake((at(port),))
    assert seen.connected
    assert seen.failure == "not_tls"


def test_a_page_is_known_by_its_words_and_hash_and_its_body_goes_no_further(ca: trustme.CA, trusted: Path) -> None:
    with https(ca, hello) as port:
        (page,) = open_door(Known(extra_ca=trusted)).fetch((asked(port),))
    assert (page.failure, page.status, page.has_known_text, page.body_bytes) == (None, 200, True, len(HELLO))
    assert len(page.body_sha256) == 64
    assert (page.filter, page.redirect, page.via_proxy) == ("none", "none", False)


def test_pages_that_are_not_the_one_asked_for_are_told_apart(ca: trustme.CA, trusted: Path) -> None:
    pages: dict[str, Answer] = {
        "/squid": (403, {"X-Squid-Error": "ERR_ACCESS_DENIED 0"}, b"<html>Acces refuse</html>"),
        "/e2guardian": (200, {}, b"<html><title>e2guardian - Acces refuse</title></html>"),
        "/portail": (302, {"Location": "https://portail.example.fr/"}, b""),
        "/ici": (301, {"Location": "/accueil"}, b""),
        "/gros": (200, {}, b"x" * (2 * 1024 * 1024 + 1)),
    }
    with https(ca, lambda path: pages[path]) as port:
        found = open_door(Known(extra_ca=trusted)).fetch(tuple(asked(port, path) for path in pages))
    squid, e2guardian, portal, here, large = found
    assert (squid.status, squid.filter) == (403, "squid")
    assert (e2guardian.status, e2guardian.filter, e2guardian.has_known_text) == (200, "e2guardian", False)
    assert (portal.redirect, here.redirect) == ("elsewhere", "same_host")
    assert large.failure == "too_large"


@needs_refusals
def test_a_page_that_cannot_come_says_why(ca: trustme.CA, trusted: Path) -> None:
    box = trustme.CA()
    with https(box, hello) as untrusted, tcp(lambda c: c.close()) as cut:
        found = open_door(Known(extra_ca=trusted)).fetch((asked(untrusted), asked(cut), asked(closed_port())))
    assert [page.failure for page in found] == ["certificate_untrusted", "reset", "refused"]


@needs_linux
def test_a_proxy_that_does_not_answer_or_asks_for_a_login_is_named(
    monkeypatch: pytest.MonkeyPatch, trusted: Path
) -> None:
    page = PageAsked(service="ent", url="https://ent.example.fr/", known_text="")
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    (silent,) = open_door(Known(extra_ca=trusted)).fetch((page,))
    assert (silent.failure, silent.via_proxy) == ("proxy_unreachable", True)

    def login(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with tcp(login) as port:
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{port}")
        (refused,) = open_door(Known(extra_ca=trusted)).fetch((page,))
    assert refused.failure == "proxy_needs_login"


def test_a_clock_is_compared_with_the_date_of_a_server(ca: trustme.CA, trusted: Path) -> None:
    def dated(_path: str) -> Answer:
        return 204, {}, b""

    with https(ca, dated) as right:
        (seen,) = open_door(Known(extra_ca=trusted)).server_clocks((f"https://localhost:{right}/",))
    assert seen.failure is None
    assert seen.offset_ms is not None
    assert abs(seen.offset_ms) < 3000
    assert server_clock("Thu, 01 Jan 2026 00:00:00 GMT", 1_767_225_610.0, 1_767_225_612.0).offset_ms == 11_000
    assert server_clock(None, 0.0, 1.0).failure == "not_http"


@needs_refusals
def test_a_clock_can_be_read_even_when_dates_of_certificates_look_wrong(ca: trustme.CA, trusted: Path) -> None:
    """The workstation's clock may be the very thing that is wrong: all but dates is verified."""
    before = datetime.now(UTC) - timedelta(days=30)
    with https(ca, hello, not_before=before, not_after=yesterday()) as old, https(trustme.CA(), hello) as unknown:
        urls = (f"https://localhost:{old}/", f"https://localhost:{unknown}/")
        expired, untrusted = open_door(Known(extra_ca=trusted)).server_clocks(urls)
    assert (expired.failure, untrusted.failure) == (None, "certificate_untrusted")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "unspecified"),
        ("127.0.0.53", "loopback"),
        ("169.254.1.2", "link_local"),
        ("fe80::1%eth0", "link_local"),
        ("10.1.2.3", "private"),
        ("fd00::2", "private"),
        ("8.8.8.8", "global"),
        ("2001:4860:4860::8888", "global"),
    ],
)
def test_addresses_are_told_by_kind(address: str, kind: str) -> None:
    assert address_kind(address) == kind


@pytest.mark.parametrize(
    ("body", "filter_"),
    [
        ("<h1>Ce site est bloqué</h1>".encode(), "unknown"),
        ("<h1>Accès refusé</h1>".encode("latin-1"), "unknown"),
        (b"<h1>Acc&egrave;s interdit</h1><p>Module Amon, EOLE", "eole"),
        (b"<title>FortiGuard Intrusion Prevention - Access Blocked</title>", "fortinet"),
    ],
)
def test_a_refusal_is_some_filters_even_unsigned(body: bytes, filter_: str) -> None:
    assert filter_of({}, body) == filter_


def test_an_ordinary_page_is_no_filter() -> None:
    assert filter_of({}, b"<html>Les squids sont des calmars</html>") == "none"


def test_issuers_are_told_by_closed_signatures() -> None:
    def name(words: str) -> tuple[tuple[tuple[str, str], ...], ...]:
        return ((("countryName", "FR"),), (("commonName", words),))

    assert issuer_of(name("Stormshield SSL proxy default authority")) == "stormshield"
    assert issuer_of(name("FortiGate CA")) == "fortinet"
    assert issuer_of(name("Let's Encrypt R11")) == "other"
    assert issuer_of(name("Presetter Ltd")) == "other"
    assert name_sha256(name("a")) != name_sha256(name("b"))

"""Which way a browser takes: settings as systems write them, scripts, and proxies that answer."""

import socket
from collections.abc import Callable

import pytest

from agent import pac
from agent.once import Once
from agent.proxy import SEARCH, Settings, Ways, bypassed
from agent.proxy_linux import parse_environment, parse_gnome, parse_kde, parse_suffixes
from agent.tunnel import DIRECT, Denied, NoProxy, Way, parse_login, through, to_proxy
from checks.answers.network import Endpoint
from tests.agent.servers import closed_port, tcp

ENT = Endpoint(host="ent.example.fr", port=443)
PROXY = Way(kind="http", host="proxy.example.fr", port=3128)

GNOME_MANUAL = """
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.ecole.example.fr']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy false
org.gnome.system.proxy.http host 'web.example.fr'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.https host 'proxy.example.fr'
org.gnome.system.proxy.https port 3128
"""
GNOME_SCRIPT = "org.gnome.system.proxy autoconfig-url 'http://pac.example.fr/p.pac'\norg.gnome.system.proxy mode 'auto'"
GNOME_NONE = "org.gnome.system.proxy mode 'none'\norg.gnome.system.proxy.http host 'left-over'"


def test_the_environment_is_read_as_programs_do() -> None:
    environ = {"https_proxy": "http://nom:secret@proxy.example.fr:3128/", "no_proxy": "localhost, .ecole.fr"}
    found = parse_environment(environ)
    assert found.https == Way(kind="http", host="proxy.example.fr", port=3128, credentials="nom:secret")
    assert found.bypass == ("localhost", ".ecole.fr")
    assert parse_environment({"HTTP_PROXY": "http://cgi:80"}).http is None, "a CGI header, not a setting"
    assert parse_environment({"auto_proxy": ""}).script_url == SEARCH
    assert parse_environment({"all_proxy": "socks5://s:1080"}).https == Way(kind="socks", host="s", port=1080)
    assert parse_environment({}).source == "none"


def test_gnome_settings_are_read() -> None:
    manual = parse_gnome(GNOME_MANUAL)
    assert manual is not None
    assert manual.https == PROXY
    assert manual.bypass[2] == "*.ecole.example.fr"
    script = parse_gnome(GNOME_SCRIPT)
    assert script is not None
    assert script.script_url == "http://pac.example.fr/p.pac"
    assert parse_gnome(GNOME_NONE) is None
    assert parse_gnome("") is None


def test_kde_settings_are_read() -> None:
    manual = parse_kde("[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy.example.fr 3128\n[Autre]\n", Settings())
    assert manual is not None
    assert manual.https == PROXY
    script = parse_kde("[Proxy Settings]\nProxyType=2\nProxy Config Script=http://p/p.pac\n", Settings())
    assert script is not None
    assert script.script_url == "http://p/p.pac"
    assert parse_kde("[Proxy Settings]\nProxyType=0\n", Settings()) is None


def test_a_script_is_only_looked_for_inside_this_network() -> None:
    assert parse_suffixes("search ecole.academie.fr fr\nnameserver 1.2.3.4\n") == ("ecole.academie.fr",)
    assert parse_suffixes("nameserver 1.2.3.4\n") == ()


@pytest.mark.parametrize(
    ("host", "rules", "straight"),
    [
        ("ent.example.fr", (".example.fr",), True),
        ("ent.example.fr", ("*.example.fr",), True),
        ("example.fr", ("example.fr",), True),
        ("ent.example.fr", ("ent.example.fr:443",), True),
        ("notexample.fr", ("example.fr",), False),
        ("intranet", ("<local>",), True),
        ("ent.example.fr", ("<local>",), False),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("ent.example.fr", ("*",), True),
        ("ent.example.fr", (), False),
    ],
)
def test_hosts_reached_straight(host: str, rules: tuple[str, ...], straight: bool) -> None:
    assert bypassed(host, rules) is straight


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        ("PROXY proxy.example.fr:3128; DIRECT", (PROXY, DIRECT)),
        ("DIRECT", (DIRECT,)),
        ("", (DIRECT,)),
        ("SOCKS5 s.example.fr", (Way(kind="socks", host="s.example.fr", port=1080),)),
        ("nonsense; PROXY proxy.example.fr:3128", (PROXY,)),
        ("PROXY proxy.example.fr:port", (DIRECT,)),
    ],
)
def test_what_a_script_returns_is_read(said: str, ways: tuple[Way, ...]) -> None:
    assert pac.parse_ways(said) == ways


def answering(answer: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    return serve


LOGIN = b'HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm="a, b"\r\n\r\n'
NO_NAME = b"HTTP/1.1 503 No\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n"
AWAY = b"HTTP/1.1 302 Found\r\nLocation: http://e2guardian.example/\r\n\r\n<html>e2guardian</html>"
NO_HTTP = b"SSH-2.0-OpenSSH\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "failure", "filter_", "login"),
    [
        (LOGIN, "proxy_needs_login", "none", ("basic", "ntlm")),
        (NO_NAME, "name_unknown", "squid", ()),
        (AWAY, "proxy_refused", "e2guardian", ()),
        (NO_HTTP, "not_http", "none", ()),
        (b"HTTP/1.1 504 Late\r\n\r\n", "timeout", "none", ()),
    ],
)
def test_a_proxy_that_gives_no_tunnel_says_why(answer: bytes, failure: str, filter_: str, login: object) -> None:
    with tcp(answering(answer)) as port:
        way = Way(kind="http", host="127.0.0.1", port=port)
        with pytest.raises(Denied) as denied:
            through(way, ("127.0.0.1",), ENT, within_s=5)
    assert (denied.value.failure, denied.value.filter, denied.value.login) == (failure, filter_, login)


def test_a_tunnel_carries_what_follows() -> None:
    with tcp(answering(b"HTTP/1.1 200 Connection established\r\n\r\n")) as port:
        through(Way(kind="http", host="127.0.0.1", port=port), ("127.0.0.1",), ENT, within_s=5).close()


def test_a_proxy_that_is_not_there_or_not_spoken_is_named() -> None:
    with pytest.raises(NoProxy, match="proxy_unreachable"):
        to_proxy(Way(kind="http", host="127.0.0.1", port=closed_port()), ("127.0.0.1",))
    with pytest.raises(NoProxy, match="proxy_unusable"):
        to_proxy(Way(kind="socks", host="127.0.0.1", port=1080), ("127.0.0.1",))


def test_logins_are_named_from_a_closed_list() -> None:
    assert parse_login('Negotiate, NTLM, Basic realm="Proxy, de l\'école"') == ("basic", "negotiate", "ntlm")
    assert parse_login("Maison realm=1") == ("other",)
    assert parse_login("") == ()


def test_a_way_is_chosen_and_loopback_goes_straight() -> None:
    ways = Ways(settings=lambda: Settings(source="environment", https=PROXY, bypass=(".ecole.fr",)))
    assert ways.choice(ENT).ways == (PROXY,)
    assert ways.choice(Endpoint(host="a.ecole.fr", port=443)).ways == (DIRECT,)
    assert ways.choice(Endpoint(host="localhost", port=443)).ways == (DIRECT,)


def test_what_is_asked_once_is_found_once_and_fails_for_all() -> None:
    once, found = Once(), []

    def fail() -> int:
        found.append(1)
        raise ConnectionResetError

    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            once.get("a", fail)
    assert len(found) == 1
    assert once.get("b", lambda: 7) == 7

"""Which proxies Windows has, read as it writes them."""

from typing import Any

import pytest

from agent.proxy import SEARCH
from agent.tunnel import Way
from agent.win32.winhttp import parse, parse_bypass, parse_machine, parse_proxies

A, B = Way(kind="http", host="a.ecole", port=3128), Way(kind="http", host="b.ecole", port=8080)
NOTHING: dict[str, Any] = {
    "auto_detect": False, "found": "", "script": "", "proxy": "", "bypass": "", "source": "desktop",
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "https", "http"),
    [
        ("a.ecole:3128", A, A),
        ("http=b.ecole:8080;https=a.ecole:3128", A, B),
        ("http=b.ecole:8080", None, B),
        ("https=http://a.ecole:3128", A, None),
        ("", None, None),
    ],
)
def test_one_proxy_or_one_by_scheme(written: str, https: Way | None, http: Way | None) -> None:
    assert parse_proxies(written) == (https, http)


def test_socks_alone_serves_all() -> None:
    https, http = parse_proxies("socks=s.ecole:1080")
    assert https == http
    assert https is not None
    assert https.kind == "socks"


def test_hosts_reached_straight_are_rules() -> None:
    assert parse_bypass("*.ac-x.fr;192.168.*; <local>") == ("*.ac-x.fr", "192.168.*", "<local>")


def test_a_script_found_comes_before_one_given_and_that_before_a_proxy() -> None:
    given = {**NOTHING, "script": "http://pac/x", "proxy": "a.ecole:3128"}
    found = parse(**{**given, "auto_detect": True, "found": "http://wpad.ecole/wpad.dat"})
    assert (found.script_url, found.searched_url) == (SEARCH, "http://wpad.ecole/wpad.dat")
    assert parse(**given).script_url == "http://pac/x"
    assert parse(**{**given, "auto_detect": True}).script_url == "http://pac/x"
    assert parse(**{**NOTHING, "proxy": "a.ecole:3128", "bypass": "<local>"}).https == A
    assert parse(**{**NOTHING, "auto_detect": True}).script_url == SEARCH
    assert parse(**NOTHING).script_url == ""


def test_settings_for_everybody_are_a_policy() -> None:
    values = {"proxyenable": 1, "proxyserver": "a.ecole:3128", "proxyoverride": "<local>"}
    found = parse_machine(values)
    assert (found.source, found.https, found.bypass) == ("policy", A, ("<local>",))
    assert parse_machine({**values, "proxyenable": 0}).https is None
    assert parse_machine({"proxyenable": "1", "proxyserver": 12}).https is None

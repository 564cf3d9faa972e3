"""Administrators' policies may send one browser another way than the system: read as the browser reads them."""

from typing import Any

import pytest

from agent.browser_proxy import differs, parse_chromium, parse_firefox
from agent.policies import Imposed
from agent.proxy import SEARCH, Choice, Settings
from agent.reaching import Known, Reaching
from agent.tunnel import DIRECT, Way
from agent.win32.policies import KEYS, read_policies
from checks.answers.network import Endpoint
from tests.agent.registry import Recorded

HOST = "ent.example.fr"
PROXY = Way(kind="http", host="proxy.example.fr", port=3128)
SCRIPT = "http://pac.example.fr/p.pac"


def sent(https: Way | None = PROXY, http: Way | None = PROXY, **more: Any) -> Settings:
    return Settings(source="policy", https=https, http=http, **more)


@pytest.mark.parametrize(
    ("policies", "found"),
    [
        ({}, None),
        ({"ProxyMode": "system"}, None),
        ({"ProxyMode": "direct"}, Settings(source="policy")),
        ({"ProxyMode": "auto_detect"}, Settings(source="policy", script_url=SEARCH)),
        ({"ProxyMode": "pac_script", "ProxyPacUrl": SCRIPT}, Settings(source="policy", script_url=SCRIPT)),
        ({"ProxyPacUrl": SCRIPT}, Settings(source="policy", script_url=SCRIPT)),
        ({"ProxyMode": "fixed_servers", "ProxyServer": "proxy.example.fr:3128"}, sent()),
        ({"ProxyServerMode": 2, "ProxyServer": "https=proxy.example.fr:3128"}, sent(http=None)),
        ({"ProxyServerMode": 0}, Settings(source="policy")),
        ({"ProxyServerMode": True, "ProxyServer": 3128}, None),
        ({"ProxyMode": 7, "ProxyServer": ["x"]}, None),
        ({"ProxyMode": "fixed_servers"}, None),
        (
            {"ProxySettings": {"ProxyServer": "proxy.example.fr:3128", "ProxyBypassList": "<local>; *.ecole.fr"}},
            sent(bypass=("<local>", "*.ecole.fr")),
        ),
        ({"ProxySettings": '{"ProxyMode": "direct"}'}, Settings(source="policy")),
        ({"ProxyServer": "socks=s.example.fr:1080"}, sent(*[Way(kind="socks", host="s.example.fr", port=1080)] * 2)),
    ],
)
def test_chromium_policies_are_read(policies: dict[str, Any], found: Settings | None) -> None:
    assert parse_chromium(policies) == found


@pytest.mark.parametrize(
    ("proxy", "found"),
    [
        ({}, None),
        ({"Mode": "system"}, None),
        ({"Mode": ["manual"]}, None),
        ({"Mode": "none"}, Settings(source="policy")),
        ({"Mode": "autoDetect"}, Settings(source="policy", script_url=SEARCH)),
        ({"Mode": "autoConfig", "AutoConfigURL": SCRIPT}, Settings(source="policy", script_url=SCRIPT)),
        ({"Mode": "manual", "HTTPProxy": "proxy.example.fr:3128"}, sent(https=None)),
        ({"Mode": "manual", "HTTPProxy": "proxy.example.fr:3128", "UseHTTPProxyForAllProtocols": True}, sent()),
        (
            {"Mode": "manual", "SSLProxy": "proxy.example.fr:3128", "Passthrough": "a.fr, b.fr"},
            sent(http=None, bypass=("a.fr", "b.fr")),
        ),
    ],
)
def test_firefox_policies_are_read(proxy: dict[str, Any], found: Settings | None) -> None:
    assert parse_firefox({"Proxy": proxy}) == found


def imposed(policies: dict[str, Any], **more: Any) -> Imposed:
    usual: dict[str, Any] = {"browser": "edge", "scope": "machine", "installed": True, "state": "read"}
    return Imposed(policies=policies, **{**usual, **more})


FIXED = {"ProxyMode": "fixed_servers", "ProxyServer": "proxy.example.fr:3128"}
THROUGH = Choice(source="policy", ways=(Way(kind="http", host="proxy.example.fr", port=3128, credentials="a:b"),))


@pytest.mark.parametrize(
    ("policies", "system", "choice", "answer"),
    [
        ([imposed({})], Settings(), Choice(), False),
        ([imposed(FIXED)], Settings(), Choice(), True),
        ([imposed(FIXED)], sent(), THROUGH, False),
        ([imposed({**FIXED, "ProxyBypassList": "*.example.fr"})], Settings(), Choice(), False),
        ([imposed({"ProxyMode": "direct"})], sent(), THROUGH, True),
        ([imposed({"ProxyMode": "pac_script", "ProxyPacUrl": SCRIPT})], Settings(script_url=SCRIPT), THROUGH, False),
        ([imposed({"ProxyMode": "pac_script", "ProxyPacUrl": SCRIPT})], Settings(), Choice(), True),
        ([imposed({"ProxyMode": "auto_detect"})], Settings(script_url=SEARCH), Choice(), False),
        ([imposed(FIXED, installed=False)], Settings(), Choice(), False),
        ([imposed({}, state="unreadable")], Settings(), Choice(), None),
        ([imposed({}, state="unreadable"), imposed(FIXED)], Settings(), Choice(), True),
        ([imposed({"Proxy": {"Mode": "none"}}, browser="firefox")], sent(), THROUGH, True),
        ([], Settings(), Choice(), False),
    ],
)
def test_a_browser_that_goes_another_way_is_found(
    policies: list[Imposed], system: Settings, choice: Choice, answer: bool | None
) -> None:
    assert differs(policies, system, choice, HOST) is answer


def test_the_way_of_each_endpoint_says_so() -> None:
    end, here = Endpoint(host="127.0.0.2", port=9), Endpoint(host="10.255.255.1", port=9)
    to = Reaching(Known(endpoints=(end, here)), Settings, lambda: [imposed(FIXED)])
    assert to.proxy_way(end).browser_differs is None, "loopback goes straight for every browser"
    to._once.get(("tunnel", here), lambda: to.tunnel(end))  # this address is nobody's to try
    assert to.proxy_way(here).browser_differs is True


def test_group_policy_of_windows_is_read() -> None:
    keys = {
        rf"HKLM\{KEYS['edge']}": {"proxymode": "fixed_servers", "proxyserver": "proxy.example.fr:3128"},
        rf"HKCU\{KEYS['firefox']}\Proxy": {"mode": "autoConfig", "autoconfigurl": SCRIPT},
        rf"HKLM\{KEYS['chrome']}": {"proxymode": 3, "proxyserver": b"\x00"},
    }
    found = read_policies(Recorded(keys), installed=("edge", "firefox", "chrome"), session=True)
    ways = {(one.browser, one.scope): parse_firefox(one.policies) or parse_chromium(one.policies) for one in found}
    assert ways[("edge", "machine")] == sent()
    assert ways[("firefox", "user")] == Settings(source="policy", script_url=SCRIPT)
    assert ways[("chrome", "machine")] is None
    assert DIRECT not in ways.values()

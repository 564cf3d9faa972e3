"""Proxies: unreachable, refusing, asking for a name; scripts that are wrong; portals."""

from typing import Final

from checks.model import Outcome
from tests.lab import filters
from tests.lab.faults import (
    e2guardian,
    environment,
    only_proxy,
    passing,
    portal,
    script,
    squid,
    told_proxy,
)
from tests.lab.scenario import Expected, Scenario
from tests.lab.world import ENT, RESOURCES

_ENT_DENIED: Final[Expected] = dict.fromkeys(("reach", "mtu", "tls", "page", "websocket"), "<proxy")
_RESOURCES_DENIED: Final[Expected] = dict.fromkeys(("reach", "mtu", "tls", "page"), "<proxy")
_ALL_DENIED: Final[Expected] = {**_ENT_DENIED, "clock": "<proxy", "latency": "<proxy"}
_HELD: Final[Expected] = {
    "portal": "login_page_first:filter",
    **dict.fromkeys(("clock", "reach", "mtu", "tls", "page", "websocket", "latency"), "<portal"),
}
_BASIC: Final = (
    "auth_param basic program /usr/lib/squid/basic_fake_auth",
    "acl known proxy_auth REQUIRED",
    "http_access deny !known",
)
_NTLM: Final = (
    "auth_param ntlm program /usr/lib/squid/ntlm_fake_auth",
    "acl known proxy_auth REQUIRED",
    "http_access deny !known",
)
_SCRIPT: Final = "function FindProxyForURL(url, host) {{ {body} }}"
_BY_PROXY: Final = _SCRIPT.format(body='return "PROXY LAN:3128";')
_LOGIN_PAGE: Final = "<html><title>Wi-Fi</title><form action=/login>Code <input name=c></form></html>"
_SENT_AWAY: Final = {"status": 302, "headers": {"Location": "http://portail.mairie.test/login"}, "body": "?"}


def _without(expected: Expected, *checks: str) -> Expected:
    """Leave out checks that something on the way, which answers in clear, still lets judge."""
    return {check: said for check, said in expected.items() if check not in checks}


SCENARIOS: Final = (
    Scenario(
        name="proxy_dead",
        fault="the proxy told to the workstation does not listen, and it is the only way out",
        steps=(told_proxy(), only_proxy),
        expect={**_ALL_DENIED, "proxy": "proxy_unreachable:filter"},
    ),
    Scenario(
        name="proxy_dropped",
        fault="the proxy told to the workstation is not there at all, and it is the only way out",
        steps=(told_proxy(host="192.168.251.251"), only_proxy),
        expect={**_ALL_DENIED, "proxy": "proxy_unreachable:filter"},
    ),
    Scenario(
        name="proxy_left_over",
        fault="the workstation is told a proxy of another place; here everything goes straight",
        steps=(told_proxy(host="192.168.251.251"), passing("ip daddr 192.168.251.251 drop")),
        expect={**_ALL_DENIED, "proxy": "proxy_not_here:owner"},
    ),
    Scenario(
        name="proxy_unknown_name",
        fault="the workstation is told a proxy whose name no longer exists; here everything goes straight",
        steps=(told_proxy(host="proxy.ancien.test"),),
        expect={**_ALL_DENIED, "proxy": "proxy_not_here:owner"},
    ),
    Scenario(
        name="proxy_refuses_ent",
        fault="squid refuses the ENT",
        steps=(squid(f"acl ent dstdomain {ENT.host}", "http_access deny ent"), told_proxy(), only_proxy),
        expect={**_ENT_DENIED, "proxy": "proxy_refused:filter"},
    ),
    Scenario(
        name="proxy_refuses_resources",
        fault="squid refuses the second service",
        steps=(squid(f"acl r dstdomain {RESOURCES.host}", "http_access deny r"), told_proxy(), only_proxy),
        expect={**_RESOURCES_DENIED, "proxy": "proxy_refused:filter"},
    ),
    Scenario(
        name="proxy_guardian_refuses_ent",
        fault="e2guardian refuses the ENT: CONNECT is answered by a redirect to its page",
        steps=(squid(), e2guardian(banned=[ENT.host]), told_proxy(filters.GUARDIAN_PORT), only_proxy),
        expect={**_ENT_DENIED, "proxy": "proxy_refused:filter"},
    ),
    Scenario(
        name="proxy_guardian_whitelist",
        fault="e2guardian lets only named sites through, and the second service is not named",
        steps=(
            squid(),
            e2guardian(
                allowed=[ENT.host, "static.ent-cdn.test", "collecteur.academie.test"],
                blanket=True,
            ),
            told_proxy(filters.GUARDIAN_PORT),
            only_proxy,
        ),
        expect={**_RESOURCES_DENIED, "proxy": "proxy_refused:filter"},
    ),
    Scenario(
        name="proxy_asks_basic",
        fault="squid asks for a name and password (407 Basic)",
        steps=(squid(*_BASIC), told_proxy(), only_proxy),
        expect={**_without(_ALL_DENIED, "clock"), "proxy": "proxy_login_asked:filter"},
    ),
    Scenario(
        name="proxy_asks_ntlm",
        fault="squid asks for the Windows session's name (407 NTLM)",
        steps=(squid(*_NTLM), told_proxy(), only_proxy),
        expect={**_without(_ALL_DENIED, "clock"), "proxy": "proxy_login_asked:filter"},
    ),
    Scenario(
        name="proxy_without_way_out",
        fault="the proxy answers, and finds no way out itself",
        steps=(squid(), told_proxy(), lambda one: filters.rules(one, "output", 'oifname "wan" tcp dport 443 drop')),
        expect={
            "reach": "connection_timed_out:filter",
            **dict.fromkeys(("mtu", "tls", "page", "websocket", "clock", "latency"), "<reach"),
        },
    ),
    Scenario(
        name="script_used",
        fault="none: a proxy script (PAC) sends everything through the proxy",
        steps=(squid(), script(_BY_PROXY), only_proxy),
    ),
    Scenario(
        name="script_direct",
        fault="none: a proxy script says to go straight",
        steps=(script(_SCRIPT.format(body='return "DIRECT";')),),
    ),
    Scenario(
        name="script_some_direct",
        fault="none: a proxy script sends the ENT straight, and the rest through the proxy",
        steps=(
            squid(),
            script(_SCRIPT.format(body='return dnsDomainIs(host, "academie.test") ? "DIRECT" : "PROXY LAN:3128";')),
        ),
    ),
    Scenario(
        name="script_found_by_wpad",
        fault="none: WPAD by DNS gives the script",
        steps=(
            squid(),
            script(_BY_PROXY, port=80, path="/wpad.dat", told=False),
            only_proxy,
            lambda one: one.resolve_with("search ecole.test", f"nameserver {one.lan}"),
            lambda one: one.dns.append(f"address=/wpad.ecole.test/{one.lan}"),
            environment(auto_proxy=""),
        ),
    ),
    Scenario(
        name="script_none_by_wpad",
        fault="none: the workstation looks for a script, and none is there",
        steps=(environment(auto_proxy=""),),
    ),
    Scenario(
        name="script_missing",
        fault="the proxy script is not at its address, and the proxy is the only way out",
        steps=(squid(), environment(auto_proxy="http://{lan}:8081/proxy.pac"), only_proxy),
        expect={**_ALL_DENIED, "proxy": "script_unreachable:filter"},
    ),
    Scenario(
        name="script_missing_and_straight",
        fault="the proxy script is not at its address; going straight works",
        steps=(environment(auto_proxy="http://{lan}:8081/proxy.pac"),),
        expect={"proxy": "script_unreachable:filter"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="script_wrong",
        fault="the proxy script does not read as one, and the proxy is the only way out",
        steps=(squid(), script("function FindProxyForURL(url, host) { return PROXY"), only_proxy),
        expect={**_ALL_DENIED, "proxy": "script_invalid:filter"},
    ),
    Scenario(
        name="script_endless",
        fault="the proxy script never ends, and the proxy is the only way out",
        steps=(squid(), script(_SCRIPT.format(body="while (true) {}")), only_proxy),
        expect={**_ALL_DENIED, "proxy": "script_endless:filter"},
    ),
    Scenario(
        name="script_second_proxy",
        fault="the first proxy of the script is dead, the second answers",
        steps=(squid(), script(_SCRIPT.format(body='return "PROXY LAN:3199; PROXY LAN:3128";')), only_proxy),
        expect={"proxy": "first_proxy_silent:filter"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="portal_redirects",
        fault="a captive portal sends plain HTTP to its page and resets HTTPS",
        steps=(portal(_SENT_AWAY),),
        expect=_without(_HELD, "clock"),
    ),
    Scenario(
        name="portal_form",
        fault="a captive portal answers plain HTTP by its form and drops HTTPS",
        steps=(portal({"body": _LOGIN_PAGE}, https="drop"),),
        expect=_without(_HELD, "clock"),
    ),
    Scenario(
        name="portal_511",
        fault="a captive portal answers 511 and resets HTTPS",
        steps=(portal({"status": 511, "body": _LOGIN_PAGE}),),
        expect=_without(_HELD, "clock"),
    ),
    Scenario(
        name="portal_own_certificate",
        fault="a captive portal answers HTTPS as well, with its own certificate",
        steps=(portal(_SENT_AWAY, https="own", pem="/run/lab/autosigne.test.pem"),),
        expect=_without(_HELD, "reach", "clock", "latency", "mtu"),
    ),
)

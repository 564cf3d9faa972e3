"""Which way does an administrator's policy send one browser, where it is not the system's?

Formats: Chrome Enterprise policies ProxySettings, ProxyMode, ProxyServerMode, ProxyServer, ProxyPacUrl and
ProxyBypassList (chromeenterprise.google/policies), alike in Edge and Chromium; Firefox's policy Proxy
(mozilla.github.io/policy-templates).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from agent.pac import parse_server
from agent.policies import Imposed, table
from agent.proxy import SEARCH, Choice, Settings, bypassed
from agent.tunnel import DIRECT, Way

_MODES: Final = {0: "direct", 1: "auto_detect", 2: "fixed_servers", 3: "system"}
"""Of ProxyServerMode, by its numbers: the older way to write ProxyMode."""


def differs(imposed: Iterable[Imposed], system: Settings, choice: Choice, host: str) -> bool | None:
    """Tell whether a browser of this workstation is sent to a host another way than the system's programs.

    None when it cannot be told: the policies of one that is installed cannot be read. Scripts are compared by their
    address, and not run.
    """
    there = [one for one in imposed if one.installed]
    ways = [found for one in there if (found := of_browser(one)) is not None]
    if any(_differs(found, system, choice, host) for found in ways):
        return True
    return None if any(one.state == "unreadable" for one in there) else False


def _differs(browser: Settings, system: Settings, choice: Choice, host: str) -> bool:
    if browser.script_url:
        return browser.script_url not in (system.script_url, system.searched_url)
    way = DIRECT if browser.https is None or bypassed(host, browser.bypass) else browser.https
    return _bare(way) not in {_bare(one) for one in choice.ways[:1]}


def _bare(way: Way) -> Way:
    return replace(way, credentials="")


def of_browser(imposed: Imposed) -> Settings | None:
    """Return what a browser's policies say of proxies; None when they leave it to the system, or say nothing."""
    return parse_firefox(imposed.policies) if imposed.browser == "firefox" else parse_chromium(imposed.policies)


def parse_chromium(policies: Mapping[str, object]) -> Settings | None:
    """Read the proxy policies of Chrome, Chromium or Edge."""
    held = {**policies, **table(policies, "ProxySettings")}
    mode, number = held.get("ProxyMode"), held.get("ProxyServerMode")
    if not isinstance(mode, str):
        mode = _MODES.get(number) if isinstance(number, int) and not isinstance(number, bool) else None
    script, server = _text(held, "ProxyPacUrl"), _text(held, "ProxyServer")
    mode = mode or ("pac_script" if script else "fixed_servers" if server else None)
    if mode == "direct":
        return Settings(source="policy")
    if mode == "auto_detect":
        return Settings(source="policy", script_url=SEARCH)
    if mode == "pac_script" and script:
        return Settings(source="policy", script_url=script)
    if mode == "fixed_servers" and server:
        return _fixed(_by_scheme(server), _text(held, "ProxyBypassList"))
    return None


def parse_firefox(policies: Mapping[str, object]) -> Settings | None:
    """Read Firefox's policy Proxy."""
    held = table(policies, "Proxy")
    mode, script = held.get("Mode"), _text(held, "AutoConfigURL")
    if mode == "none":
        return Settings(source="policy")
    if mode == "autoDetect":
        return Settings(source="policy", script_url=SEARCH)
    if mode == "autoConfig" and script:
        return Settings(source="policy", script_url=script)
    if mode != "manual":
        return None
    http, https = _text(held, "HTTPProxy"), _text(held, "SSLProxy")
    https = http if held.get("UseHTTPProxyForAllProtocols") in (True, 1) else https
    return _fixed({"http": http, "https": https, "socks": _text(held, "SOCKSProxy")}, _text(held, "Passthrough"))


def _by_scheme(server: str) -> dict[str, str]:
    """Read "proxy:3128" or "http=a:3128;https=b:3129": a proxy without a scheme serves all."""
    parted = [part.strip().partition("=") for part in re.split(r"[;\s]+", server) if part.strip()]
    named = {scheme.lower(): where for scheme, equals, where in parted if equals}
    bare = [where for where, equals, _ in parted if not equals]
    return named if named or not bare else dict.fromkeys(("http", "https"), bare[0])


def _fixed(servers: Mapping[str, str], bypass: str) -> Settings:
    def way(scheme: str) -> Way | None:
        if servers.get(scheme):
            return parse_server(servers[scheme])
        return parse_server(servers["socks"], "socks") if servers.get("socks") else None

    rules = tuple(rule for rule in re.split(r"[;,\s]+", bypass) if rule)
    return Settings(source="policy", https=way("https"), http=way("http"), bypass=rules)


def _text(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    return value.strip() if isinstance(value, str) else ""

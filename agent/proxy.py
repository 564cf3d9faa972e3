"""Which way does a browser take to an address on this workstation: straight, or through which proxy?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Final, Literal
from urllib.parse import urlsplit

from agent import pac
from agent.lookup import Lookups
from agent.once import Once
from agent.tunnel import DIRECT, NoProxy, Way, to_proxy
from checks.answers.network import Endpoint
from checks.answers.ways import ProxySource, Script

SEARCH: Final = "wpad"
"""In place of a script's address: look for one, as browsers do when told to find out by themselves."""
_MAX_TRIED: Final = 2
"""Most proxies tried one after another: more would outlast an audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is written on this workstation about proxies, wherever its system keeps it."""

    source: Literal["none", "environment", "desktop", "policy"] = "none"
    script_url: str = ""  # address of a proxy script; `SEARCH` to look for one; "" for none
    searched_url: str = ""  # what the system itself found when it looked (Windows: by DHCP, then DNS)
    https: Way | None = None
    http: Way | None = None
    bypass: tuple[str, ...] = ()  # hosts reached straight: "host", ".domain", "*.domain", "10.0.0.0/8", "<local>", "*"
    only: bool = False  # the hosts of `bypass` are the only ones that go through a proxy (KDE)
    suffixes: tuple[str, ...] = ()  # domains of this network, where a script may be looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The ways a browser would try to one address, in order, and where that is written."""

    source: ProxySource = "none"
    script: Script = "none"
    ways: tuple[Way, ...] = (DIRECT,)


@dataclass(slots=True)
class Ways:
    """Ways to addresses, each found once. Asking may take as long as a script takes to come and to answer."""

    settings: Callable[[], Settings]
    lookups: Lookups = field(default_factory=Lookups)
    endpoints: Sequence[Endpoint] = ()  # asked about together: a script is run once for all of them
    _once: Once = field(default_factory=Once)

    @property
    def system(self) -> Settings:
        """What is written on this workstation, read once."""
        return self._once.get("settings", self.settings)

    def choice(self, end: Endpoint, scheme: str = "https") -> Choice:
        """Return what a browser would try."""
        settings = self.system
        if is_loopback(end.host):
            return Choice()
        if settings.script_url:
            return self._scripted(settings, end, scheme)
        way = settings.https if scheme == "https" else settings.http
        if way is None or bypassed(end.host, settings.bypass) is not settings.only:
            return Choice(source="none" if way is None else settings.source)
        return Choice(source=settings.source, ways=(way,))

    def taken(self, end: Endpoint, scheme: str = "https") -> Way:
        """Return the way a browser ends up taking: the first that answers, else the first."""
        ways = self.choice(end, scheme).ways
        for way in ways[:_MAX_TRIED]:
            if way.kind == "direct" or self.answers(way):
                return way
        return DIRECT if DIRECT in ways else ways[0]

    def answers(self, way: Way) -> bool:
        """Tell whether a proxy accepts connections."""
        return self._once.get(("answers", way.host, way.port, way.kind), lambda: self._accepts(way))

    def addresses(self, way: Way) -> tuple[str, ...]:
        """Return a proxy's addresses; raises `NoProxy`."""
        try:
            return self.lookups.addresses(way.host)
        except (OSError, UnicodeError):
            raise NoProxy("proxy_unreachable") from None

    def _accepts(self, way: Way) -> bool:
        try:
            to_proxy(way, self.addresses(way)).close()
        except NoProxy as error:
            return error.failure == "proxy_unusable"  # it may answer browsers, who speak its language
        return True

    def _scripted(self, settings: Settings, end: Endpoint, scheme: str) -> Choice:
        searched = settings.script_url == SEARCH
        source: ProxySource = "wpad" if searched else "pac"
        try:
            script = self._once.get("script", lambda: self._script(settings))
            answered = self._once.get("asked", lambda: self._answers(script))
            url = f"{scheme}://{end.host}:{end.port}/"
            ways = answered.get(url) or self._once.get(url, lambda: pac.ask(script, [url])[0])
        except pac.NoAnswer as error:
            # Browsers go straight when a script cannot be had.
            return Choice(source=source, script=error.script)
        return Choice(source=source, script="used", ways=ways)

    def _answers(self, script: str) -> dict[str, tuple[Way, ...]]:
        urls = [f"https://{end.host}:{end.port}/" for end in self.endpoints]
        return dict(zip(urls, pac.ask(script, urls), strict=True)) if urls else {}

    def _script(self, settings: Settings) -> str:
        if settings.script_url != SEARCH:
            return self._fetched(settings.script_url)
        if settings.searched_url:
            return self._fetched(settings.searched_url)
        for suffix in settings.suffixes:
            # Only inside this network's own domains: beyond, whoever owns "wpad" there would be its proxy.
            name = f"wpad.{suffix.strip('.')}"
            try:
                self.lookups.addresses(name)
            except (OSError, UnicodeError):
                continue
            return self._fetched(f"http://{name}/wpad.dat")
        raise pac.NoAnswer("not_found")

    def _fetched(self, url: str) -> str:
        try:
            self.lookups.addresses(urlsplit(url).hostname or "")
        except (OSError, UnicodeError):
            raise pac.NoAnswer("unreachable") from None
        return pac.fetch(url)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this workstation itself, which is always reached straight."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def bypassed(host: str, rules: Sequence[str]) -> bool:
    """Tell whether a host is to be reached straight, by rules as environments, desktops and Windows write them."""
    return any(_matches(host.lower().strip("."), rule.strip().lower()) for rule in rules)


def _whole(rule: str) -> str:
    """Complete a network as macOS writes it: "169.254/16" is 169.254.0.0/16."""
    short = re.fullmatch(r"(\d+(?:\.\d+){0,2})/(\d+)", rule, re.ASCII)
    return rule if short is None else f"{short[1]}{'.0' * (3 - short[1].count('.'))}/{short[2]}"


def _matches(host: str, rule: str) -> bool:
    if rule == "*":
        return True
    if rule == "<local>":
        return "." not in host
    try:
        return ip_address(host) in ip_network(_whole(rule), strict=False)
    except ValueError:
        pass
    name = rule.rpartition("://")[2].rsplit(":", 1)[0] if rule.count(":") <= 2 else rule
    if "*" in name:
        return fnmatchcase(host, name)
    bare = name.lstrip(".")
    return bool(bare) and (host == bare or host.endswith("." + bare))

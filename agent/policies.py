"""What do the policies imposed on browsers take from the hosts of a profile?

Each door reads what is imposed, as the browser itself would; what follows from it is worked out here, alike on every
system. A policy of a wrong type is as if it were not there: browsers ignore it too.

Formats: Chromium's "URL blocklist filter format" (chromium.org/administrators/url-blocklist-filter-format) and content
settings patterns (chromeenterprise.google/policies/url-patterns); Mozilla's policy-templates
(mozilla.github.io/policy-templates) and match patterns.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from checks.answers.browser import Bound, Policies, PolicyEffect, PolicyPlace, Scope

Forbidden = Literal["address", "javascript", "cookies", "third_party_cookies", "popups"]

_SCHEME: Final = re.compile(r"^([a-z*][a-z0-9+.-]*)://", re.IGNORECASE)
_BLOCK: Final = 2
"""CONTENT_SETTING_BLOCK, of the Default…Setting policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imposed:
    """What one place imposes on one browser."""

    browser: Bound
    scope: Scope
    installed: bool
    state: Literal["absent", "read", "unreadable"]
    policies: Mapping[str, object]  # by the name of the policy, values as JSON gives them


def policies_of(imposed: Iterable[Imposed], hosts: tuple[str, ...]) -> Policies:
    """Say which places were looked into, and what they take from each host."""
    places, effects = [], []
    for one in imposed:
        place = PolicyPlace(browser=one.browser, scope=one.scope, installed=one.installed, state=one.state)
        places.append(place)
        rules = _firefox if one.browser == "firefox" else _chromium
        for host in hosts:
            for forbidden in rules(one.policies, host):
                effect = PolicyEffect(browser=one.browser, scope=one.scope, host=host, forbids=forbidden)
                effects.append(effect)
    return Policies(places=tuple(places), effects=tuple(effects))


def merged(texts: Iterable[str]) -> dict[str, object]:
    """Read the JSON texts of one place, a later one over an earlier one; raises ValueError when one is no table."""
    held: dict[str, object] = {}
    for text in texts:
        try:
            table = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if not isinstance(table, dict):
            raise ValueError("a table of policies is expected")
        held.update(table)
    return held


def _chromium(policies: Mapping[str, object], host: str) -> Iterator[Forbidden]:
    if _url_blocked(_list(policies, "URLBlocklist"), _list(policies, "URLAllowlist"), host):
        yield "address"
    if _setting_blocked(policies, "JavaScript", host):
        yield "javascript"
    cookies = _setting_blocked(policies, "Cookies", host)
    if cookies:
        yield "cookies"
    elif policies.get("BlockThirdPartyCookies") in (True, 1) and not _matches(policies, "CookiesAllowedForUrls", host):
        yield "third_party_cookies"
    if _setting_blocked(policies, "Popups", host):
        yield "popups"


def _setting_blocked(policies: Mapping[str, object], what: str, host: str) -> bool:
    """Tell what a content setting says of https://host/: its longest pattern, then a refusal, then the default."""
    allowed = (_matches(policies, f"{what}{word}ForUrls", host) for word in ("Allowed", "SessionOnly"))
    refused = _matches(policies, f"{what}BlockedForUrls", host)
    if refused:
        return refused >= max(allowed)
    return policies.get(f"Default{what}Setting") == _BLOCK and not max(allowed)


def _matches(policies: Mapping[str, object], name: str, host: str) -> int:
    """Return how exactly the best pattern of a list speaks of https://host/: 0 when none does."""
    return max((_pattern(pattern, host) for pattern in _list(policies, name)), default=0)


def _pattern(pattern: str, host: str) -> int:
    """Return how exactly one content settings pattern (`[*.]example.fr`, `https://…:443`, `*`) speaks of https://host/."""
    rest = pattern.strip().lower()
    scheme = _SCHEME.match(rest)
    if scheme and scheme[1] not in ("https", "*"):
        return 0
    rest = rest[scheme.end() :] if scheme else rest
    name, _, port = rest.split("/")[0].partition(":")
    if port not in ("", "*", "443"):
        return 0
    if name == "*":
        return 1
    if name.startswith("[*.]"):
        wanted = name[4:]
        return 1 + len(wanted) if host == wanted or host.endswith(f".{wanted}") else 0
    return 2 + len(name) if name == host else 0


def _url_blocked(blocked: list[str], allowed: list[str], host: str) -> bool:
    """Choose as Chromium does: the filter of the longest host that speaks of https://host/; an exception beats it."""
    labels = host.split(".")
    for candidate in (*(".".join(labels[i:]) for i in range(len(labels))), "*"):
        for filters, answer in ((allowed, False), (blocked, True)):
            if any(_filter_covers(one, candidate, whole=candidate == host) for one in filters):
                return answer
    return False


def _filter_covers(text: str, candidate: str, *, whole: bool) -> bool:
    """Tell whether one filter, `[scheme://][.]host[:port][/path]`, speaks of the start page of a candidate host."""
    rest = text.strip().lower()
    scheme = _SCHEME.match(rest)
    if scheme and scheme[1] not in ("https", "*"):
        return False
    rest = rest[scheme.end() :] if scheme else rest
    place, _, path = rest.partition("/")
    name, _, port = place.rpartition("@")[2].partition(":")
    if path.strip("*") or "?" in place or port not in ("", "*", "443"):
        return False
    exact = name.startswith(".")
    name = name.removeprefix(".").removesuffix(".")
    return name == candidate and (whole or not exact or name == "*")


def _firefox(policies: Mapping[str, object], host: str) -> Iterator[Forbidden]:
    sites = table(policies, "WebsiteFilter")
    if _match_patterns(sites, "Block", host) and not _match_patterns(sites, "Exceptions", host):
        yield "address"
    script = table(policies, "Preferences").get("javascript.enabled")
    value = cast(Mapping[str, object], script).get("Value") if isinstance(script, Mapping) else script
    if isinstance(value, int) and not value:  # false, or 0 as the registry holds it
        yield "javascript"
    cookies = table(policies, "Cookies")
    let_in = _origins(cookies, "Allow", host) or _origins(cookies, "AllowSession", host)
    if not let_in:
        if _origins(cookies, "Block", host) or cookies.get("Behavior") == "reject":
            yield "cookies"
        elif cookies.get("Behavior") == "reject-foreign" or cookies.get("AcceptThirdParty") == "never":
            yield "third_party_cookies"
    popups = table(policies, "PopupBlocking")
    locked = popups.get("Default") in (True, 1) and popups.get("Locked") in (True, 1)
    if locked and not _origins(popups, "Allow", host):
        yield "popups"


def _match_patterns(table: Mapping[str, object], name: str, host: str) -> bool:
    return any(_match_pattern(pattern, host) for pattern in _list(table, name))


def _match_pattern(pattern: str, host: str) -> bool:
    """Tell whether a match pattern, `*://*.example.fr/*`, covers https://host/."""
    if pattern == "<all_urls>":
        return True
    scheme, found, rest = pattern.strip().lower().partition("://")
    name, _, path = rest.partition("/")
    if not found or scheme not in ("*", "https") or path.strip("*"):
        return False
    return name in ("*", host) or (name.startswith("*.") and (host == name[2:] or host.endswith(name[1:])))


def _origins(table: Mapping[str, object], name: str, host: str) -> bool:
    """Tell whether a list of origins, `https://ent.example.fr`, holds the host's."""
    return any(origin.strip().lower().rstrip("/") in (f"https://{host}", host) for origin in _list(table, name))


def _list(policies: Mapping[str, object], name: str) -> list[str]:
    held = policies.get(name)
    return [one for one in held if isinstance(one, str)] if isinstance(held, list | tuple) else []


def table(policies: Mapping[str, object], name: str) -> Mapping[str, Any]:
    """Return a policy that is a table; Windows may hold it as JSON in a text."""
    held = policies.get(name)
    if isinstance(held, str):
        try:
            held = json.loads(held)
        except (ValueError, RecursionError):
            return {}
    return held if isinstance(held, Mapping) else {}

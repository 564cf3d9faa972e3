"""Where does a Windows workstation write its proxies? For this account, or for everybody; WinHTTP says which."""

import re
from collections.abc import Sequence
from ctypes import Structure, byref, c_int, c_uint32, c_void_p, wstring_at
from typing import Final, Literal

from agent.pac import parse_server
from agent.proxy import SEARCH, Settings
from agent.side_by_side import ask_each
from agent.tunnel import Way
from agent.win32 import session
from agent.win32.libraries import library
from agent.win32.registry import LiveRegistry, Registry, Values, number, text

POLICY: Final = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"
MACHINE: Final = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings"
_DHCP_AND_DNS: Final = 3
_NAMED_PROXY: Final = 3
_SEARCH_S: Final = 4.0
"""How long Windows may look for a script (WPAD): it asks DHCP, then DNS, and is not in a hurry."""

Source = Literal["desktop", "policy"]


class _Current(Structure):  # WINHTTP_CURRENT_USER_IE_PROXY_CONFIG
    _fields_ = [("auto_detect", c_int), ("script", c_void_p), ("proxy", c_void_p), ("bypass", c_void_p)]


class _Default(Structure):  # WINHTTP_PROXY_INFO
    _fields_ = [("access", c_uint32), ("proxy", c_void_p), ("bypass", c_void_p)]


def settings(registry: Registry | None = None) -> Settings:
    """Return what browsers go by: settings for everybody when a policy says so, else this account's.

    The system's own account has none worth asking: for it, what `netsh winhttp` set.
    """
    live = registry or LiveRegistry()
    if number(live.values(POLICY), "ProxySettingsPerUser") == 0:
        return parse_machine(live.values(MACHINE))
    return _of_account() if session.is_somebodys() else _of_system()


def parse_machine(values: Values) -> Settings:
    """Read the settings for everybody from the registry."""
    enabled = number(values, "ProxyEnable") == 1
    return parse(
        auto_detect=number(values, "AutoDetect") == 1,
        found="",
        script=text(values, "AutoConfigURL"),
        proxy=text(values, "ProxyServer") if enabled else "",
        bypass=text(values, "ProxyOverride") if enabled else "",
        source="policy",
    )


def parse(*, auto_detect: bool, found: str, script: str, proxy: str, bypass: str, source: Source) -> Settings:
    """Read settings as Windows tries them: a script it found, a script it was given, a proxy, else straight."""
    if auto_detect and found:
        return Settings(source=source, script_url=SEARCH, searched_url=found)
    if script:
        return Settings(source=source, script_url=script)
    https, http = parse_proxies(proxy)
    if https or http:
        return Settings(source=source, https=https, http=http, bypass=parse_bypass(bypass))
    return Settings(source="none", script_url=SEARCH if auto_detect else "")


def parse_proxies(written: str) -> tuple[Way | None, Way | None]:
    """Read the proxies for https and for http: "proxy:3128", or "http=a:80;https=b:3128;socks=c:1080"."""
    every: Way | None = None
    by_scheme: dict[str, Way | None] = {}
    for part in re.split(r"[;\s]+", written):
        scheme, separator, where = part.rpartition("=")
        if separator:
            by_scheme[scheme.lower()] = parse_server(where, "socks" if scheme.lower() == "socks" else "http")
        elif part:
            every = every or parse_server(part)
    otherwise = every or by_scheme.get("socks")
    return by_scheme.get("https") or otherwise, by_scheme.get("http") or otherwise


def parse_bypass(written: str) -> tuple[str, ...]:
    """Read the hosts reached straight: "*.local;192.168.*;<local>"."""
    return tuple(rule for rule in re.split(r"[;\s]+", written) if rule)


def _of_account() -> Settings:
    seen = _Current()
    try:
        answered = library("winhttp").WinHttpGetIEProxyConfigForCurrentUser(byref(seen))
    except (OSError, AttributeError):
        return Settings()
    if not answered:
        return Settings()
    script, proxy, bypass = (_taken(at) for at in (seen.script, seen.proxy, seen.bypass))
    return parse(
        auto_detect=bool(seen.auto_detect),
        found=_searched() if seen.auto_detect else "",
        script=script,
        proxy=proxy,
        bypass=bypass,
        source="desktop",
    )


def _of_system() -> Settings:
    seen = _Default()
    try:
        answered = library("winhttp").WinHttpGetDefaultProxyConfiguration(byref(seen))
    except (OSError, AttributeError):
        return Settings()
    proxy, bypass = (_taken(at) for at in (seen.proxy, seen.bypass))
    if not answered or seen.access != _NAMED_PROXY:
        return Settings()
    return parse(auto_detect=False, found="", script="", proxy=proxy, bypass=bypass, source="policy")


def _searched() -> str:
    """Return the address of the script Windows finds by itself; "" when it finds none in time."""

    def search(flags: int) -> str:
        at = c_void_p()
        try:
            answered = library("winhttp").WinHttpDetectAutoProxyConfigUrl(flags, byref(at))
        except (OSError, AttributeError):
            return ""
        return _taken(at.value) if answered else ""

    def late(_: int) -> str:
        return ""

    flags: Sequence[int] = (_DHCP_AND_DNS,)
    (found,) = ask_each(search, flags, within_s=_SEARCH_S, otherwise=late)
    return found


def _taken(at: int | None) -> str:
    """Read a text that Windows gave, and give its memory back."""
    if not at:
        return ""
    written = wstring_at(at)
    kernel32 = library("kernel32")
    kernel32.GlobalFree.argtypes, kernel32.GlobalFree.restype = (c_void_p,), c_void_p
    kernel32.GlobalFree(at)
    return written.strip()

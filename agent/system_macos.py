"""What do macOS's own files and commands say of the system? Pure readings; no Mac has said them to us yet."""

import plistlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from xml.parsers.expat import ExpatError

from agent.pac import parse_server
from agent.proxy import SEARCH, Settings
from agent.system_linux import language_name, parse_numbers
from agent.tunnel import Way
from checks.answers.system import Language, Protection, Release, Root, TrustStore, Updates

Plist = Mapping[str, Any]
_LAYOUTS: Final[tuple[tuple[str, str], ...]] = (
    ("bépo", "bepo"),
    ("bepo", "bepo"),
    ("swiss", "qwertz"),
    ("german", "qwertz"),
    ("austrian", "qwertz"),
    ("canadian", "qwerty"),
    ("french", "azerty"),
    ("belgian", "azerty"),
    ("abcazerty", "azerty"),
    ("abcqwertz", "qwertz"),
    ("abc", "qwerty"),
    ("us", "qwerty"),
    ("british", "qwerty"),
    ("italian", "qwerty"),
    ("spanish", "qwerty"),
)
"""How a layout's name begins, in letters alone: it is "French - Numerical" to the eye, "French-numerical" in files."""


def parse_plist(raw: bytes) -> dict[str, Any]:
    """Read a property list, XML or binary; {} when it is none, or no table."""
    try:
        held = plistlib.loads(raw)
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return {}
    except (OverflowError, RecursionError, MemoryError):  # sizes and depths that a damaged one may claim
        return {}
    return held if isinstance(held, dict) else {}


def parse_release(version: Plist) -> Release:
    """Read SystemVersion.plist."""
    said = version.get("ProductVersion")
    return Release(
        family="macos",
        distribution="",
        version=parse_numbers(said)[:3] if isinstance(said, str) else (),
        build=None,  # "24B83" is no number
        edition="",
        extended_support=None,
        bits=64,
    )


def parse_updates(settings: Plist, imposed: Plist, now: datetime) -> Updates:
    """Read com.apple.SoftwareUpdate, as set and as a management profile imposes it."""

    def days(name: str) -> int | None:
        said = settings.get(name)
        return max((now - said.replace(tzinfo=UTC)).days, 0) if isinstance(said, datetime) else None

    automatic = imposed.get("AutomaticallyInstallMacOSUpdates", settings.get("AutomaticallyInstallMacOSUpdates"))
    return Updates(
        installed_days=None,  # the system keeps when it looked, not when it installed
        looked_for_days=days("LastSuccessfulDate"),
        automatic=automatic if isinstance(automatic, bool) else None,
        restart_pending=None,
    )


def parse_roots(said: str, asked: tuple[str, ...]) -> TrustStore:
    """Look for fingerprints in what `security find-certificate -a -Z` prints."""
    held = {found.lower() for found in re.findall(r"^SHA-256 hash: ([0-9A-Fa-f]{64})\s*$", said, re.MULTILINE)}
    roots = (Root(root_sha256=sha256, state="trusted" if sha256 in held else "absent") for sha256 in asked)
    return TrustStore(roots=tuple(roots), fetches_roots=False)


def parse_language(everywhere: Plist, inputs: Plist) -> Language:
    """Read .GlobalPreferences and com.apple.HIToolbox of this session."""
    languages, sources = everywhere.get("AppleLanguages"), inputs.get("AppleSelectedInputSources")
    display = (
        next((language_name(one) for one in languages if isinstance(one, str)), None)
        if isinstance(languages, list)
        else None
    )
    keyboard: Any = None
    for source in sources if isinstance(sources, list) else ():
        name = source.get("KeyboardLayout Name") if isinstance(source, dict) else None
        if isinstance(name, str):
            letters = re.sub(r"[\s.-]", "", name.lower())
            keyboard = next((family for start, family in _LAYOUTS if letters.startswith(start)), "other")
            break
    return Language(display=display, keyboard=keyboard)


def parse_protection(firewall: str) -> Protection:
    """Read what `socketfilterfw --getglobalstate` prints: "Firewall is enabled. (State = 1)"."""
    state = re.search(r"State = (\d)", firewall, re.ASCII)
    word: Any = None if state is None else "off" if state[1] == "0" else "on"
    return Protection(antivirus="not_expected", firewall=word)


def parse_proxies(said: str, suffixes: tuple[str, ...]) -> Settings:
    """Read what `scutil --proxy` prints."""
    held = dict(re.findall(r"^\s*(\w+) : (.+?)\s*$", said, re.MULTILINE))
    bypass = re.findall(r"^\s*\d+ : (\S+)\s*$", said, re.MULTILINE)
    if held.get("ExcludeSimpleHostnames") == "1":
        bypass.append("<local>")
    if held.get("ProxyAutoConfigEnable") == "1" and held.get("ProxyAutoConfigURLString"):
        return Settings(source="desktop", script_url=held["ProxyAutoConfigURLString"], suffixes=suffixes)
    if held.get("ProxyAutoDiscoveryEnable") == "1":
        return Settings(source="desktop", script_url=SEARCH, suffixes=suffixes)

    def server(name: str, kind: str = "http") -> Way | None:
        if held.get(f"{name}Enable") != "1":
            return None
        return parse_server(f"{held.get(f'{name}Proxy', '')}:{held.get(f'{name}Port', '')}", kind)

    socks = server("SOCKS", "socks")  # serves what has no proxy of its own
    https, http = server("HTTPS") or socks, server("HTTP") or socks
    if https is None and http is None:
        return Settings(suffixes=suffixes)
    return Settings(source="desktop", https=https, http=http, bypass=tuple(bypass), suffixes=suffixes)


def parse_route(said: str) -> bool:
    """Tell whether `route -n get default` found a way out: that of a tunnel has a card and no gateway."""
    refused = re.search(r"^\s*flags: <[^>]*\b(?:REJECT|BLACKHOLE)\b", said, re.MULTILINE)
    return refused is None and re.search(r"^\s*interface: \S+", said, re.MULTILINE) is not None


def parse_ports(said: str) -> dict[str, Any]:
    """Read the kinds of cards that `networksetup -listallhardwareports` names, by device: {"en0": "wifi"}."""
    found = re.findall(r"^Hardware Port: (.+)\nDevice: (\S+)$", said, re.MULTILINE)
    return {device: "wifi" if re.search("wi-?fi|airport", port, re.IGNORECASE) else "wired" for port, device in found}

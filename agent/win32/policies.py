"""What do Windows' policies impose on browsers? Read in the registry, and in Firefox's own file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from agent.policies import Imposed, merged
from agent.reading import permitted
from agent.win32.registry import Registry, text
from checks.answers.browser import Bound, Scope

KEYS: Final[Mapping[Bound, str]] = {
    "chrome": r"SOFTWARE\Policies\Google\Chrome",
    "chromium": r"SOFTWARE\Policies\Chromium",
    "edge": r"SOFTWARE\Policies\Microsoft\Edge",
    "firefox": r"SOFTWARE\Policies\Mozilla\Firefox",
}
_SETTINGS: Final = ("Cookies", "JavaScript", "Popups")
_NAMES: Final = (
    "URLBlocklist",
    "URLAllowlist",
    "BlockThirdPartyCookies",
    *(f"Default{what}Setting" for what in _SETTINGS),
    *(f"{what}{word}ForUrls" for what in _SETTINGS for word in ("Allowed", "Blocked", "SessionOnly")),
    *("WebsiteFilter", "Block", "Exceptions"),
    *("Cookies", "Allow", "AllowSession", "Behavior", "AcceptThirdParty"),
    *("PopupBlocking", "Default", "Locked"),
    *("Preferences", "javascript.enabled", "Value", "Status"),
    *("ProxySettings", "ProxyMode", "ProxyServerMode", "ProxyServer", "ProxyPacUrl", "ProxyBypassList"),
    *("Proxy", "Mode", "HTTPProxy", "UseHTTPProxyForAllProtocols", "SSLProxy", "SOCKSProxy", "Passthrough"),
    "AutoConfigURL",
)
NAMES: Final[Mapping[str, str]] = {name.lower(): name for name in _NAMES}
"""The registry takes no account of case; nothing else below a policies key is read."""
_DEEPEST: Final = 3
_FIREFOX: Final = r"HKLM\SOFTWARE\Mozilla\Mozilla Firefox"


def read_policies(registry: Registry, *, installed: Iterable[str], session: bool) -> tuple[Imposed, ...]:
    """Read what is imposed for the machine and for this account; where there is no session, the account's is closed."""
    names = {"firefox" if name == "firefox_esr" else name for name in installed}
    found = []
    for browser, key in KEYS.items():
        there = browser in names
        files = firefox_files(registry) if browser == "firefox" else ()
        found.append(_imposed(registry, browser, "machine", rf"HKLM\{key}", there, files))
        if session:
            found.append(_imposed(registry, browser, "user", rf"HKCU\{key}", there, ()))
        else:
            closed = Imposed(browser=browser, scope="user", installed=there, state="unreadable", policies={})
            found.append(closed)
    return tuple(found)


def _imposed(
    registry: Registry, browser: Bound, scope: Scope, key: str, installed: bool, files: tuple[Path, ...]
) -> Imposed:
    def one(state: Any, policies: Mapping[str, object]) -> Imposed:
        return Imposed(browser=browser, scope=scope, installed=installed, state=state, policies=policies)

    try:
        there = registry.exists(key)
        held = parse_key(registry, key) if there else {}
        for file in files:
            if file.exists():
                written = merged([permitted(file)]).get("policies")
                # The registry goes before the file, policy by policy.
                held, there = {**(written if isinstance(written, dict) else {}), **held}, True
        return one("read" if there else "absent", held)
    except (OSError, ValueError):
        return one("unreadable", {})


def parse_key(registry: Registry, key: str, depth: int = 0) -> dict[str, object]:
    """Read a key as the table its browser makes of it: numbered values are a list, subkeys are tables below."""
    held: dict[str, object] = {
        NAMES[name]: "\n".join(value) if isinstance(value, list) else value
        for name, value in registry.values(key).items()
        if name in NAMES
    }
    for name in registry.keys(key) if depth < _DEEPEST else ():
        if name.lower() in NAMES:
            below = rf"{key}\{name}"
            held[NAMES[name.lower()]] = parse_list(registry.values(below)) or parse_key(registry, below, depth + 1)
    return held


def parse_list(values: Mapping[str, object]) -> list[str]:
    """Read numbered values in the order of their numbers; what is no text, or has no number, is none of the list."""
    numbered = [
        (int(name), value)
        for name, value in values.items()
        if name.isascii() and name.isdigit() and len(name) < 6 and isinstance(value, str)
    ]
    return [value for _, value in sorted(numbered)]


def firefox_files(registry: Registry) -> tuple[Path, ...]:
    """Return where Firefox's own file of policies would be, beside each Firefox installed for everybody."""
    folders = []
    for name in registry.keys(_FIREFOX):
        folder = text(registry.values(rf"{_FIREFOX}\{name}\Main"), "Install Directory")
        if folder:
            folders.append(Path(folder, "distribution", "policies.json"))
    return tuple(dict.fromkeys(folders))

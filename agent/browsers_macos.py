"""Where do browsers hide on a Mac, which is the default one, and what is imposed on them? Never run on a Mac yet."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from agent.policies import Imposed, merged
from agent.reading import binary, permitted, text
from agent.system_linux import parse_numbers
from agent.system_macos import Plist, parse_plist
from checks.answers.browser import Bound, Browser
from checks.answers.software import Program, ProgramAsked

BUNDLES: Final[Mapping[str, str]] = {
    "com.google.chrome": "chrome",
    "org.chromium.chromium": "chromium",
    "com.microsoft.edgemac": "edge",
    "org.mozilla.firefox": "firefox",
    "com.apple.safari": "safari",
}
"""Identifiers of applications, in lower case."""
FOLDERS: Final[tuple[tuple[str, str], ...]] = (
    ("/Applications", "machine"),
    ("/System/Cryptexes/App/System/Applications", "machine"),
    ("~/Applications", "user"),
)
"""Where applications stand; Safari itself has been in a sealed volume of its own since macOS 13."""
DOMAINS: Final[Mapping[Bound, str]] = {
    "chrome": "com.google.Chrome",
    "chromium": "org.chromium.Chromium",
    "edge": "com.microsoft.Edge",
    "firefox": "org.mozilla.firefox",
}
MANAGED: Final = "/Library/Managed Preferences"
FIREFOX_FILE: Final = "/Applications/Firefox.app/Contents/Resources/distribution/policies.json"
HANDLERS: Final = "~/Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist"

_CHOICES: Final = (("LSHandlerURLScheme", "https"), ("LSHandlerContentType", "com.apple.default-app.web-browser"))
"""Where the choice of a browser stands; the second is what macOS 26 writes, alone or beside the first."""


def applications() -> Iterator[tuple[Path, str]]:
    """Yield every application and the place it stands in."""
    for folder, place in FOLDERS:
        where = Path(folder).expanduser()
        yield from ((app, place) for app in sorted(where.glob("*.app")))


def browsers() -> tuple[Browser, ...]:
    """Read the browsers among the applications, without starting any."""
    default = parse_default(parse_plist(binary(str(Path(HANDLERS).expanduser())) or b""))
    found = (
        parse_browser(
            parse_plist(binary(str(app / "Contents/Info.plist")) or b""),
            text(app / "Contents/Resources/application.ini"),
            place,
            default,
        )
        for app, place in applications()
    )
    return tuple(dict.fromkeys(browser for browser in found if browser))


def parse_browser(info: Plist, application_ini: str, place: str, default: str | None) -> Browser | None:
    """Read one application's Info.plist (and Firefox's own file, which tells an ESR); None when it is no browser."""
    identifier, version = info.get("CFBundleIdentifier"), info.get("CFBundleShortVersionString")
    name = BUNDLES.get(identifier.lower()) if isinstance(identifier, str) else None
    if name is None:
        return None
    named: Any = "firefox_esr" if name == "firefox" and "mozilla-esr" in application_ini else name
    where: Any = "user" if place == "user" else "machine"
    numbers = parse_numbers(version) if isinstance(version, str) else ()
    return Browser(name=named, version=numbers, default=None if default is None else default == name, place=where)


def parse_default(handlers: Plist) -> str | None:
    """Read which browser opens https: Safari when nobody chose, "" when it is none we know; None when unsaid."""
    chosen = handlers.get("LSHandlers")
    if not isinstance(chosen, list):
        return None
    for name, value in _CHOICES:
        for one in chosen:
            if isinstance(one, dict) and one.get(name) == value:
                return BUNDLES.get(str(one.get("LSHandlerRoleAll")).lower(), "")
    return "safari"


def imposed() -> tuple[Imposed, ...]:
    """Read what management profiles impose on each browser, for the Mac and for this session's account."""
    there = {browser.name for browser in browsers()}
    found = []
    for browser, domain in DOMAINS.items():
        installed = browser in there or (browser == "firefox" and "firefox_esr" in there)
        file = FIREFOX_FILE if browser == "firefox" else ""
        found.append(_imposed(browser, "machine", installed, [Path(MANAGED, f"{domain}.plist")], file))
        accounts = sorted(Path(MANAGED).glob(f"*/{domain}.plist"))
        found.append(_imposed(browser, "user", installed, accounts, ""))
    return tuple(found)


def _imposed(browser: Bound, scope: Any, installed: bool, plists: Iterable[Path], file: str) -> Imposed:
    held: dict[str, object] = {}
    state: Any = "absent"
    for path in plists:
        raw = binary(str(path))
        if raw is None:
            continue  # no such file: nothing imposed there
        table = parse_plist(raw)
        state = "read" if table and state != "unreadable" else "unreadable"
        held.update(nested(table) if browser == "firefox" else table)
    if file and Path(file).exists():
        try:
            written = merged([permitted(file)]).get("policies")
            held, state = {**held, **(written if isinstance(written, dict) else {})}, "read"
        except (OSError, ValueError):
            state = "unreadable"
    return Imposed(browser=browser, scope=scope, installed=installed, state=state, policies=held)


def nested(table: Mapping[str, object]) -> dict[str, object]:
    """Unfold Firefox's flat names: {"Cookies__Behavior": "reject"} is {"Cookies": {"Behavior": "reject"}}."""
    unfolded: dict[str, object] = {}
    for name, value in table.items():
        first, apart, rest = name.partition("__")
        if not apart:
            unfolded[name] = value
            continue
        below = unfolded.get(first)
        unfolded[first] = {**(below if isinstance(below, dict) else {}), **nested({rest: value})}
    return unfolded


def programs(asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:
    """Look for the profile's names among applications."""
    held = {app.stem.lower(): app for app, _ in reversed(list(applications()))}
    return tuple(_program(one, held) for one in asked)


def _program(asked: ProgramAsked, held: Mapping[str, Path]) -> Program:
    app = next((held[name.lower()] for name in asked.macos if name.lower() in held), None)
    info = parse_plist(binary(str(app / "Contents/Info.plist")) or b"") if app else {}
    version = info.get("CFBundleShortVersionString")
    return Program(
        program=asked.program,
        installed=app is not None if asked.macos else None,
        version=parse_numbers(version) if isinstance(version, str) else (),
    )

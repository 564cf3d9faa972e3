"""Which browsers and which programs are installed? Every place of the registry where one says so is looked into."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from agent.win32.registry import Registry, text, version
from checks.answers.browser import Browser
from checks.answers.software import Program, ProgramAsked

Place = Literal["machine", "user"]
_HIVES: Final[Mapping[str, Place]] = {
    r"HKLM\SOFTWARE": "machine",
    r"HKLM\SOFTWARE\WOW6432Node": "machine",
    r"HKCU\SOFTWARE": "user",
}
_UNINSTALL: Final = r"Microsoft\Windows\CurrentVersion\Uninstall"
_APP_PATHS: Final = r"Microsoft\Windows\CurrentVersion\App Paths"
_HTTPS: Final = r"HKCU\SOFTWARE\Microsoft\Windows\Shell\Associations\UrlAssociations\https"
CHOICES: Final = (_HTTPS + r"\UserChoiceLatest\ProgId", _HTTPS + r"\UserChoice")
"""Where the chosen browser is written, the first that names one: Windows 11 writes the former alone since 25H2, and
leaves in the latter what was chosen before (github.com/microsoft/PowerToys/pull/40115)."""
_CLIENTS: Final[Mapping[str, tuple[str, str]]] = {
    "chrome": (r"Google\Update\Clients\{8A69D345-D564-463C-AFF1-A69D9E530F96}", r"Google\Chrome\BLBeacon"),
    "edge": (r"Microsoft\EdgeUpdate\Clients\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}", r"Microsoft\Edge\BLBeacon"),
    "chromium": ("", r"Chromium\BLBeacon"),
}
"""Where the updater of each keeps the version installed (pv), and where the browser wrote its own when it last ran."""
_NAMES: Final[Mapping[str, str]] = {"google chrome": "chrome", "microsoft edge": "edge", "chromium": "chromium"}
"""DisplayName of each, in lower case: its other channels and its WebView are other names."""
_FIREFOX: Final = "Mozilla\\Mozilla Firefox"
_CHOICES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("chromehtml", ("chrome",)),
    ("msedgehtm", ("edge",)),
    ("chromiumhtm", ("chromium",)),
    ("firefox", ("firefox", "firefox_esr")),
)
"""How the ProgId of a chosen browser begins, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    name: str
    place: Place
    version: tuple[int, ...]


def read_browsers(registry: Registry, *, session: bool) -> tuple[Browser, ...]:
    """Read every installed browser; `session` is False where no account's choice of a default one can be asked."""
    found: dict[tuple[str, Place], tuple[int, ...]] = {}
    for seen in (*_firefoxes(registry), *_listed(registry), *_clients(registry)):
        # A browser never run since its update still has the old version in one of these places: the newest is there.
        found[seen.name, seen.place] = max(found.get((seen.name, seen.place), ()), seen.version)
    chosen = read_choice(registry) if session else None
    return tuple(
        Browser(
            name=_name(name),
            version=found[name, place],
            default=None if chosen is None else name in chosen,
            place=place,
        )
        for name, place in sorted(found)
    )


def read_choice(registry: Registry) -> tuple[str, ...] | None:
    """Read which browser this account chose, as `parse_choice` tells it."""
    named = (text(registry.values(key), "ProgId") for key in CHOICES)
    return parse_choice(next((prog_id for prog_id in named if prog_id), ""))


def parse_choice(prog_id: str) -> tuple[str, ...] | None:
    """Return the names of the browser a ProgId belongs to; () when it is none we know, None when none was chosen."""
    if not prog_id:
        return None
    return next((names for start, names in _CHOICES if prog_id.lower().startswith(start)), ())


def parse_firefox(said: str) -> tuple[str, tuple[int, ...]]:
    """Read "128.5.0 ESR (x64 fr)", or "Mozilla Firefox ESR (x64 fr)" with no version."""
    name = "firefox_esr" if " ESR" in f" {said.upper()}" else "firefox"
    return name, version(said)


def _name(name: str) -> Any:
    return name


def _firefoxes(registry: Registry) -> Iterator[_Seen]:
    for hive, place in _HIVES.items():
        said = text(registry.values(f"{hive}\\{_FIREFOX}"), "CurrentVersion")
        if said:
            name, found = parse_firefox(said)
            yield _Seen(name=name, place=place, version=found)


def _clients(registry: Registry) -> Iterator[_Seen]:
    """What updaters and browsers keep; a beacon counts only beside an installation: it outlives the browser."""
    installed = {(seen.name, seen.place) for seen in _listed(registry)}
    for name, (client, beacon) in _CLIENTS.items():
        for hive, place in _HIVES.items():
            updater = version(text(registry.values(f"{hive}\\{client}"), "pv")) if client else ()
            if updater:
                yield _Seen(name=name, place=place, version=updater)
        for place in ("machine", "user"):
            if (name, place) in installed:
                ran = version(text(registry.values(rf"HKCU\SOFTWARE\{beacon}"), "version"))
                yield _Seen(name=name, place=place, version=ran)


def _listed(registry: Registry) -> Iterator[_Seen]:
    for name, shown, place in installed(registry):
        low = name.lower()
        if low in _NAMES:
            yield _Seen(name=_NAMES[low], place=place, version=version(shown))
        elif low.startswith("mozilla firefox"):
            yield _Seen(name=parse_firefox(name)[0], place=place, version=version(shown))


def installed(registry: Registry) -> Iterator[tuple[str, str, Place]]:
    """Yield the name, version and place of every program Windows lists; they go no further than the names asked for."""
    for hive, place in _HIVES.items():
        for key in registry.keys(f"{hive}\\{_UNINSTALL}"):
            values = registry.values(f"{hive}\\{_UNINSTALL}\\{key}")
            name = text(values, "DisplayName")
            if name:
                yield name, text(values, "DisplayVersion"), place


def read_programs(registry: Registry, asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:
    """Look for each program of the profile, by the start of its name or by the file that starts it."""
    listed = [(name.lower(), shown) for name, shown, _ in installed(registry)]
    paths = {key.lower() for hive in _HIVES for key in registry.keys(f"{hive}\\{_APP_PATHS}")}
    return tuple(_program(one, listed, paths) for one in asked)


def _program(asked: ProgramAsked, listed: list[tuple[str, str]], paths: set[str]) -> Program:
    names = tuple(name.lower() for name in asked.windows)
    if not names:
        return Program(program=asked.program, installed=None, version=())
    found = [version(shown) for name, shown in listed if name.startswith(names)]
    return Program(
        program=asked.program, installed=bool(found) or not paths.isdisjoint(names), version=max(found, default=())
    )

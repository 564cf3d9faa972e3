"""What may a workstation say of the programs a profile names? Of no other."""

from dataclasses import dataclass

from checks.answers import STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramAsked:
    """One program a profile names, and what each system calls it. Names hold no path and no wildcard."""

    program: str  # for people: "LibreOffice"
    windows: tuple[str, ...] = ()  # starts of the name under "Installed apps", or names of programs: "soffice.exe"
    linux: tuple[str, ...] = ()  # names of packages or of commands: "libreoffice-core", "soffice"
    macos: tuple[str, ...] = ()  # names of applications: "LibreOffice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Whether one program the profile names is installed."""

    __pydantic_config__ = STRICT

    program: str  # as the profile names it
    installed: bool | None  # None when the profile gives it no name on this system
    version: tuple[int, ...]  # () when absent, or when it would not say

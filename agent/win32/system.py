"""What is this Windows: its edition, its updates, its language, its protection? Pure readings of the registry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from agent.win32.registry import Registry, Values, digits, number, text
from agent.win32.wmi import Said
from checks.answers.system import Edition, Language, LanguageName, Protection, Release, Updates

CURRENT: Final = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
CONSUMER_ESU: Final = r"HKCU\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows\ConsumerESU"
AUTO_UPDATE: Final = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update"
UPDATE_POLICY: Final = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
UPDATE_SERVICE: Final = r"HKLM\SYSTEM\CurrentControlSet\Services\wuauserv"
RESTARTS: Final = (
    AUTO_UPDATE + r"\RebootRequired",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
)
KEYBOARDS: Final = r"HKCU\Keyboard Layout\Preload"
SUBSTITUTES: Final = r"HKCU\Keyboard Layout\Substitutes"
FIREWALL: Final = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
FIREWALL_POLICY: Final = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
ROOT_POLICY: Final = r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot"

_EDITIONS: Final[Mapping[str, Edition]] = {
    **dict.fromkeys(("core", "coresinglelanguage", "corecountryspecific"), "home"),
    **dict.fromkeys(("professional", "professionalworkstation", "professionalsinglelanguage"), "pro"),
    "professionaleducation": "pro_education",
    "education": "education",
    **dict.fromkeys(("enterprise", "enterpriseg", "serverrdsh", "iotenterprise"), "enterprise"),
    **dict.fromkeys(("enterprises", "iotenterprises"), "enterprise_ltsc"),
}
"""EditionID, in lower case and without the N of editions without media player."""
_FIRST_10, _LAST_10 = 10240, 19045
_ENROLLED: Final = (3, 5)
"""ESUEligibility: the device, or the Microsoft account of this session, is enrolled."""

_LANGUAGES: Final[Mapping[int, LanguageName]] = {
    0x0C: "fr", 0x09: "en", 0x07: "de", 0x0A: "es", 0x10: "it", 0x16: "pt", 0x13: "nl", 0x01: "ar",
    0x7E: "br", 0x03: "ca", 0x83: "co", 0x2D: "eu", 0x82: "oc",
}  # fmt: skip
"""Primary language identifiers (winnt.h)."""
_Keyboard = Literal["azerty", "bepo", "qwerty", "qwertz", "other"]
_KEYBOARDS: Final[Mapping[str, _Keyboard]] = {
    "0002040c": "bepo",
    **dict.fromkeys(("0000040c", "0001040c", "0000080c", "00000813", "0001080c"), "azerty"),
    **dict.fromkeys(("00000407", "00000807", "0000100c", "00000c07", "00010407", "00000405", "0000040e"), "qwertz"),
    **dict.fromkeys(("00000409", "00020409", "00010409", "00000809", "00001009", "00000c0c", "00011009"), "qwerty"),
    **dict.fromkeys(("0000040a", "0001040a", "00000410", "00010410", "00000816", "00000416", "00000413"), "qwerty"),
    **dict.fromkeys(("00000406", "0000041d", "00000414", "0000040b"), "qwerty"),
}
"""Keyboard layout identifiers, as Windows lists them for each language."""


def parse_release(current: Values, *, bits: Any, said: Said, consumer_esu: Values | None) -> Release:
    """Read which Windows this is; `consumer_esu` is None where no session can be asked."""
    build = digits(text(current, "CurrentBuildNumber"))
    edition = parse_edition(current)
    return Release(
        family="windows",
        distribution="",
        version=_numbers(current),
        build=build,
        edition=edition,
        extended_support=_extended(build, edition, said, consumer_esu),
        bits=bits,
    )


def parse_edition(current: Values) -> Edition:
    """Read the edition by its identifier, which is the same in every language; "other" when it is none we know."""
    if text(current, "InstallationType").lower().startswith("server"):
        return "server"
    named = text(current, "EditionID").lower()
    return _EDITIONS.get(named) or _EDITIONS.get(named.removesuffix("n")) or "other"


def parse_too_old(current: Values, bits: int) -> str:
    """Say in French that the agent does not audit this Windows, and what to do; "" when it does."""
    build = digits(text(current, "CurrentBuildNumber"))
    if bits == 32:
        which = "les Windows 32 bits"
    elif build is not None and build < _FIRST_10:
        which = "les Windows antérieurs à Windows 10"
    else:
        return ""
    return f"l'agent n'audite pas {which} : ouvrez la page de test de l'école dans le navigateur de ce poste"


def may_have_extended_support(current: Values) -> bool:
    """Tell whether paid updates exist at all for this Windows, so that only then WMI is asked."""
    build = digits(text(current, "CurrentBuildNumber")) or 0
    return _FIRST_10 <= build <= _LAST_10 and parse_edition(current) != "enterprise_ltsc"


def _numbers(current: Values) -> tuple[int, ...]:
    major, minor = number(current, "CurrentMajorVersionNumber"), number(current, "CurrentMinorVersionNumber")
    if major is not None and minor is not None:
        return major, minor
    written = [digits(part) for part in text(current, "CurrentVersion").split(".")]  # before Windows 10
    return tuple(part for part in written if part is not None)


def _extended(build: int | None, edition: Edition, said: Said, consumer_esu: Values | None) -> bool | None:
    if edition == "enterprise_ltsc":
        return True
    if build is None:
        return None
    if not _FIRST_10 <= build <= _LAST_10:
        return False
    if said.esu or number(consumer_esu or {}, "ESUEligibility") in _ENROLLED:
        return True
    return None if said.esu is None or consumer_esu is None else False


def read_updates(registry: Registry, said: Said, now: datetime) -> Updates:
    """Read how updates go; `now` is UTC by this workstation's clock."""
    results = AUTO_UPDATE + r"\Results"
    return Updates(
        installed_days=_days(said.installed or text(registry.values(results + r"\Install"), "LastSuccessTime"), now),
        looked_for_days=_days(said.looked_for or text(registry.values(results + r"\Detect"), "LastSuccessTime"), now),
        automatic=parse_automatic(registry.values(UPDATE_POLICY), registry.values(UPDATE_SERVICE)),
        restart_pending=any(map(registry.exists, RESTARTS)),
    )


def parse_automatic(policy: Values, service: Values) -> bool | None:
    """Tell whether updates install by themselves: by policy, else as Windows 10 and 11 do unless switched off."""
    start = number(service, "Start")
    if number(policy, "NoAutoUpdate") == 1 or start == 4:  # 4: disabled
        return False
    option = number(policy, "AUOptions")
    if option is not None:
        return option == 4  # 2 and 3 ask, 5 lets somebody choose, 7 waits for a restart
    return True if start is not None else None


def _days(written: str, now: datetime) -> int | None:
    try:
        at = datetime.fromisoformat(written.rstrip("Z").replace(" ", "T"))
    except ValueError:
        return None
    return None if at.year < 2000 else max((now.replace(tzinfo=None) - at).days, 0)  # "never" is 1899 or 1601


def parse_language(interface_language: int, preload: Values, substitutes: Values) -> Language:
    """Read the display language from its identifier, and the first keyboard."""
    first = text(preload, "1").lower()
    layout = (text(substitutes, first) or first).lower()
    return Language(
        display=_LANGUAGES.get(interface_language & 0x3FF, "other") if interface_language else None,
        keyboard=_KEYBOARDS.get(layout, "other") if layout else None,
    )


def read_protection(registry: Registry, said: Said, *, expected: bool) -> Protection:
    """Read what guards this Windows; `expected` is False on servers, which tell nobody about their antivirus."""
    return Protection(
        antivirus=parse_antivirus(said.antivirus) if expected else None, firewall=read_firewall(registry, said)
    )


def parse_antivirus(states: tuple[int, ...] | None) -> Literal["on", "outdated", "off", "absent"] | None:
    """Read the best of the states that antivirus programs gave to the Security Centre; None when nobody said."""
    if states is None:
        return None
    found = {_antivirus(state) for state in states} or {"absent"}
    order: tuple[Literal["on", "outdated", "off", "absent"], ...] = ("on", "outdated", "off", "absent")
    return next(word for word in order if word in found)


def _antivirus(state: int) -> str:
    if state >> 12 & 0xF != 1:  # 0 off, 1 on, 2 snoozed, 3 expired
        return "off"
    return "outdated" if state & 0xF0 else "on"


def read_firewall(registry: Registry, said: Said) -> Literal["on", "off"] | None:
    """Read whether a firewall is on for every kind of network: Windows' own, by policy or setting, or another's."""
    if any(state >> 12 & 0xF == 1 for state in said.firewall or ()):
        return "on"
    found = [_profile(registry, name) for name in ("DomainProfile", "StandardProfile", "PublicProfile")]
    if all(one == 1 for one in found):
        return "on"
    if said.firewall is None or None in found:
        return None  # another firewall may stand in its place, and nobody could be asked
    return "off"


def _profile(registry: Registry, name: str) -> int | None:
    policy = "PrivateProfile" if name == "StandardProfile" else name  # the same network, named twice
    for path in (f"{FIREWALL_POLICY}\\{policy}", f"{FIREWALL_POLICY}\\{name}", f"{FIREWALL}\\{name}"):
        said = number(registry.values(path), "EnableFirewall")
        if said is not None:
            return said
    return None

"""What do Linux's own files say of the system? Pure readings of their text."""

import hashlib
import json
import re
import ssl
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from checks.answers.system import LANGUAGES, Language, LanguageName, Protection, Release, Root, TrustStore

_DISTRIBUTIONS: Final = ("debian", "ubuntu", "primtux", "linuxmint", "fedora", "opensuse")
_ASSIGNMENT: Final = re.compile(r"""^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(["']?)(.*?)\2\s*(?:#.*)?$""")
_PEM: Final = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_LAYOUTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("fr", "be", "fr-latin9", "fr-latin1", "fr-pc", "be-latin1", "mac-fr"), "azerty"),
    **dict.fromkeys(("us", "gb", "uk", "es", "it", "pt", "br", "ca", "nl", "ie", "pl", "us-intl", "lu"), "qwerty"),
    **dict.fromkeys(("de", "ch", "at", "cz", "hu", "si", "hr", "sk", "de-latin1", "fr_CH", "ch-fr"), "qwertz"),
    "lu": "qwertz",
}
"""Layouts of xkeyboard-config and of the console, by the family of their keys."""


def assignments(text: str) -> dict[str, str]:
    """Read a file of shell assignments (os-release, /etc/default/…): quotes taken off, nothing expanded."""
    found = (_ASSIGNMENT.match(line) for line in text.splitlines())
    return {match[1]: match[3] for match in found if match}


def parse_release(text: str, *, bits: Any, pro_status: str = "") -> Release:
    """Read a distribution and its version from os-release, and Ubuntu Pro's own account of itself."""
    names = assignments(text)
    words = names.get("ID", "").lower().split() or [""]
    distribution: Any = words[0] if words[0] in _DISTRIBUTIONS else "other"
    if "primtux" in (names.get("NAME", "") + names.get("PRETTY_NAME", "")).lower():
        distribution = "primtux"
    elif words[0].startswith("opensuse"):
        distribution = "opensuse"
    numbers = re.findall(r"\d{1,9}", names.get("VERSION_ID", ""), re.ASCII)[:3]
    return Release(
        family="linux",
        distribution=distribution,
        version=tuple(int(part) for part in numbers),
        build=None,
        edition="",
        extended_support=parse_pro(pro_status) if distribution == "ubuntu" else None,
        bits=bits,
    )


def parse_pro(text: str) -> bool | None:
    """Tell from /var/lib/ubuntu-advantage/status.json whether extended security maintenance is on; None when unsaid."""
    try:
        said = json.loads(text)
        if said["attached"] is False:
            return False
        statuses = [one["status"] for one in said["services"] if one["name"] == "esm-infra"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return "enabled" in statuses if statuses else None


def parse_history(text: str) -> date | None:
    """Return the last day on which apt upgraded something, from its history.log; None when it did not."""
    days = []
    for block in re.split(r"\n\s*\n", text):
        ended = re.search(r"^End-Date: (\d{4}-\d\d-\d\d)\b", block, re.MULTILINE | re.ASCII)
        if ended and re.search(r"^Upgrade: ", block, re.MULTILINE):
            try:
                days.append(date.fromisoformat(ended[1]))
            except ValueError:
                continue  # 2026-13-45: a damaged line is no day
    return max(days, default=None)


def parse_automatic(text: str) -> bool | None:
    """Tell from apt's configuration whether unattended upgrades are on; None when nothing says it."""
    said = re.findall(r'^\s*APT::Periodic::Unattended-Upgrade\s+"?(\w+)"?\s*;', text, re.MULTILINE)
    return said[-1].lower() not in ("0", "never", "false") if said else None


def parse_roots(pem: str, asked: tuple[str, ...]) -> TrustStore:
    """Look for fingerprints among a bundle of certificates; what is damaged in it holds none."""
    held = set()
    for block in _PEM.findall(pem):
        try:
            held.add(hashlib.sha256(ssl.PEM_cert_to_DER_cert(block)).hexdigest())
        except ValueError:
            continue
    roots = (Root(root_sha256=sha256, state="trusted" if sha256 in held else "absent") for sha256 in asked)
    return TrustStore(roots=tuple(roots), fetches_roots=False)


def parse_language(session: Mapping[str, str], locale: str, keyboard: str) -> Language:
    """Read the display's language from a session's environment, else from the system's; the keyboard from its files."""
    everybody = assignments(locale)
    said = (
        names.get(word, "") for names in (session, everybody) for word in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    )
    return Language(
        display=next((found for found in map(language_name, said) if found), None), keyboard=parse_keyboard(keyboard)
    )


def language_name(locale: str) -> LanguageName | None:
    """Return the language of "fr_FR.UTF-8", "fr-FR" or "oc:fr"; None for "", "C" and "POSIX", which are none."""
    found = re.match(r"([a-z]{2,3})(?:[_.@:-]|$)", locale.strip(), re.IGNORECASE)
    if not found:
        return None
    name = found[1].lower()
    return next((language for language in LANGUAGES if language == name), "other")


def parse_keyboard(text: str) -> Any:
    """Read the first layout of /etc/default/keyboard, /etc/vconsole.conf or X11's own file; None when unsaid."""
    names = assignments(text)
    options = dict(re.findall(r'^\s*Option\s+"(Xkb\w+)"\s+"([^"]*)"', text, re.MULTILINE))
    layout = (names.get("XKBLAYOUT") or options.get("XkbLayout") or names.get("KEYMAP") or "").split(",")[0].strip()
    variant = (names.get("XKBVARIANT") or options.get("XkbVariant") or "").split(",")[0].strip()
    if not layout:
        return None
    if layout in ("fr", "fr-bepo", "fr-bepo-latin9") and ("bepo" in variant or "bepo" in layout):
        return "bepo"
    return "qwerty" if variant == "us" else _LAYOUTS.get(layout, "other")


def parse_protection(ufw: str, *, firewalld: bool, nftables: bool) -> Protection:
    """Tell whether a firewall starts with the system; its rules themselves need an administrator."""
    on = firewalld or nftables or assignments(ufw).get("ENABLED", "").lower() == "yes"
    return Protection(antivirus="not_expected", firewall="on" if on else "off" if ufw else None)


def parse_packages(status: str, names: tuple[str, ...]) -> tuple[int, ...] | None:
    """Look for the first of some packages that is installed, in dpkg's status; its version, () when it says none."""
    found = (package_version(status, name) for name in names)
    version = next((version for version in found if version is not None), None)
    return None if version is None else parse_numbers(version)


def package_version(status: str, name: str) -> str | None:
    """Return an installed package's version as its authors write it ("153.7.0esr"), "" when it says none, or None.

    What Debian puts before and after it (an epoch, a revision) is left out.
    """
    start = 0 if status.startswith(f"Package: {name}\n") else status.find(f"\nPackage: {name}\n")
    if start < 0:
        return None
    end = status.find("\n\n", start + 1)
    told = status[start : end if end > 0 else None]
    if not re.search(r"^Status: .* installed$", told, re.MULTILINE):
        return None
    version = re.search(r"^Version: (?:\d+:)?(\d[\w.]*)", told, re.MULTILINE | re.ASCII)
    return version[1] if version else ""


def parse_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of "24.8.4"; five at most, of nine digits at most."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text, re.ASCII)[:5])

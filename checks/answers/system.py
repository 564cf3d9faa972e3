"""What may a workstation say of its operating system?"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from checks.answers import STRICT

Edition = Literal["", "home", "pro", "pro_education", "education", "enterprise", "enterprise_ltsc", "server", "other"]
"""Editions of Windows whose support ends on different days; "" elsewhere."""
LanguageName = Literal["fr", "en", "de", "es", "it", "pt", "nl", "ar", "br", "ca", "co", "eu", "oc", "other"]
LANGUAGES: Final[tuple[LanguageName, ...]] = get_args(LanguageName)
"""Languages of a display; the others of the world are "other"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The operating system as it names itself."""

    __pydantic_config__ = STRICT

    family: Literal["windows", "linux", "macos", "other"]
    distribution: Literal["", "debian", "ubuntu", "primtux", "linuxmint", "fedora", "opensuse", "other"]  # Linux only
    version: tuple[int, ...]  # (12,) or (22, 4); Windows: major and minor ((10, 0) for 10 and 11 alike); () when unsaid
    build: int | None  # Windows build number (22631)
    edition: Edition
    extended_support: bool | None  # paid or long-term updates are active; None when it cannot be told
    bits: Literal[32, 64]  # of the system, not of the processor


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """How the system's own updates go. Ages are whole days by the workstation's own clock, both ends."""

    __pydantic_config__ = STRICT

    installed_days: int | None  # since updates were last installed; None when the system does not say
    looked_for_days: int | None  # since updates were last looked for; None when the system does not say
    automatic: bool | None  # they install by themselves
    restart_pending: bool | None  # something installed waits for a restart


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One root of the profile, in the workstation's own store."""

    __pydantic_config__ = STRICT

    root_sha256: str  # SHA-256 of the certificate in DER, lower-case hex, as the profile gives it
    state: Literal["trusted", "absent", "distrusted"]  # distrusted: there, and marked as not to be trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """What the workstation's own store holds of the roots asked about; the rest of the store is not told."""

    __pydantic_config__ = STRICT

    roots: tuple[Root, ...]  # in the order asked
    fetches_roots: bool | None  # fetches an absent public root by itself (Windows, unless policy forbids it)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The language the system speaks to this session, and its keyboard."""

    __pydantic_config__ = STRICT

    display: LanguageName | None  # None when it cannot be told
    keyboard: (
        Literal["azerty", "bepo", "qwerty", "qwertz", "other"] | None
    )  # the first one; None when it cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Whether the system says that it is protected."""

    __pydantic_config__ = STRICT

    # not_expected: this kind of system goes without; None: it cannot be told. The best one, when there are several.
    antivirus: Literal["on", "outdated", "off", "absent", "not_expected"] | None
    firewall: Literal["on", "off"] | None  # off when off for any network; None when it cannot be told

"""What may a workstation say of its browsers?"""

from dataclasses import dataclass
from typing import Literal

from checks.answers import STRICT

Scope = Literal["machine", "user"]
"""Set for everybody, or for this session's account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One installed browser. The same one installed in two places is two."""

    __pydantic_config__ = STRICT

    name: Literal["chrome", "chromium", "edge", "firefox", "firefox_esr", "safari", "other"]
    version: tuple[int, ...]  # (128, 0, 3); () when it would not say
    default: bool | None  # opens links for this user; None when it cannot be told
    place: Literal["machine", "user", "store", "snap", "flatpak"] = "machine"  # for everybody, or how else installed


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPlace:
    """One place where an administrator may bind a browser."""

    __pydantic_config__ = STRICT

    browser: Literal["chrome", "chromium", "edge", "firefox", "safari"]
    scope: Scope
    state: Literal["absent", "read", "unreadable"]  # unreadable: not permitted, or not what it should be


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEffect:
    """What a browser's policies take from one host of the profile."""

    __pydantic_config__ = STRICT

    browser: Literal["chrome", "chromium", "edge", "firefox", "safari"]
    scope: Scope
    host: str  # of the profile
    rule: Literal["address", "javascript", "cookies", "third_party_cookies", "popups"]  # address: a URL block-list
    effect: Literal["blocked", "session_only"]  # session_only: cookies forgotten when the browser closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What administrators bind browsers to, as far as it touches the hosts asked about; the rest is not told."""

    __pydantic_config__ = STRICT

    places: tuple[PolicyPlace, ...]
    effects: tuple[PolicyEffect, ...]  # empty when nothing is taken from any host

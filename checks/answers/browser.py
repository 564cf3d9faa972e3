"""What may a workstation say of its browsers?"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from checks.answers import STRICT

Scope = Literal["machine", "user"]
"""Set for everybody, or for this session's account."""


Bound = Literal["chrome", "chromium", "edge", "firefox", "safari"]
"""Browsers whose policies are read."""


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

    browser: Bound
    scope: Scope
    installed: bool  # that browser is on the workstation, wherever
    state: Literal["absent", "read", "unreadable"]  # unreadable: not permitted, or not what it should be


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEffect:
    """What a browser's policies take from one host of the profile."""

    __pydantic_config__ = STRICT

    browser: Bound
    scope: Scope
    host: str  # of the profile
    # What is forbidden to that host; address: it stands in a URL block-list.
    forbids: Literal["address", "javascript", "cookies", "third_party_cookies", "popups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What administrators bind browsers to, as far as it touches the hosts asked about; the rest is not told."""

    __pydantic_config__ = STRICT

    places: tuple[PolicyPlace, ...]
    effects: tuple[PolicyEffect, ...]  # empty when nothing is taken from any host


Feature = Literal[
    "javascript",
    "modern_javascript",  # ECMAScript 2015 and later: what services are written in today
    "cookies",
    "third_party_cookies",
    "storage",  # what a page keeps between two visits
    "websocket",  # an exchange with the collector, through whatever stands in between
    "popups",  # a window opened by a click
    "video_h264",
    "video_vp9",
    "audio_mp3",
    "audio_aac",
    "audio_opus",
]
FEATURES: Final[tuple[Feature, ...]] = get_args(Feature)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFeatures:
    """What a browser can do, as a page tried it; a feature in neither list was not tried."""

    __pydantic_config__ = STRICT

    present: tuple[Feature, ...]
    absent: tuple[Feature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAsked:
    """An image of a service, to be shown by a page."""

    __pydantic_config__ = STRICT

    service: str  # name of the service in the profile
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Whether the browser could show it: only the service itself can send what is an image."""

    __pydantic_config__ = STRICT

    service: str
    shown: bool
    took_ms: int

"""What did the page say that the browser did? Its one form, read strictly: nothing of it is ever shown back."""

import json
import re
from dataclasses import dataclass, field
from typing import Final, Literal, get_args
from urllib.parse import parse_qs

from checks.answers.browser import Browser, Feature, Image, PageFeatures
from checks.answers.hardware import Screen
from checks.plain import Unreadable, build

MAX_BYTES: Final = 16 * 1024
Kind = Literal["poste", "portable", "tablette", "tableau", "autre"]
KINDS: Final[dict[Kind, str]] = {
    "poste": "poste fixe",
    "portable": "ordinateur portable",
    "tablette": "tablette",
    "tableau": "tableau interactif",
    "autre": "autre appareil",
}
"""What is tried: a closed list, so that nobody types a name."""
_NAMES: Final = (
    ("edge", r"\bEdgA?/([\d.]+)"),
    ("other", r"\b(?:OPR|SamsungBrowser|CriOS|FxiOS|EdgiOS|YaBrowser)/([\d.]+)"),
    ("firefox", r"\bFirefox/([\d.]+)"),
    ("chrome", r"\bChrom(?:e|ium)/([\d.]+)"),
    ("safari", r"\bVersion/([\d.]+)(?: Mobile/\w+)? Safari/"),
    ("other", r"\b(?:MSIE |rv:)([\d.]+)"),
)
"""How each browser says its name, the most particular first: most say that they are Chrome or Safari as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page's script found, as it travels in the form's field `answer`."""

    present: tuple[Feature, ...] = ()
    absent: tuple[Feature, ...] = ()
    images: tuple[Image, ...] = ()
    screens: tuple[Screen, ...] = ()
    round_trips_us: tuple[int, ...] = ()
    down_kbps: int | None = None
    up_kbps: int | None = None
    down_bytes: int = 0
    up_bytes: int = 0
    transfers_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """One try: on which device, with which browser, and what it could do."""

    kind: Kind
    number: int | None  # of the device in the school, 1 to 999; None when nobody gave one
    browser: Browser
    said: Said = field(default_factory=Said)

    @property
    def features(self) -> PageFeatures:
        """What could be done; a form without an answer comes from a browser whose scripts do not run."""
        if "javascript" not in self.said.present:
            return PageFeatures(present=(), absent=("javascript",))
        present = tuple(f for f in get_args(Feature) if f in self.said.present and f not in self.said.absent)
        return PageFeatures(present=present, absent=tuple(f for f in get_args(Feature) if f in self.said.absent))


def read_answer(body: bytes, user_agent: str) -> PageAnswer:
    """Read the form as posted (application/x-www-form-urlencoded, at most `MAX_BYTES`); raises `Unreadable`."""
    try:
        form = parse_qs(body.decode("ascii"), max_num_fields=10, errors="strict")
        said = json.loads(form.get("answer", ["{}"])[0])
    except (ValueError, RecursionError):
        raise Unreadable(("answer",), "ce n'est pas du JSON lisible") from None
    number = form.get("number", [""])[0].strip()
    if number and not re.fullmatch(r"[0-9]{1,3}", number):
        raise Unreadable(("number",), "un numéro de 1 à 999 est attendu")
    return PageAnswer(
        kind=build(Kind, form.get("kind", ["autre"])[0], ("kind",)),  # type: ignore[arg-type]
        number=int(number) if number else None,
        browser=browser_of(user_agent),
        said=build(Said, said, ("answer",)),
    )


def browser_of(user_agent: str) -> Browser:
    """Read a browser's name and version in what it says of itself; "other", without a version, when it is unknown."""
    for name, pattern in _NAMES:
        found = re.search(pattern, user_agent[:512])
        if found:
            version = tuple(int(part[:9]) for part in found[1].split(".") if part)[:4]
            return build(Browser, {"name": name, "version": version, "default": None})
    return Browser(name="other", version=(), default=None)

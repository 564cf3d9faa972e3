"""Which filter sent this page in place of the one asked for?"""

import html
import unicodedata
from collections.abc import Mapping
from typing import Final

from checks.answers.network import Filter

_HEADERS: Final[tuple[tuple[str, str, Filter], ...]] = (
    ("x-squid-error", "", "squid"),
    ("server", "squid", "squid"),
    ("server", "zscaler", "zscaler"),
    ("server", "fortinet", "fortinet"),
    ("server", "bluecoat", "unknown"),
)
"""A header that only a filter sends: its name, what it holds, whose it is."""
_WORDS: Final[tuple[tuple[bytes, Filter], ...]] = (
    (b"e2guardian", "e2guardian"),
    (b"dansguardian", "e2guardian"),
    (b"fortiguard", "fortinet"),
    (b"fortigate", "fortinet"),
    (b"fgtauth", "fortinet"),
    (b"stormshield", "stormshield"),
    (b"netasq", "stormshield"),
    (b"olfeo", "olfeo"),
    (b"sophos", "sophos"),
    (b"zscaler", "zscaler"),
    (b"palo alto networks", "palo_alto"),
    (b"check point usercheck", "checkpoint"),
    (b"opendns", "cisco_umbrella"),
    (b"umbrella.com", "cisco_umbrella"),
    (b"ufdbguard", "ufdbguard"),
    (b"squidguard", "ufdbguard"),
    (b"pfblocker", "pfsense"),
    (b"pfsense", "pfsense"),
)
"""Words of a filter's own page, in lower case. They name whose page it is; what is known of a page judges it."""
_REFUSALS: Final = (
    "acces interdit",
    "acces refuse",
    "acces bloque",
    "site bloque",
    "site est bloque",
    "page bloquee",
    "page est bloquee",
    "contenu bloque",
    "access denied",
    "access to this site is blocked",
    "has been blocked",
)
"""Words of refusal, without accents, that no known filter signs; one makes a page some filter's."""
_LOOKED_AT_BYTES: Final = 65_536


def filter_of(headers: Mapping[str, str], body: bytes) -> Filter:
    """Recognise a filter by what it sends in place of another page; "none" is also what is not recognised.

    A known page may well hold such words: whoever asks compares with what is known first.
    """
    named = {name.lower(): value.lower() for name, value in headers.items()}
    for header, word, filter_ in _HEADERS:
        if header in named and word in named[header]:
            return filter_
    words = body[:_LOOKED_AT_BYTES].lower()
    if b"squid" in words and b"err_" in words:
        return "squid"
    for sign, filter_ in _WORDS:
        if sign in words:
            return filter_
    plain = _plain(words)
    if not any(sign in plain for sign in _REFUSALS):
        return "none"
    return "eole" if "eole" in plain or "amon" in plain.split() else "unknown"


def _plain(words: bytes) -> str:
    """Return a page's words without entities and accents, whatever it is written in."""
    try:
        text = words.decode("utf-8")
    except UnicodeDecodeError:
        text = words.decode("latin-1")
    return "".join(c for c in unicodedata.normalize("NFKD", html.unescape(text)) if not unicodedata.combining(c))

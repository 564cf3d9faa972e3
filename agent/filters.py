"""Which filter sent this page in place of the one asked for?"""

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
    (b"eole-proxy", "eole"),
    (b"amon", "eole"),
)
"""Words of a filter's own page, in lower case. They name whose page it is; what is known of a page judges it."""
_REFUSALS: Final = (
    b"acc\xc3\xa8s interdit",
    b"acces interdit",
    b"acc&egrave;s interdit",
    b"acc\xe8s interdit",
    b"acc\xc3\xa8s refus",
    b"acc&egrave;s refus",
    b"acc\xe8s refus",
    b"site bloqu",
    b"page bloqu",
    b"contenu bloqu",
    b"cat\xc3\xa9gorie",
    b"access denied",
    b"has been blocked",
    b"web filter",
    b"filtrage",
    b"politique de s",
)
"""Words of refusal that no known filter signs; two of them at least make a page a filter's."""
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
        if sign in words and filter_ != "eole":
            return filter_
    refusals = sum(sign in words for sign in _REFUSALS)
    if b"eole" in words and refusals:
        return "eole"
    return "unknown" if refusals >= 2 else "none"

"""Who signed this certificate? Names of issuers, told apart without keeping them."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from checks.answers.network import Issuer

IssuerName = tuple[tuple[tuple[str, str], ...], ...]
"""An issuer's name as Python's ssl gives it: relative names, each a tuple of (attribute, value)."""

SIGNATURES: Final[Mapping[str, Issuer]] = {
    "squid": "squid",
    "e2guardian": "e2guardian",
    "eole": "eole",
    "stormshield": "stormshield",
    "fortinet": "fortinet",
    "fortigate": "fortinet",
    "olfeo": "olfeo",
    "sophos": "sophos",
    "zscaler": "zscaler",
    "palo alto": "palo_alto",
    "check point": "checkpoint",
    "checkpoint": "checkpoint",
    "kaspersky": "kaspersky",
    "eset ": "eset",
    "avast": "avast",
    "bitdefender": "bitdefender",
}
"""What a maker puts at the start of a word, in the name of the authority its product makes."""
_SPEAKING: Final = ("commonName", "organizationName", "organizationalUnitName")


def issuer_of(name: IssuerName) -> Issuer:
    """Return the maker that an issuer's name shows, "other" when it shows none."""
    said = " ".join(value for relative in name for attribute, value in relative if attribute in _SPEAKING)
    words = f" {re.sub('[^a-z0-9]+', ' ', said.lower())} "
    return next((issuer for sign, issuer in SIGNATURES.items() if f" {sign}" in words), "other")


def name_sha256(name: IssuerName) -> str:
    """Return the fingerprint of a name: SHA-256, in hex, of its `attribute=value` lines."""
    lines = "\n".join(f"{attribute}={value}" for relative in name for attribute, value in relative)
    return hashlib.sha256(lines.encode()).hexdigest()

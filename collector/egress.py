"""By which line does a workstation come out? A pseudonym, of its school alone: an address is never kept.

Two workstations of a school with the same pseudonym come out by the same line. Nobody can tell which without the
collector's key, and lines of two schools cannot be compared even with what is kept of both.
"""

from collections.abc import Mapping
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Final

from collector.settings import Settings

_PREFIX: Final = {4: 24, 6: 56}
"""Bits of an address that are looked at: a box that reconnects is the same line; /56 is what one is given in IPv6."""
KEPT_FOR_S: Final = 7 * 86_400
"""A pseudonym that does not change is dated again after so long, not at every report."""
FORWARDED: Final = "x-forwarded-for"


def address_of(client: tuple[str, int] | None, headers: Mapping[str, str], settings: Settings) -> str:
    """Return the address a request came from; "" when only a proxy that nobody said to trust could tell.

    Behind a trusted one (PREAU_TRUSTED_PROXIES) the server has put the forwarded address in the place of its own.
    """
    if client is None or (FORWARDED in headers and not settings.trusted_proxies):
        return ""
    return client[0]


def pseudonym(secret: bytes, uai: str, address: str) -> str | None:
    """Return what is kept of an address a school's workstation came from; None for this very machine's, or none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if parsed.is_loopback or parsed.is_unspecified:
        return None
    prefix = ip_network((parsed, _PREFIX[parsed.version]), strict=False).network_address.packed
    of_school = blake2b(uai.encode(), key=secret, person=b"preau-egress").digest()
    return blake2b(prefix, key=of_school, digest_size=8).hexdigest()

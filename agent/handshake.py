"""Who signs the certificate that reaches this workstation, and does it trust it?"""

import hashlib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final

from agent.trust import observing_context
from agent.tunnel import why
from checks.answers.network import Endpoint, Failure, FirefoxTrust, Handshake
from checks.certificates import issuer_of, name_sha256

HANDSHAKE_S: Final = 5.0
"""How long a handshake may take, once connected."""
_OBSERVE_S: Final = 2.5
"""How long a second look may take, at a certificate that came at once and was refused."""

Connect = Callable[[float], socket.socket]
"""Connects to the endpoint within so many seconds; raises OSError."""


def shake(end: Endpoint, trust: ssl.SSLContext, connect: Connect, *, connect_s: float, via_proxy: bool) -> Handshake:
    """Connect, shake hands, close. Nothing is sent after the handshake."""
    started, failure, seen = time.monotonic(), None, {}
    try:
        plain = connect(connect_s)
    except (OSError, UnicodeError) as error:
        return shaken(end, time.monotonic() - started, why(error), via_proxy=via_proxy)
    try:
        with plain:
            plain.settimeout(HANDSHAKE_S)
            with trust.wrap_socket(plain, server_hostname=end.host) as tls:
                seen = _certificate(tls)
    except (OSError, UnicodeError) as error:
        failure = why(error)
        if failure.startswith("certificate_"):
            seen = _observe(end, connect)
    took_s = time.monotonic() - started
    return shaken(end, took_s, failure, connected=True, via_proxy=via_proxy, **seen)


def trusted_by_firefox(end: Endpoint, roots: ssl.SSLContext | None, connect: Connect) -> FirefoxTrust:
    """Shake hands again, trusting only whom Firefox trusts; None for its roots when it is not installed."""
    if roots is None:
        return "absent"
    try:
        with connect(_OBSERVE_S) as plain:
            plain.settimeout(_OBSERVE_S)
            with roots.wrap_socket(plain, server_hostname=end.host):
                return "trusted"
    except ssl.SSLCertVerificationError:
        return "refused"
    except (OSError, UnicodeError):
        return "not_asked"


def shaken(end: Endpoint, took_s: float, failure: Failure | None, *, connected: bool = False, **seen: Any) -> Handshake:
    """Write an answer down, with nothing where nothing was seen."""
    unseen: dict[str, Any] = {"protocol": "", "issuer": None, "issuer_sha256": "", "leaf_sha256": ""}
    unseen |= {"not_before_at": None, "not_after_at": None}
    took_ms = round(took_s * 1000)
    return Handshake(
        host=end.host, port=end.port, connected=connected, failure=failure, took_ms=took_ms, **unseen | seen
    )


def _observe(end: Endpoint, connect: Connect) -> dict[str, Any]:
    """Look at a certificate that was refused, to name who made it: `ssl` shows none after it refuses."""
    try:
        with connect(_OBSERVE_S) as plain:
            plain.settimeout(_OBSERVE_S)
            with observing_context().wrap_socket(plain, server_hostname=end.host) as tls:
                return _certificate(tls)
    except (OSError, UnicodeError):
        return {}


def _certificate(tls: ssl.SSLSocket) -> dict[str, Any]:
    """Read who signed the certificate, and its dates; the certificate itself goes no further."""
    raw: Any = tls
    chain = raw._sslobj.get_unverified_chain()  # the only way to a refused chain before Python 3.13
    if not chain:
        return {}
    leaf = chain[0].get_info()
    return {
        "protocol": tls.version() or "",
        "issuer": issuer_of(leaf.get("issuer", ())),
        "issuer_sha256": name_sha256(leaf.get("issuer", ())),
        "leaf_sha256": hashlib.sha256(tls.getpeercert(binary_form=True) or b"").hexdigest(),
        "not_before_at": _seconds(leaf.get("notBefore")),
        "not_after_at": _seconds(leaf.get("notAfter")),
        "self_signed": bool(leaf.get("issuer")) and leaf.get("issuer") == leaf.get("subject"),
    }


def _seconds(date: str | None) -> int | None:
    try:
        return int(ssl.cert_time_to_seconds(date or ""))
    except (ValueError, OverflowError):
        return None  # a certificate may hold any date, or what is no date

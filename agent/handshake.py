"""Who signs the certificate that reaches this workstation, and does it trust it?"""

import hashlib
import ssl
import time
from typing import Any, Final

from agent.dial import dial
from agent.trust import observing_context
from checks.answers.network import Endpoint, Failure, Handshake
from checks.certificates import issuer_of, name_sha256
from checks.failures import failure_of

CONNECT_S: Final = 4.0
HANDSHAKE_S: Final = 5.0
"""How long one endpoint may take, connection included."""
_OBSERVE_S: Final = 1.5
"""How long a second look may take, at a certificate that came at once and was refused."""
ALL_S: Final = HANDSHAKE_S + _OBSERVE_S + 0.5


def shake(end: Endpoint, trust: ssl.SSLContext) -> Handshake:
    """Connect directly, shake hands, close. Nothing is sent after the handshake."""
    started, failure, seen = time.monotonic(), None, {}
    try:
        plain = dial(end.host, end.port, within_s=CONNECT_S)
    except (OSError, UnicodeError) as error:
        return shaken(end, time.monotonic() - started, failure_of(error))
    try:
        with plain:
            plain.settimeout(max(started + HANDSHAKE_S - time.monotonic(), 0.5))
            with trust.wrap_socket(plain, server_hostname=end.host) as tls:
                seen = _certificate(tls)
    except (OSError, UnicodeError) as error:
        failure = failure_of(error)
        if failure.startswith("certificate_"):
            seen = _observe(end)
    return shaken(end, time.monotonic() - started, failure, connected=True, **seen)


def shaken(end: Endpoint, took_s: float, failure: Failure | None, *, connected: bool = False, **seen: Any) -> Handshake:
    """Write an answer down, with nothing where nothing was seen."""
    unseen: dict[str, Any] = {"protocol": "", "issuer": None, "issuer_sha256": "", "leaf_sha256": ""}
    unseen |= {"not_before_at": None, "not_after_at": None}
    took_ms = round(took_s * 1000)
    return Handshake(
        host=end.host, port=end.port, connected=connected, failure=failure, took_ms=took_ms, **unseen | seen
    )


def _observe(end: Endpoint) -> dict[str, Any]:
    """Look at a certificate that was refused, to name who made it: `ssl` shows none after it refuses."""
    try:
        with dial(end.host, end.port, within_s=_OBSERVE_S) as plain:
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
    }


def _seconds(date: str | None) -> int | None:
    try:
        return int(ssl.cert_time_to_seconds(date or ""))
    except (ValueError, OverflowError):
        return None  # a certificate may hold any date, or what is no date

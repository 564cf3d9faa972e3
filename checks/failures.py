"""What is this failure called? One word of the closed list for every way a network may say no."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from errno import EHOSTUNREACH, ENETDOWN, ENETUNREACH
from typing import Final

from checks.machine import Failure

_CERTIFICATE: Final[Mapping[int, Failure]] = {
    9: "certificate_not_yet_valid",
    10: "certificate_expired",
    62: "certificate_wrong_name",
    64: "certificate_wrong_name",
}
"""OpenSSL's X509_V_ERR_* numbers; every other refusal of a certificate is about trust."""
_RESOLVER: Final[Mapping[int, Failure]] = {
    socket.EAI_NONAME: "name_unknown",
    getattr(socket, "EAI_NODATA", -5): "name_without_address",
    socket.EAI_AGAIN: "resolver_silent",
    socket.EAI_FAIL: "resolver_failed",
}
_VERSION_REASONS: Final = (
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
)
# By name: this room knows no HTTP library, and the agent and the collector use the same one.
_HTTP: Final[Mapping[str, Failure]] = {
    "RemoteProtocolError": "not_http",
    "DecodingError": "not_http",
    "ConnectTimeout": "timeout",
    "ReadTimeout": "timeout",
    "WriteTimeout": "timeout",
    "PoolTimeout": "timeout",
    "ReadError": "reset",
    "WriteError": "reset",
}


def failure_of(error: BaseException) -> Failure:
    """Name a failure by the deepest cause that says something; "other" when none does."""
    chain = list(_chain(error))
    for one in reversed(chain):
        named = _proxy(one) or _tls(one) or _system(one)
        if named:
            return named
    return next((_HTTP[type(one).__name__] for one in chain if type(one).__name__ in _HTTP), "other")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _proxy(error: BaseException) -> Failure | None:
    if type(error).__name__ != "ProxyError":
        return None
    return "proxy_needs_login" if str(error).startswith("407") else "proxy_refused"


def _tls(error: BaseException) -> Failure | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, "certificate_untrusted")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "reset"
    if isinstance(error, ssl.SSLError):
        return "tls_version" if error.reason in _VERSION_REASONS else "tls_failed"
    return None


def _system(error: BaseException) -> Failure | None:
    if isinstance(error, socket.gaierror):
        return _RESOLVER.get(error.errno or 0, "resolver_failed")
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionError):
        return "reset"
    if isinstance(error, OSError) and error.errno in (ENETUNREACH, EHOSTUNREACH, ENETDOWN):
        return "unreachable"
    return None

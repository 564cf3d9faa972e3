"""What is this failure called? One word of the closed list for every way a network may say no."""

import errno
import ssl
from collections.abc import Iterator, Mapping
from typing import Final

from checks.answers.network import Failure

_CERTIFICATE: Final[Mapping[int, Failure]] = {
    9: "certificate_not_yet_valid",
    10: "certificate_expired",
    62: "certificate_wrong_name",
    64: "certificate_wrong_name",
}
"""OpenSSL's X509_V_ERR_* numbers; every other refusal of a certificate is about trust."""
# By number: this room opens no socket, and each system has its own: glibc and musl, Windows, macOS.
_RESOLVER: Final[Mapping[int, Failure]] = {
    **dict.fromkeys((-2, 11001, 8), "name_unknown"),
    **dict.fromkeys((-5, -9, 11004, 7, 1), "name_without_address"),
    **dict.fromkeys((-3, 11002, 2), "resolver_silent"),
}
"""getaddrinfo's EAI_NONAME; EAI_NODATA and EAI_ADDRFAMILY; EAI_AGAIN. Every other one is a resolver that failed."""
_VERSION_REASONS: Final = (
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
)
_CLEAR_REASONS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG")
_NO_WAY: Final = (
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,  # no address of that family on this workstation
    errno.EAFNOSUPPORT,
    errno.EACCES,  # a firewall on the workstation itself
    errno.EPERM,
)
_PROXY: Final[Mapping[str, Failure]] = {
    "407": "proxy_needs_login",
    "502": "unreachable",  # the proxy would, and found no way or no name
    "503": "unreachable",
    "504": "timeout",
}
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
    """Read the status a proxy gave in place of a tunnel."""
    if type(error).__name__ != "ProxyError":
        return None
    return _PROXY.get(str(error)[:3], "proxy_refused")


def _tls(error: BaseException) -> Failure | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, "certificate_untrusted")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "reset"
    if isinstance(error, ssl.SSLError):
        if error.reason in _CLEAR_REASONS:
            return "not_tls"
        return "tls_version" if error.reason in _VERSION_REASONS else "tls_failed"
    return None


def _system(error: BaseException) -> Failure | None:
    if not isinstance(error, OSError):
        return None
    if type(error).__name__ == "gaierror":
        return _RESOLVER.get(error.errno or 0, "resolver_failed")
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionError):
        return "reset"
    return "unreachable" if error.errno in _NO_WAY else None

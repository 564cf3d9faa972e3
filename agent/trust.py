"""Whom does this workstation trust? Its own store, as its browsers do; never an option to trust everybody."""

import ssl
from pathlib import Path
from typing import Final

import truststore

_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME: verify everything of a certificate but its dates."""


def client_context(extra_ca: Path | None = None) -> ssl.SSLContext:
    """Return a context that verifies by the system's store, plus one authority the operator gave.

    Raises OSError (ssl.SSLError among them) when the file of that authority cannot be read or holds no certificate.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if extra_ca is not None:
        context.load_verify_locations(extra_ca)
    return context


def dateless_context(extra_ca: Path | None = None) -> ssl.SSLContext:
    """Return a context that verifies all but dates: only to read a server's clock when this one may be wrong."""
    context = client_context(extra_ca)
    context.verify_flags |= _NO_CHECK_TIME
    return context


def observing_context() -> ssl.SSLContext:
    """Return a context that looks at a certificate already refused, to name who made it.

    It verifies nothing, so nothing may ever be sent through it: `agent.handshake` alone uses it, and closes at once.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context

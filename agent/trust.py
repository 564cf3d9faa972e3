"""Whom does this workstation trust? Its own store, as its browsers do; never an option to trust everybody."""

import re
import ssl
import sys
from pathlib import Path
from typing import Final

_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME: verify everything of a certificate but its dates."""


READS_ROOTS: Final = sys.platform == "linux"
"""Linux has its roots in files, read into each context (a fiftieth of a second of processor): one context serves all.

Elsewhere truststore asks the system at each handshake, one at a time with each context: each has its own.
"""
BUNDLES: Final = (  # of Debian, Fedora and openSUSE
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
)


class BadAuthority(ValueError):
    """A further authority whose file cannot be read or holds no certificate; the message says so, in French."""


def client_context(extra_ca: Path | None = None) -> ssl.SSLContext:
    """Return a context that verifies by the system's store, plus one authority the operator gave.

    Raises `BadAuthority`.
    """
    context = _by_system()
    context.set_alpn_protocols(["http/1.1"])  # as a browser would, and as the HTTP library asks of the same context
    if extra_ca is not None:
        try:
            context.load_verify_locations(extra_ca)
        except ssl.SSLError:
            raise BadAuthority(f"le fichier {extra_ca} ne contient aucun certificat (PEM)") from None
        except OSError as error:
            raise BadAuthority(f"le fichier {extra_ca} ne peut être lu ({error.strerror})") from None
    return context


def _by_system() -> ssl.SSLContext:
    if not READS_ROOTS:
        import truststore  # only where it is needed

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context, places = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.get_default_verify_paths()
    context.set_default_verify_paths()
    if places.cafile is None and not _holds_roots(places.capath):
        # A Python that was not built for this distribution looks where there is nothing.
        for bundle in filter(Path.is_file, map(Path, BUNDLES)):
            context.load_verify_locations(bundle)
            break
    return context


def _holds_roots(folder: str | None) -> bool:
    """Tell whether a folder has certificates by the names that OpenSSL looks for."""
    try:
        return folder is not None and any(
            re.fullmatch(r"[0-9a-f]{8}\.\d", path.name) for path in Path(folder).iterdir()
        )
    except OSError:
        return False


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

"""Whom does Firefox trust on this workstation? It has its own list, and does not look at the system's on Linux."""

import json
import shutil
import sqlite3
import ssl
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

import certifi

from agent.browsers_linux import POLICIES

_CERTIFICATE_FOLDERS: Final = ("/usr/lib/mozilla/certificates", "/usr/lib64/mozilla/certificates")
"""Where the policy Certificates.Install looks for a file named without its folder."""
_PROFILES: Final = (".mozilla/firefox", "snap/firefox/common/.mozilla/firefox", ".config/mozilla/firefox")
_TRUSTED: Final = bytes.fromhex("ce534352")
"""NSS's CKT_NSS_TRUSTED_DELEGATOR: an authority somebody chose to trust for servers."""
_CHOSEN: Final = """
SELECT certificate.a11 FROM nssPublic AS certificate
JOIN nssPublic AS trust ON trust.a81 = certificate.a81 AND trust.a82 = certificate.a82
WHERE certificate.a0 = x'00000001' AND trust.ace536358 = ?
"""
"""PKCS#11 objects, a column per attribute: a0 class, a11 value, a81 issuer, a82 serial, ace536358 server trust."""


def roots(home: Path) -> ssl.SSLContext | None:
    """Return a context that trusts whom Firefox trusts here: Mozilla's list, policies, a profile's own choices.

    Mozilla's list is certifi's, taken from it. None when Firefox is not installed.
    """
    if not (shutil.which("firefox") or shutil.which("firefox-esr")):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    for path in _by_policy(map(Path, POLICIES["firefox"])):
        _add(context, path)
    for folder in _PROFILES:
        for store in sorted((home / folder).glob("*/cert9.db")):
            for authority in chosen(store):
                _add(context, authority)
    return context


def _by_policy(files: Iterable[Path]) -> Iterable[Path]:
    for file in files:
        try:
            policies = json.loads(file.read_text(encoding="utf-8"))["policies"]
            names = policies["Certificates"]["Install"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        for name in names if isinstance(names, list) else ():
            places = (Path(str(name)), *(Path(folder) / str(name) for folder in _CERTIFICATE_FOLDERS))
            yield from (place for place in places if place.is_absolute() and place.is_file())


def chosen(store: Path) -> list[bytes]:
    """Return the authorities (DER) that a profile's own store trusts for servers; none when it cannot be read.

    Another program may hold the store open: it is read as it stands.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(store))}?mode=ro&immutable=1", uri=True)) as base:
            rows = base.execute(_CHOSEN, (_TRUSTED,)).fetchall()
    except sqlite3.Error:
        return []
    return [bytes(raw) for (raw,) in rows if raw is not None]


def _add(context: ssl.SSLContext, authority: Path | bytes) -> None:
    try:
        if isinstance(authority, Path):
            raw = authority.read_bytes()
            context.load_verify_locations(cadata=raw.decode("ascii") if raw.startswith(b"-----") else raw)
        else:
            context.load_verify_locations(cadata=authority)
    except (OSError, ValueError):
        pass  # Firefox passes over a file that holds no certificate, too

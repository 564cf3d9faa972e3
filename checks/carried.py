"""What is in the file that somebody carries to the collector, for a workstation without a network?

The very requests it would have sent (`checks.wire`), each signed by its own key: its enrolment where it has none yet,
then its reports, oldest first. Whoever carries them can change nothing of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checks import wire

KIND: Final = "preau-carried"
MOST_BYTES: Final = 32 * 1024 * 1024
"""More than a workstation keeps waiting, in base64."""
MOST_REQUESTS: Final = 250
"""More than a workstation keeps waiting, and an enrolment."""
_PATHS: Final = (wire.ENROLMENTS_PATH, wire.REPORTS_PATH)


class BadCarried(ValueError):
    """A file that is none of these; the message says why, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One signed request (POST)."""

    path: str
    headers: Mapping[str, str]
    body: bytes


def to_text(requests: Sequence[Carried]) -> bytes:
    """Write the file."""
    listed = [{"path": r.path, "headers": dict(r.headers), "body": wire.to_base64(r.body)} for r in requests]
    document = {"kind": KIND, "protocol": wire.PROTOCOL, "requests": listed}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def from_text(text: bytes) -> tuple[Carried, ...]:
    """Read the file; raises `BadCarried`. What its requests say is not looked at."""
    if len(text) > MOST_BYTES:
        raise BadCarried(f"ce fichier dépasse {MOST_BYTES // 1024 // 1024} Mo")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadCarried("ce n'est pas un fichier écrit par preau-agent export, ou il a été coupé") from None
    if not isinstance(said, dict) or said.get("kind") != KIND:
        raise BadCarried("ce n'est pas un fichier écrit par preau-agent export")
    if said.get("protocol") != wire.PROTOCOL:
        raise BadCarried(f"ce fichier est du protocole {said.get('protocol')!r}, et non {wire.PROTOCOL}")
    listed = said.get("requests")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_REQUESTS:
        raise BadCarried(f"« requests » : de 1 à {MOST_REQUESTS} demandes sont attendues")
    return tuple(_request(number, one) for number, one in enumerate(listed, start=1))


def _request(number: int, said: Any) -> Carried:
    where = f"demande {number}"
    if not isinstance(said, dict) or said.get("path") not in _PATHS:
        raise BadCarried(f"{where}, « path » : ni un enrôlement ni un relevé")
    headers, body = said.get("headers"), said.get("body")
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise BadCarried(f"{where}, « headers » : des en-têtes sont attendus")
    try:
        raw = wire.from_base64(body) if isinstance(body, str) else None
    except ValueError:
        raw = None
    if raw is None:
        raise BadCarried(f"{where}, « body » : du base64 est attendu ; le fichier a été abîmé")
    return Carried(path=said["path"], headers={name.lower(): value for name, value in headers.items()}, body=raw)

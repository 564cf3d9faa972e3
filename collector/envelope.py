"""Who sent this request, and is it what was signed?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from checks import wire as protocol
from collector.problems import Problem
from collector.signing import verified
from collector.store import Session
from collector.tables import WorkstationKey

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_LOWER: Final = {
    name: name.lower()
    for name in (
        protocol.KEY_ID_HEADER,
        protocol.REPORT_ID_HEADER,
        protocol.SEQUENCE_HEADER,
        protocol.LAST_RECEIPT_HEADER,
        protocol.SENT_AT_HEADER,
        protocol.SIGNATURE_HEADER,
    )
}
_KEY_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A signed request of a workstation, as it arrived."""

    method: str
    path: str
    key_id: str
    report_id: str
    sequence: int
    last_receipt: str
    sent_at: int
    signature: str
    content_type: str
    content_encoding: str
    body: bytes
    address: str = field(default="", repr=False)  # where it came from, "" when unknown: never kept as it is
    carried_for_s: int | None = None  # how long somebody is said to have carried it here; None: it came by itself

    @property
    def message(self) -> bytes:
        """The bytes its signature is over."""
        return protocol.request_message(
            method=self.method,
            path=self.path,
            key_id=self.key_id,
            report_id=self.report_id,
            sequence=self.sequence,
            last_receipt=self.last_receipt,
            sent_at=self.sent_at,
            body=self.body,
        )

    @property
    def dated_by(self) -> int:
        """When it left, by the workstation's clock, had it come at once: the way of a carried file ages its facts."""
        return self.sent_at + (self.carried_for_s or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back: the exact bytes and their signature."""

    status: int
    body: bytes
    signature: str


def open_envelope(method: str, path: str, headers: Mapping[str, str], body: bytes, address: str = "") -> Envelope:
    """Read the headers of a signed request, named in lower case; raises `Problem` 400 naming the one at fault."""
    report_id = headers.get(_LOWER[protocol.REPORT_ID_HEADER], "-")
    last_receipt = headers.get(_LOWER[protocol.LAST_RECEIPT_HEADER], "-")
    for name, value in ((protocol.REPORT_ID_HEADER, report_id), (protocol.LAST_RECEIPT_HEADER, last_receipt)):
        if value != "-" and not _is_uuid(value):
            raise Problem(400, f"L'en-tête {name} n'est pas un UUID.", field=name)
    return Envelope(
        method=method,
        path=path,
        key_id=headers.get(_LOWER[protocol.KEY_ID_HEADER], ""),
        report_id=report_id,
        sequence=_number(headers, protocol.SEQUENCE_HEADER, "0"),
        last_receipt=last_receipt,
        sent_at=_number(headers, protocol.SENT_AT_HEADER, ""),
        signature=headers.get(_LOWER[protocol.SIGNATURE_HEADER], ""),
        content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        content_encoding=headers.get("content-encoding", "").strip().lower(),
        body=body,
        address=address,
    )


def authenticate(session: Session, envelope: Envelope) -> WorkstationKey:
    """Return the key that signed a request; raises `Problem` 401, the same whatever is wrong."""
    key = session.get(WorkstationKey, envelope.key_id) if is_key_id(envelope.key_id) else None
    if key is None or not verified(key.public_key, envelope.message, envelope.signature):
        raise unknown()
    return key


def is_key_id(text: str) -> bool:
    """Tell whether this can be the id of a key."""
    return _KEY_ID.fullmatch(text) is not None


def unknown() -> Problem:
    """Refuse a request that no workstation known here signed; not signed, and the same whatever is wrong."""
    return Problem(401, "La signature n'est celle d'aucun poste connu.")


def _number(headers: Mapping[str, str], name: str, default: str) -> int:
    text = headers.get(_LOWER[name], default)
    if not (text.isascii() and text.isdigit() and int(text[:17]) <= 2**53 and len(text) <= 16):
        raise Problem(400, f"L'en-tête {name} n'est pas un nombre entier.", field=name)
    return int(text)


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None

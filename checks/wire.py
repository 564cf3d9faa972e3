"""How do a workstation and its collector speak? Protocol 1, byte for byte, for both sides.

Agents in schools are frozen on this: nothing here changes meaning, and new answer fields are ignored by older agents.

- The agent signs every request with its key: `Preau-Signature` over `request_message(...)`.
- The collector signs every answer that an agent acts upon: `Preau-Signature` over `answer_message(...)`. A refusal that
  is not signed belongs to the path (a proxy, a filter), never to the report.
- Signatures are Ed25519, keys and signatures travel in standard base64. Instants are whole seconds since 1970 UTC.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

PROTOCOL: Final = 1

ENROLMENTS_PATH: Final = "/api/v1/enrolments"
PROFILE_PATH: Final = "/api/v1/profile"
REPORTS_PATH: Final = "/api/v1/reports"

KEY_ID_HEADER: Final = "Preau-Key-Id"
REPORT_ID_HEADER: Final = "Preau-Report-Id"
SEQUENCE_HEADER: Final = "Preau-Sequence"
LAST_RECEIPT_HEADER: Final = "Preau-Last-Receipt"
SENT_AT_HEADER: Final = "Preau-Sent-At"
SIGNATURE_HEADER: Final = "Preau-Signature"

MAX_COMPRESSED_BYTES: Final = 256 * 1024
"""Most bytes of a report on the wire; an ordinary one is under 8 kB."""
MAX_REPORT_BYTES: Final = 1024 * 1024
"""Most bytes of a report once decompressed."""
MAX_OBSERVED_AGE_S: Final = 90 * 86_400
"""Oldest a spooled fact may claim to be when it arrives."""

Evidence = Literal["agent", "session", "interactive"]
"""How a report was made: by the scheduled agent, by a session's task, by somebody running it by hand."""

CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
FINGERPRINT_LENGTH: Final = 10
SECRET_LENGTH: Final = 10


class BadCode(ValueError):
    """An enrolment code that cannot be one; the message says why, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An enrolment code: which collector (the fingerprint of its key), and the school's secret."""

    fingerprint: str
    secret: str

    def __str__(self) -> str:
        """Return it as people type it: four groups of five."""
        whole = self.fingerprint + self.secret
        return "-".join(whole[i : i + 5] for i in range(0, len(whole), 5))


def as_typed(text: str) -> str:
    """Read signs of a code as people type them: any case, hyphens or not, O for 0, I and L for 1."""
    return re.sub(r"[\s-]", "", text).upper().translate(str.maketrans("OIL", "011"))


def parse_code(text: str) -> Code:
    """Read an enrolment code `as_typed`; raises `BadCode`."""
    typed = as_typed(text)
    wanted = FINGERPRINT_LENGTH + SECRET_LENGTH
    if len(typed) != wanted:
        raise BadCode(f"un code d'enrôlement a {wanted} signes, celui-ci en a {len(typed)}")
    strange = sorted(set(typed) - set(CODE_ALPHABET))
    if strange:
        raise BadCode(f"un code d'enrôlement n'a pas de « {strange[0]} »")
    return Code(fingerprint=typed[:FINGERPRINT_LENGTH], secret=typed[FINGERPRINT_LENGTH:])


def fingerprint(public_key: bytes) -> str:
    """Return the short name of a collector's public key, as a code carries it."""
    number = int.from_bytes(hashlib.sha256(public_key).digest(), "big")
    return "".join(CODE_ALPHABET[number >> shift & 31] for shift in range(251, 251 - 5 * FINGERPRINT_LENGTH, -5))


def key_id(public_key: bytes) -> str:
    """Return the name of a workstation's public key: 32 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def request_message(
    *,
    method: str,
    path: str,
    key_id: str,
    sent_at: int,
    report_id: str = "-",
    sequence: int = 0,
    last_receipt: str = "-",
    body: bytes = b"",
) -> bytes:
    """Return the bytes a workstation signs: one line per field, then the exact body as sent (compressed)."""
    lines = (f"preau-request-v{PROTOCOL}", method, path, key_id, report_id, sequence, last_receipt, sent_at)
    return "".join(f"{line}\n" for line in lines).encode() + body


def answer_message(kind: Literal["enrolment", "profile", "receipt", "refusal"], body: bytes) -> bytes:
    """Return the bytes the collector signs for one of its answers: its kind, then the exact body as sent."""
    return f"preau-answer-v{PROTOCOL}\n{kind}\n".encode() + body


def requirements_message(toml: str) -> bytes:
    """Return the bytes signed by the profile's own key, which may stay offline."""
    return f"preau-profile-v{PROTOCOL}\n".encode() + toml.encode()


def to_base64(raw: bytes) -> str:
    """Write bytes for a header or a JSON value."""
    return base64.b64encode(raw).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read bytes of a header or JSON value; raises ValueError when it is not base64."""
    return base64.b64decode(text, validate=True)


def to_json(value: Any) -> bytes:
    """Write the one JSON form of a value: UTF-8, no spaces, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pack(report: Mapping[str, Any]) -> bytes:
    """Turn a report into the exact bytes that travel: JSON, gzip, no date or name inside."""
    return gzip.compress(to_json(report), compresslevel=6, mtime=0)


def report(
    *,
    workstation_id: str,
    agent_version: str,
    profile_id: str,
    profile_version: str,
    evidence: Evidence,
    facts_schema: int,
    attempts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Lay out the body of a report.

    `attempts` is, by check id, `{"measured_at": s, "took_ms": n}` with either `"facts": {…}` or `"fault": word`.
    """
    return {
        "protocol": PROTOCOL,
        "facts_schema": facts_schema,
        "agent_version": agent_version,
        "workstation_id": workstation_id,
        "profile": {"id": profile_id, "version": profile_version},
        "evidence": evidence,
        "checks": dict(attempts),
    }


def observed_at(*, received_at: int, sent_at: int, measured_at: int) -> int:
    """Return when a fact was observed, by the collector's clock: a wrong clock on the workstation does not age it."""
    return received_at - min(max(sent_at - measured_at, 0), MAX_OBSERVED_AGE_S)

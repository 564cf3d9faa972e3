"""What does a report say? Its body, decompressed, read strictly and quickly.

`collector.wire` is the law: pydantic over the workstation's own classes. What is read here is read by msgspec, and
taken only when writing it again gives the very bytes that came: nothing unknown was left out and nothing was converted.
Whatever else comes goes to the law, which takes it or names the field at fault. Facts whose very bytes were taken
before are not read again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

import checks
from checks.machine import FACTS_SCHEMA
from checks.model import Fault
from checks.names import stranger
from checks.plain import to_plain
from checks.wire import PROTOCOL, Evidence, observed_at, to_json
from collector.facts import Kept
from collector.wire import Attempt, Unreadable, parse
from collector.wire import Report as Law

SPREAD_S: Final = 3600
"""Attempts further apart than this are no one moment: such a report is never taken for a repetition."""
SET_BYTES: Final = 4
"""Of a hash, those that tell which checks a report carries; the rest tells what it says of them."""

_Short = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._+-]+\Z")]
_NONE: Final = msgspec.Raw(b"null")


class _Attempt(msgspec.Struct, forbid_unknown_fields=True):
    measured_at: Annotated[int, Meta(ge=0, le=2**53)]
    took_ms: Annotated[int, Meta(ge=0, le=2**31)]
    facts: msgspec.Raw = _NONE
    fault: Fault | None = None


class _Profile(msgspec.Struct, forbid_unknown_fields=True):
    id: _Short
    version: _Short


class _Report(msgspec.Struct, forbid_unknown_fields=True):
    protocol: Literal[PROTOCOL]  # type: ignore[valid-type]
    facts_schema: Annotated[int, Meta(ge=1, le=FACTS_SCHEMA)]
    agent_version: _Short
    workstation_id: str
    profile: _Profile
    evidence: Evidence
    checks: dict[str, _Attempt]


_REMEMBERED: Final = 16_384
"""Facts held in memory as taken (about 10 MB): many workstations say the very same of their system or browser."""
_OUTER: Final = msgspec.json.Decoder(_Report)
_FACTS: Final = {check.id: msgspec.json.Decoder(check.facts) for check in checks.ALL}
_ENCODER: Final = msgspec.json.Encoder()
_SALT: Final = f"{checks.VERSION} {FACTS_SCHEMA}".encode()
"""What was taken by another version of this code is read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a report says."""

    evidence: Evidence
    measured_at: Mapping[str, int]  # by check id, by the workstation's clock
    facts: Mapping[str, bytes | None]  # JSON, by check id; None with a fault
    faults: Mapping[str, Fault]
    hash: bytes  # of the checks it carries and of all it says but dates; b"" when it spreads over more than an hour

    def moments(self, sent_at: int, received_at: int) -> tuple[int, int]:
        """Return when the first and the last of these facts were observed, by the collector's clock."""
        first, last = min(self.measured_at.values()), max(self.measured_at.values())
        return (
            observed_at(received_at=received_at, sent_at=sent_at, measured_at=first),
            observed_at(received_at=received_at, sent_at=sent_at, measured_at=last),
        )

    def kept(self, sent_at: int, received_at: int) -> dict[str, Kept]:
        """Return the facts with the moment each was observed, by the collector's clock."""
        dates = {
            at: observed_at(received_at=received_at, sent_at=sent_at, measured_at=at)
            for at in set(self.measured_at.values())
        }
        return {
            check_id: Kept(observed_at=dates[self.measured_at[check_id]], facts=facts, fault=self.faults.get(check_id))
            for check_id, facts in self.facts.items()
        }


def read(body: bytes, workstation_id: str, names: frozenset[str], taken_before: bytes = b"") -> Said:
    """Read a decompressed body; raises `Unreadable` naming the first field at fault.

    `names`: what plain texts may say (`checks.names`). `taken_before`: the hash of what this workstation last said:
    such facts need no second reading.
    """
    return _quickly(body, workstation_id, names, taken_before) or _by_the_law(body, workstation_id, names)


def _quickly(body: bytes, workstation_id: str, names: frozenset[str], taken_before: bytes) -> Said | None:
    """Read a body as our own agent writes it; None when it is anything else."""
    try:
        report = _OUTER.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    if report.workstation_id != workstation_id:
        return None
    facts: dict[str, bytes | None] = {}
    faults: dict[str, Fault] = {}
    for check_id, attempt in report.checks.items():
        raw = bytes(attempt.facts)
        is_fault = raw == b"null"
        if is_fault is (attempt.fault is None) or check_id not in _FACTS:
            return None
        facts[check_id] = None if is_fault else raw
        if attempt.fault is not None:
            faults[check_id] = attempt.fault
    said = _said(report.evidence, {i: a.measured_at for i, a in report.checks.items()}, facts, faults)
    known = said.hash != b"" and said.hash == taken_before
    return said if known or all(_written_alike(i, raw, names) for i, raw in facts.items() if raw is not None) else None


@lru_cache(maxsize=_REMEMBERED)
def _written_alike(check_id: str, raw: bytes, names: frozenset[str]) -> bool:
    """Tell whether facts, read into their class and written again, are the very same bytes, and hold no other text."""
    try:
        facts = _FACTS[check_id].decode(raw)
        return _ENCODER.encode(facts) == raw and stranger(facts, names) is None
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError):
        return False


def _by_the_law(body: bytes, workstation_id: str, names: frozenset[str]) -> Said:
    report = parse(Law, body)
    if str(report.workstation_id) != workstation_id:
        raise Unreadable("workstation_id", "le relevé est celui d'un autre poste que celui de la clé")
    attempts: Mapping[str, Attempt] = report.attempts()
    for check_id, attempt in attempts.items():
        where = stranger(attempt.facts, names)
        if where is not None:
            raise Unreadable(
                f"checks.{check_id}.facts.{where}", "ce texte n'est ni une empreinte ni un nom d'un profil"
            )
    return _said(
        report.evidence,
        {i: a.measured_at for i, a in attempts.items()},
        {i: None if a.facts is None else to_json(to_plain(a.facts)) for i, a in attempts.items()},
        {i: a.fault for i, a in attempts.items() if a.fault is not None},
    )


def _said(
    evidence: Evidence, measured_at: Mapping[str, int], facts: Mapping[str, bytes | None], faults: Mapping[str, Fault]
) -> Said:
    moments = measured_at.values()
    hashed = b""
    if moments and max(moments) - min(moments) <= SPREAD_S:
        parts = [raw if raw is not None else faults[check_id].encode() for check_id, raw in facts.items()]
        content = hashlib.sha256(b"\0".join((_SALT, evidence.encode(), *parts))).digest()
        hashed = set_of(tuple(facts)) + content[:12]
    return Said(evidence=evidence, measured_at=measured_at, facts=facts, faults=faults, hash=hashed)


@lru_cache(maxsize=4096)
def set_of(check_ids: tuple[str, ...]) -> bytes:
    """Return what a hash says of which checks a report carries, in its order."""
    return hashlib.sha256(" ".join(check_ids).encode()).digest()[:SET_BYTES]

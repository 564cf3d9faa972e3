"""What did somebody's session see? One hand writes it into the drop folder, the other takes it, checks it, sends it.

The session's hand has no key and reads nothing back. Anybody may write into that folder: what is taken is bounded,
dated, of this profile, of the checks a session alone can see, and built field by field as the collector would.
"""

import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import checks
from agent import durable
from agent.identity import Unusable
from agent.measure import Attempt, for_wire
from agent.requirements import Required
from checks.machine import FACTS_SCHEMA
from checks.model import FAULTS
from checks.plain import Unreadable, build
from checks.profile import ProfileError, parse

SEEN_BY_SESSIONS: Final = frozenset(
    {
        *(check.id for check in checks.ALL if check.id.startswith("network.")),
        "system.language",
        "hardware.screen",
        "hardware.sound",
        "hardware.camera",
        "browser.version",
        "browser.policies",
    }
) - {"network.link", "network.address", "network.clock", "network.throughput"}
"""Proxies, and so ways out, are set by account; screens, sound and default browsers are a session's."""
PROFILE: Final = "profil.toml"
MAX_FILES: Final = 50
MAX_BYTES: Final = 256 * 1024
OLDEST_S: Final = 8 * 86_400
"""Bounds of the drop folder: past them, files are removed unread."""


def put(folder: Path, required: Required, attempts: Mapping[str, Attempt]) -> Path:
    """Write what this session saw, as a file of its own; raises OSError."""
    seen = {id_: attempt for id_, attempt in attempts.items() if id_ in SEEN_BY_SESSIONS}
    said = {
        "profile": {"id": required.profile.id, "version": required.profile.version},
        "facts_schema": FACTS_SCHEMA,
        "checks": for_wire(seen, required.profile, FACTS_SCHEMA),
    }
    path = folder / f"{uuid.uuid4()}.json"
    durable.write(path, json.dumps(said, ensure_ascii=False).encode())
    return path


def published(shared: Path) -> Required:
    """Return the profile that the machine's agent shows to sessions; raises `Unusable` before it has one."""
    try:
        return Required(profile=parse((shared / PROFILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise Unusable(
            "l'agent de ce poste n'a pas encore reçu de profil : il le montrera à son prochain audit"
        ) from None
    except (UnicodeError, ProfileError):
        raise Unusable(f"le fichier {shared / PROFILE} est abîmé : il sera refait au prochain audit du poste") from None


def publish(shared: Path, required: Required) -> None:
    """Show the profile in force to everybody's sessions; raises OSError."""
    if required.collector:  # the generic profile, for want of an answer, is nobody's to go by
        durable.write(shared / PROFILE, required.toml.encode())
        (shared / PROFILE).chmod(0o644)


def share_out(required: Required, *, to_session: bool) -> Required:
    """Return what one of the two hands is to measure."""
    kept = {id_: r for id_, r in required.profile.requirements.items() if (id_ in SEEN_BY_SESSIONS) == to_session}
    return replace(required, profile=replace(required.profile, requirements=kept))


def take(folder: Path, required: Required) -> tuple[dict[str, Attempt], list[Path]]:
    """Return the freshest attempt at each check among the files left, and the files, to be removed once it is kept.

    A file that is too large, too old, damaged, of another profile, or a link counts for nothing, and goes as well.
    """
    files = sorted(path for path in folder.glob("*.json"))
    freshest: dict[str, Attempt] = {}
    for path in files[:MAX_FILES]:
        for attempt in _read(path, required):
            held = freshest.get(attempt.check_id)
            if held is None or attempt.measured_at > held.measured_at:
                freshest[attempt.check_id] = attempt
    return freshest, files


def clear(files: list[Path]) -> None:
    """Remove files whose content is kept elsewhere; one that cannot be removed is taken again next time."""
    for path in files:
        try:
            durable.remove(path)
        except OSError:
            continue


def _read(path: Path, required: Required) -> list[Attempt]:
    try:
        content = _content(path)
        said = json.loads(content)
        if said["profile"] != {"id": required.profile.id, "version": required.profile.version}:
            return []
        return [_attempt(id_, one) for id_, one in said["checks"].items() if id_ in required.profile.requirements]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, Unreadable):
        return []


def _content(path: Path) -> bytes:
    """Read a file of the drop folder, never what a link of that name points at."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError("too large")
    return content


def _attempt(check_id: str, said: Any) -> Attempt:
    if check_id not in SEEN_BY_SESSIONS:
        raise ValueError("not a session's to say")
    measured_at, took_ms, now = said["measured_at"], said["took_ms"], int(time.time())
    if not (type(measured_at) is type(took_ms) is int and now - OLDEST_S <= measured_at <= now and took_ms >= 0):
        raise ValueError("odd dates")
    if "fault" in said:
        if said["fault"] not in FAULTS:
            raise ValueError("no such fault")
        return Attempt(check_id=check_id, measured_at=measured_at, took_ms=took_ms, fault=said["fault"])
    facts = build(checks.BY_ID[check_id].facts, said["facts"])
    return Attempt(check_id=check_id, measured_at=measured_at, took_ms=took_ms, facts=facts)

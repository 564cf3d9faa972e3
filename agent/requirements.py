"""What must be measured, for which school, and what did the collector see? Its last signed answer, kept."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from agent import durable
from agent.clock import server_clock
from agent.identity import Folder, Identity
from agent.lease import ask_lease
from agent.lookup import sha256
from agent.post import Answer, NoAnswer, believed, not_the_collector, request, signed_by
from agent.reaching import Known
from checks import wire
from checks.answers.network import Control, ServerClock
from checks.machine import FACTS_SCHEMA
from checks.model import Context
from checks.plain import Unreadable, build
from checks.profile import Profile, ProfileError, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A profile, with what goes beside it."""

    profile: Profile
    context: Context = Context()
    controls: tuple[Control, ...] = ()  # only those still fresh
    clock: ServerClock | None = None  # this clock beside the collector's
    facts_schema: int = FACTS_SCHEMA  # the highest the collector knows
    collector: str = ""  # its address; "" for an audit without a collector
    toml: str = ""  # the text of the profile
    held_s: int = 0  # since it was last asked for
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by host, as the collector resolves it

    lease: Callable[[], str] = lambda: ""  # asks the collector for its leave to measure the line of the school

    def known(self, extra_ca: Path | None) -> Known:
        """Return what the door is to know."""
        ends = (endpoint for service in self.profile.services for endpoint in service.endpoints)
        return Known(
            extra_ca=extra_ca,
            endpoints=tuple(dict.fromkeys(ends)),
            controls=self.controls,
            addresses=self.addresses,
            collector=self.collector,
            collector_clock=self.clock,
            lease=self.lease,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A signed answer as it is kept, byte for byte."""

    body: str
    signature: str
    etag: str
    served_at: int  # by the collector's clock
    received_at: int  # by this one


def generic() -> Required:
    """Return the profile shipped with Préau, for an audit without a collector."""
    toml = (files("checks") / "profiles" / "generic.toml").read_text(encoding="utf-8")
    return Required(profile=parse(toml), toml=toml)


def held(folder: Folder, identity: Identity) -> Required | None:
    """Return what was last received, its controls as old as they now are; None when nothing is or it is damaged."""
    kept = _load(folder)
    if kept is None or not _genuine(kept, identity):
        return None
    return replace(_open(kept, None), collector=identity.collector)


def fetch(folder: Folder, identity: Identity) -> Required:
    """Ask the collector, keep what it answers, and return it; raises `NoAnswer`."""
    kept = _load(folder)
    headers = {"If-None-Match": kept.etag} if kept is not None and _genuine(kept, identity) else {}
    extra_ca = folder.ca if identity.has_ca else None
    answer = request(identity.collector, identity.key, "GET", wire.PROFILE_PATH, extra_ca=extra_ca, headers=headers)
    clock = server_clock(answer.headers.get("date"), answer.sent_at, answer.received_at)
    served_at = int(answer.received_at - (clock.offset_ms or 0) / 1000)
    if answer.status == 304 and kept is not None and headers:
        fresh = replace(kept, served_at=served_at, received_at=int(answer.received_at))
    elif answer.status == 200 and believed(answer, "profile", identity.keys):
        fresh = _accept(folder, identity, kept, answer, served_at)
    elif answer.status == 404:
        raise NoAnswer(str(answer.json().get("detail", "le collecteur n'a pas de profil pour cette école")))
    else:
        raise not_the_collector(answer)
    durable.write(folder.path / "profile.json", json.dumps(_plain(fresh), ensure_ascii=False).encode())
    lease = partial(ask_lease, identity, extra_ca)
    return replace(_open(fresh, clock), collector=identity.collector, lease=lease)


def _accept(folder: Folder, identity: Identity, kept: _Held | None, answer: Answer, served_at: int) -> _Held:
    """Take a new answer in: its profile is signed by the profile's key and no older than the one held."""
    fresh = _Held(
        body=answer.body.decode(),
        signature=answer.signature,
        etag=answer.headers.get("etag", ""),
        served_at=served_at,
        received_at=int(answer.received_at),
    )
    said = answer.json()
    identity = replace(identity, keys=_keys(said, "keys"), profile_keys=_keys(said, "profile_keys"))
    new = said["profile"]
    message = wire.requirements_message(new["toml"])
    if not any(signed_by(key, message, new["signature"]) for key in folder_keys(folder, identity)):
        raise NoAnswer("le profil reçu n'est pas signé par la clé des profils")
    if kept is not None:
        was, now = _profile(kept), parse(new["toml"])
        if was.id == now.id and (now.valid_from, now.version) < (was.valid_from, was.version):
            raise NoAnswer(f"le profil reçu ({now.version}) est plus ancien que celui de ce poste ({was.version})")
    folder.keep_identity(identity)
    return fresh


def folder_keys(folder: Folder, announced: Identity) -> tuple[str, ...]:
    """Return the profile keys held before an answer; those it announces serve from the next one on."""
    before = folder.identity()
    return before.profile_keys if before is not None else announced.profile_keys


def _open(kept: _Held, clock: ServerClock | None) -> Required:
    said = json.loads(kept.body)
    held_s = max(int(time.time()) - kept.received_at, 0)
    controls: list[Control] = []
    addresses: dict[str, tuple[str, ...]] = {}
    for seen in said["controls"]:
        age_s = max(kept.served_at - seen["checked_at"], 0) + held_s
        if age_s <= said["controls_fresh_s"]:
            controls.append(_control(seen, age_s))
            addresses |= {host["host"]: tuple(map(str, host["addresses"])) for host in seen.get("hosts", ())}
    return Required(
        profile=_profile(kept),
        toml=said["profile"]["toml"],
        held_s=held_s,
        context=build(Context, {"opens_on": said["context"].get("opens_on")}),
        controls=tuple(controls),
        addresses=addresses,
        clock=clock,
        facts_schema=min(FACTS_SCHEMA, said["facts_schema"]),
    )


def _control(seen: dict[str, Any], age_s: int) -> Control:
    """Take one control in; what an older collector does not say keeps its default, what a newer one adds is left."""
    hosts = [
        {
            "host": host["host"],
            "failure": host.get("failure"),
            "addresses_sha256": sorted(map(sha256, host["addresses"])),
            "canonical_sha256": sha256(host.get("canonical", "")),
        }
        for host in seen.get("hosts", ())
    ]
    known = {name: seen[name] for name in Control.__slots__ if name in seen}
    return build(Control, {**known, "age_s": age_s, "hosts": hosts})


def _profile(kept: _Held) -> Profile:
    return parse(json.loads(kept.body)["profile"]["toml"])


def _keys(said: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(key) for key in said[name])


def _load(folder: Folder) -> _Held | None:
    try:
        return build(_Held, json.loads((folder.path / "profile.json").read_bytes()))
    except (OSError, ValueError):
        return None


def _genuine(kept: _Held, identity: Identity) -> bool:
    """Tell whether what is on disk is still what the collector signed, and readable."""
    message = wire.answer_message("profile", kept.body.encode())
    if not any(signed_by(key, message, kept.signature) for key in identity.keys):
        return False
    try:
        _open(kept, None)
    except (KeyError, TypeError, ProfileError, Unreadable, ValueError):
        return False
    return True


def _plain(kept: _Held) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in _Held.__slots__}

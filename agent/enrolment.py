"""How is this workstation made known to its collector? With its school's code, which also names the collector."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import checks
from agent import durable
from agent.identity import Folder, Identity
from agent.post import Answer, Refusal, believed, not_the_collector, request
from agent.trust import client_context
from checks import wire

if TYPE_CHECKING:
    from nacl.signing import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A school's code and where its collector is."""

    collector: str
    code: wire.Code


class BadInvitation(ValueError):
    """A code or a school's file that cannot be used; the message says why, in French."""


def read_invitation(code: str, collector: str | None) -> Invitation:
    """Read a typed code, or the path of an `ecole.preau` file; raises `BadInvitation`."""
    path = Path(code)
    if path.suffix == ".preau" or path.is_file():
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            code, collector = said["code"], collector or said["collector"]
        except OSError as error:
            raise BadInvitation(f"le fichier {path} ne peut être lu ({error.strerror})") from None
        except (ValueError, KeyError, TypeError):
            raise BadInvitation(f"le fichier {path} n'est pas un fichier ecole.preau") from None
    try:
        parsed = wire.parse_code(str(code))
    except wire.BadCode as error:
        raise BadInvitation(str(error)) from None
    if not isinstance(collector, str) or not collector.startswith(("https://", "http://")):
        raise BadInvitation("il manque l'adresse du collecteur : --collector https://…")
    return Invitation(collector=collector.rstrip("/"), code=parsed)


def enrol(folder: Folder, invitation: Invitation, *, tag: str | None, place: str, ca: Path | None) -> Identity:
    """Make a key, have it known, keep the identity; raises `NoAnswer`, `Refusal`, `BadAuthority`.

    A key made for an enrolment whose answer was lost is used again, so that trying again enrols one workstation once.
    """
    folder.make()
    if ca is not None:
        client_context(ca)  # raises `BadAuthority` before anything is kept
        durable.write(folder.ca, ca.read_bytes())
    key, workstation_id = _new_key(folder)
    body = wire.to_json(
        {
            "protocol": wire.PROTOCOL,
            "code": invitation.code.secret,
            "public_key": wire.to_base64(key.verify_key.encode()),
            "workstation_id": workstation_id,
            "tag": tag,
            "place": place,
            "agent_version": checks.VERSION,
        }
    )
    answer = request(
        invitation.collector,
        key,
        "POST",
        wire.ENROLMENTS_PATH,
        extra_ca=folder.ca if ca is not None else None,
        body=body,
        headers={"Content-Type": "application/json"},
    )
    identity = _identity(answer, invitation, key, has_ca=ca is not None)
    folder.keep_identity(identity)
    (folder.path / "progress.json").unlink(missing_ok=True)
    (folder.path / "profile.json").unlink(missing_ok=True)
    (folder.path / "enrolling.json").unlink(missing_ok=True)
    return identity


def _new_key(folder: Folder) -> "tuple[SigningKey, str]":
    from nacl.signing import SigningKey  # an audit without enrolment does not carry it

    path = folder.path / "enrolling.json"
    try:
        said = json.loads(path.read_bytes())
        return SigningKey(wire.from_base64(said["seed"])), str(uuid.UUID(said["workstation_id"]))
    except (OSError, ValueError, KeyError, TypeError):
        key, workstation_id = SigningKey.generate(), str(uuid.uuid4())
    made = {"seed": wire.to_base64(key.encode()), "workstation_id": workstation_id}
    durable.write(path, json.dumps(made).encode())
    return key, workstation_id


def _identity(answer: Answer, invitation: Invitation, key: "SigningKey", *, has_ca: bool) -> Identity:
    """Read the answer, if it is that of the very collector the code names."""
    said = answer.json()
    if answer.status not in (200, 201):
        if answer.status in (400, 403, 409, 413, 415, 422) and said.get("detail"):
            raise Refusal(str(said["detail"]))
        raise not_the_collector(answer)
    keys = tuple(str(one) for one in said.get("keys", ()))
    if not keys or wire.fingerprint(wire.from_base64(keys[0])) != invitation.code.fingerprint:
        raise Refusal("ce collecteur n'est pas celui du code : vérifiez l'adresse et le code")
    if not believed(answer, "enrolment", keys[:1]):
        raise not_the_collector(answer)
    return Identity(
        seed=wire.to_base64(key.encode()),
        workstation_id=said["workstation_id"],
        key_id=said["key_id"],
        collector=invitation.collector,
        keys=keys,
        profile_keys=tuple(str(one) for one in said["profile_keys"]),
        uai=said["uai"],
        school=said["school"],
        commune=said["commune"],
        tag=said["tag"],
        place=said["place"],
        state=said["state"],
        has_ca=has_ca,
        reason=str(said.get("reason", "")),
    )

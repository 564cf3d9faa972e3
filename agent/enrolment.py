"""How is this workstation made known to its collector? With its school's code, which also names the collector."""

import json
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import checks
from agent import durable
from agent.identity import Folder, Identity
from agent.post import Answer, Refusal, believed, not_the_collector, request
from agent.trust import client_context
from checks import wire

if TYPE_CHECKING:
    from nacl.signing import SigningKey

_ENROLLING: Final = "enrolling.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A school's code and where its collector is."""

    collector: str
    code: wire.Code


class BadInvitation(ValueError):
    """A code or a school's file that cannot be used; the message says why, in French."""


def read_invitation(code: str, collector: str | None) -> Invitation:
    """Read a typed code, or the path of an `ecole.preau` file; raises `BadInvitation`."""
    parsed, named = read_code(code)
    address = collector or named
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise BadInvitation("il manque l'adresse du collecteur : --collector https://…")
    return Invitation(collector=address.rstrip("/"), code=parsed)


def read_code(code: str) -> tuple[wire.Code, object]:
    """Read the same where nothing will be sent: the code, and the address that a file names beside it."""
    path, collector = Path(code), None
    if path.suffix == ".preau" or path.is_file():
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            code, collector = said["code"], said["collector"]
        except OSError as error:
            raise BadInvitation(f"le fichier {path} ne peut être lu ({error.strerror})") from None
        except (ValueError, KeyError, TypeError):
            raise BadInvitation(f"le fichier {path} n'est pas un fichier ecole.preau") from None
    try:
        return wire.parse_code(str(code)), collector
    except wire.BadCode as error:
        raise BadInvitation(str(error)) from None


def enrol(folder: Folder, invitation: Invitation, *, tag: str | None, place: str, ca: Path | None) -> Identity:
    """Make a key, have it known, keep the identity; raises `NoAnswer`, `Refusal`, `BadAuthority`.

    A key made for an enrolment whose answer was lost is used again, so that trying again enrols one workstation once.
    """
    folder.make()
    if ca is not None:
        client_context(ca)  # raises `BadAuthority` before anything is kept
        durable.write(folder.ca, ca.read_bytes())
    made = new_key(folder)
    key, body = made.key, asked(made, invitation.code, tag=tag, place=place)
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
    if made.sequence:
        folder.keep_progress(sequence=made.sequence)
    (folder.path / _ENROLLING).unlink(missing_ok=True)
    return identity


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that no collector has answered for yet."""

    seed: str = field(repr=False)  # base64
    workstation_id: str
    sequence: int = 0  # of the last report that somebody carried

    @property
    def key(self) -> "SigningKey":
        """The private key."""
        from nacl.signing import SigningKey  # an audit without enrolment does not carry it

        return SigningKey(wire.from_base64(self.seed))


def new_key(folder: Folder) -> NewKey:
    """Return the key made for an enrolment that has no answer yet, else make one and keep it."""
    from nacl.signing import SigningKey

    try:
        said = json.loads((folder.path / _ENROLLING).read_bytes())
        found = NewKey(
            seed=said["seed"],
            workstation_id=str(uuid.UUID(said["workstation_id"])),
            sequence=int(said.get("sequence", 0)),
        )
        assert found.key
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        seed = wire.to_base64(SigningKey.generate().encode())
        found = keep_new_key(folder, NewKey(seed=seed, workstation_id=str(uuid.uuid4())))
    return found


def keep_new_key(folder: Folder, made: NewKey) -> NewKey:
    """Keep a key that waits for its answer."""
    durable.write(folder.path / _ENROLLING, json.dumps(asdict(made)).encode())
    return made


def asked(made: NewKey, code: wire.Code, *, tag: str | None, place: str) -> bytes:
    """Return what a workstation asks to be enrolled."""
    return wire.to_json(
        {
            "protocol": wire.PROTOCOL,
            "code": code.secret,
            "public_key": wire.to_base64(made.key.verify_key.encode()),
            "workstation_id": made.workstation_id,
            "tag": tag,
            "place": place,
            "agent_version": checks.VERSION,
        }
    )


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

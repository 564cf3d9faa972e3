"""Who is this workstation? A key made here, a random name, the school it was enrolled in."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from agent import durable
from checks.plain import Unreadable, build, to_plain
from checks.wire import from_base64

if TYPE_CHECKING:
    from nacl.signing import SigningKey

T = TypeVar("T")
DROP: Final = "depot"
LONGEST_SLOT_S: Final = 60 * 86_400
"""Longest wait for the next audit: the summer holidays."""
LONGEST_QUIET_S: Final = 86_400


class Unusable(RuntimeError):
    """A file of the agent's own that cannot be used; the message names it and says what to do, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What enrolment gave: kept as it is until the next one."""

    seed: str = field(repr=False)  # the private key, base64: never leaves this file
    workstation_id: str
    key_id: str
    collector: str  # address
    keys: tuple[str, ...]  # public keys the collector's answers are trusted by, base64
    profile_keys: tuple[str, ...]
    uai: str
    school: str
    commune: str
    tag: str
    place: str
    state: str  # "active" or "pending", as enrolment answered
    has_ca: bool  # a further authority was given and is kept beside
    reason: str = ""  # why it is pending, in French, as enrolment answered

    @property
    def key(self) -> "SigningKey":
        """The private key."""
        from nacl.signing import SigningKey  # an audit without enrolment does not carry it

        return SigningKey(from_base64(self.seed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What changes with each report."""

    sequence: int = 0  # of the last report made
    last_receipt: str | None = None
    received_at: int | None = None  # when the collector received it, by its clock
    outcome: str | None = None  # of the last audit
    standing: str = ""  # what the collector made of the last report: "counted", "pending", "quarantined"…
    next_at: int | None = None  # when the collector expects the next one, by this clock
    quiet_until: int | None = None  # before when scheduled runs leave the collector alone, by this clock
    failed_runs: int = 0  # runs in a row that could not send

    def is_due(self, now: int) -> bool:
        """Tell whether the slot of the next audit has come; a slot too far off was given by a clock since put right."""
        return self.next_at is None or not now < self.next_at <= now + LONGEST_SLOT_S

    def is_quiet(self, now: int) -> bool:
        """Tell whether the collector is to be left alone: it asked so, or it could not be reached a while ago."""
        return self.quiet_until is not None and now < self.quiet_until <= now + LONGEST_QUIET_S


class Folder:
    """The agent's own folder: identity, progress, profile, spool."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def ca(self) -> Path:
        """Where a further authority is kept."""
        return self.path / "ca.pem"

    def make(self) -> None:
        """Make the folder, for this account alone; raises `Unusable`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
        except OSError as error:
            raise Unusable(f"le dossier {self.path} ne peut être écrit ({error.strerror})") from None

    def identity(self) -> Identity | None:
        """Read the identity; None before enrolment; raises `Unusable`."""
        found = self._read("identity.json", Identity)
        if found is not None:
            try:
                assert found.key
            except ValueError:
                raise Unusable(f"la clé dans {self.path / 'identity.json'} est abîmée ; enrôlez à nouveau") from None
        return found

    def keep_identity(self, identity: Identity) -> None:
        """Write the identity durably."""
        durable.write(self.path / "identity.json", _text(identity))

    def progress(self) -> Progress:
        """Read what changes with each report."""
        return self._read("progress.json", Progress) or Progress()

    def keep_progress(self, **changes: object) -> Progress:
        """Write it durably."""
        progress = replace(self.progress(), **changes)  # type: ignore[arg-type]
        durable.write(self.path / "progress.json", _text(progress))
        return progress

    def _read(self, name: str, cls: type[T]) -> T | None:
        path = self.path / name
        try:
            return build(cls, json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unusable(f"le fichier {path} ne peut être lu ({error.strerror})") from None
        except (Unreadable, ValueError):
            raise Unusable(f"le fichier {path} est abîmé : effacez-le et enrôlez ce poste à nouveau") from None


def default_folder(environment: Mapping[str, str] = os.environ) -> Folder:
    """Return the agent's folder: PREAU_AGENT_DIR, the machine's for an administrator, else this account's."""
    if environment.get("PREAU_AGENT_DIR"):
        return Folder(Path(environment["PREAU_AGENT_DIR"]))
    if sys.platform == "win32":
        if _is_administrator():
            return Folder(_of_machine(environment) / "agent")
        return Folder(Path(environment.get("LOCALAPPDATA") or _home() / "AppData" / "Local") / "Preau")
    if os.geteuid() == 0:
        return Folder(Path("/var/lib/preau-agent"))
    state = environment.get("XDG_STATE_HOME") or _home() / ".local" / "state"
    return Folder(Path(state) / "preau-agent")


def shared_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return what the machine's agent and everybody's sessions share: a profile to read, a drop folder to write into.

    PREAU_SHARED_DIR, else what an installation for the machine made; None where there is none.
    """
    if environment.get("PREAU_SHARED_DIR"):
        return Path(environment["PREAU_SHARED_DIR"])
    place = _of_machine(environment) if sys.platform == "win32" else None
    return place if place is not None and (place / DROP).is_dir() else None


def _of_machine(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("PROGRAMDATA") or r"C:\ProgramData") / "Preau"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise Unusable("ce compte n'a pas de dossier à lui : donnez-en un par PREAU_AGENT_DIR") from None


def _is_administrator() -> bool:
    """Tell whether Windows lets this program write for the whole machine: the system's account, or one raised."""
    from agent.win32.libraries import library

    return bool(library("shell32").IsUserAnAdmin())


def _text(value: object) -> bytes:
    return json.dumps(to_plain(value), ensure_ascii=False, indent=1).encode() + b"\n"

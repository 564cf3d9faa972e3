"""Whose word is it? The collector's keys, and the checking of everybody's signatures (Ed25519)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from checks import wire
from collector.refusals import Told
from collector.settings import Settings

OWN_KEY: Final = "collector.key"
NEXT_KEY: Final = "collector-next.key"
PREVIOUS_KEY: Final = "collector-previous.key"


class KeyFileError(Told, ValueError):
    """A key file that cannot be used; the message says which and why, in French."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The collector's own key, and the profile's (the same one unless it is kept apart)."""

    collector: SigningKey
    profile: SigningKey
    following: SigningKey | None = None  # the collector's next one, announced and not yet used

    @property
    def collector_keys(self) -> list[str]:
        """Public keys that workstations trust answers by from now on: the present one first, then the next."""
        keys = (self.collector, *((self.following,) if self.following else ()))
        return [wire.to_base64(key.verify_key.encode()) for key in keys]

    @property
    def profile_keys(self) -> list[str]:
        """Public keys that workstations trust a profile's text by."""
        if self.profile is self.collector:
            return self.collector_keys
        return [wire.to_base64(self.profile.verify_key.encode())]

    @property
    def fingerprint(self) -> str:
        """What enrolment codes carry of the collector's key."""
        return wire.fingerprint(self.collector.verify_key.encode())

    def sign_answer(self, kind: Literal["enrolment", "profile", "receipt", "refusal"], body: bytes) -> str:
        """Sign one answer; base64."""
        return wire.to_base64(self.collector.sign(wire.answer_message(kind, body)).signature)

    def sign(self, message: bytes) -> str:
        """Sign something of the collector's own, which begins with what it is; base64."""
        return wire.to_base64(self.collector.sign(message).signature)

    def signed_by_collector(self, message: bytes, signature: str) -> bool:
        """Tell whether the collector signed it."""
        return verified(self.collector.verify_key.encode(), message, signature)

    def sign_profile(self, toml: str) -> str:
        """Sign a profile's text; base64."""
        return wire.to_base64(self.profile.sign(wire.requirements_message(toml)).signature)


def open_keys(settings: Settings) -> Keys:
    """Read the keys, making the collector's at first use; raises `KeyFileError`."""
    own, following = settings.data_dir / OWN_KEY, settings.data_dir / NEXT_KEY
    if not own.exists():
        make_key(own)
    collector = _read(own)
    profile = _read(settings.profile_key_file) if settings.profile_key_file else collector
    return Keys(collector, profile, _read(following) if following.exists() else None)


def verified(public_key: bytes, message: bytes, signature: str) -> bool:
    """Tell whether a base64 signature of a message is that key's."""
    try:
        VerifyKey(public_key).verify(message, wire.from_base64(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def make_key(path: Path) -> None:
    """Write a new seed that only this account can read; another process may have been quicker."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(wire.to_base64(SigningKey.generate().encode()) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> SigningKey:
    try:
        return SigningKey(wire.from_base64(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise KeyFileError(f"la clé {path} est illisible ({type(error).__name__})") from None

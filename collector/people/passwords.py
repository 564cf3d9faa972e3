"""Is this the password? Argon2id, as argon2-cffi sets it (RFC 9106, low-memory)."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
"""Fewest characters of a password. A choice of this project: tries are limited besides (`collector.people.limits`)."""
LONGEST: Final = 256

_HASHER: Final = PasswordHasher()
_AT_ONCE: Final = threading.BoundedSemaphore(4)
"""Each hash takes 64 MiB for a tenth of a second: a crowd signing in must not take the machine's memory."""
_NOBODY: Final = _HASHER.hash("nobody has this password")
"""What an unknown name is checked against, so that it takes as long as a known one."""


class WeakPassword(ValueError):
    """A password that is too easy to guess; the message says what is expected, in French."""


def check_strength(password: str, login: str) -> None:
    """Raise `WeakPassword` unless a password may serve."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(
            f"Le mot de passe a de {SHORTEST} à {LONGEST} caractères : une phrase de quelques mots va bien."
        )
    if login.lower() in password.lower() or len(set(password)) < 6:
        raise WeakPassword("Ce mot de passe se devine : il répète un même signe ou contient l'identifiant.")


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one kept; it takes as long when there is none."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)

"""May somebody try to sign in again? Failures are counted by name, by address, and by both, for a quarter of an hour.

A whole school comes from one address: that count is wide. Buckets are keyed hashes, forgotten within the hour.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Final

from collector.signing import Keys
from collector.store import Session
from collector.store.failed_logins import count_failure, failures_of, forget_failures, is_open

WINDOW_S: Final = 900
MOST: Final[Mapping[str, int]] = {"name and address": 5, "name": 30, "address": 60}
"""Failures in `WINDOW_S` after which one waits. Choices of this project."""


def wait_s(session: Session, keys: Keys, login: str, address: str, now: int) -> int:
    """Return how long to wait before trying again; 0 when one may try now."""
    waits = [0]
    for kind, bucket in _buckets(keys, login, address):
        failures, since = failures_of(session, bucket)
        if failures >= MOST[kind] and is_open(since, now, WINDOW_S):
            waits.append(since + WINDOW_S - now)
    return max(waits)


def failed(session: Session, keys: Keys, login: str, address: str, now: int) -> None:
    """Count one failure."""
    for _, bucket in _buckets(keys, login, address):
        count_failure(session, bucket, now, WINDOW_S)


def succeeded(session: Session, keys: Keys, login: str, address: str) -> None:
    """Forget this person's own failures, from this address."""
    forget_failures(
        session, next(bucket for kind, bucket in _buckets(keys, login, address) if kind == "name and address")
    )


def _buckets(keys: Keys, login: str, address: str) -> Iterator[tuple[str, str]]:
    for kind, value in (("name and address", f"{login}\n{address}"), ("name", login), ("address", address)):
        message = f"preau-login-limit\n{kind}\n{value}".encode()
        yield kind, hmac.new(keys.collector.encode(), message, hashlib.sha256).hexdigest()

"""What is kept is young, and nobody waits for it to be made again."""

import time
from collections.abc import Iterator

import pytest

from collector.store import Session
from collector.store.engine import Store
from collector.store.readiness import refresh_school
from collector.store.snapshots import Snapshots
from tests.collector.conftest import MOULIN


class Made:
    """Counts how often a key was made."""

    def __init__(self) -> None:
        self.times: dict[str, int] = {}

    def __call__(self, _session: Session, key: str) -> int:
        self.times[key] = self.times.get(key, 0) + 1
        return self.times[key]


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def kept(filled: Store, made: Made) -> Iterator[Snapshots[str, int]]:
    snapshots = Snapshots(filled, made, 0.2)
    yield snapshots
    snapshots.close()


def get(store: Store, kept: Snapshots[str, int], key: str = "a") -> int:
    with store.reading() as session:
        return kept.get(session, key)


def change(store: Store) -> None:
    store.write(lambda session: refresh_school(session, MOULIN, int(time.time()) + 5))


def test_young_is_kept_and_old_is_made_again_behind(filled: Store, kept: Snapshots[str, int], made: Made) -> None:
    assert [get(filled, kept), get(filled, kept), get(filled, kept, "b")] == [1, 1, 1]
    change(filled)
    time.sleep(0.25)
    assert get(filled, kept) == 1  # nobody waits
    until = time.monotonic() + 5
    while made.times["a"] == 1 and time.monotonic() < until:
        time.sleep(0.02)
    assert get(filled, kept) == 2
    time.sleep(1)
    assert get(filled, kept) >= 3  # too old to be shown


def test_what_has_not_changed_is_not_made_again(filled: Store, kept: Snapshots[str, int], made: Made) -> None:
    time.sleep(1.1)  # the second in which a state changed counts as after
    get(filled, kept)
    time.sleep(1.1)
    kept.keep_warm()
    assert get(filled, kept) == 1


def test_what_fails_is_not_kept(filled: Store) -> None:
    def fail(_session: Session, key: str) -> int:
        raise ValueError(key)

    snapshots: Snapshots[str, int] = Snapshots(filled, fail, 5)
    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            get(filled, snapshots)
    snapshots.close()


def test_none_is_kept_at_age_0(filled: Store, made: Made) -> None:
    snapshots = Snapshots(filled, made, 0)
    assert [get(filled, snapshots) for _ in range(3)] == [1, 2, 3]
    snapshots.close()

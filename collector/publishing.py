"""How is a profile published?"""

import time
from collections.abc import Callable

from checks.profile import Profile, parse
from collector.refusals import Told
from collector.rejudging import rejudge
from collector.signing import Keys
from collector.store import Session
from collector.store.engine import Store
from collector.store.generations import in_preparation, prepare, profiles_in_force


class OlderProfile(Told, ValueError):
    """A profile older than the one in force; the message says which, in French."""


class AnotherPublication(Told, ValueError):
    """Another profile is being published; the message says which, in French."""


def publish_profile(
    store: Store,
    keys: Keys,
    toml: str,
    *,
    default: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Profile:
    """Publish a profile and judge its schools again; raises `ProfileError`, `OlderProfile`, `AnotherPublication`.

    The same profile, interrupted before, goes on where it stopped.
    `progress` is told (schools done, schools in all) after each batch.
    """
    profile = parse(toml)
    with store.reading() as session:
        current = next((p for p in profiles_in_force(session) if p.id == profile.id), None)
    if current and (profile.valid_from, profile.version) < (current.valid_from, current.version):
        raise OlderProfile(f"le profil {current.id} {current.version} en vigueur est plus récent que {profile.version}")
    now, signature = int(time.time()), keys.sign_profile(toml)
    store.write(lambda session: _begin(session, profile, toml, signature, now, default=default))
    rejudge(store, progress)
    return profile


def _begin(session: Session, profile: Profile, toml: str, signature: str, now: int, *, default: bool) -> None:
    """Begin a publication, or find the same one interrupted; raises `AnotherPublication`."""
    begun = in_preparation(session)
    if begun is None:
        prepare(session, profile, toml, signature, now, default=default)
    elif begun.version.toml != toml:
        raise AnotherPublication(
            f"la publication de {begun.version.id} {begun.version.version} n'est pas finie : la reprendre "
            "(preau-collector profile publish --resume) ou y renoncer (--abandon) d'abord"
        )

"""Which names may the facts of a report hold? Those of the profiles published here, and of those shipped with Préau."""

from importlib.resources import files

from checks.names import names_of
from checks.profile import ProfileError, parse
from collector.store import Session
from collector.store.profiles import published_marker, published_texts


class ProfileNames:
    """The names of every version published, so that a report made before a change of profile is still read."""

    def __init__(self) -> None:
        self._marker: tuple[int, int] | None = None
        self._names: frozenset[str] = frozenset()

    def current(self, session: Session) -> frozenset[str]:
        """Return the names; profiles are read again only when one was published meanwhile."""
        marker = published_marker(session)
        if marker != self._marker:
            self._names = _names([*published_texts(session), *_shipped()])
            self._marker = marker
        return self._names


def _names(texts: list[str]) -> frozenset[str]:
    found: set[str] = set()
    for text in texts:
        try:
            found |= names_of(parse(text))
        except ProfileError:  # a version of before, that today's catalogue no longer reads
            continue
    return frozenset(found)


def _shipped() -> list[str]:
    folder = files("checks") / "profiles"
    return [one.read_text(encoding="utf-8") for one in folder.iterdir() if one.name.endswith(".toml")]

"""Which texts may leave a workstation? A digest, or a name that the profile itself says: never a text of the machine.

Closed lists are held by the types of facts; this holds the fields that are plain text. The agent asks before a report
is made, the collector before one is taken in.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin

from checks.model import Service
from checks.plain import hints
from checks.profile import Profile

DIGEST: Final = re.compile(r"(?:[0-9a-f]{64})?")
"""A SHA-256 in hexadecimal, or nothing."""

Kind = Literal["text", "inside"]


def names_of(profile: Profile) -> frozenset[str]:
    """Return every name a profile says: of services, hosts and whatever its requirements list."""
    endpoints = {endpoint.host for service in profile.services for endpoint in service.endpoints}
    required = [required.requirement for required in profile.requirements.values()]
    return frozenset({*endpoints, *_texts_in((profile.services, required))})


def stranger(facts: object, names: frozenset[str]) -> str | None:
    """Return where facts hold a text that is no digest and no name of the profile ("answers.0.host"), or None."""
    return next(_strangers(facts, names), None)


def _strangers(value: Any, names: frozenset[str], where: str = "") -> Iterator[str]:
    for name, kind in _open_fields(cast(Hashable, type(value))):
        held = getattr(value, name)
        for number, one in _each(held):
            place = f"{where}{name}{'' if number is None else f'.{number}'}"
            if kind == "inside":
                yield from _strangers(one, names, f"{place}.")
            elif one not in names and not DIGEST.fullmatch(one):
                yield place


def _each(held: Any) -> Iterable[tuple[int | None, Any]]:
    if held is None:
        return ()
    return enumerate(held) if isinstance(held, tuple) else ((None, held),)


@cache
def _open_fields(cls: Any) -> tuple[tuple[str, Kind], ...]:
    """Return the fields of a class that hold plain text, or other classes that may."""
    if not is_dataclass(cls):
        return ()
    found = ((f.name, _kind(hints(cast(Any, cls))[f.name])) for f in fields(cls))
    return tuple((name, kind) for name, kind in found if kind is not None)


def _kind(hint: Any) -> Kind | None:
    if hint is str:
        return "text"
    if is_dataclass(hint):
        return "inside"
    if get_origin(hint) in (tuple, Union, UnionType):
        kinds = [kind for kind in map(_kind, get_args(hint)) if kind is not None]
        return kinds[0] if kinds else None
    return None


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts_in(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts_in(one)
    elif is_dataclass(value) and not isinstance(value, type):
        prose = _PROSE.get(type(value), ())
        yield from _texts_in(tuple(getattr(value, f.name) for f in fields(value) if f.name not in prose))


_PROSE: Final[Mapping[type, tuple[str, ...]]] = {Service: ("title", "operator")}
"""Fields that are for people: sentences, never a name that facts repeat."""

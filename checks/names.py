"""Which texts may leave a workstation? A digest, or a name that the profile itself says: never a text of the machine.

Closed lists are held by the types of facts; this holds the fields that are plain text. The agent asks before a report
is made, the collector before one is taken in.
"""

import re
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, Union, cast, get_args, get_origin

from checks.model import Service
from checks.plain import hints
from checks.profile import Profile

DIGEST: Final = re.compile(r"(?:[0-9a-f]{64})?")
"""A SHA-256 in hexadecimal, or nothing."""


def names_of(profile: Profile) -> frozenset[str]:
    """Return every name a profile says: of services, hosts and whatever its requirements list."""
    endpoints = {endpoint.host for service in profile.services for endpoint in service.endpoints}
    required = [required.requirement for required in profile.requirements.values()]
    return frozenset({*endpoints, *_texts_in((profile.services, required))})


def stranger(facts: object, names: frozenset[str]) -> str | None:
    """Return where facts hold a text that is no digest and no name of the profile ("answers.0.host"), or None."""
    layout = _layout(cast(Hashable, type(facts)))
    if not layout:
        return None
    texts: set[str] = set()
    _gather(facts, layout, texts)
    strange = {one for one in texts - names if not DIGEST.fullmatch(one)}
    return next(_places(facts, layout, strange)) if strange else None


@dataclass(frozen=True, slots=True)
class _Open:
    """A field that holds plain text, or others that do."""

    name: str
    many: bool
    inside: "tuple[_Open, ...]"  # () for a text


def _gather(value: Any, layout: tuple[_Open, ...], texts: set[str]) -> None:
    """Collect every plain text: this runs for each report, so it makes neither places nor generators."""
    for field in layout:
        held = getattr(value, field.name)
        if held is None:
            continue
        if field.inside:
            for one in held if field.many else (held,):
                _gather(one, field.inside, texts)
        elif field.many:
            texts.update(held)
        else:
            texts.add(held)


def _places(value: Any, layout: tuple[_Open, ...], strange: Collection[str], where: str = "") -> Iterator[str]:
    for field in layout:
        held = getattr(value, field.name)
        if held is None:
            continue
        for number, one in enumerate(held if field.many else (held,)):
            place = f"{where}{field.name}" + (f".{number}" if field.many else "")
            if field.inside:
                yield from _places(one, field.inside, strange, f"{place}.")
            elif one in strange:
                yield place


@cache
def _layout(cls: Any) -> tuple[_Open, ...]:
    """Return the fields of a class that hold plain text, or other classes that do."""
    if not is_dataclass(cls):
        return ()
    found = (_open(f.name, hints(cast(Any, cls))[f.name]) for f in fields(cls))
    return tuple(one for one in found if one is not None)


def _open(name: str, hint: Any, *, many: bool = False) -> _Open | None:
    if hint is str:
        return _Open(name, many, ())
    if is_dataclass(hint):
        inside = _layout(cast(Hashable, hint))
        return _Open(name, many, inside) if inside else None
    if get_origin(hint) in (tuple, Union, UnionType):
        is_tuple = get_origin(hint) is tuple
        found = (_open(name, one, many=many or is_tuple) for one in get_args(hint))
        return next((one for one in found if one is not None), None)
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

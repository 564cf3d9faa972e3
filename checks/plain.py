"""How do facts and requirements become plain JSON or TOML values, and back?

`to_plain` and `build` serve the agent and profiles with the standard library alone. The collector validates the same
classes with pydantic; the contract test holds the two to the same answers.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unreadable(ValueError):
    """A value that does not fit its class. `where` is the path of keys and indexes to it."""

    def __init__(self, where: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, where)) or 'document'} : {problem}")
        self.where = where
        self.problem = problem


@cache
def hints(cls: type) -> dict[str, Any]:
    """Return the types of a class's fields, resolved once."""
    return get_type_hints(cls)


def to_plain(value: Any, schema: int | None = None) -> Any:
    """Turn a frozen dataclass into dicts, lists, strings, integers, booleans and None.

    `schema` leaves out the fields added after that facts schema, for a collector that does not know them yet.
    """
    if is_dataclass(value):
        return {
            f.name: to_plain(getattr(value, f.name), schema)
            for f in fields(value)
            if schema is None or f.metadata.get("since", 1) <= schema
        }
    if isinstance(value, tuple):
        return [to_plain(item, schema) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def build(cls: type[T], value: Any, where: tuple[str | int, ...] = ()) -> T:
    """Build `cls` from plain values, refusing unknown keys, missing keys and wrong types; raises `Unreadable`."""
    return cast(T, _build(cls, value, where))


def _build(kind: Any, value: Any, where: tuple[str | int, ...]) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _build_dataclass(cast(type, kind), value, where)
    if origin in (Union, UnionType):
        members = [m for m in get_args(kind) if m is not NoneType]
        return None if value is None else _build(members[0], value, where)
    if origin is Literal:
        if any(value == allowed and type(value) is type(allowed) for allowed in get_args(kind)):
            return value
        raise Unreadable(where, f"{value!r} n'est pas une valeur permise ({_listed(get_args(kind))})")
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise Unreadable(where, f"une liste est attendue, pas {value!r}")
        return tuple(_build(get_args(kind)[0], item, (*where, i)) for i, item in enumerate(value))
    return _build_scalar(kind, value, where)


def _build_dataclass(cls: type, value: Any, where: tuple[str | int, ...]) -> Any:
    if not isinstance(value, Mapping):
        raise Unreadable(where, f"une table est attendue, pas {value!r}")
    known = {f.name: f for f in fields(cls) if not f.metadata.get("filled")}
    for key in value:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else f" ; clés connues : {_listed(known)}"
            raise Unreadable((*where, key), f"clé inconnue{hint}")
    for name, f in known.items():
        if name not in value and f.default is MISSING and f.default_factory is MISSING:
            raise Unreadable(where, f"la clé « {name} » manque")
    types = hints(cls)
    held = {key: _build(types[key], item, (*where, key)) for key, item in value.items()}
    try:
        return cls(**held)
    except ValueError as error:  # what a class itself refuses in its `__post_init__`, said in French
        raise Unreadable(where, str(error)) from None


def _build_scalar(kind: Any, value: Any, where: tuple[str | int, ...]) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            raise Unreadable(where, f"{value!r} n'est pas une valeur permise ({_listed(kind)})") from None
    if kind is date:
        return _build_date(value, where)
    if type(value) is kind:
        return value
    wanted = f"{NAMES.get(kind, kind)}{_unit(where) if kind is int else ''}"
    raise Unreadable(where, f"{wanted} est attendu, pas {value!r}")


def _build_date(value: Any, where: tuple[str | int, ...]) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(where, f"une date AAAA-MM-JJ est attendue, pas {value!r}") from None


NAMES = {int: "un nombre entier", str: "un texte entre guillemets", bool: "true ou false"}


UNITS = {"bytes": " d'octets", "ms": " de millisecondes", "days": " de jours", "percent": " de pour cent"}


def _unit(where: tuple[str | int, ...]) -> str:
    names = [part for part in where if isinstance(part, str)]
    return UNITS.get(names[-1].rpartition("_")[2], "") if names else ""


def _listed(values: Any) -> str:
    return ", ".join(str(getattr(v, "value", v)) for v in values)

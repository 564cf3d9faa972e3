"""How are values kept in a column, where the two databases do not do it alike?"""

import re
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, Integer, String
from sqlalchemy.types import UserDefinedType

_AN_ID: Final = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.ASCII)


class _Uuid(UserDefinedType[str]):
    """A UUID of PostgreSQL, which its driver gives as text (`store.engine`).

    The library's own would look at each value to make it a text, and lets PostgreSQL fail where text is no id.
    """

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        """Name it."""
        return "UUID"

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002 - the library's signature
        """Return what lays a value out: text that is no id names nothing."""
        return _named


class _Hexed(_Uuid):
    """The same, which Python knows without dashes."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        """Return what reads a value."""
        return _without_dashes


def _named(text: str | None) -> str | None:
    return text if text is not None and _AN_ID.fullmatch(text) else None


def _without_dashes(text: str | None) -> str | None:
    return text and text.replace("-", "")


ID: Final = String().with_variant(_Uuid(), "postgresql")
"""The id of a workstation, a UUID: text; on PostgreSQL 16 bytes, compared as they are and not by a language."""
KEY_ID: Final = String().with_variant(_Hexed(), "postgresql")
"""The id of a key, 32 hexadecimal digits: the same."""
ORDERED: Final = String().with_variant(String(collation="C"), "postgresql")
"""Text that every database orders by its bytes."""
BIG_ID: Final = BigInteger().with_variant(Integer, "sqlite")
"""A number that counts up by itself: on SQLite only INTEGER does."""

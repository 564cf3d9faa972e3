"""Who holds a bearer token, and for which place?"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sql
from sqlmodel import Session, col, select

from collector.store.enrolments import hashed
from collector.tables import Token

_TOKEN: Final[Any] = Token.__table__  # type: ignore[attr-defined]
_HELD: Final = sql.select(_TOKEN.c.id, _TOKEN.c.role, _TOKEN.c.place).where(
    _TOKEN.c.secret_sha256 == sql.bindparam("secret_sha256"),
    _TOKEN.c.revoked_at.is_(None),
    sql.or_(_TOKEN.c.expires_at.is_(None), _TOKEN.c.expires_at > sql.bindparam("now")),
)


class Held(NamedTuple):
    """A token that may be used: what it allows, and where."""

    id: int
    role: str
    place: str


def add_token(session: Session, secret: str, token: Token) -> Token:
    """Keep a new token; only the hash of its secret is."""
    token.secret_sha256 = hashed(secret)
    session.add(token)
    session.flush()
    return token


def find_token(session: Session, secret: str, now: int) -> Held | None:
    """Return the token with this secret, if it may still be used; asked at each request, so without the ORM."""
    found = session.connection().execute(_HELD, {"secret_sha256": hashed(secret), "now": now}).first()
    return None if found is None else Held(*found)


def list_tokens(session: Session) -> list[Token]:
    """Return every token, oldest first."""
    return list(session.exec(select(Token).order_by(col(Token.id))).all())

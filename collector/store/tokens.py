"""Who holds a bearer token, and for which place?"""

from sqlmodel import Session, col, select

from collector.store.enrolments import hashed
from collector.tables import Token


def add_token(session: Session, secret: str, token: Token) -> Token:
    """Keep a new token; only the hash of its secret is."""
    token.secret_sha256 = hashed(secret)
    session.add(token)
    session.flush()
    return token


def find_token(session: Session, secret: str, now: int) -> Token | None:
    """Return the token with this secret, if it may still be used."""
    token = session.exec(select(Token).where(Token.secret_sha256 == hashed(secret))).first()
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    return token


def list_tokens(session: Session) -> list[Token]:
    """Return every token, oldest first."""
    return list(session.exec(select(Token).order_by(col(Token.id))).all())

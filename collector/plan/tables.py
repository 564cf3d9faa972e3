"""What is kept for the action plan? Contacts of actors, and requests to measure again. Tables only.

Instants (`*_at`) are whole seconds since 1970-01-01 UTC.
"""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Contact(SQLModel, table=True):
    """Whom to write to, in their function, for one actor in one territory."""

    id: int | None = Field(default=None, primary_key=True)
    territory: str = Field(index=True)  # nation, academie:16, …
    actor: str  # a value of checks.actors.Actor
    name: str  # of a service rather than of a person
    email: str
    phone: str = ""
    added_at: int = Field(sa_type=BigInteger)


class Rerun(SQLModel, table=True):
    """Somebody asked that the workstations of a school that have a cause be measured again."""

    id: int | None = Field(default=None, primary_key=True)
    uai: str = Field(index=True)
    check_id: str
    cause: str
    asked_at: int = Field(sa_type=BigInteger, index=True)
    asked_by: str  # opaque: an account's id, a token

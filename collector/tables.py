"""What does the collector know of schools, workstations and people? Tables only (see `collector.store`).

What was measured, and what follows from it, is in `collector.judged`.

Instants (`*_at`) are whole seconds since 1970-01-01 UTC. Codes are strings: leading zeros count.
"""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Index, LargeBinary, event
from sqlmodel import Field, SQLModel

from collector.columns import ID, KEY_ID, ORDERED
from collector.names import listed_as


def _listed_as(context: Any) -> str:
    written = context.get_current_parameters()
    return listed_as(written["commune_name"], written["name"], written["uai"])


class School(SQLModel, table=True):
    """One school of the open directory; closed, never deleted, when it leaves it."""

    # A wave is a quarter of the nation: its first page needs no sorting.
    __table_args__ = (Index("ix_school_wave_listed_as", "wave", "listed_as"),)

    uai: str = Field(primary_key=True)
    name: str
    nature: str  # "maternelle", "élémentaire", "primaire", "spécialisée"
    sector: str  # "public" or "privé"
    contract: str  # kind of contract of a private school, "" otherwise
    commune_code: str = Field(index=True)  # INSEE
    commune_name: str
    departement_code: str = Field(index=True)  # three characters: "031", "02A", "971"
    departement_name: str
    academie_code: str = Field(index=True)
    academie_name: str
    circonscription_code: str | None = Field(default=None, index=True)  # UAI of the circonscription
    circonscription_name: str | None = None
    epci_code: str | None = Field(default=None, index=True)  # SIREN
    epci_name: str | None = None
    pupils: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_open: bool = True
    expected_workstations: int | None = None  # None: nobody said
    wave: str | None = None
    opens_on: date | None = None
    profile_id: str | None = None  # None: the collector's default profile
    # What it is listed and searched by (collector.names); None in Python: made from the other columns when written.
    listed_as: str = Field(default=None, sa_column=Column(ORDERED, nullable=False, index=True, default=_listed_as))


@event.listens_for(School, "before_update")
def _renamed(_mapper: Any, _connection: Any, school: School) -> None:
    """Keep what a school is listed by in step with its names."""
    school.listed_as = listed_as(school.commune_name, school.name, school.uai)


class EnrolmentCode(SQLModel, table=True):
    """A school's code: dated, limited in uses, revocable. Only the secret's hash is kept."""

    __tablename__ = "enrolment_code"

    id: int | None = Field(default=None, primary_key=True)
    uai: str = Field(foreign_key="school.uai", index=True)
    secret_sha256: str = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    max_uses: int
    uses: int = 0
    last_used_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class Workstation(SQLModel, table=True):
    """One enrolled workstation; what it reported and how it was judged are apart."""

    id: str = Field(primary_key=True, sa_type=ID)  # random, made on the workstation
    uai: str = Field(foreign_key="school.uai", index=True)
    tag: str  # short, unique in the school, on a sticker
    place: str  # a key of checks.french.PLACES
    state: str = "active"  # strongest of its keys': active, pending, quarantined, revoked; or retired
    evidence: str = ""  # how its last report was made
    egress: str | None = None  # pseudonym of where its last report came from, within the school
    egress_at: int | None = Field(default=None, sa_type=BigInteger)
    replaces: str | None = Field(
        default=None, sa_type=ID
    )  # id of the one it is said to be, reinstalled; a person confirms that


class WorkstationKey(SQLModel, table=True):
    """A public key, whose it is, what it may do, and the last receipts it was given."""

    __tablename__ = "workstation_key"

    key_id: str = Field(primary_key=True, sa_type=KEY_ID)
    workstation_id: str = Field(foreign_key="workstation.id", index=True, sa_type=ID)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str  # active, pending, quarantined, revoked
    reason: str = ""  # why it is not active, in French
    code_id: int | None = Field(default=None, foreign_key="enrolment_code.id")
    enrolled_at: int = Field(sa_type=BigInteger)
    last_sequence: int = Field(default=0, sa_type=BigInteger)
    last_seen_at: int | None = Field(default=None, sa_type=BigInteger)
    receipts: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))  # see collector.receipts


class ProfileVersion(SQLModel, table=True):
    """A published profile, as its exact text; which one is in force is said by `Generation`."""

    __tablename__ = "profile_version"

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    toml: str
    signature: str  # base64, by the profile's key
    published_at: int = Field(sa_type=BigInteger)


class ServiceControl(SQLModel, table=True):
    """What the collector last saw of a service of a profile."""

    __tablename__ = "service_control"

    profile_id: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    checked_at: int = Field(sa_type=BigInteger)
    failure: str | None = None
    issuer_sha256: str = ""
    leaf_sha256: str = ""
    body_sha256: str = ""
    has_known_text: bool | None = None
    hosts: str = Field(default="[]", sa_column_kwargs={"server_default": "[]"})  # JSON: how each host is resolved here
    websocket: str | None = None  # why its web socket does not open; None when it does, or there is none
    plain_target: str = Field(default="", sa_column_kwargs={"server_default": ""})  # host that plain HTTP leads to


class Token(SQLModel, table=True):
    """A bearer token of a person or a program; only its hash is kept."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str  # lecteur
    place: str  # nation, academie:16, …
    secret_sha256: str = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class PageCode(SQLModel, table=True):
    """What opens a school's test page: dated, revocable. It enrols nothing and reads nothing."""

    __tablename__ = "page_code"

    id: int | None = Field(default=None, primary_key=True)
    uai: str = Field(foreign_key="school.uai", index=True)
    secret_sha256: str = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class PageTest(SQLModel, table=True):
    """What one device's browser could do, by the test page: counted apart, judged when it is read."""

    __tablename__ = "page_test"

    id: str = Field(primary_key=True)
    uai: str = Field(foreign_key="school.uai", index=True)
    kind: str  # a key of collector.test_page.answer.KINDS
    number: int | None = None  # of the device in the school; None: a try that no later one replaces
    observed_at: int = Field(sa_type=BigInteger)
    facts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # compressed JSON, by check id


class LineLease(SQLModel, table=True):
    """The leave given to one workstation of a school to measure its line, for a while."""

    __tablename__ = "line_lease"

    uai: str = Field(foreign_key="school.uai", primary_key=True)
    workstation_id: str
    secret_sha256: str = Field(index=True)
    given_at: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    left_bytes: int = Field(sa_type=BigInteger)  # still to be carried, both ways

"""What does the collector remember? Every table, and nothing that reads or writes them (see `collector.store`).

Instants (`*_at`) are whole seconds since 1970-01-01 UTC. Codes are strings: leading zeros count.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


class School(SQLModel, table=True):
    """One school of the open directory; closed, never deleted, when it leaves it."""

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
    wave: str | None = Field(default=None, index=True)
    opens_on: date | None = None
    profile_id: str | None = None  # None: the collector's default profile


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
    """One enrolled workstation and where it stands; its facts are apart."""

    id: str = Field(primary_key=True)  # random, made on the workstation
    uai: str = Field(foreign_key="school.uai", index=True)
    tag: str  # short, unique in the school, on a sticker
    place: str  # a key of checks.french.PLACES
    evidence: str = ""  # how its last report was made
    outcome: str | None = None  # None until a report is judged
    profile_id: str | None = None
    profile_version: str | None = None
    observed_at: int | None = Field(default=None, sa_type=BigInteger)  # oldest of the facts its outcome rests on


class WorkstationKey(SQLModel, table=True):
    """A public key, whose it is, and what it may do."""

    __tablename__ = "workstation_key"

    key_id: str = Field(primary_key=True)
    workstation_id: str = Field(foreign_key="workstation.id", index=True)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str  # active, pending, quarantined, revoked
    reason: str = ""  # why it is not active, in French
    code_id: int | None = Field(default=None, foreign_key="enrolment_code.id")
    enrolled_at: int = Field(sa_type=BigInteger)
    last_sequence: int = Field(default=0, sa_type=BigInteger)
    last_receipt: str | None = None
    last_seen_at: int | None = Field(default=None, sa_type=BigInteger)


class Report(SQLModel, table=True):
    """A report received, and the very receipt that was given for it."""

    key_id: str = Field(primary_key=True, foreign_key="workstation_key.key_id")
    report_id: str = Field(primary_key=True)
    sequence: int = Field(sa_type=BigInteger)
    sha256: str  # of the exact bytes received
    sent_at: int = Field(sa_type=BigInteger)  # by the workstation's clock
    last_receipt: str | None
    received_at: int = Field(sa_type=BigInteger)
    state: str  # counted, pending, quarantined, superseded
    receipt: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signature: str  # base64


class Fact(SQLModel, table=True):
    """The current facts of one check on one workstation."""

    workstation_id: str = Field(primary_key=True, foreign_key="workstation.id")
    check_id: str = Field(primary_key=True)
    observed_at: int = Field(sa_type=BigInteger)
    fault: str | None = None  # why there are no facts
    facts: bytes | None = Field(default=None, sa_column=Column(LargeBinary))  # compressed JSON; None with a fault


class Finding(SQLModel, table=True):
    """One thing that is not ready on one workstation, as last judged. Sparse: nothing is written for what is ready."""

    workstation_id: str = Field(primary_key=True, foreign_key="workstation.id")
    check_id: str = Field(primary_key=True)
    cause: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    outcome: str
    sentence: str
    because_of: str | None = None


class SchoolState(SQLModel, table=True):
    """Where a school stands: kept in the transaction that changes it, so that territories are sums."""

    __tablename__ = "school_state"

    uai: str = Field(primary_key=True, foreign_key="school.uai")
    outcome: str = Field(index=True)
    reason: str  # one French sentence
    profile_id: str
    profile_version: str
    measured: int = 0
    stale: int = 0
    pending: int = 0
    quarantined: int = 0
    ready: int = 0
    at_risk: int = 0
    blocked: int = 0
    unmeasured: int = 0
    as_of: int = Field(sa_type=BigInteger)
    next_change_at: int | None = Field(sa_type=BigInteger, default=None, index=True)  # when time alone will change it


class SchoolCause(SQLModel, table=True):
    """A cause found in a school, and on how many workstations."""

    __tablename__ = "school_cause"

    uai: str = Field(primary_key=True, foreign_key="school.uai")
    check_id: str = Field(primary_key=True)
    cause: str = Field(primary_key=True)
    outcome: str
    role: str
    workstations: int
    of_site: bool = False  # shared by most workstations of the school


class ProfileVersion(SQLModel, table=True):
    """A published profile, as its exact text."""

    __tablename__ = "profile_version"

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    toml: str
    signature: str  # base64, by the profile's key
    published_at: int = Field(sa_type=BigInteger)
    is_current: bool = False
    is_default: bool = False  # serves the schools that name no profile


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

"""What does the collector remember of people? As little as signing in takes: no name, no address of any kind.

Secrets (passwords, sessions, links, invitations) are kept as hashes only. Instants are whole seconds since 1970 UTC.
"""

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel

from collector.columns import KEY_ID


class Account(SQLModel, table=True):
    """One person who signs in."""

    id: str = Field(primary_key=True)  # random: what the audit log calls this person
    login: str = Field(unique=True)  # chosen by the person; never an e-mail address
    password_hash: str = ""  # argon2id; "" when the person signs in elsewhere
    oidc_issuer: str | None = None
    oidc_subject: str | None = None  # what the issuer calls this person
    created_at: int = Field(sa_type=BigInteger)
    last_login_on: str = ""  # day only, AAAA-MM-JJ: enough to find accounts nobody uses
    disabled_at: int | None = Field(default=None, sa_type=BigInteger)


class AccountRole(SQLModel, table=True):
    """What an account may do, and where."""

    __tablename__ = "account_role"

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    role: str = Field(primary_key=True)
    place: str = Field(primary_key=True)  # nation, academie:16, wave:2, school:0310000A…


class Invitation(SQLModel, table=True):
    """A link that serves once: to make an account with one role, or to choose a new password."""

    id: int | None = Field(default=None, primary_key=True)
    secret_sha256: str = Field(unique=True)
    account_id: str | None = Field(default=None, foreign_key="account.id")  # whose password is chosen again
    role: str
    place: str
    created_at: int = Field(sa_type=BigInteger)
    created_by: str
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)


class ReadingLink(SQLModel, table=True):
    """A link that reads one place without a password, until it expires: a school's, for its director."""

    __tablename__ = "reading_link"

    id: int | None = Field(default=None, primary_key=True)
    secret_sha256: str = Field(unique=True)
    place: str = Field(index=True)
    created_at: int = Field(sa_type=BigInteger)
    created_by: str
    expires_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    last_used_on: str = ""  # day only


class WebSession(SQLModel, table=True):
    """A browser that is signed in, by an account or by a link."""

    __tablename__ = "web_session"

    secret_sha256: str = Field(primary_key=True)
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    link_id: int | None = Field(default=None, foreign_key="reading_link.id", index=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)


class FailedLogin(SQLModel, table=True):
    """How often signing in failed of late. The bucket is a keyed hash: neither a login nor an address can be read."""

    __tablename__ = "failed_login"

    bucket: str = Field(primary_key=True)
    failures: int
    since: int = Field(sa_type=BigInteger)


class OidcAttempt(SQLModel, table=True):
    """Somebody who was sent to sign in elsewhere, and is awaited."""

    __tablename__ = "oidc_attempt"

    state_sha256: str = Field(primary_key=True)
    nonce: str
    verifier: str  # PKCE
    return_to: str
    invitation_id: int | None = Field(default=None, foreign_key="invitation.id")
    expires_at: int = Field(sa_type=BigInteger)


class AuditEntry(SQLModel, table=True):
    """One thing somebody did. Only ever added; `collector.store.audit` chains the hashes."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    actor: str  # opaque: an account's id, "token:3", "link:2", "cli", "collector"
    action: str  # a word of the closed list
    subject: str  # what it was done to: a UAI, a key id, a profile…
    detail: str  # JSON, closed keys
    previous_sha256: str
    sha256: str


class AuditHead(SQLModel, table=True):
    """The last entry: the one row every writer of the log takes first."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)  # always 1
    number: int = Field(sa_type=BigInteger)
    sha256: str


class AuditCheckpoint(SQLModel, table=True):
    """A signed point of the chain: entries up to it may be purged, and it still proves what follows."""

    __tablename__ = "audit_checkpoint"

    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    sha256: str  # of the entry with this number
    signature: str  # by the collector's key, base64


class SetAside(SQLModel, table=True):
    """A report that a person must look at before it counts: of a key revoked or quarantined."""

    __tablename__ = "set_aside"

    key_id: str = Field(primary_key=True, foreign_key="workstation_key.key_id", sa_type=KEY_ID)
    report_id: str = Field(primary_key=True)
    sequence: int = Field(sa_type=BigInteger)
    sent_at: int = Field(sa_type=BigInteger)  # by the workstation's clock
    received_at: int = Field(sa_type=BigInteger, index=True)
    reason: str  # in French
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # the exact bytes, compressed as they came

"""Which accounts, sessions, invitations and links are there, and whom do they recognise?"""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from collector.people.forms import form_token
from collector.people.reader import Reader
from collector.people.roles import Grant, Role
from collector.people.tables import Account, AccountRole, Invitation, OidcAttempt, ReadingLink, WebSession
from collector.store.enrolments import hashed
from collector.store.failed_logins import forget_old_failures
from collector.territory import parse_place


def new_secret() -> str:
    """Make a secret of 256 bits that an address may hold."""
    return secrets.token_urlsafe(32)


def any_account(session: Session) -> bool:
    """Tell whether somebody can sign in."""
    return session.exec(select(Account.id).where(col(Account.disabled_at).is_(None)).limit(1)).first() is not None


def account_called(session: Session, login: str) -> Account | None:
    """Return the account that signs in under this name."""
    return session.exec(select(Account).where(Account.login == login)).first()


def account_of(session: Session, issuer: str, subject: str) -> Account | None:
    """Return the account of somebody whom an OIDC issuer calls `subject`."""
    query = select(Account).where(Account.oidc_issuer == issuer, Account.oidc_subject == subject)
    return session.exec(query).first()


def accounts(session: Session) -> list[tuple[Account, list[Grant]]]:
    """Return every account with what it may do, by name."""
    found = session.exec(select(Account).order_by(Account.login)).all()
    return [(account, grants_of(session, account.id)) for account in found]


def grants_of(session: Session, account_id: str) -> list[Grant]:
    """Return what an account may do, and where."""
    query = select(AccountRole).where(AccountRole.account_id == account_id)
    rows = session.exec(query.order_by(AccountRole.place, AccountRole.role)).all()
    return [Grant(Role(row.role), parse_place(row.place)) for row in rows]


def grant(session: Session, account_id: str, role: Role, place: str) -> None:
    """Let an account do more; saying it twice changes nothing."""
    if session.get(AccountRole, (account_id, role.value, place)) is None:
        session.add(AccountRole(account_id=account_id, role=role.value, place=place))
        session.flush()


def add_account(session: Session, login: str, now: int, **columns: Any) -> Account:
    """Make an account, with a name of its own for the audit log."""
    account = Account(id="p_" + secrets.token_hex(8), login=login, created_at=now, **columns)
    session.add(account)
    session.flush()
    return account


def add_session(
    session: Session, secret: str, now: int, lasts_s: int, *, account_id: str | None = None, link_id: int | None = None
) -> None:
    """Keep that a browser is signed in."""
    row = WebSession(
        secret_sha256=hashed(secret),
        account_id=account_id,
        link_id=link_id,
        created_at=now,
        expires_at=now + lasts_s,
    )
    session.add(row)
    session.flush()


def reader_of_session(session: Session, secret: str, now: int) -> Reader | None:
    """Return whom a session's cookie stands for; None when it is over, or its account or link no longer serves."""
    row = session.get(WebSession, hashed(secret)) if secret else None
    if row is None or row.expires_at <= now:
        return None
    if row.link_id is not None:
        link = session.get_one(ReadingLink, row.link_id)
        if not link_serves(link, now):
            return None
        only = Grant(Role.LECTEUR, parse_place(link.place))
        return Reader(actor=f"link:{link.id}", grants=(only,), form_token=form_token(secret))
    account = session.get_one(Account, row.account_id)
    grants = tuple(grants_of(session, account.id))
    if account.disabled_at is not None or not grants:
        return None
    return Reader(actor=account.id, grants=grants, name=account.login, form_token=form_token(secret))


def end_session(session: Session, secret: str) -> None:
    """Sign one browser out."""
    session.exec(delete(WebSession).where(col(WebSession.secret_sha256) == hashed(secret)))


def end_sessions_of(session: Session, account_id: str) -> None:
    """Sign a person out of every browser."""
    session.exec(delete(WebSession).where(col(WebSession.account_id) == account_id))


def add_invitation(session: Session, secret: str, invitation: Invitation) -> Invitation:
    """Keep a new invitation; only the hash of its secret is."""
    invitation.secret_sha256 = hashed(secret)
    session.add(invitation)
    session.flush()
    return invitation


def find_invitation(session: Session, secret: str, now: int) -> Invitation | None:
    """Return the invitation with this secret, if it may still serve; no other writer uses it meanwhile."""
    query = select(Invitation).where(Invitation.secret_sha256 == hashed(secret)).with_for_update()
    return _serving(session.exec(query).first(), now)


def invitation_by_id(session: Session, id_: int, now: int) -> Invitation | None:
    """Return the invitation with this number, if it may still serve; no other writer uses it meanwhile."""
    return _serving(session.exec(select(Invitation).where(Invitation.id == id_).with_for_update()).first(), now)


def _serving(found: Invitation | None, now: int) -> Invitation | None:
    return None if found is None or found.used_at is not None or found.expires_at <= now else found


def withdraw_invitations(session: Session, created_by: str) -> None:
    """Take back the invitations somebody made that nobody used yet."""
    session.exec(delete(Invitation).where(col(Invitation.created_by) == created_by, col(Invitation.used_at).is_(None)))


def add_link(session: Session, secret: str, link: ReadingLink) -> ReadingLink:
    """Keep a new link; only the hash of its secret is."""
    link.secret_sha256 = hashed(secret)
    session.add(link)
    session.flush()
    return link


def find_link(session: Session, secret: str, now: int) -> ReadingLink | None:
    """Return the link with this secret, if it may still serve."""
    link = session.exec(select(ReadingLink).where(ReadingLink.secret_sha256 == hashed(secret))).first()
    return link if link is not None and link_serves(link, now) else None


def link_serves(link: ReadingLink, now: int) -> bool:
    """Tell whether a link may still be used."""
    return link.revoked_at is None and link.expires_at > now


def links_of(session: Session, place: str | None) -> list[ReadingLink]:
    """Return the links of a place, or all, latest first."""
    query = select(ReadingLink).order_by(col(ReadingLink.id).desc())
    return list(session.exec(query if place is None else query.where(ReadingLink.place == place)).all())


def expired(session: Session, now: int, keep_s: int) -> None:
    """Forget sessions and attempts that are over, and invitations and links that ended `keep_s` ago."""
    ended = now - keep_s
    forget_old_failures(session, now)
    session.exec(delete(WebSession).where(col(WebSession.expires_at) <= now))
    invited = session.exec(select(Invitation.id).where(col(Invitation.expires_at) <= ended)).all()
    over = or_(col(OidcAttempt.expires_at) <= now, col(OidcAttempt.invitation_id).in_(invited))
    session.exec(delete(OidcAttempt).where(over))
    session.exec(delete(Invitation).where(col(Invitation.id).in_(invited)))
    gone = or_(col(ReadingLink.expires_at) <= ended, col(ReadingLink.revoked_at) <= ended)
    ids = session.exec(select(ReadingLink.id).where(gone)).all()
    session.exec(delete(WebSession).where(col(WebSession.link_id).in_(ids)))
    session.exec(delete(ReadingLink).where(col(ReadingLink.id).in_(ids)))


def day(now: int) -> str:
    """Return the day of an instant: all that is kept of when somebody last came."""
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"

"""How does somebody become known to the collector: by a password, an invitation, or a link?

Each function opens a session and returns its secret, for the browser's cookie; only its hash is kept.
"""

import time
from dataclasses import dataclass
from typing import Final

from collector.people import limits, passwords
from collector.people.roles import Role
from collector.people.tables import Account, Invitation, ReadingLink
from collector.problems import Problem
from collector.signing import Keys
from collector.store import Session, people
from collector.store.audit import record
from collector.store.engine import Store

SESSION_S: Final = 10 * 3600
"""How long somebody stays signed in: a working day. A choice of this project."""
LINK_SESSION_S: Final = 30 * 86_400
"""How long a browser may go on reading by a link, if the link itself lasts so long."""
INVITATION_S: Final = 7 * 86_400
FIRST_S: Final = 86_400
"""How long the link to the first account serves."""
FIRST: Final = "collector"
"""Who made the invitation to the first account."""

LOGIN_SHAPE: Final = r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]"
WRONG: Final = "Identifiant ou mot de passe inconnu."
USED_UP: Final = "Ce lien ne sert plus : il a déjà servi, ou il a expiré. Demandez-en un nouveau à qui vous l'a donné."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session that was just opened."""

    secret: str
    lasts_s: int
    leads_to: str = "/"  # path to go on to


def sign_in(store: Store, keys: Keys, login: str, password: str, address: str) -> Opened:
    """Check a password; raises `Problem` 401, the same whatever is wrong, or 429 after too many tries."""
    login, now = login.strip().lower(), int(time.time())
    with store.reading() as session:
        wait = limits.wait_s(session, keys, login, address, now)
        account = people.account_called(session, login)
    if wait:
        minutes = -(-wait // 60)
        raise Problem(429, f"Trop d'essais : recommencez dans {minutes} min.", headers={"Retry-After": str(wait)})
    right = passwords.is_password(account.password_hash if account else None, password)
    if not right or account is None or account.disabled_at is not None:
        store.write(lambda session: limits.failed(session, keys, login, address, now))
        raise Problem(401, WRONG)
    renewed = passwords.hash_password(password) if passwords.is_outdated(account.password_hash) else None
    id_ = account.id

    def open_(session: Session) -> Opened:
        limits.succeeded(session, keys, login, address)
        if renewed:
            session.get_one(Account, id_).password_hash = renewed
        return open_session(session, session.get_one(Account, id_), now)

    return store.write(open_)


def open_session(session: Session, account: Account, now: int) -> Opened:
    """Open a session for an account, and tell the audit log."""
    secret = people.new_secret()
    account.last_login_on = people.day(now)
    people.add_session(session, secret, now, SESSION_S, account_id=account.id)
    record(session, now, account.id, "signed_in")
    return Opened(secret=secret, lasts_s=SESSION_S)


def accept_invitation(store: Store, secret: str, login: str, password: str) -> Opened:
    """Make the account an invitation is for, or give it its new password; raises `Problem` 410, `WeakPassword`."""
    login, now = login.strip().lower(), int(time.time())
    with store.reading() as session:
        invitation = invited(session, secret, now)
        known = session.get(Account, invitation.account_id) if invitation.account_id else None
    passwords.check_strength(password, known.login if known else login)
    kept = passwords.hash_password(password)

    def accept(session: Session) -> Opened:
        found = invited(session, secret, now)
        account = use_invitation(session, found, login, now)
        account.password_hash = kept
        return open_session(session, account, now)

    return store.write(accept)


def use_invitation(session: Session, invitation: Invitation, login: str, now: int, **columns: str) -> Account:
    """Return the account an invitation gives, made with its role if it is new. Raises `Problem` 409, 410."""
    invitation.used_at = now
    if invitation.account_id is not None:
        account = session.get_one(Account, invitation.account_id)
        people.end_sessions_of(session, account.id)
        record(session, now, account.id, "password_changed")
        return account
    if people.account_called(session, login) is not None:
        raise Problem(409, "Cet identifiant est déjà pris : choisissez-en un autre.", field="login")
    account = people.add_account(session, login, now, **columns)
    people.grant(session, account.id, Role(invitation.role), invitation.place)
    record(session, now, account.id, "account_made", account.id, role=invitation.role, place=invitation.place)
    if invitation.created_by == FIRST:
        people.withdraw_invitations(session, FIRST)
    return account


def invited(session: Session, secret: str, now: int) -> Invitation:
    """Return the invitation with this secret; raises `Problem` 410 when it does not serve (any more)."""
    found = people.find_invitation(session, secret, now)
    if found is None or (found.created_by == FIRST and people.any_account(session)):
        raise Problem(410, USED_UP)
    return found


def invite(
    session: Session, by: str, role: Role, place: str, now: int, *, account_id: str | None = None, lasts_s: int
) -> str:
    """Make an invitation and return its secret: this is the only time it is seen."""
    secret = people.new_secret()
    row = Invitation(
        secret_sha256="", account_id=account_id, role=role.value, place=place, created_at=now, created_by=by,
        expires_at=now + lasts_s,
    )  # fmt: skip
    people.add_invitation(session, secret, row)
    if by != FIRST:
        record(session, now, by, "invited", account_id or "", role=role.value, place=place)
    return secret


def first_invitation(store: Store) -> str | None:
    """Return the secret of a link to make the first account with; None when somebody can sign in."""
    now = int(time.time())

    def make(session: Session) -> str | None:
        if people.any_account(session):
            return None
        return invite(session, FIRST, Role.EXPLOITANT, "nation", now, lasts_s=FIRST_S)

    return store.write(make)


def make_link(session: Session, by: str, place: str, now: int, lasts_s: int) -> str:
    """Make a link that reads a place, and return its secret: this is the only time it is seen."""
    secret = people.new_secret()
    link = ReadingLink(secret_sha256="", place=place, created_at=now, created_by=by, expires_at=now + lasts_s)
    people.add_link(session, secret, link)
    record(session, now, by, "link_made", place, link=link.id or 0)
    return secret


def follow_link(store: Store, secret: str) -> Opened:
    """Open a session that reads what a link reads; raises `Problem` 410 when it does not serve (any more)."""
    now, session_secret = int(time.time()), people.new_secret()

    def follow(session: Session) -> Opened:
        link = people.find_link(session, secret, now)
        if link is None:
            raise Problem(410, USED_UP)
        link.last_used_on = people.day(now)
        lasts_s = min(LINK_SESSION_S, link.expires_at - now)
        people.add_session(session, session_secret, now, lasts_s, link_id=link.id)
        kind, _, code = link.place.partition(":")
        return Opened(secret=session_secret, lasts_s=lasts_s, leads_to=f"/ecoles/{code}" if kind == "school" else "/")

    return store.write(follow)


def change_password(store: Store, account_id: str, present: str, new: str) -> Opened:
    """Change a password and sign out every browser but the one it is changed from; raises `Problem`, `WeakPassword`."""
    now = int(time.time())
    with store.reading() as session:
        account = session.get_one(Account, account_id)
    if not passwords.is_password(account.password_hash or None, present):
        raise Problem(401, "Le mot de passe actuel n'est pas le bon.")
    passwords.check_strength(new, account.login)
    kept = passwords.hash_password(new)

    def change(session: Session) -> Opened:
        row = session.get_one(Account, account_id)
        row.password_hash = kept
        people.end_sessions_of(session, account_id)
        record(session, now, account_id, "password_changed")
        return open_session(session, row, now)

    return store.write(change)

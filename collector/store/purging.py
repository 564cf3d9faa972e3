"""What was kept long enough? One function per class of `collector.retention`; each returns how many rows went."""

from typing import Any, Final

from sqlalchemy import func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, select

from collector.judged import Transition
from collector.people.tables import Account, AccountRole, Invitation, OidcAttempt, SetAside, WebSession
from collector.plan.tables import Contact, Rerun
from collector.store.engine import Store
from collector.store.erasures import erase_workstations
from collector.store.stations import AT_ONCE
from collector.tables import EnrolmentCode, PageCode, PageTest, Token, Workstation, WorkstationKey

DAY_S: Final = 86_400


def silent_workstations(store: Store, before: int, now: int) -> int:
    """Erase the workstations nobody heard of since an instant, some at a time."""
    newer = aliased(WorkstationKey)
    is_heard = select(newer.key_id).where(
        newer.workstation_id == WorkstationKey.workstation_id, _heard(newer) >= before
    )
    # By key, and not by workstation: a million are not put in order for the few that are silent.
    silent = select(WorkstationKey.workstation_id).where(_heard(WorkstationKey) < before, ~is_heard.exists())
    erased = 0
    while True:
        with store.reading() as session:
            ids = sorted(set(session.exec(silent.limit(AT_ONCE)).all()))
        if not ids:
            return erased
        erased += store.write(lambda session, ids=ids: erase_workstations(session, ids, now))  # type: ignore[misc]


def _heard(key: type[WorkstationKey]) -> Any:
    return func.coalesce(col(key.last_seen_at), col(key.enrolled_at))


def set_aside(session: Session, before: int) -> int:
    """Drop reports set aside before an instant."""
    return _dropped(session, delete(SetAside).where(col(SetAside.received_at) < before))


def egress(store: Store, before: int) -> int:
    """Forget where reports came from, of before an instant, some at a time: looking for them holds up no writer."""
    old, forgotten = col(Workstation.egress_at) < before, 0
    while True:
        with store.reading() as session:
            ids = sorted(session.exec(select(Workstation.id).where(old).limit(AT_ONCE)).all())
        if not ids:
            return forgotten
        theirs = update(Workstation).where(col(Workstation.id).in_(ids), old).values(egress=None, egress_at=None)
        forgotten += store.write(lambda session, theirs=theirs: _dropped(session, theirs))  # type: ignore[misc]


def history(session: Session, before: int) -> int:
    """Drop what changed in schools before an instant."""
    return _dropped(session, delete(Transition).where(col(Transition.at) < before))


def tries(session: Session, before: int) -> int:
    """Drop what the test page was told before an instant."""
    return _dropped(session, delete(PageTest).where(col(PageTest.observed_at) < before))


def reruns(session: Session, before: int) -> int:
    """Drop the requests to measure again made before an instant."""
    return _dropped(session, delete(Rerun).where(col(Rerun.asked_at) < before))


def contacts(session: Session, before: int) -> int:
    """Drop the contacts that nobody has confirmed since an instant."""
    return _dropped(session, delete(Contact).where(col(Contact.added_at) < before))


def codes(session: Session, before: int) -> int:
    """Drop codes, of enrolment and of the test page, that ended before an instant; the keys they served for stay."""
    pages = or_(col(PageCode.expires_at) < before, col(PageCode.revoked_at) < before)
    dropped = _dropped(session, delete(PageCode).where(pages))
    ended = or_(col(EnrolmentCode.expires_at) < before, col(EnrolmentCode.revoked_at) < before)
    ids = session.exec(select(EnrolmentCode.id).where(ended).limit(AT_ONCE)).all()
    if not ids:
        return dropped
    session.exec(update(WorkstationKey).where(col(WorkstationKey.code_id).in_(ids)).values(code_id=None))
    return dropped + _dropped(session, delete(EnrolmentCode).where(col(EnrolmentCode.id).in_(ids)))


def tokens(session: Session, before: int) -> int:
    """Drop API tokens that ended before an instant."""
    ended = or_(col(Token.expires_at) < before, col(Token.revoked_at) < before)
    return _dropped(session, delete(Token).where(ended))


def accounts(session: Session, before: int) -> int:
    """Drop accounts closed before an instant; the audit log keeps their opaque id."""
    ids = session.exec(select(Account.id).where(col(Account.disabled_at) < before)).all()
    invited = session.exec(select(Invitation.id).where(col(Invitation.account_id).in_(ids))).all()
    session.exec(delete(OidcAttempt).where(col(OidcAttempt.invitation_id).in_(invited)))
    for table in (AccountRole, WebSession, Invitation):
        session.exec(delete(table).where(col(table.account_id).in_(ids)))
    return _dropped(session, delete(Account).where(col(Account.id).in_(ids)))


def _dropped(session: Session, statement: Any) -> int:
    return int(session.exec(statement).rowcount)

"""Which devices were tried with a school's test page, and which codes open it?"""

import uuid
from typing import Final

from sqlmodel import Session, col, delete, select

from checks.wire import as_typed
from collector.store.enrolments import hashed
from collector.tables import PageCode, PageTest

TRIES_KEPT: Final = 200
"""Most tries kept of a school, past which the oldest go: the page is open to whoever has its address."""


def add_page_code(session: Session, uai: str, secret: str, now: int, days: int) -> PageCode:
    """Keep a new code for a school's test page; only the hash of its secret is."""
    code = PageCode(uai=uai, secret_sha256=hashed(secret), created_at=now, expires_at=now + days * 86_400)
    session.add(code)
    session.flush()
    return code


def find_page_code(session: Session, secret: str) -> PageCode | None:
    """Return the code with this secret, as typed, whether it may still be used or not."""
    return session.exec(select(PageCode).where(PageCode.secret_sha256 == hashed(as_typed(secret)))).first()


def list_page_codes(session: Session) -> list[PageCode]:
    """Return every code, by school."""
    return list(session.exec(select(PageCode).order_by(PageCode.uai, col(PageCode.id))).all())


def keep_try(session: Session, uai: str, kind: str, number: int | None, now: int, facts: bytes) -> None:
    """Keep a try: in place of the last one of the same device, when it has a number."""
    if number is not None:
        same = delete(PageTest).where(col(PageTest.uai) == uai, col(PageTest.kind) == kind)
        session.exec(same.where(col(PageTest.number) == number))
    session.add(PageTest(id=str(uuid.uuid4()), uai=uai, kind=kind, number=number, observed_at=now, facts=facts))
    session.flush()
    newest_first = select(PageTest.id).where(PageTest.uai == uai).order_by(col(PageTest.observed_at).desc())
    surplus = session.exec(newest_first.offset(TRIES_KEPT).limit(TRIES_KEPT)).all()
    if surplus:
        session.exec(delete(PageTest).where(col(PageTest.id).in_(surplus)))


def tries_of(session: Session, uai: str) -> list[PageTest]:
    """Return a school's tries, those of numbered devices first, in order."""
    found = session.exec(select(PageTest).where(PageTest.uai == uai)).all()
    return sorted(found, key=lambda test: (test.number is None, test.kind, test.number or 0, -test.observed_at))

"""The first account, invitations, and a director's link: each link does its one thing, and no more."""

import re
import time

import pytest
from fastapi import FastAPI
from sqlmodel import select

from collector.people import signing_in
from collector.people.roles import Role
from collector.people.tables import Account, Invitation, ReadingLink
from collector.store.engine import Store
from tests.collector.conftest import MARELLE, MOULIN
from tests.collector.people.conftest import PASSWORD, Browser, browser_of, link, person


def path_to_first(store: Store) -> str:
    secret = signing_in.first_invitation(store)
    assert secret is not None
    return f"/invitation/{secret}"


def choose(browser: Browser, path: str, login: str = "marie", password: str = PASSWORD, again: str = PASSWORD) -> int:
    return browser.fill_in(path, path, login=login, password=password, again=again).status_code


def test_the_first_link_makes_an_operator_once(app: FastAPI, filled: Store) -> None:
    path, other = path_to_first(filled), path_to_first(filled)
    browser = browser_of(app)
    assert choose(browser, path) == 303
    assert browser.get("/territoires/academie:98").status_code == 200
    assert "exploitant" in browser.get("/compte").text
    for used in (path, other):
        assert browser_of(app).get(used).status_code == 410
    assert signing_in.first_invitation(filled) is None


@pytest.mark.parametrize(
    ("login", "password", "again"),
    [
        ("marie", "court", "court"),
        ("marie", PASSWORD, "autre chose"),
        ("marie", "marie et les autres", "marie et les autres"),
        ("marie", "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        ("marie@ecole.fr", PASSWORD, PASSWORD),
        ("m", PASSWORD, PASSWORD),
        ("", PASSWORD, PASSWORD),
    ],
)
def test_a_poor_choice_is_explained_and_the_link_still_serves(
    login: str, password: str, again: str, app: FastAPI, filled: Store
) -> None:
    path, browser = path_to_first(filled), browser_of(app)
    assert choose(browser, path, login, password, again) == 422
    with filled.reading() as session:
        assert session.exec(select(Account)).all() == []
    assert choose(browser, path) == 303


def test_an_invitation_expires(app: FastAPI, filled: Store) -> None:
    path = path_to_first(filled)
    filled.write(lambda session: setattr(session.exec(select(Invitation)).one(), "expires_at", int(time.time())))
    assert browser_of(app).get(path).status_code == 410


def test_a_new_password_is_chosen_by_a_link_and_ends_every_session(app: FastAPI, filled: Store) -> None:
    id_ = person(filled, "lea", (Role.LECTEUR, "nation"))
    there, now = browser_of(app), int(time.time())
    there.sign_in("lea")
    secret = filled.write(
        lambda session: signing_in.invite(session, "cli", Role.LECTEUR, "nation", now, account_id=id_, lasts_s=60)
    )
    new = "trois vaches à lunettes"
    browser = browser_of(app)
    assert choose(browser, f"/invitation/{secret}", "", new, new) == 303
    assert there.get("/").status_code == 303
    assert browser_of(app).sign_in("lea", new).status_code == 303


def test_a_directors_link_reads_one_school_and_nothing_else(app: FastAPI, filled: Store) -> None:
    browser, path = browser_of(app), link(filled, f"school:{MOULIN}")
    led = browser.get(path)
    assert (led.status_code, led.headers["location"]) == (303, f"/ecoles/{MOULIN}")
    assert led.headers["referrer-policy"] == "no-referrer"
    assert browser.get(f"/ecoles/{MOULIN}").status_code == 200
    assert browser.get(f"/api/v1/schools/{MOULIN}/readiness").status_code == 200
    for beside in (
        f"/ecoles/{MARELLE}",
        "/territoires/academie:99",
        "/territoires/commune:99001",
        "/api/v1/readiness?territory=nation",
        f"/api/v1/schools/{MARELLE}/readiness",
    ):
        assert browser.get(beside).status_code == 403, beside
    assert browser.get("/").headers["location"] == f"/ecoles/{MOULIN}", "her home is her school"
    with filled.reading() as session:
        row = session.exec(select(ReadingLink)).one()
        assert path.removeprefix("/lien/") not in str(row.model_dump())
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.last_used_on)


def test_a_link_that_is_withdrawn_or_over_stops_at_once(app: FastAPI, filled: Store) -> None:
    for column in ("revoked_at", "expires_at"):
        browser, path = browser_of(app), link(filled, f"school:{MOULIN}")
        browser.get(path)
        assert browser.get(f"/ecoles/{MOULIN}").status_code == 200

        def end(session: signing_in.Session, column: str = column) -> None:
            for row in session.exec(select(ReadingLink)).all():
                setattr(row, column, int(time.time()))

        filled.write(end)
        assert browser.get(f"/ecoles/{MOULIN}").status_code == 303
        assert browser_of(app).get(path).status_code == 410


def test_a_link_is_no_account(app: FastAPI, filled: Store) -> None:
    browser = browser_of(app)
    browser.get(link(filled, f"school:{MOULIN}"))
    fields = {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert browser.fill_in("/compte", "/compte/mot-de-passe", **fields).status_code == 409

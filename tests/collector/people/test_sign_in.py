"""Accounts: signing in, staying signed in, and every way in that must stay shut."""

import time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from collector.people import limits, signing_in
from collector.people.roles import Role
from collector.people.tables import Account, FailedLogin, WebSession
from collector.store.engine import Store
from tests.collector.conftest import MOULIN
from tests.collector.people.conftest import ADDRESS, PASSWORD, Browser, browser_of, csrf, person


@pytest.fixture
def lea(filled: Store) -> str:
    return person(filled, "lea", (Role.LECTEUR, "academie:99"))


def test_a_person_signs_in_and_lands_on_the_page_that_was_asked_for(browser: Browser, lea: str) -> None:
    asked = browser.get(f"/ecoles/{MOULIN}")
    assert asked.headers["location"] == f"/connexion?suite=%2Fecoles%2F{MOULIN}"
    done = browser.sign_in("lea", suite=f"/ecoles/{MOULIN}")
    assert (done.status_code, done.headers["location"]) == (303, f"/ecoles/{MOULIN}")
    page = browser.get(f"/ecoles/{MOULIN}")
    assert page.status_code == 200
    assert "lea" in page.text
    assert browser.get("/territoires/academie:98").status_code == 403


def test_the_session_cookie_is_bound_to_the_host_and_hidden_from_scripts(
    browser: Browser, lea: str, filled: Store
) -> None:
    done = browser.sign_in("lea")
    cookie = next(c for c in done.headers.get_list("set-cookie") if c.startswith("__Host-preau="))
    for needed in ("HttpOnly", "Secure", "Path=/", "SameSite=lax", f"Max-Age={signing_in.SESSION_S}"):
        assert needed in cookie
    assert "Domain" not in cookie
    secret = browser.client.cookies["__Host-preau"]
    with filled.reading() as session:
        row = session.exec(select(WebSession)).one()
        assert secret not in str(row.model_dump())


@pytest.mark.parametrize(
    ("login", "password"), [("lea", "faux"), ("personne", PASSWORD), ("lea", ""), ("lea", "x" * 300)]
)
def test_whatever_is_wrong_the_answer_is_the_same(login: str, password: str, browser: Browser, lea: str) -> None:
    refused = browser.sign_in(login, password)
    assert refused.status_code == 401
    assert "Identifiant ou mot de passe inconnu" in refused.text
    assert "__Host-preau" not in browser.client.cookies


def test_an_unknown_name_takes_as_long_as_a_known_one(filled: Store, lea: str, app: FastAPI) -> None:
    def took(login: str) -> float:
        start = time.perf_counter()
        with pytest.raises(signing_in.Problem):
            signing_in.sign_in(filled, app.state.keys, login, "pas le bon mot de passe", "192.0.2.1")
        return time.perf_counter() - start

    known, unknown = (min(took(login) for _ in range(3)) for login in ("lea", "nobody"))
    assert 0.5 < known / unknown < 2


def test_after_five_failures_one_waits_even_with_the_right_password(
    browser: Browser, lea: str, app: FastAPI, filled: Store
) -> None:
    for _ in range(limits.MOST["name and address"]):
        assert browser.sign_in("lea", "faux mot de passe").status_code == 401
    refused = browser.sign_in("lea")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= limits.WINDOW_S
    assert browser_of(app, "198.51.100.4").sign_in("lea").status_code == 303, "from elsewhere she still can"
    with filled.reading() as session:
        kept = str([row.model_dump() for row in session.exec(select(FailedLogin)).all()])
    assert "lea" not in kept
    assert "192.0.2.7" not in kept


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_form_that_does_not_carry_our_token_is_refused(
    token: str | None, browser: Browser, lea: str, filled: Store
) -> None:
    browser.get("/connexion")
    fields = {"login": "lea", "password": PASSWORD} | ({} if token is None else {"csrf": token})
    assert browser.client.post("/connexion", data=fields).status_code == 403
    browser.sign_in("lea")
    assert browser.client.post("/deconnexion", data={} if token is None else {"csrf": token}).status_code == 403
    assert browser.get("/").status_code == 200, "she is still signed in"


def test_a_form_of_another_session_is_refused(app: FastAPI, lea: str, filled: Store) -> None:
    person(filled, "max", (Role.LECTEUR, "nation"))
    hers, his = browser_of(app), browser_of(app)
    hers.sign_in("lea")
    his.sign_in("max")
    theft = csrf(his.get("/compte").text)
    assert hers.client.post("/deconnexion", data={"csrf": theft}).status_code == 403


def test_signing_out_ends_the_session_on_the_server(browser: Browser, lea: str) -> None:
    browser.sign_in("lea")
    cookie = browser.client.cookies["__Host-preau"]
    assert browser.fill_in("/compte", "/deconnexion").status_code == 303
    browser.client.cookies.set("__Host-preau", cookie)
    assert browser.get("/").status_code == 303


def test_a_session_ends_with_its_time_its_account_and_its_rights(browser: Browser, lea: str, filled: Store) -> None:
    for change in ("time", "account", "rights"):
        browser.sign_in("lea")
        assert browser.get("/").status_code == 200

        def end(session: signing_in.Session, change: str = change) -> None:
            if change == "time":
                session.exec(select(WebSession)).first().expires_at = int(time.time())
            elif change == "account":
                session.get_one(Account, lea).disabled_at = 1
            else:
                session.get_one(Account, lea).disabled_at = None
                for row in session.exec(select(signing_in.people.AccountRole)).all():
                    session.delete(row)

        filled.write(end)
        assert browser.get("/").status_code == 303, change
        browser.client.cookies.clear()
        filled.write(lambda session: setattr(session.get_one(Account, lea), "disabled_at", None))


def test_a_new_password_signs_every_other_browser_out(app: FastAPI, lea: str) -> None:
    here, there = browser_of(app), browser_of(app)
    here.sign_in("lea")
    there.sign_in("lea")
    new = "deux vaches à lunettes"
    fields = {"present": PASSWORD, "password": new, "again": new}
    assert here.fill_in("/compte", "/compte/mot-de-passe", **(fields | {"present": "faux"})).status_code == 422
    assert here.fill_in("/compte", "/compte/mot-de-passe", **(fields | {"again": "autre"})).status_code == 422
    assert there.get("/").status_code == 200
    assert here.fill_in("/compte", "/compte/mot-de-passe", **fields).status_code == 303
    assert there.get("/").status_code == 303
    assert here.get("/").status_code == 200
    assert browser_of(app).sign_in("lea").status_code == 401
    assert browser_of(app).sign_in("lea", new).status_code == 303


@pytest.mark.parametrize("suite", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_signing_in(suite: str, browser: Browser, lea: str) -> None:
    assert browser.sign_in("lea", suite=suite).headers["location"] == "/"


def test_a_password_never_travels_in_clear(app: FastAPI, lea: str) -> None:
    settings = app.state.settings
    app.state.settings = type(settings)(
        data_dir=settings.data_dir, host="0.0.0.0", public_url="http://preau.example.fr"
    )
    browser = Browser(TestClient(app, base_url="http://preau.example.fr", follow_redirects=False))
    refused = browser.sign_in("lea")
    assert refused.status_code == 403
    assert "HTTPS" in refused.text


def test_too_large_a_form_is_refused_before_it_is_read(browser: Browser) -> None:
    browser.get("/connexion")
    assert browser.client.post("/connexion", data={"login": "x" * 70_000}).status_code == 413


def test_every_answer_carries_the_headers_that_protect_browsers(browser: Browser, lea: str) -> None:
    for path in ("/connexion", "/healthz", "/api/v1/readiness", "/nulle-part"):
        headers = browser.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")
        assert headers["strict-transport-security"].startswith("max-age=")
    assert ADDRESS.startswith("https://")

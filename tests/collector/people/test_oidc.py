"""Signing in elsewhere, with a real OpenID Connect issuer (oidc-provider) running beside the tests."""

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from collector.people import signing_in
from collector.people.roles import Role
from collector.people.tables import Account, OidcAttempt
from collector.settings import Oidc, Settings, SettingsError, from_environment
from collector.store.engine import Store
from tests.collector.people.conftest import ADDRESS, Browser, browser_of
from tests.conftest import need
from tests.npm import npm_project

FOLDER = Path(__file__).parent / "provider"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """An issuer that signs in whoever says a name."""
    node = shutil.which("node")
    need(node is not None, "node")
    command = [str(node), str(FOLDER / "provider.mjs"), f"{ADDRESS}/connexion/retour"]
    with subprocess.Popen(
        command, cwd=npm_project(FOLDER), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip()
        run.terminate()


@pytest.fixture
def elsewhere(app: FastAPI, issuer: str) -> FastAPI:
    """The app, with people signing in at the issuer."""
    oidc = Oidc(issuer=issuer, client_id="preau", client_secret="a-secret-of-the-tests", name="l'académie")
    app.state.settings = dataclasses.replace(app.state.settings, oidc=oidc)
    return app


def invitation(store: Store, role: Role = Role.PILOTE, place: str = "academie:99") -> str:
    return store.write(lambda session: signing_in.invite(session, "cli", role, place, 2**31, lasts_s=60))


def at_the_issuer(address: str, name: str) -> dict[str, str]:
    """Say a name and consent, as a person would on the issuer's pages; returns what it sends back with."""
    with httpx.Client(follow_redirects=False) as client:
        answer = client.get(address)
        for _ in range(12):
            if answer.is_redirect:
                where = str(answer.next_request.url) if answer.next_request else ""
                if where.startswith(ADDRESS):
                    return {key: values[0] for key, values in parse_qs(urlsplit(where).query).items()}
                answer = client.get(where)
            else:
                action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                assert action, answer.text[:500]
                assert prompt
                where = str(answer.url.join(action[1]))
                answer = client.post(where, data={"prompt": prompt[1], "login": name, "password": "x"})
    raise AssertionError("the issuer leads nowhere")


def sent(browser: Browser, query: str = "") -> str:
    answer = browser.get(f"/connexion/ailleurs{query}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back(browser: Browser, said: dict[str, str]) -> httpx.Response:
    return browser.client.get("/connexion/retour", params=said)


def test_an_invited_person_opens_an_account_without_a_password(elsewhere: FastAPI, filled: Store) -> None:
    browser, secret = browser_of(elsewhere), invitation(filled)
    assert "ouvrir le compte avec l'académie" in browser.get(f"/invitation/{secret}").text.replace("&#39;", "'")
    address = sent(browser, f"?invitation={secret}")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"], "neither name nor e-mail is asked for"
    assert back(browser, at_the_issuer(address, "camille")).status_code == 303
    assert browser.get("/territoires/academie:99").status_code == 200
    assert browser.get("/territoires/academie:98").status_code == 403
    with filled.reading() as session:
        account = session.exec(select(Account)).one()
        assert (account.oidc_subject, account.password_hash) == ("camille", "")
        assert "canari" not in str(account.model_dump())
        assert session.exec(select(OidcAttempt)).all() == []
    assert browser_of(elsewhere).get(f"/invitation/{secret}").status_code == 410


def test_a_known_person_comes_back_to_the_page_asked_for(elsewhere: FastAPI, filled: Store) -> None:
    first = browser_of(elsewhere)
    back(first, at_the_issuer(sent(first, f"?invitation={invitation(filled)}"), "camille"))
    again = browser_of(elsewhere)
    assert "S'identifier avec l'académie" in again.get("/connexion").text.replace("&#39;", "'")
    led = back(again, at_the_issuer(sent(again, "?suite=/territoires/academie:99"), "camille"))
    assert led.headers["location"] == "/territoires/academie:99"


def test_somebody_nobody_invited_does_not_get_in(elsewhere: FastAPI, filled: Store) -> None:
    browser = browser_of(elsewhere)
    refused = back(browser, at_the_issuer(sent(browser), "inconnue"))
    assert refused.status_code == 403
    assert browser.get("/").status_code == 303
    with filled.reading() as session:
        assert session.exec(select(Account)).all() == []


def test_an_answer_serves_once_and_only_in_the_browser_that_was_sent(elsewhere: FastAPI, filled: Store) -> None:
    mine, other = browser_of(elsewhere), browser_of(elsewhere)
    said = at_the_issuer(sent(mine, f"?invitation={invitation(filled)}"), "camille")
    sent(other)
    for browser, answer in ((other, said), (mine, said | {"state": "x"})):
        refused = back(browser, answer)
        assert refused.status_code == 303, "401 leads to where one signs in"
        assert "/connexion?suite=" in refused.headers["location"]
    assert back(mine, said).status_code == 303
    assert mine.get("/").status_code == 200
    assert "/connexion?suite=" in back(mine, said).headers["location"], "a second time it is nothing"


@pytest.mark.parametrize("change", [{"code": "x"}, {"iss": "http://127.0.0.1:9"}, {"code": None}])
def test_an_answer_that_was_changed_is_refused(
    change: dict[str, str | None], elsewhere: FastAPI, filled: Store
) -> None:
    browser = browser_of(elsewhere)
    said = at_the_issuer(sent(browser, f"?invitation={invitation(filled)}"), "camille")
    refused = back(browser, {name: value for name, value in (said | change).items() if value is not None})
    assert "/connexion?suite=" in refused.headers["location"]
    assert browser.get("/").status_code == 303


def test_a_stolen_code_is_nothing_without_the_verifier(elsewhere: FastAPI, filled: Store) -> None:
    thief, victim = browser_of(elsewhere), browser_of(elsewhere)
    stolen = at_the_issuer(sent(victim, f"?invitation={invitation(filled)}"), "camille")
    own = parse_qs(urlsplit(sent(thief, f"?invitation={invitation(filled)}")).query)
    refused = back(thief, stolen | {"state": own["state"][0]})
    assert "/connexion?suite=" in refused.headers["location"]


def test_an_issuer_that_is_down_is_said_so(elsewhere: FastAPI) -> None:
    down = Oidc(issuer="http://127.0.0.1:9", client_id="preau", client_secret="x", name="l'académie")
    elsewhere.state.settings = dataclasses.replace(elsewhere.state.settings, oidc=down)
    assert browser_of(elsewhere).get("/connexion/ailleurs").status_code == 503


def test_settings_say_what_is_missing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    whole = {"PREAU_OIDC_ISSUER": "https://oidc.example.fr", "PREAU_OIDC_CLIENT_ID": "preau"}
    with pytest.raises(SettingsError, match="SECRET_FILE"):
        from_environment(whole)
    with pytest.raises(SettingsError, match="https"):
        from_environment(
            whole | {"PREAU_OIDC_ISSUER": "http://oidc.example.fr", "PREAU_OIDC_CLIENT_SECRET_FILE": str(secret)}
        )
    settings: Settings = from_environment(whole | {"PREAU_OIDC_CLIENT_SECRET_FILE": str(secret)})
    assert settings.oidc is not None
    assert settings.oidc.client_secret == "s3cret"
    assert "s3cret" not in repr(settings)

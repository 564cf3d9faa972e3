"""People and places to sign in with: one school in two trees, others beside and above it."""

import time
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from collector.people import signing_in
from collector.people.passwords import hash_password
from collector.people.roles import Role
from collector.store import Session, people
from collector.store.engine import Store

PASSWORD = "une vache à lunettes"
HASHED = hash_password(PASSWORD)
ADDRESS = "https://preau.example.fr"


class _Field(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input" and dict(attrs).get("name") == "csrf":
            self.value = dict(attrs).get("value") or ""


def csrf(page: str) -> str:
    """The token that a page's forms carry."""
    field = _Field()
    field.feed(page)
    return field.value


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, and sends back the forms it was shown."""

    client: TestClient

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def fill_in(self, page: str, action: str, **fields: str) -> httpx.Response:
        return self.client.post(action, data={"csrf": csrf(self.get(page).text), **fields})

    def sign_in(self, login: str, password: str = PASSWORD, suite: str = "/") -> httpx.Response:
        return self.fill_in(f"/connexion?suite={suite}", "/connexion", login=login, password=password, suite=suite)


def browser_of(app: FastAPI, peer: str = "192.0.2.7") -> Browser:
    return Browser(TestClient(app, base_url=ADDRESS, follow_redirects=False, client=(peer, 40_000)))


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    return browser_of(app)


def person(store: Store, login: str, *grants: tuple[Role, str]) -> str:
    """Make an account with `PASSWORD`; returns its id."""

    def make(session: Session) -> str:
        account = people.add_account(session, login, int(time.time()), password_hash=HASHED)
        for role, place in grants:
            people.grant(session, account.id, role, place)
        return account.id

    return store.write(make)


def link(store: Store, place: str, lasts_s: int = 3600) -> str:
    """Make a reading link; returns its path."""
    now = int(time.time())
    return "/lien/" + store.write(lambda session: signing_in.make_link(session, "tests", place, now, lasts_s))

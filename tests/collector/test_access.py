"""Reading needs a token from the first day, and a token reads its place only."""

import time
from urllib.parse import quote

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from collector.app import create_app
from collector.settings import Settings
from collector.store.engine import Store
from collector.store.tokens import add_token
from collector.tables import Token
from tests.collector.conftest import MARELLE, MOULIN

ROUTES = (
    "/api/v1/readiness",
    f"/api/v1/schools/{MOULIN}/readiness",
    "/",
    f"/ecoles/{MOULIN}",
    "/territoires/academie:99",
)


def token(
    store: Store, place: str, *, role: str = "lecteur", expires_at: int | None = None, revoked_at: int | None = None
) -> dict[str, str]:
    secret = f"preau_{role}_{place}_{expires_at}_{revoked_at}"
    row = Token(
        name="",
        role=role,
        place=place,
        secret_sha256="",
        created_at=0,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )
    store.write(lambda session: add_token(session, secret, row))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def anybody(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_read_without_a_token(route: str, anybody: TestClient) -> None:
    refused(anybody.get(route), route)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("when", ["expired", "revoked", "unknown"])
def test_a_token_that_may_no_longer_serve_reads_nothing(
    route: str, when: str, anybody: TestClient, filled: Store
) -> None:
    headers = {
        "expired": token(filled, "nation", expires_at=int(time.time()) - 1),
        "revoked": token(filled, "nation", revoked_at=1),
        "unknown": {"Authorization": "Bearer preau_nobody"},
    }[when]
    refused(anybody.get(route, headers=headers), route)


def refused(answer: httpx.Response, route: str) -> None:
    """Programs are told; people are led to where they sign in, and back."""
    if route.startswith("/api/"):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    else:
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/connexion?suite={quote(route, safe='')}"
    assert "Moulin" not in answer.text


def test_a_token_reads_its_place_and_nothing_above_or_beside(anybody: TestClient, filled: Store) -> None:
    headers = token(filled, "academie:99")

    def status(route: str) -> int:
        return anybody.get(route, headers=headers).status_code

    assert status("/api/v1/readiness?territory=academie:99") == 200
    assert status("/api/v1/readiness?territory=departement:099") == 200
    assert status(f"/api/v1/schools/{MOULIN}/readiness") == 200
    assert status("/api/v1/readiness") == 200, "left out, the territory is the reader's whole place"
    assert anybody.get("/api/v1/readiness", headers=headers).json()["territory"]["id"] == "academie:99"
    for beside in (
        "/api/v1/readiness?territory=nation",
        "/api/v1/readiness?territory=academie:98",
        f"/api/v1/schools/{MARELLE}/readiness",
        f"/ecoles/{MARELLE}",
        "/territoires/academie:98",
    ):
        assert status(beside) == 403, beside


def test_health_probes_are_open_and_tell_the_truth(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 200
        paths = client.get("/openapi.json").json()["paths"]
    assert {"/api/v1/reports", "/api/v1/enrolments", "/api/v1/profile", "/api/v1/readiness"} <= paths.keys()

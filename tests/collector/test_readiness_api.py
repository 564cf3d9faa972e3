"""The readiness answers keep the shape and the invariants that programs rely on."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from collector.answers import SchoolReadiness, TerritoryReadiness
from collector.store.tokens import add_token
from collector.tables import Token
from tests.collector.measured import HIRONDELLES, MOULIN, fill_database, open_app

COUNTS = ("ready", "at_risk", "blocked", "unmeasured")
TERRITORY_KEYS = ["territory", "as_of", "profiles", "schools", "workstations", "causes"]
SCHOOL_KEYS = [
    "school",
    "outcome",
    "reason",
    "capacity",
    "lines",
    *TERRITORY_KEYS[1:],
    "stations",
    "actions",
    "required",
    "services",
]
CAUSE_KEYS = {"check", "cause", "actor", "schools", "workstations", "blocked"}
WORKSTATION_KEYS = {"expected", "schools_without_expected", "measured", "stale", "pending", *COUNTS}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app, store = open_app(tmp_path_factory.mktemp("measured"), open_reading=False)
    now = int(time.time())
    fill_database(store, now)
    for place in ("nation", "circonscription:0990001N"):
        token = Token(name=place, role="lecteur", place=place, secret_sha256="", created_at=now)
        store.write(lambda session, token=token, place=place: add_token(session, f"preau_{place}", token))
    with store:
        yield TestClient(app, headers={"Authorization": "Bearer preau_nation"})


def in_one_circonscription(client: TestClient) -> dict[str, str]:
    return {"Authorization": "Bearer preau_circonscription:0990001N"}


@pytest.mark.parametrize("asked", ["", "?territory=academie:99", "?territory=departement:099&wave=1&sector=public"])
def test_the_summary_has_the_shape_and_adds_up(client: TestClient, asked: str) -> None:
    answer = client.get(f"/api/v1/readiness{asked}")
    assert answer.status_code == 200
    found = answer.json()
    assert list(found) == TERRITORY_KEYS
    assert set(found["workstations"]) == WORKSTATION_KEYS
    assert found["schools"]["total"] == sum(found["schools"][name] for name in COUNTS)
    assert found["workstations"]["measured"] == sum(found["workstations"][name] for name in COUNTS)
    assert all(set(cause) == CAUSE_KEYS for cause in found["causes"])
    assert all(set(profile) == {"id", "version", "schools"} for profile in found["profiles"])
    assert found["as_of"].endswith("Z")
    assert abs(datetime.fromisoformat(found["as_of"]) - datetime.now(UTC)).total_seconds() < 60
    TerritoryReadiness.model_validate_json(answer.text)


def test_the_nation_is_told(client: TestClient) -> None:
    found = client.get("/api/v1/readiness?territory=nation").json()
    assert found["territory"] == {"id": "nation", "name": "France"}
    assert found["schools"] == {"total": 40, "ready": 1, "at_risk": 1, "blocked": 2, "unmeasured": 36}
    assert {name: found["workstations"][name] for name in ("measured", "stale", "pending")} == {
        "measured": 25,
        "stale": 1,
        "pending": 1,
    }


def test_a_sector_and_a_wave_cut_the_territory(client: TestClient) -> None:
    sectors = [client.get(f"/api/v1/readiness?sector={one}").json()["schools"]["total"] for one in ("public", "privé")]
    assert sum(sectors) == 40
    assert min(sectors) > 0
    assert client.get("/api/v1/readiness?wave=9").json()["schools"]["total"] == 0


def test_one_school_has_the_same_keys_and_why(client: TestClient) -> None:
    answer = client.get(f"/api/v1/schools/{MOULIN.lower()}/readiness")
    assert answer.status_code == 200
    found = answer.json()
    assert list(found) == SCHOOL_KEYS
    assert found["school"]["uai"] == MOULIN
    assert found["school"]["commune"] == "Saint-Préau-sur-Lente"
    assert (found["outcome"], found["capacity"]) == ("blocked", None)
    assert found["schools"] == {"total": 1, "ready": 0, "at_risk": 0, "blocked": 1, "unmeasured": 0}
    assert found["workstations"]["measured"] == sum(found["workstations"][name] for name in COUNTS) == 8
    assert [s["standing"] for s in found["stations"]] == ["measured"] * 8 + ["stale", "pending"]
    assert found["stations"][0]["findings"][0]["cause"] == "interception_untrusted"
    assert all(set(cause) == CAUSE_KEYS for cause in found["causes"])
    SchoolReadiness.model_validate_json(answer.text)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/v1/readiness?territory=region:76", 422, "territory"),
        ("/api/v1/readiness?territory=academie:abc", 422, "territory"),
        ("/api/v1/readiness?wave=a'b", 422, "wave"),
        ("/api/v1/readiness?sector=laic", 422, "sector"),
        ("/api/v1/readiness?territory=academie:01", 404, None),
        ("/api/v1/schools/0990019A/readiness", 422, "uai"),
        ("/api/v1/schools/0311131L/readiness", 404, None),
    ],
)
def test_a_bad_question_gets_a_problem_in_french(client: TestClient, path: str, status: int, field: str | None) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem.get("field") == field
    assert problem["detail"]


def test_a_reader_sees_its_place_and_nothing_above_or_beside(client: TestClient) -> None:
    place = in_one_circonscription(client)
    own = client.get("/api/v1/readiness", headers=place)
    assert own.json()["territory"]["id"] == "circonscription:0990001N"
    assert client.get(f"/api/v1/schools/{HIRONDELLES}/readiness", headers=place).status_code == 200
    for beside in ("nation", "departement:099", "circonscription:0990002P", "wave:2"):
        assert client.get(f"/api/v1/readiness?territory={beside}", headers=place).status_code == 403
    assert client.get("/api/v1/schools/0990031W/readiness", headers=place).status_code == 403


def test_reading_needs_a_token(client: TestClient) -> None:
    for path in ("/api/v1/readiness", f"/api/v1/schools/{MOULIN}/readiness"):
        answer = client.get(path, headers={"Authorization": ""})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_openapi_document_describes_these_answers(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, model in (
        ("/api/v1/readiness", "TerritoryReadiness"),
        ("/api/v1/schools/{uai}/readiness", "SchoolReadiness"),
    ):
        responses = document["paths"][path]["get"]["responses"]
        assert responses["200"]["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{model}"}
        assert {"401", "403", "404", "422"} <= set(responses)
    assert set(document["components"]["schemas"]["TerritoryReadiness"]["required"]) == set(TERRITORY_KEYS)
    assert document["components"]["schemas"]["TerritoryReadiness"]["properties"]["as_of"]["format"] == "date-time"
    assert not [path for path in document["paths"] if path.startswith(("/ecoles", "/territoires", "/static"))]

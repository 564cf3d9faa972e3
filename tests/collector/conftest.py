"""A collector to test against: a real database, a default profile, invented schools, a token for the nation."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from checks.profile import parse
from collector.app import create_app
from collector.code_cli import make_code
from collector.judged import SchoolState
from collector.settings import Settings
from collector.signing import Keys, open_keys
from collector.store.engine import Store
from collector.store.generations import publish, serving
from collector.store.readiness import refresh_schools
from collector.store.schema import upgrade
from collector.store.tokens import add_token
from collector.tables import School, Token
from tests.collector.workstation import Workstation
from tests.conftest import need
from tests.postgres import Postgres, missing, postgres
from tests.replay import MACHINES

PROFILE = (MACHINES / "profile.toml").read_text(encoding="utf-8")
MOULIN, TILLEULS, MARELLE, CLOSED = "0990019H", "0990021K", "0990024N", "0990018G"
"""Two schools of one commune (eight workstations expected in the first), one of another académie, a closed one."""
TOKEN = "preau_a-token-of-the-tests"


def school(uai: str, name: str, *, departement: str = "099", academie: str = "99", **more: object) -> School:
    """Lay out an invented school."""
    return School(
        uai=uai,
        name=name,
        nature="primaire",
        sector="public",
        contract="",
        commune_code="99001",
        commune_name="Montcartable",
        departement_code=departement,
        departement_name="Val-de-Préau",
        academie_code=academie,
        academie_name="Démonstration",
        circonscription_code="0990001N",
        circonscription_name="Montcartable",
        **more,
    )


def kept_of(session: object, uai: str) -> SchoolState:
    """What is kept of a school under the generation that serves it."""
    school = session.get_one(School, uai)
    return session.get_one(SchoolState, (serving(session).of(school.profile_id).id, uai))


SCHOOLS = (
    (MOULIN, "École du Moulin", {"expected_workstations": 8}),
    (TILLEULS, "École des Tilleuls", {}),
    (MARELLE, "École de la Marelle", {"departement": "098", "academie": "98"}),
    (CLOSED, "École fermée", {"is_open": False}),
)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the present version, made once and copied by each test."""
    path = tmp_path_factory.mktemp("migrated") / "preau.sqlite"
    with Store(f"sqlite:///{path}") as store:
        upgrade(store.engine)
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server with a database at the present version, `migrated`, which each test copies."""
    need(not missing(), missing())
    with postgres() as server:
        server.command("CREATE DATABASE migrated")
        with Store(server.url("migrated")) as store:
            upgrade(store.engine)
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run on both databases what is marked so."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated and empty database: SQLite ("", the default), and where marked `both_databases` PostgreSQL too."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "preau.sqlite")
        yield ""
        return
    server: Postgres = request.getfixturevalue("server")
    name = server.copy("migrated")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A data directory of its own, with a migrated and empty database."""
    return Settings(data_dir=tmp_path, database_url=database_url, public_url="https://preau.example.fr", snapshot_s=0)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    return open_keys(settings)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A migrated and empty database."""
    with Store(settings.url) as store:
        yield store


@pytest.fixture
def filled(store: Store, keys: Keys) -> Store:
    """The same with a default profile, schools, and a token that reads the nation."""
    now = int(time.time())

    def fill(session: object) -> None:
        publish(session, parse(PROFILE), PROFILE, keys.sign_profile(PROFILE), now, default=True)
        session.add_all(school(uai, name, **more) for uai, name, more in SCHOOLS)
        session.flush()
        refresh_schools(session, [uai for uai, _, _ in SCHOOLS], now)
        token = Token(name="tests", role="lecteur", place="nation", secret_sha256="", created_at=now)
        add_token(session, TOKEN, token)

    store.write(fill)
    return store


@pytest.fixture
def app(settings: Settings, filled: Store, keys: Keys) -> FastAPI:
    """The app over that store. Its lifespan is not run: nothing of the network is looked at."""
    app = create_app(settings)
    app.state.store, app.state.keys = filled, keys
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """Speaks to the app as a reader of the nation."""
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture
def code(filled: Store, keys: Keys) -> str:
    """The secret of a code of the school `MOULIN`."""
    return make_code(filled, keys.fingerprint, MOULIN).secret


@pytest.fixture
def workstation(client: TestClient, code: str) -> Workstation:
    """A workstation enrolled in `MOULIN`."""
    workstation = Workstation(client)
    assert workstation.enrol(code).status_code == 201
    return workstation

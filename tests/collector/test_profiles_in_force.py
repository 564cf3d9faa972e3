"""Which profiles are in force, and how far the next one is, is told alike by the API, the page and the command."""

import sqlite3
import time
from functools import partial
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from checks.profile import parse
from collector import cli
from collector.judged import Generation
from collector.settings import Settings
from collector.signing import Keys
from collector.store.engine import Store
from collector.store.generations import prepare, schools_next, serving
from collector.store.laid_out import lay_out
from collector.store.profiles import keep_version
from collector.store.publications import begin_run, under_way
from collector.store.rejudged import batches, write_batch
from tests.collector.conftest import PROFILE

PENDING = select(Generation.id).where(Generation.state == "pending")
NEXT = PROFILE.replace('version = "1"', 'version = "2"', 1)


@pytest.fixture
def half_way(filled: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A publication that has judged two schools of three, begun a minute ago."""
    monkeypatch.setattr("collector.store.rejudged.BATCH", 2)
    now = int(time.time())
    id_ = filled.write(lambda session: prepare(session, parse(NEXT), NEXT, "", now - 60))
    with filled.reading() as session:
        uais = schools_next(session, serving(session))
        first = next(batches(uais, ""))
        laid_out = lay_out(session, first.uais, parse(NEXT), id_)
    filled.write(partial(begin_run, generation=id_, schools=len(uais), now=now - 60))
    filled.write(partial(write_batch, generation=id_, profile=parse(NEXT), batch=first, laid_out=laid_out, now=now))
    return filled


def test_a_text_is_read_once_and_another_of_the_same_name_is_another(filled: Store, keys: Keys) -> None:
    longer = PROFILE + "\n# the same, corrected\n"
    read: list[str] = []
    event.listen(filled.engine, "before_cursor_execute", lambda _c, _u, said, *_: read.append(said))
    for _ in range(2):
        with filled.reading() as session:
            first = serving(session).default.profile
    assert sum("profile_version.toml" in said for said in read) <= 1
    signed = keys.sign_profile(longer)
    filled.write(lambda session: keep_version(session, parse(longer), longer, signed, int(time.time())))
    with filled.reading() as session:
        assert serving(session).default.profile is not first


def test_nothing_is_under_way(client: TestClient) -> None:
    found = client.get("/api/v1/profiles").json()
    assert found["rejudging"] is None
    assert [(one["id"], one["version"], one["is_default"], one["schools"]) for one in found["in_force"]] == [
        ("tests", "1", True, 3)
    ]
    page = client.get("/profils?suivre=oui")
    assert "Publication en cours" not in page.text
    assert "refresh" not in page.headers


@pytest.mark.usefixtures("half_way")
def test_a_publication_is_told_while_the_profile_in_force_still_is(client: TestClient) -> None:
    found = client.get("/api/v1/profiles").json()
    assert found["in_force"][0]["version"] == "1"
    begun = found["rejudging"]
    assert (begun["version"], begun["done"], begun["schools"]) == ("2", 2, 4)
    assert 55 <= begun["left_s"] <= 90
    page = client.get("/profils")
    assert "2 écoles jugées sur 4 (50\u00a0%)" in page.text.replace("&nbsp;", "\u00a0")
    assert "refresh" not in page.headers, "a page reloads by itself only when somebody asks for it"
    assert client.get("/profils?suivre=oui").headers["refresh"] == "10"


def test_a_publication_that_goes_on_tells_its_own_pace(half_way: Store) -> None:
    tomorrow = int(time.time()) + 86_400

    def left_s(now: int) -> int | None:
        with half_way.reading() as session:
            found = under_way(session, now)
        assert found is not None
        return found.left_s

    def judge_one_more(session: Session) -> None:
        row = session.exec(select(Generation).where(Generation.state == "pending")).one()
        row.done += 1

    half_way.write(lambda session: begin_run(session, session.exec(PENDING).one(), 4, tomorrow))
    assert left_s(tomorrow + 5) is None, "nothing was judged in this run yet"
    half_way.write(judge_one_more)
    assert left_s(tomorrow + 10) == 10


@pytest.mark.usefixtures("half_way")
def test_the_command_tells_the_same(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    assert cli.main(["profile", "status"]) == 0
    said = capsys.readouterr().out
    assert "tests 2 : 2 écoles jugées sur 4 (50 %)" in said
    assert "--resume" in said


@pytest.mark.usefixtures("half_way")
def test_a_publication_that_is_interrupted_says_how_to_go_on(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    for error, code in ((KeyboardInterrupt(), 130), (OperationalError("", {}, full), 1)):
        monkeypatch.setattr("collector.profile_cli.rejudge", Mock(side_effect=error))
        assert cli.main(["profile", "publish", "--resume"]) == code
        assert "--abandon" in (said := capsys.readouterr().err)
    assert f"{settings.data_dir / 'preau.sqlite'} : le disque est plein" in said


def test_nobody_unknown_is_told(app: FastAPI) -> None:
    assert TestClient(app).get("/api/v1/profiles").status_code == 401

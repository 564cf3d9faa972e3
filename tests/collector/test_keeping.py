"""What is kept, how long, how it is erased, and what a backup gives back."""

import os
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from checks import wire
from collector import cli, retention
from collector.backup import BackupError, back_up, restore
from collector.code_cli import make_code
from collector.erasing import ERASURES, erase
from collector.people import signing_in
from collector.people.roles import Role
from collector.people.tables import Account, AuditEntry, ReadingLink, SetAside, WebSession
from collector.plan.tables import Contact, Rerun
from collector.settings import Settings
from collector.signing import Keys, open_keys
from collector.sole import AnotherServes, only_one
from collector.store import Session, people, quarantine
from collector.store.audit import record
from collector.store.engine import Store
from collector.store.tries import add_page_code
from collector.tables import EnrolmentCode, PageCode, PageTest, School, Token, Workstation, WorkstationKey
from tests.collector.conftest import MOULIN, TILLEULS
from tests.collector.workstation import Workstation as Pc

DAY_S = 86_400


@pytest.fixture
def measured(workstation: Pc, filled: Store) -> Pc:
    assert workstation.send(wire.pack(workstation.report("name_refused_one_service"))).status_code == 201
    return workstation


def everything(store: Store) -> str:
    """All that the database holds, as text."""
    with store.engine.connect() as connection:
        rows = [connection.execute(table.select()).fetchall() for table in SQLModel.metadata.sorted_tables]
    return str(rows)


def set_aside(store: Store, key_id: str, received_at: int) -> None:
    row = SetAside(
        key_id=key_id, report_id=str(received_at), sequence=1, sent_at=0, received_at=received_at, reason="", body=b"x"
    )
    store.write(lambda session: quarantine.set_aside(session, row))


def test_a_workstation_nobody_heard_of_for_its_time_is_erased(measured: Pc, filled: Store, keys: Keys) -> None:
    now = int(time.time())
    assert retention.purge(filled, keys, now) == {}
    assert retention.SILENT.what not in retention.purge(filled, keys, now + (retention.SILENT.days - 1) * DAY_S)
    lost = retention.purge(filled, keys, now + (retention.SILENT.days + 1) * DAY_S)
    assert lost[retention.SILENT.what] == 1
    assert measured.id not in everything(filled)


def test_one_with_a_key_that_was_heard_is_not_silent(measured: Pc, filled: Store, keys: Keys) -> None:
    now = int(time.time())

    def enrol_long_ago(session: Session) -> None:
        older = WorkstationKey(
            key_id="older", workstation_id=measured.id, public_key=b"", state="revoked", enrolled_at=now - 900 * DAY_S
        )
        session.add(older)

    filled.write(enrol_long_ago)
    assert retention.SILENT.what not in retention.purge(filled, keys, now)
    assert measured.id in everything(filled)
    lost = retention.purge(filled, keys, now + (retention.SILENT.days + 1) * DAY_S)
    assert lost[retention.SILENT.what] == 1


def test_every_class_goes_after_its_time_and_not_before(measured: Pc, filled: Store, keys: Keys) -> None:
    now = int(time.time())
    set_aside(filled, measured.key_id, now)

    def fill(session: Session) -> None:
        row = session.get_one(Workstation, measured.id)
        row.egress, row.egress_at = "pseudonym", now
        session.exec(select(EnrolmentCode)).one().expires_at = now
        session.add(PageTest(id="t", uai=MOULIN, kind="tablette", observed_at=now, facts=b""))
        add_page_code(session, MOULIN, "page", now - 10, 0).expires_at = now
        session.add(Token(name="", role="lecteur", place="nation", secret_sha256="x", created_at=0, expires_at=now))
        account = people.add_account(session, "parti", now, disabled_at=now)
        people.grant(session, account.id, Role.LECTEUR, "nation")
        signing_in.make_link(session, "cli", f"school:{MOULIN}", now - 10, 10)
        people.add_session(session, "s", now - 10, 10, account_id=account.id)
        record(session, now, "cli", "invited")
        session.add(Rerun(uai=MOULIN, check_id="network.dns", cause="name_refused", asked_at=now, asked_by="x"))
        session.add(Contact(territory="nation", actor="academie", name="DSI", email="dsi@example.fr", added_at=now))

    filled.write(fill)
    kept: dict[int, tuple[Any, ...]] = {
        30: (select(Workstation).where(Workstation.egress == "pseudonym"), select(ReadingLink)),
        28: (select(Rerun),),
        90: (select(SetAside),),
        365: (
            select(EnrolmentCode),
            select(PageCode),
            select(Token).where(Token.secret_sha256 == "x"),
            select(Account),
            select(AuditEntry).where(AuditEntry.actor == "cli"),
        ),
        400: (select(PageTest), select(Workstation)),
        730: (select(Contact),),
    }

    def held(query: Any) -> bool:
        with filled.reading() as session:
            return session.exec(query).first() is not None

    retention.purge(filled, keys, now + 60)
    assert not held(select(WebSession))
    for days, queries in sorted(kept.items()):
        retention.purge(filled, keys, now + days * DAY_S - 60)
        assert all(held(query) for query in queries), f"one went before its {days} days"
        retention.purge(filled, keys, now + days * DAY_S + 60)
        assert not any(held(query) for query in queries), f"one stayed past its {days} days"
    with filled.reading() as session:
        assert session.exec(select(WorkstationKey)).all() == []


def test_the_command_purges_and_says_what(
    measured: Pc, filled: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    set_aside(filled, measured.key_id, 1)
    assert cli.main(["purge"]) == 0
    assert "1\tRelevés mis de côté" in capsys.readouterr().out
    assert cli.main(["purge"]) == 0
    assert "Rien n'a dépassé" in capsys.readouterr().out


def test_erasing_a_workstation_leaves_nothing_of_it(
    measured: Pc, filled: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    set_aside(filled, measured.key_id, 1)
    assert cli.main(["erase", "workstation", "nobody"]) == 1
    assert cli.main(["erase", "workstation", measured.id]) == 0
    assert "sauvegardes" in capsys.readouterr().out
    said = everything(filled)
    assert measured.key_id not in said
    assert said.count(measured.id) == 1, "only the audit log names it, by its random id"
    assert measured.send(wire.pack(measured.report())).status_code == 401


def test_erasing_a_school_leaves_its_line_of_the_directory(
    measured: Pc, filled: Store, settings: Settings, keys: Keys
) -> None:
    make_code(filled, keys.fingerprint, TILLEULS)
    now = int(time.time())
    filled.write(lambda session: signing_in.make_link(session, "cli", f"school:{MOULIN}", now, 60))
    filled.write(lambda s: s.add(Rerun(uai=MOULIN, check_id="c", cause="c", asked_at=now, asked_by="x")))
    assert erase(filled, settings, "school", MOULIN, "cli") == 1
    with filled.reading() as session:
        assert session.get_one(School, MOULIN).name == "École du Moulin"
        assert session.exec(select(Workstation)).all() == []
        assert [code.uai for code in session.exec(select(EnrolmentCode)).all()] == [TILLEULS]
        assert session.exec(select(ReadingLink)).all() == []
        assert session.exec(select(Rerun)).all() == []


def test_a_backup_gives_everything_back(measured: Pc, filled: Store, settings: Settings, tmp_path: Path) -> None:
    file, other = tmp_path / "sauvegarde", Settings(data_dir=tmp_path / "other")
    fingerprint = open_keys(settings).fingerprint
    assert back_up(settings, file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert restore(other, file) == []
    assert open_keys(other).fingerprint == fingerprint
    with Store(other.url) as store:
        assert everything(store) == everything(filled)
    assert oct((other.data_dir / "collector.key").stat().st_mode & 0o777) == "0o600"


def test_what_was_erased_does_not_come_back_with_a_backup(
    measured: Pc, filled: Store, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "sauvegarde"
    back_up(settings, file)
    erase(filled, settings, "workstation", measured.id, "cli")
    filled.close()
    assert restore(settings, file) == [measured.id]
    with Store(settings.url) as store:
        assert measured.key_id not in everything(store)
    assert list(settings.data_dir.glob("avant-*/preau.sqlite"))
    assert measured.id in (settings.data_dir / ERASURES).read_text()


def test_nothing_is_given_back_under_a_collector_that_serves(settings: Settings, filled: Store, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "sauvegarde")
    with only_one(settings), pytest.raises(AnotherServes, match="l'arrêter"):
        restore(settings, tmp_path / "sauvegarde")
    assert not list(settings.data_dir.glob("avant-*"))


@pytest.mark.parametrize("damage", ["cut", "empty", "other archive", "damaged database", "path outside", "link"])
def test_a_damaged_backup_changes_nothing(damage: str, filled: Store, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "sauvegarde"
    back_up(settings, file)
    whole = file.read_bytes()
    if damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "link":
        with tarfile.open(file, "w:gz") as archive:
            link = tarfile.TarInfo("preau.sqlite")
            link.type, link.linkname = tarfile.SYMTYPE, str(settings.data_dir / "preau.sqlite")
            archive.addfile(link)
    else:
        name = {"other archive": "x.txt", "damaged database": "preau.sqlite", "path outside": "../preau.sqlite"}[damage]
        (tmp_path / "x").write_bytes(b"SQLite format 3\0" + os.urandom(8192))
        with tarfile.open(file, "w:gz") as archive:
            archive.add(tmp_path / "x", name)
    before = everything(filled)
    with pytest.raises(BackupError, match=r"sauvegarde|abîmée"):
        restore(settings, file)
    assert everything(filled) == before
    assert not list(settings.data_dir.glob("avant-*"))


def test_a_backup_never_writes_over_a_file(settings: Settings, filled: Store, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("précieux")
    with pytest.raises(BackupError, match="existe déjà"):
        back_up(settings, tmp_path / "x")
    assert (tmp_path / "x").read_text() == "précieux"

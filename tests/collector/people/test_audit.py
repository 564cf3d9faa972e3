"""The audit log: appended to only, chained, purged up to a signed point, and verified from there."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from collector import cli
from collector.people.tables import AuditEntry
from collector.settings import Settings
from collector.signing import Keys
from collector.store import Session, audit
from collector.store.engine import Store

NOW = 1_795_000_000
DAY_S = 86_400


@pytest.fixture
def written(store: Store) -> Store:
    """Ten entries, one a day."""
    for number in range(10):
        store.write(
            lambda session, at=NOW + number * DAY_S: audit.record(session, at, "p_1", "invited", role="lecteur")
        )
    return store


def proof(store: Store, keys: Keys) -> audit.Proof:
    with store.reading() as session:
        return audit.verify(session, keys.signed_by_collector)


def test_a_chain_that_nobody_touched_is_whole(written: Store, keys: Keys) -> None:
    assert proof(written, keys) == audit.Proof(entries=10, since=None, problems=())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'p_2' WHERE number = 4",
        "DELETE FROM audit_entry WHERE number = 4",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_itself_refuses_changes(statement: str, written: Store) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|checkpoint"):
        written.write(lambda session: session.exec(text(statement)))
    with written.reading() as session:
        assert len(session.exec(select(AuditEntry)).all()) == 10


CHANGED: dict[str, tuple[str, ...]] = {
    "an entry": ("UPDATE audit_entry SET actor = 'p_2' WHERE number = 4",),
    "an entry taken away": ("DELETE FROM audit_entry WHERE number = 4",),
    "the end cut off": ("DELETE FROM audit_entry WHERE number > 7",),
    "the end cut off, and the head moved": (
        "DELETE FROM audit_entry WHERE number > 7",
        "UPDATE audit_head SET number = 7, sha256 = (SELECT sha256 FROM audit_entry WHERE number = 7)",
    ),
    "the beginning cut off": ("DELETE FROM audit_entry WHERE number < 3",),
}


@pytest.mark.parametrize("what", CHANGED)
def test_whoever_holds_the_database_cannot_hide_a_change(what: str, written: Store, keys: Keys) -> None:
    written.write(lambda session: audit.add_checkpoint(session, NOW, keys.sign))

    def tamper(session: Session) -> None:
        for name in ("audit_entry_unchanged", "audit_entry_kept"):
            session.exec(text(f"DROP TRIGGER {name}"))
        for statement in CHANGED[what]:
            session.exec(text(statement))

    written.write(tamper)
    assert proof(written, keys).problems


def test_a_purge_stops_at_a_signed_point_and_the_rest_is_still_proved(written: Store, keys: Keys) -> None:
    assert written.write(lambda session: audit.purge(session, NOW + 5 * DAY_S)) == 0, "nothing is signed yet"
    written.write(lambda session: audit.add_checkpoint(session, NOW, keys.sign))
    assert written.write(lambda session: audit.purge(session, NOW + 5 * DAY_S)) == 0, "the point is past what is old"
    assert written.write(lambda session: audit.purge(session, NOW + 50 * DAY_S)) == 10
    assert proof(written, keys) == audit.Proof(entries=0, since=10, problems=())
    written.write(lambda session: audit.record(session, NOW, "p_1", "invited"))
    assert proof(written, keys) == audit.Proof(entries=1, since=10, problems=())


def test_a_point_signed_by_somebody_else_is_told(written: Store, keys: Keys) -> None:
    written.write(lambda session: audit.add_checkpoint(session, NOW, lambda _message: "AAAA"))
    assert proof(written, keys).problems


def test_the_command_says_whole_or_touched(
    written: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    assert cli.main(["audit", "verify"]) == 0
    assert "entier" in capsys.readouterr().out

    def tamper(session: Session) -> None:
        session.exec(text("DROP TRIGGER audit_entry_unchanged"))
        session.exec(text("UPDATE audit_entry SET at = 0 WHERE number = 2"))

    written.write(tamper)
    assert cli.main(["audit", "verify"]) == 1
    assert "l'entrée 2 a été modifiée" in capsys.readouterr().err


def test_what_is_done_from_the_command_line_is_told(
    filled: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    commands: tuple[tuple[str, ...], ...] = (
        ("user", "invite", "--role", "pilote", "--place", "academie:99"),
        ("link", "create", "0990019H"),
        ("link", "revoke", "1"),
    )
    for command in commands:
        assert cli.main(command) == 0
    printed = capsys.readouterr().out
    with filled.reading() as session:
        told = [(e.action, e.subject, json.loads(e.detail)) for e in audit.entries(session)]
    assert [action for action, _, _ in told] == ["invited", "link_made", "link_revoked"]
    secrets = [line.rpartition("/")[2] for line in printed.splitlines()]
    assert not any(secret in str(told) for secret in secrets if len(secret) > 20)

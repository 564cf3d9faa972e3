"""What the operator's guide says of PostgreSQL is true: a dump, a moment in the past, a replica that takes over."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlmodel import Session, select

from collector.store.engine import Store
from collector.store.schema import require_present, upgrade
from collector.tables import Token
from tests.conftest import need
from tests.postgres import QUICK, Postgres, missing, postgres

PATIENCE_S = 30


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    need(not missing(), missing())
    with ExitStack() as stack:
        yield stack


def archiving(stack: ExitStack) -> Postgres:
    """A server as the guide sets it, with a migrated database."""
    server = stack.enter_context(postgres())
    Path(server.data, "..", "wal").mkdir()
    wal = server.folder / "wal"
    wal.chmod(0o777)
    server.stop()
    copy = f"archive_command = 'test ! -f {wal}/%f && cp %p {wal}/%f'"
    server.set("wal_level = replica", "archive_mode = on", copy)
    server.start()
    server.command("CREATE DATABASE preau")
    with Store(server.url("preau")) as store:
        upgrade(store.engine)
    return server


def keep(server: Postgres, *names: str) -> None:
    def write(session: Session) -> None:
        for name in names:
            session.add(Token(name=name, role="lecteur", place="nation", secret_sha256=name, created_at=0))

    with Store(server.url("preau")) as store:
        store.write(write)


def kept(server: Postgres, database: str = "preau") -> set[str]:
    with Store(server.url(database)) as store, store.reading() as session:
        require_present(store.engine)
        return set(session.exec(select(Token.name)).all())


def wait_until(server: Postgres, question: str, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not server.command(question)[0][0]:
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_a_dump_is_restored_beside_what_runs(stack: ExitStack) -> None:
    server = stack.enter_context(postgres())
    server.command("CREATE DATABASE preau")
    with Store(server.url("preau")) as store:
        upgrade(store.engine)
    keep(server, "before")
    dump, where = f"{server.folder}/preau.dump", ("-h", str(server.folder), "-U", "preau")
    server.run("pg_dump", *where, "--format=custom", f"--file={dump}", "preau")
    keep(server, "after")
    server.run("createdb", *where, "trial")
    server.run("pg_restore", *where, "--dbname=trial", "--exit-on-error", dump)
    assert kept(server, "trial") == {"before"}
    assert kept(server) == {"before", "after"}


def test_a_mistake_is_undone_by_going_back_to_just_before_it(stack: ExitStack) -> None:
    server = archiving(stack)
    keep(server, "before the copy")
    copy = Postgres(settings=QUICK, base=server)
    stack.callback(copy.remove)
    keep(server, "after the copy")
    moment = server.command("SELECT clock_timestamp()::text")[0][0]
    time.sleep(0.05)
    server.command("DELETE FROM token", "preau")
    assert kept(server) == set()
    server.command("SELECT pg_switch_wal()")
    wait_until(server, "SELECT last_archived_wal IS NOT NULL AND failed_count = 0 FROM pg_stat_archiver", "archived")
    server.stop()
    copy.set(
        f"restore_command = 'cp {server.folder}/wal/%f %p'",
        f"recovery_target_time = '{moment}'",
        "recovery_target_action = 'promote'",
        "archive_mode = off",
    )
    copy.signal_file("recovery.signal")
    copy.start()
    wait_until(copy, "SELECT NOT pg_is_in_recovery()", "promoted")
    assert kept(copy) == {"before the copy", "after the copy"}
    keep(copy, "afterwards")


def test_a_synchronous_replica_takes_over_with_everything_acknowledged(stack: ExitStack) -> None:
    main = stack.enter_context(postgres(settings=("fsync=off",)))  # commits still wait for the replica
    main.command("CREATE DATABASE preau")
    with Store(main.url("preau")) as store:
        upgrade(store.engine)
    replica = Postgres(settings=(f"primary_conninfo = 'host={main.folder} user=preau'", "hot_standby = on"), base=main)
    stack.callback(replica.remove)
    replica.signal_file("standby.signal")
    replica.start()
    main.command("ALTER SYSTEM SET synchronous_standby_names = '*'")
    main.command("SELECT pg_reload_conf()")
    wait_until(main, "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'", "a synchronous replica")
    names = {f"acknowledged {number}" for number in range(20)}
    for name in sorted(names):
        keep(main, name)
    main.stop(signal.SIGQUIT)  # lost as by a crash
    replica.command("SELECT pg_promote()")
    assert kept(replica) == names
    keep(replica, "afterwards")

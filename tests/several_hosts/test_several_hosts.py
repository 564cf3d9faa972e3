"""Collectors on several hosts, behind nginx, on one PostgreSQL: nothing acknowledged is lost, whatever falls."""

import asyncio
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlmodel import select

import collector
from checks.profile import parse
from collector.code_cli import make_code
from collector.publishing import publish_profile
from collector.settings import Settings
from collector.signing import open_keys
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import import_schools
from collector.simulator.fleet import Sender, flavours, pcs_of
from collector.simulator.line import Line
from collector.simulator.nation import lay_out
from collector.simulator.traffic import Traffic
from collector.store.engine import Store
from collector.store.schema import upgrade, versions
from collector.tables import Workstation, WorkstationKey
from collector.verify_cli import verify
from tests.conftest import need
from tests.postgres import missing as no_postgres
from tests.several_hosts.hosts import Site, inside, missing, site

PCS = 48
SCHOOLS = [school for school in lay_out(9, 6, PCS) if school.pcs]
FUTURE = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
    op.add_column("workstation_key", sa.Column("of_the_future", sa.String(), nullable=True))
    op.create_table("of_the_future", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_index("ix_of_the_future", "workstation", ["tag"])


def downgrade():
    op.drop_index("ix_of_the_future", "workstation")
    op.drop_table("of_the_future")
    op.drop_column("workstation_key", "of_the_future")
"""
"""What a later version may do while this one serves: it only adds."""


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, list[Sender]]]:
    """Two collectors behind nginx, with workstations enrolled through it."""
    need(not missing(), missing())
    need(not no_postgres(), no_postgres())
    with site() as one:
        folder = tmp_path_factory.mktemp("keys")
        with Store(one.own_url) as store:
            upgrade(store.engine)
            keys = open_keys(Settings(data_dir=folder))
            publish_profile(store, keys, profile_of_recordings(), default=True)
            import_schools(store, SCHOOLS, folder)
            codes = {s.uai: make_code(store, keys.fingerprint, s.uai, uses=s.pcs).secret for s in SCHOOLS}
        one.add_collectors({"one": "10.77.0.11", "two": "10.77.0.12"}, folder / "collector.key")
        one.start_nginx()
        traffic = new_traffic(one)
        senders = inside(one.space("client"), lambda: asyncio.run(traffic.enrol(pcs_of(9, SCHOOLS), codes, quiet)))
        assert traffic.outcome.wrong == []
        yield one, senders


def new_traffic(one: Site) -> Traffic:
    return Traffic([one.url], flavours(parse(profile_of_recordings())), 12, all_good=True)


def quiet(_done: int, _total: int) -> None: ...


def send_while(one: Site, senders: list[Sender], trouble: Callable[[], None]) -> tuple[Traffic, int]:
    """Have all of them send through nginx for as many days as the trouble lasts, then ask again for every receipt."""
    traffic, days = new_traffic(one), 0

    async def live() -> None:
        nonlocal days
        while days < 2 or beside.is_alive():
            await traffic.day(senders, days, quiet)
            days += 1

    fault: list[BaseException] = []

    def make_trouble() -> None:
        try:
            time.sleep(0.3)
            trouble()
        except BaseException as error:  # noqa: BLE001 - told by the test
            fault.append(error)

    beside = threading.Thread(target=make_trouble)
    beside.start()
    inside(one.space("client"), lambda: asyncio.run(live()))
    beside.join(60)
    assert not fault, fault
    inside(one.space("client"), lambda: asyncio.run(traffic.ask_again(quiet)))
    return traffic, days


def hold_to_it(one: Site, senders: list[Sender], traffic: Traffic, days: int) -> None:
    """Every report acknowledged is kept, once; counters and verdicts are what a recount and a second judgement say."""
    assert traffic.outcome.wrong == []
    assert len(traffic.outcome.acknowledged) == days * len(senders)
    with Store(one.own_url) as store, store.reading() as session:
        kept = {key.key_id: key.last_sequence for key in session.exec(select(WorkstationKey)).all()}
        assert kept == {sender.key_id: sender.sequence for sender in senders}
        assert verify(store, judging=True) == []
        lines = set(session.exec(select(Workstation.uai, Workstation.egress)).all())
        assert len(lines) == len({uai for uai, _ in lines}), (
            "the client's line, through nginx, whichever collector took it"
        )
        assert None not in {egress for _, egress in lines}


def kill_9_of_a_collector_loses_nothing(one: Site, senders: list[Sender], _folder: Path) -> None:
    def kill_and_start() -> None:
        for each in one.collectors:
            each.stop(signal.SIGKILL)
            time.sleep(0.5)
            each.start()

    hold_to_it(one, senders, *send_while(one, senders, kill_and_start))


def a_crash_of_the_database_loses_nothing(one: Site, senders: list[Sender], _folder: Path) -> None:
    """SIGQUIT ends PostgreSQL as a crash would: it replays its log when it starts again."""

    def crash_and_start() -> None:
        one.database.stop(signal.SIGQUIT)
        time.sleep(1)
        one.database.start()

    traffic, days = send_while(one, senders, crash_and_start)
    assert traffic.outcome.tries_lost > 0
    hold_to_it(one, senders, traffic, days)


def a_migration_while_serving_loses_nothing(one: Site, senders: list[Sender], folder: Path) -> None:
    """A later version's migration, which only adds, goes through while this version goes on serving."""
    scripts = folder / "migrations"
    shutil.copytree(Path(collector.__file__).parent / "migrations", scripts)
    with Store(one.own_url) as store:
        head = versions(store.engine)[1]
    (scripts / "versions" / "9999_future.py").write_text(FUTURE.format(head=head))
    gone_through: list[str | None] = []

    def migrate_and_back() -> None:
        for move, target in ((command.upgrade, "head"), (command.downgrade, head)):
            config = Config()
            config.set_main_option("script_location", str(scripts))
            with Store(one.own_url) as store:
                with store.engine.begin() as connection:
                    config.attributes["connection"] = connection
                    move(config, target)
                gone_through.append(versions(store.engine)[0])

    traffic, days = send_while(one, senders, migrate_and_back)
    assert gone_through == ["9999", head]
    hold_to_it(one, senders, traffic, days)


def all_collectors_down_is_told_with_when_to_come_back(one: Site, _senders: list[Sender], _folder: Path) -> None:
    async def ask() -> tuple[int, str]:
        async with Line(one.url) as line:
            heard = await line.ask("GET", "/healthz", {})
            return heard.status, heard.headers.get("retry-after", "")

    assert inside(one.space("client"), lambda: asyncio.run(ask()))[0] == 200
    for each in one.collectors:
        each.stop()
    assert inside(one.space("client"), lambda: asyncio.run(ask())) == (503, "600")


TROUBLES = (
    kill_9_of_a_collector_loses_nothing,
    a_crash_of_the_database_loses_nothing,
    a_migration_while_serving_loses_nothing,
    all_collectors_down_is_told_with_when_to_come_back,
)


def test_several_hosts(running: tuple[Site, list[Sender]], subtests: pytest.Subtests, tmp_path: Path) -> None:
    """One site for all of it: two workers would build two."""
    one, senders = running
    for trouble in TROUBLES:
        with subtests.test(trouble.__name__):
            trouble(one, senders, tmp_path)

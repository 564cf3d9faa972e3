"""A line is known by a pseudonym of the school's own; the address is nowhere, and only named proxies are believed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from checks import wire
from collector.code_cli import make_code
from collector.egress import address_of, pseudonym
from collector.settings import Settings, SettingsError, from_environment
from collector.signing import Keys
from collector.store.engine import Store
from collector.store.moves import transfer
from collector.tables import Workstation as Row
from tests.collector.conftest import MOULIN, TILLEULS
from tests.collector.workstation import Workstation

KEY = b"k" * 32
SCHOOL_LINE, HOME = "198.51.100.7", "203.0.113.99"


def sent_from(app: FastAPI, address: str, code: str) -> Workstation:
    pc = Workstation(TestClient(app, client=(address, 40_000)))
    assert pc.enrol(code).status_code == 201
    assert pc.send(wire.pack(pc.report())).status_code == 201
    return pc


def row(store: Store, pc: Workstation) -> Row:
    with store.reading() as session:
        return session.get_one(Row, pc.id)


@pytest.mark.both_databases
def test_workstations_of_a_school_that_share_a_line_share_a_pseudonym(
    app: FastAPI, client: TestClient, filled: Store, keys: Keys
) -> None:
    code = make_code(filled, keys.fingerprint, MOULIN).secret
    here, beside, home = (sent_from(app, address, code) for address in (SCHOOL_LINE, "198.51.100.240", HOME))
    elsewhere = sent_from(app, SCHOOL_LINE, make_code(filled, keys.fingerprint, TILLEULS).secret)
    lines = [row(filled, pc).egress for pc in (here, beside, home, elsewhere)]
    assert lines[0] == lines[1]
    assert len(set(lines)) == 3, "another line, and the same line seen from another school"
    assert client.get(f"/api/v1/schools/{MOULIN}/readiness").json()["lines"] == 2
    assert client.get(f"/api/v1/schools/{TILLEULS}/readiness").json()["lines"] == 1
    assert "par 2 lignes Internet" in client.get(f"/ecoles/{MOULIN}").text
    filled.write(lambda session: transfer(session, home.id, TILLEULS, None, 1))
    assert row(filled, home).egress is None, "a pseudonym is of one school"


def test_a_line_that_stays_is_written_once_and_one_that_changes_at_once(
    app: FastAPI, client: TestClient, filled: Store, keys: Keys
) -> None:
    pc = sent_from(app, SCHOOL_LINE, make_code(filled, keys.fingerprint, MOULIN).secret)
    first = row(filled, pc)
    filled.write(lambda session: setattr(session.get_one(Row, pc.id), "egress_at", first.egress_at - 3600))
    pc.send(wire.pack(pc.report()))
    assert row(filled, pc).egress_at == first.egress_at - 3600
    pc.client = TestClient(app, client=(HOME, 40_000))
    pc.send(wire.pack(pc.report()))
    assert row(filled, pc).egress not in (None, first.egress)
    pc.client = client
    pc.send(wire.pack(pc.report()))
    assert row(filled, pc).egress is not None, "an address that cannot be read takes nothing away"


def test_no_address_is_in_the_database(app: FastAPI, filled: Store, keys: Keys, tmp_path: Path) -> None:
    sent_from(app, SCHOOL_LINE, make_code(filled, keys.fingerprint, MOULIN).secret)
    filled.close()
    for path in tmp_path.glob("preau.sqlite*"):
        assert not re.search(re.escape(SCHOOL_LINE[:10]).encode(), path.read_bytes())


def test_a_pseudonym_needs_the_key_and_the_school() -> None:
    assert re.fullmatch("[0-9a-f]{16}", pseudonym(KEY, MOULIN, SCHOOL_LINE) or "")
    assert pseudonym(KEY, MOULIN, SCHOOL_LINE) != pseudonym(b"x" * 32, MOULIN, SCHOOL_LINE)
    assert pseudonym(KEY, MOULIN, "2001:db8:1:200::1") == pseudonym(KEY, MOULIN, "2001:db8:1:2ff:9::1")
    assert pseudonym(KEY, MOULIN, "2001:db8:1:200::1") != pseudonym(KEY, MOULIN, "2001:db8:1:300::1")


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "0.0.0.0", "testclient", "198.51.100.7:80"])
def test_what_is_no_address_of_a_school_has_none(address: str) -> None:
    assert pseudonym(KEY, MOULIN, address) is None


@pytest.mark.parametrize(
    ("headers", "trusted", "said"),
    [
        ({}, "", SCHOOL_LINE),
        ({"x-forwarded-for": HOME}, "", ""),
        ({"x-forwarded-for": HOME}, "10.0.0.1", SCHOOL_LINE),
    ],
)
def test_a_proxy_is_believed_only_when_it_is_named(headers: Mapping[str, str], trusted: str, said: str) -> None:
    """With trusted ones, the server (uvicorn) has already put what they forward in the place of their address."""
    settings = Settings(data_dir=Path(), trusted_proxies=trusted)
    assert address_of((SCHOOL_LINE, 1), headers, settings) == said
    assert address_of(None, headers, replace(settings)) == ""


def test_proxies_are_addresses_or_networks() -> None:
    assert (
        from_environment({"PREAU_TRUSTED_PROXIES": "10.0.0.1, 192.0.2.0/24"}).trusted_proxies == "10.0.0.1,192.0.2.0/24"
    )
    with pytest.raises(SettingsError, match="nginx"):
        from_environment({"PREAU_TRUSTED_PROXIES": "10.0.0.1,nginx"})

"""Throughput, measured for real between an agent and a collector."""

from pathlib import Path

import pytest

from agent.door import open_door
from agent.enrolment import enrol, read_invitation
from agent.identity import Folder
from agent.measure import measure
from agent.requirements import Required, fetch, held
from checks import line
from checks.network.throughput import Facts
from collector.settings import Settings
from tests.agent.servers import closed_port
from tests.served import PROFILE, Served

LINE = """[network.throughput]
tier = "recommended"

[school]"""


def enrolled(served: Served, folder: Folder) -> Required:
    enrol(folder, read_invitation(served.code(), served.url), tag=None, place="classe", ca=None)
    identity = folder.identity()
    assert identity is not None
    return fetch(folder, identity)


def measured(required: Required) -> object:
    return measure(open_door(required.known(None)), required.profile, required.context).get("network.throughput")


@pytest.mark.timeout(120)
def test_one_workstation_measures_for_its_school_and_the_others_leave_it_be(tmp_path: Path) -> None:
    served = Served(Settings(data_dir=tmp_path / "collector", port=closed_port()))
    served.publish(PROFILE.replace("[school]", LINE).replace('version = "1"', 'version = "2"'))
    with served.up():
        first, second = Folder(tmp_path / "a"), Folder(tmp_path / "b")
        required = enrolled(served, first)
        attempt = measured(required)
        facts = attempt.facts  # type: ignore[attr-defined]
        assert measured(enrolled(served, second)) is None, "leased lately to another"
        identity = first.identity()
        assert identity is not None
        alone = held(first, identity)
        assert alone is not None
        assert measured(alone) is None, "an audit asks for no lease"
    assert isinstance(facts, Facts)
    seen = facts.throughput
    assert seen.failure is None
    assert seen.down_kbps is not None
    assert seen.up_kbps is not None
    assert 0 < seen.down_bytes <= line.MAX_DOWN_BYTES
    assert 0 < seen.up_bytes <= line.MAX_UP_BYTES
    assert seen.took_ms < 30_000

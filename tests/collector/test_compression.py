"""What was kept stays readable, by whatever dictionary, and takes little room."""

import hashlib
import threading
from importlib.resources import files

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from checks.profile import parse
from checks.wire import to_json
from collector import facts
from collector.compression import CURRENT, compress, decompress
from collector.facts import Kept
from collector.simulator.door import profile_of_recordings
from collector.simulator.fleet import flavours

SHA256 = {
    1: "b97dcb75d9844117843bf97afbf0188f7c22d3d37f932d9d4cf9f66b6a076ae8",
    2: "4beb8ad11389af3048c5a3afbb76290767d7bd600d8a32bb0725c106748f7b3f",
}
"""A dictionary that was used and then changed would make what was kept unreadable."""


@pytest.mark.parametrize("number", range(1, CURRENT + 1))
def test_a_dictionary_is_never_changed(number: int) -> None:
    content = (files("collector") / "data" / f"kept-{number}.dict").read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256[number]


@given(st.binary())
def test_what_is_kept_comes_back(plain: bytes) -> None:
    assert decompress(compress(plain)) == plain


def test_what_was_kept_without_a_dictionary_comes_back() -> None:
    assert decompress(zstandard.ZstdCompressor(level=6).compress(b"{}" * 99)) == b"{}" * 99


def test_threads_do_not_share_a_compressor() -> None:
    said: list[bytes] = []
    threads = [threading.Thread(target=lambda: said.append(decompress(compress(b"a" * 5000)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [b"a" * 5000] * 4


def test_the_facts_of_a_workstation_take_a_few_hundred_bytes() -> None:
    for kind in flavours(parse(profile_of_recordings())):
        kept = {
            id_: Kept(
                observed_at=1_800_000_000,
                facts=to_json(one["facts"]) if "facts" in one else None,
                fault=one.get("fault"),
            )
            for id_, one in kind.found.items()
        }
        packed = facts.pack(kept)
        assert facts.unpack(packed) == kept
        assert len(packed) < 1_000, kind.name


def test_facts_kept_as_json_come_back() -> None:
    older = b'{"a.b":[17,true,null,{"x":1}],"c.d":[18,false,null,[]],"e.f":[19,true,"probe_deadline",null]}'
    assert facts.unpack(compress(older), moved_s=5) == {
        "a.b": Kept(observed_at=22, facts=b'{"x":1}'),
        "c.d": Kept(observed_at=18, facts=b"[]", is_last=False),
        "e.f": Kept(observed_at=24, facts=None, fault="probe_deadline"),
    }

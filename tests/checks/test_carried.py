"""The file that somebody carries: what it holds comes back whole, and anything else is told in a sentence."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import carried, wire
from checks.carried import BadCarried, Carried

REPORT = Carried(path=wire.REPORTS_PATH, headers={"Preau-Sequence": "1"}, body=b"\x1f\x8b\x00")


def document(**changed: Any) -> bytes:
    one = {"path": wire.REPORTS_PATH, "headers": {}, "body": ""}
    return json.dumps({"kind": carried.KIND, "protocol": 1, "requests": [one]} | changed).encode()


def test_what_is_written_is_read_back() -> None:
    enrolment = Carried(path=wire.ENROLMENTS_PATH, headers={"Content-Type": "application/json"}, body=b"{}")
    read = carried.from_text(carried.to_text([enrolment, REPORT]))
    assert [one.body for one in read] == [b"{}", b"\x1f\x8b\x00"]
    assert read[1] == Carried(path=REPORT.path, headers={"preau-sequence": "1"}, body=REPORT.body)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "coupé"),
        (b"[" * 100_000, "coupé"),
        (carried.to_text([REPORT])[:-40], "coupé"),
        (b"[]", "pas un fichier écrit par preau-agent export"),
        (document(kind="autre"), "pas un fichier écrit par preau-agent export"),
        (document(protocol=2), "protocole 2"),
        (document(requests=[]), "« requests »"),
        (document(requests=[{}] * (carried.MOST_REQUESTS + 1)), "« requests »"),
        (document(requests=[{"path": "/", "headers": {}, "body": ""}]), "demande 1, « path »"),
        (document(requests=[{"path": [], "headers": {}, "body": ""}]), "demande 1, « path »"),
        (document(requests=[{"path": wire.REPORTS_PATH, "headers": {"a": 1}, "body": ""}]), "demande 1, « headers »"),
        (document(requests=[{"path": wire.REPORTS_PATH, "headers": {}, "body": "é"}]), "demande 1, « body »"),
        (document(requests=[{"path": wire.REPORTS_PATH, "headers": {}, "body": 3}]), "demande 1, « body »"),
        (b" " * (carried.MOST_BYTES + 1), "dépasse"),
    ],
)
def test_anything_else_is_told(text: bytes, said: str) -> None:
    with pytest.raises(BadCarried, match=said):
        carried.from_text(text)


@given(
    st.binary(max_size=300) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(repr).map(str.encode)
)
def test_no_bytes_do_worse_than_be_refused(text: bytes) -> None:
    with suppress(BadCarried):
        carried.from_text(text)

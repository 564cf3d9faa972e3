"""Protocol 1, byte for byte: agents in schools are frozen on what this file says."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import wire

KEY = bytes(range(32))


def test_the_bytes_a_workstation_signs_never_change() -> None:
    message = wire.request_message(
        method="POST",
        path=wire.REPORTS_PATH,
        key_id="k",
        report_id="r",
        sequence=7,
        last_receipt="l",
        sent_at=1_790_000_000,
        body=b"\x00body",
    )
    assert message == b"preau-request-v1\nPOST\n/api/v1/reports\nk\nr\n7\nl\n1790000000\n\x00body"
    bare = wire.request_message(method="GET", path=wire.PROFILE_PATH, key_id="k", sent_at=1)
    assert bare == b"preau-request-v1\nGET\n/api/v1/profile\nk\n-\n0\n-\n1\n"


def test_the_bytes_a_collector_signs_never_change() -> None:
    assert wire.answer_message("receipt", b"{}") == b"preau-answer-v1\nreceipt\n{}"
    assert wire.requirements_message("é") == b"preau-profile-v1\n\xc3\xa9"


def test_names_of_keys_never_change() -> None:
    assert wire.key_id(KEY) == "630dcd2966c4336691125448bbb25b4f"
    assert wire.fingerprint(KEY) == "CC6WTAB6RG"
    assert len(wire.fingerprint(KEY)) == wire.FINGERPRINT_LENGTH


def test_the_names_of_headers_and_the_layout_of_a_report_never_change() -> None:
    headers = [getattr(wire, name) for name in sorted(vars(wire)) if name.endswith("_HEADER")]
    assert headers == [
        "Preau-Key-Id",
        "Preau-Last-Receipt",
        "Preau-Report-Id",
        "Preau-Sent-At",
        "Preau-Sequence",
        "Preau-Signature",
    ]
    packed = wire.pack(
        wire.report(
            workstation_id="w",
            agent_version="0",
            profile_id="p",
            profile_version="1",
            evidence="agent",
            facts_schema=1,
            attempts={"hardware.memory": {"measured_at": 1, "took_ms": 2, "fault": "probe_crashed"}},
        )
    )
    assert gzip.decompress(packed) == (
        b'{"protocol":1,"facts_schema":1,"agent_version":"0","workstation_id":"w","profile":{"id":"p","version":"1"},'
        b'"evidence":"agent","checks":{"hardware.memory":{"measured_at":1,"took_ms":2,"fault":"probe_crashed"}}}'
    )
    assert packed[4:8] == b"\0\0\0\0", "a date in the gzip header would change the bytes of the same report"


@given(st.text(wire.CODE_ALPHABET, min_size=20, max_size=20))
def test_a_code_is_read_however_it_is_typed(signs: str) -> None:
    code = wire.parse_code(signs)
    assert wire.parse_code(str(code)) == code
    assert wire.parse_code(f" {str(code).lower().replace('0', 'o').replace('1', 'l')} ") == code
    assert len(str(code).replace("-", "")) == 20


@pytest.mark.parametrize(("typed", "why"), [("ABC", "20 signes, celui-ci en a 3"), ("U" * 20, "pas de « U »")])
def test_a_code_that_cannot_be_one_says_why(typed: str, why: str) -> None:
    with pytest.raises(wire.BadCode, match=why):
        wire.parse_code(typed)


@pytest.mark.parametrize(
    ("sent_at", "measured_at", "observed_at"),
    [
        (1_000, 400, 999_400),  # ten minutes in the spool
        (1_000, 2_000, 1_000_000),  # a clock set back in between
        (10**9, 0, 1_000_000 - wire.MAX_OBSERVED_AGE_S),  # a clock that leapt from 1970
    ],
)
def test_a_wrong_clock_does_not_age_a_fact(sent_at: int, measured_at: int, observed_at: int) -> None:
    assert wire.observed_at(received_at=1_000_000, sent_at=sent_at, measured_at=measured_at) == observed_at

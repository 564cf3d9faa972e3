from typing import get_args
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.answers.browser import Feature
from checks.plain import Unreadable
from collector.test_page.answer import browser_of, read_answer

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "name", "version"),
    [
        (CHROME, "chrome", (130, 0, 0, 0)),
        (CHROME + " Edg/130.0.2849.46", "edge", (130, 0, 2849, 46)),
        (CHROME + " OPR/115.0.0.0", "other", (115, 0, 0, 0)),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "firefox", (115, 0)),
        (
            "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 "
            "Mobile/15E148 Safari/604.1",
            "safari",
            (12, 1, 2),
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
            "other",
            (11, 0),
        ),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", "other", (8, 0)),
        ("curl/8.0", "other", ()),
        ("", "other", ()),
        ("Chrome/999999999999999999999", "chrome", (999_999_999,)),
    ],
)
def test_a_browser_is_named_by_what_it_says_of_itself(user_agent: str, name: str, version: tuple[int, ...]) -> None:
    browser = browser_of(user_agent)
    assert (browser.name, browser.version, browser.default) == (name, version, None)


def posted(**fields: str) -> bytes:
    return urlencode(fields).encode()


def test_a_form_without_an_answer_comes_from_a_browser_whose_scripts_do_not_run() -> None:
    answer = read_answer(posted(kind="tablette", number="7"), CHROME)
    assert (answer.kind, answer.number) == ("tablette", 7)
    assert answer.features.absent == ("javascript",)
    assert answer.features.present == ()


def test_what_was_said_both_ways_did_not_work() -> None:
    said = '{"present": ["javascript", "cookies", "storage"], "absent": ["storage"], "images": []}'
    features = read_answer(posted(kind="autre", answer=said), CHROME).features
    assert features.present == ("javascript", "cookies")
    assert features.absent == ("storage",)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (posted(kind="vaisseau"), "kind"),
        (posted(kind="autre", number="-1"), "number"),
        (posted(kind="autre", number="7777"), "number"),
        (posted(kind="autre", answer="{"), "answer"),
        (posted(kind="autre", answer="[" * 10_000), "answer"),
        (posted(kind="autre", answer='{"present": ["<script>"]}'), "answer.present.0"),
        (posted(kind="autre", answer='{"planted": 1}'), "answer.planted"),
        (posted(kind="autre", answer='{"round_trips_us": [1.5]}'), "answer.round_trips_us.0"),
        (posted(kind="autre", answer='{"present": ["javascript"], "images": [{"service": "ent"}]}'), "answer.images.0"),
        ("kind=é".encode(), "answer"),
        (b"&".join(b"a=1" for _ in range(50)), "answer"),
    ],
)
def test_nonsense_is_refused_at_its_field(body: bytes, field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_answer(body, CHROME)
    assert ".".join(map(str, refused.value.where)) == field


@given(st.binary(max_size=300), st.text(max_size=300))
def test_whatever_is_sent_is_read_or_refused(body: bytes, user_agent: str) -> None:
    try:
        answer = read_answer(body, user_agent)
    except Unreadable:
        return
    assert set(answer.features.present) | set(answer.features.absent) <= set(get_args(Feature))

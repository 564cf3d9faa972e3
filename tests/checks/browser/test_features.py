from typing import get_args

from checks.answers.browser import Feature, PageFeatures
from checks.browser.features import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

CAUSES = {
    "javascript": "javascript_off",
    "modern_javascript": "javascript_too_old",
    "cookies": "cookies_refused",
    "third_party_cookies": "third_party_cookies_refused",
    "storage": "storage_refused",
    "websocket": "websocket_failed",
    "popups": "popups_blocked",
    "video_h264": "video_h264_unplayable",
    "video_vp9": "video_vp9_unplayable",
    "audio_mp3": "audio_mp3_unplayable",
    "audio_aac": "audio_aac_unplayable",
    "audio_opus": "audio_opus_unplayable",
}


def tried(present: tuple[Feature, ...] = (), absent: tuple[Feature, ...] = ()) -> Facts:
    return Facts(features=PageFeatures(present=present, absent=absent))


def needs(*features: Feature) -> Requirement:
    return Requirement(needed=features)


ROWS = [
    Row("all there", tried(("javascript", "cookies")), needs("javascript", "cookies"), READY, None),
    Row("what is not needed may be absent", tried(("cookies",), ("popups",)), needs("cookies"), READY, None),
    Row("nothing needed", tried(), needs(), READY, None),
    Row("not tried", tried(("cookies",)), needs("cookies", "websocket"), UNMEASURED, "feature_not_tried"),
    Row(
        "said both ways, it is absent",
        tried(("cookies",), ("cookies",)),
        needs("cookies"),
        BLOCKED,
        "cookies_refused",
    ),
    *(Row(f"no {f}", tried((), (f,)), needs(f), BLOCKED, CAUSES[f]) for f in get_args(Feature)),
]
test_judge = judge_test(CHECK, ROWS)


def test_without_javascript_nothing_else_is_said() -> None:
    verdict = CHECK.judge(tried((), ("javascript",)), needs("javascript", "cookies", "websocket"))
    assert [e.cause for e in verdict.evidence] == ["javascript_off"]

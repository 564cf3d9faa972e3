from checks.answers.hardware import Screen
from checks.hardware.screen import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(minimum_width_px=1024, minimum_height_px=600, recommended_width_px=1280, recommended_height_px=720)


def seen(*screens: tuple[int, int, int | None, bool]) -> Facts:
    return Facts(
        screens=tuple(Screen(width_px=w, height_px=h, scale_percent=s, main=main) for w, h, s, main in screens)
    )


ROWS = [
    Row("large", seen((1920, 1080, 100, True)), ASKS, READY, None),
    Row("large, scale untold", seen((1920, 1080, None, True)), ASKS, READY, None),
    Row(
        "the main one counts", seen((1920, 1080, 100, False), (800, 600, 100, True)), ASKS, BLOCKED, "screen_too_small"
    ),
    Row("a netbook", seen((1024, 600, 100, True)), ASKS, AT_RISK, "screen_below_recommended"),
    Row("magnified", seen((1366, 768, 150, True)), ASKS, BLOCKED, "screen_magnified"),
    Row("none", seen(), ASKS, UNMEASURED, "no_screen_seen"),
    Row("a scale of zero", seen((1366, 768, 0, True)), ASKS, READY, None),
]
test_judge = judge_test(CHECK, ROWS)

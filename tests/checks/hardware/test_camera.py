from checks.answers.hardware import Cameras
from checks.hardware.camera import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, Row, judge_test

ROWS = [
    Row("one", Facts(cameras=Cameras(cameras_count=1, allowed=True)), Requirement(), READY, None),
    Row("one, leave untold", Facts(cameras=Cameras(cameras_count=1, allowed=None)), Requirement(), READY, None),
    Row(
        "one, forbidden",
        Facts(cameras=Cameras(cameras_count=1, allowed=False)),
        Requirement(),
        BLOCKED,
        "camera_forbidden",
    ),
    Row("none", Facts(cameras=Cameras(cameras_count=0, allowed=None)), Requirement(), BLOCKED, "no_camera"),
]
test_judge = judge_test(CHECK, ROWS)

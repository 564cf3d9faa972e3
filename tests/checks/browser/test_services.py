from dataclasses import replace

from checks.answers.browser import Image, ImageAsked
from checks.browser.services import CHECK, Facts, Requirement, asked
from tests.checks.judge_table import BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

WITH_IMAGE = replace(ENT, image_path="/logo.png")
ASKS = Requirement(services=(WITH_IMAGE,))


def images(*seen: tuple[str, bool]) -> Facts:
    return Facts(images=tuple(Image(service=service, shown=shown, took_ms=120) for service, shown in seen))


ROWS = [
    Row("shown", images(("ent", True)), ASKS, READY, None),
    Row("no service has an image", images(), Requirement(services=(ENT,)), READY, None),
    Row("not shown", images(("ent", False)), ASKS, BLOCKED, "image_not_shown"),
    Row("not asked", images(("autre", True)), ASKS, UNMEASURED, "image_not_asked"),
]
test_judge = judge_test(CHECK, ROWS)


def test_each_service_with_an_image_is_asked_at_its_own_address() -> None:
    assert asked((WITH_IMAGE, ENT)) == (ImageAsked(service="ent", url="https://ent.example.fr/logo.png"),)

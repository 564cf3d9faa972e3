from checks.answers.hardware import Sound
from checks.hardware.sound import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, Row, judge_test

ASKS = Requirement(output=True, input=True)


def seen(outputs: int, screens: int | None, inputs: int) -> Facts:
    return Facts(sound=Sound(outputs_count=outputs, screen_outputs_count=screens, inputs_count=inputs))


ROWS = [
    Row("both ways", seen(1, 0, 1), ASKS, READY, None),
    Row("all counted together", seen(1, None, 1), ASKS, READY, None),
    Row("silent", seen(0, 0, 1), ASKS, BLOCKED, "no_sound_output"),
    Row("only by the screen", seen(0, 3, 1), ASKS, AT_RISK, "sound_only_by_screen"),
    Row("no microphone", seen(1, 0, 0), ASKS, BLOCKED, "no_microphone"),
    Row("no microphone asked", seen(1, 0, 0), Requirement(), READY, None),
]
test_judge = judge_test(CHECK, ROWS)

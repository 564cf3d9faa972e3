import pytest

from checks.answers.software import Program, ProgramAsked
from checks.software.required import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(programs=(ProgramAsked(program="LibreOffice", linux=("libreoffice-core",)),))


def seen(installed: bool | None, *version: int) -> Facts:
    return Facts(programs=(Program(program="LibreOffice", installed=installed, version=version),))


ROWS = [
    Row("there", seen(True, 7, 4, 7), ASKS, READY, None),
    Row("there, version unsaid", seen(True), ASKS, READY, None),
    Row("absent", seen(False), ASKS, BLOCKED, "program_absent"),
    Row("no name here", seen(None), ASKS, UNMEASURED, "program_without_name"),
    Row("asked by an older profile", Facts(programs=()), ASKS, UNMEASURED, "program_not_asked"),
]
test_judge = judge_test(CHECK, ROWS)


@pytest.mark.parametrize(
    "name", ["", "a", "../etc/passwd", "/usr/bin/soffice", "C:\\soffice.exe", "soffice*", "x" * 65]
)
def test_a_path_or_a_pattern_is_no_name_of_a_program(name: str) -> None:
    with pytest.raises(ValueError, match="Office"):
        Requirement(programs=(ProgramAsked(program="Office", windows=(name,)),))

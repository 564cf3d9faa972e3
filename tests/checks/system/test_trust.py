import pytest

from checks.answers.system import Root, TrustStore
from checks.system.trust import CHECK, Facts, NeededRoot, Requirement
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

ONE, TWO = "1" * 64, "2" * 64
ASKS = Requirement(roots=(NeededRoot(name="Racine 1", sha256=ONE), NeededRoot(name="Racine 2", sha256=TWO)))


def store(first: str, second: str | None, fetches: bool | None = False) -> Facts:
    roots = tuple(
        Root(root_sha256=sha256, state=state)  # type: ignore[arg-type]
        for sha256, state in ((ONE, first), (TWO, second))
        if state is not None
    )
    return Facts(store=TrustStore(roots=roots, fetches_roots=fetches))


ROWS = [
    Row("both there", store("trusted", "trusted"), ASKS, READY, None),
    Row("one absent, Windows would fetch it", store("trusted", "absent", True), ASKS, READY, None),
    Row("one absent", store("trusted", "absent"), ASKS, BLOCKED, "root_absent"),
    Row("one absent, perhaps fetched", store("trusted", "absent", None), ASKS, UNMEASURED, "root_fetching_unknown"),
    Row("one refused, whatever is fetched", store("trusted", "distrusted", True), ASKS, BLOCKED, "root_distrusted"),
    Row("asked by an older profile", store("trusted", None), ASKS, UNMEASURED, "root_not_asked"),
]
test_judge = judge_test(CHECK, ROWS)


@pytest.mark.parametrize("sha256", ["", "A" * 64, "1" * 63, "1" * 65, "g" * 64, ONE + "\n"])
def test_a_fingerprint_that_no_certificate_has_is_refused(sha256: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        NeededRoot(name="Racine", sha256=sha256)

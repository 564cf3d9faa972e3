from checks.answers.network import Failure
from checks.answers.ways import PacketSize
from checks.network.mtu import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(services=(ENT,))


def size(ordinary: Failure | None, small: Failure | None = None, begun: bool = True) -> Facts:
    seen = PacketSize(
        host="ent.example.fr",
        port=443,
        via_proxy=False,
        ordinary=ordinary,
        small=small,
        small_asked=ordinary is not None and begun,
    )
    return Facts(sizes=(seen,))


ROWS = [
    Row("ordinary packets pass", size(None), ASKS, READY, None),
    Row("only small ones pass", size("timeout"), ASKS, BLOCKED, "large_packets_lost"),
    Row("nothing passes: another's cause", size("timeout", "timeout"), ASKS, READY, None),
    Row(
        "a certificate refused has not to do with sizes", size("certificate_untrusted", begun=False), ASKS, READY, None
    ),
    Row("cut by the server's name: no size", size("reset", begun=False), ASKS, READY, None),
    Row("no connection at all", size("refused", begun=False), ASKS, UNMEASURED, "nothing_passed"),
    Row("not asked", Facts(sizes=()), ASKS, UNMEASURED, "never_asked"),
]
test_judge = judge_test(CHECK, ROWS)

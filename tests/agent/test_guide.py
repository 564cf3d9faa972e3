"""The guide to an audit leaves no check out."""

from pathlib import Path

import checks

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "lire-un-audit.md"


def test_the_guide_to_an_audit_explains_every_check() -> None:
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    headings = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    assert headings == {check.title.rstrip(".") for check in checks.ALL}

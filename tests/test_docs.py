"""What is documented is what the code says; facts are only ever added to."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

import checks
from checks.profile import parse

ROOT = Path(__file__).parent.parent
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))


@pytest.mark.parametrize("name", ["docs/checks.md", "docs/privacy.md", "tests/snapshots/facts.json"])
def test_it_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATE["pages"]()[ROOT / name], "run make docs"


def test_every_test_that_the_page_about_security_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 30
    for path, name in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, f"{path} has no {name}"
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| menace")]
    assert all("`tests/" in row for row in rows), "each threat names its proof"


def additions(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Refuse what is not an addition between two snapshots of the facts schema."""
    for cls, fields in old["classes"].items():
        for name, field in fields.items():
            assert new["classes"].get(cls, {}).get(name) == field, f"{cls}.{name} was changed or taken away"
        for name in new["classes"][cls].keys() - fields.keys():
            added = new["classes"][cls][name]
            assert not added["required"], f"{cls}.{name} needs a default"
            assert added["since"] > old["facts_schema"], f"{cls}.{name} needs since({old['facts_schema'] + 1}, …)"


def test_facts_are_only_added_to_since_schema_1() -> None:
    first = json.loads((ROOT / "tests" / "snapshots" / "facts_1.json").read_text(encoding="utf-8"))
    additions(first, GENERATE["schema"]())


@pytest.mark.parametrize("change", ["removed", "retyped", "added without default", "added without since"])
def test_a_change_that_is_no_addition_is_refused(change: str) -> None:
    old, new = GENERATE["schema"](), GENERATE["schema"]()
    memory = new["classes"]["checks.answers.hardware.Memory"]
    match change:
        case "removed":
            del memory["total_bytes"]
        case "retyped":
            memory["total_bytes"]["type"] = "str"
        case "added without default":
            memory["slots_count"] = {"type": "int", "since": 2, "required": True}
        case _:
            memory["slots_count"] = {"type": "int", "since": 1, "required": False}
    with pytest.raises(AssertionError, match=r"Memory\.(total_bytes|slots_count)"):
        additions(old, new)


def test_a_field_with_a_default_and_its_schema_is_welcome() -> None:
    old, new = GENERATE["schema"](), GENERATE["schema"]()
    new["classes"]["checks.answers.hardware.Memory"]["slots_count"] = {
        "type": "int",
        "since": old["facts_schema"] + 1,
        "required": False,
    }
    additions(old, new)


def test_every_shipped_profile_is_readable_and_every_figure_has_an_address_or_a_document() -> None:
    for path in (ROOT / "checks" / "profiles").glob("*.toml"):
        profile = parse(path.read_text(encoding="utf-8"))
        assert profile.requirements.keys() <= checks.BY_ID.keys()
        assert all(len(figure.source) > 10 for figure in profile.figures)

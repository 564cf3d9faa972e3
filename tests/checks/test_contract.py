"""What every check keeps to, whichever it is."""

import importlib
import inspect
import json
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import checks
from checks import machine, model
from checks.decide import FAULT_REMEDIES, fill
from checks.machine import Machine
from checks.model import Check, Context, Observation, Outcome, Verdict
from checks.plain import Unreadable, build, to_plain
from tests.test_machines import PROFILE

every_check = pytest.mark.parametrize("check", checks.ALL, ids=lambda c: c.id)


def module_of(check: Check[Any, Any]) -> Any:
    return importlib.import_module(f"checks.{check.id}")


def nested(cls: type) -> set[type]:
    """Every dataclass reachable from a class."""
    found, todo = set(), [cls]
    while todo:
        one = todo.pop()
        if is_dataclass(one) and one not in found:
            found.add(one)
            todo.extend(get_type_hints(one).values())
        todo.extend(get_args(one))
    return found


@every_check
def test_its_id_is_its_module_and_its_module_has_the_five_names(check: Check[Any, Any]) -> None:
    module = module_of(check)
    assert module.CHECK is check
    own = [
        n
        for n, v in vars(module).items()
        if not n.startswith("_") and getattr(v, "__module__", "") in (module.__name__, "checks.model")
    ]
    ours = [n for n in own if n in ("Facts", "Requirement", "probe", "judge", "CHECK")]
    assert ours == ["Facts", "Requirement", "probe", "judge", "CHECK"]
    assert (check.facts, check.requirement, check.probe, check.judge) == (
        module.Facts,
        module.Requirement,
        module.probe,
        module.judge,
    )


@every_check
def test_its_docstring_opens_with_its_title_and_says_what_is_measured_and_required(check: Check[Any, Any]) -> None:
    doc = inspect.getdoc(module_of(check)) or ""
    assert doc.splitlines()[0] == check.title
    assert "\nMesure : " in doc
    assert "\nExige : " in doc
    assert check.privacy.endswith(".")


@every_check
def test_its_table_has_a_row_for_every_cause_and_no_other(check: Check[Any, Any]) -> None:
    family, name = check.id.split(".")
    rows = importlib.import_module(f"tests.checks.{family}.test_{name}").ROWS
    causes = {row.cause for row in rows} - {None, *FAULT_REMEDIES}
    assert causes == set(check.remedies)
    assert Outcome.READY in {row.outcome for row in rows}


@every_check
def test_it_comes_after_the_checks_that_can_explain_it(check: Check[Any, Any]) -> None:
    earlier = {c.id for c in checks.ALL[: checks.ALL.index(check)]}
    assert {*check.after, *(id_ for ids in check.after_for.values() for id_ in ids)} <= earlier
    assert set(check.after_for) <= set(check.remedies)


@every_check
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_its_judge_is_total_and_names_only_known_causes(check: Check[Any, Any], data: st.DataObject) -> None:
    facts = data.draw(st.from_type(check.facts))
    requirement = fill(PROFILE.requirements[check.id].requirement, PROFILE, Context(), Observation())
    verdict = check.judge(facts, requirement)
    assert isinstance(verdict, Verdict)
    for evidence in verdict.evidence:
        assert evidence.sentence
        assert (evidence.cause is None) == (evidence.outcome is Outcome.READY)
        assert evidence.cause is None or evidence.cause in check.remedies or evidence.cause in FAULT_REMEDIES


@every_check
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_its_facts_survive_the_wire_in_both_readers(check: Check[Any, Any], data: st.DataObject) -> None:
    facts = data.draw(st.from_type(check.facts))
    sent = json.dumps(to_plain(facts))
    assert build(check.facts, json.loads(sent)) == facts
    assert TypeAdapter(check.facts).validate_json(sent) == facts


@every_check
def test_every_class_of_its_facts_is_strict_in_both_readers(check: Check[Any, Any]) -> None:
    for cls in nested(check.facts):
        assert cls.__pydantic_config__ == machine.STRICT  # type: ignore[attr-defined]
        with pytest.raises(ValidationError):
            TypeAdapter(cls).validate_json('{"planted": 1}')
        with pytest.raises(Unreadable):
            build(cls, {"planted": 1})


@every_check
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_an_extra_key_or_a_wrong_type_is_refused_at_each_level(check: Check[Any, Any], data: st.DataObject) -> None:
    plain = to_plain(data.draw(st.from_type(check.facts)))
    spots: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            spots.extend((value, key) for key in [*value, None])
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(item)

    walk(plain)
    where, key = data.draw(st.sampled_from(spots))
    where["planted" if key is None else key] = {"planted": 1.5}
    with pytest.raises(Unreadable):
        build(check.facts, plain)
    with pytest.raises(ValidationError):
        TypeAdapter(check.facts).validate_json(json.dumps(plain))


@every_check
def test_facts_hold_no_free_text_and_no_float(check: Check[Any, Any]) -> None:
    for cls in nested(check.facts):
        for field in fields(cls):
            kind = str(get_type_hints(cls)[field.name])
            assert "float" not in kind
            if "str" in kind and "Literal" not in kind:
                # Names of the profile, and hashes: nothing a workstation could put words in.
                assert field.name in ("host", "program", "service") or field.name.endswith("_sha256"), (
                    f"{cls.__name__}.{field.name}"
                )


@every_check
def test_every_remedy_tells_somebody_what_to_do(check: Check[Any, Any]) -> None:
    for remedy in check.remedies.values():
        assert remedy.observation.endswith(".")
        assert remedy.action.endswith(".")


def test_every_cause_of_the_network_says_how_it_is_told_from_its_neighbours() -> None:
    for check in checks.ALL:
        if check.id.startswith("network."):
            assert check.told_apart.keys() == check.remedies.keys(), check.id
            assert all(said.endswith(".") for said in check.told_apart.values())


def test_ids_are_unique_and_families_together() -> None:
    assert len(checks.BY_ID) == len(checks.ALL)


def test_every_fault_has_its_words() -> None:
    assert set(FAULT_REMEDIES) == set(model.FAULTS)


def test_the_door_offers_no_way_to_run_a_command_or_read_a_path() -> None:
    questions = {n: f for n, f in vars(Machine).items() if callable(f) and not n.startswith("_")}
    assert 10 <= len(questions) <= 45
    for name, question in questions.items():
        assert "path" not in str(inspect.signature(question)).lower(), name
        assert "Any" not in str(inspect.signature(question)), name
        assert (inspect.getdoc(question) or "").count("?") >= 1, name

"""``action.yml`` says what the program takes and gives."""

from __future__ import annotations

import re

import pytest
import yaml

from app.action.inputs import FORMATS, OUTSIDE, PREFIX, Inputs, input_name
from app.action.outputs import OUTPUTS
from tests.action.workflows import ACTION

DESCRIBED = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in DESCRIBED["runs"]["steps"]}


def test_its_inputs_are_the_programs_and_those_of_its_own() -> None:
    assert set(DESCRIBED["inputs"]) == {input_name(field) for field in Inputs.model_fields} | set(OUTSIDE)


@pytest.mark.parametrize("field", list(Inputs.model_fields))
def test_an_input_is_described_as_in_the_program(field: str) -> None:
    assert DESCRIBED["inputs"][input_name(field)]["description"] == Inputs.model_fields[field].description


@pytest.mark.parametrize("field", list(Inputs.model_fields))
def test_an_input_defaults_to_what_the_program_does(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = DESCRIBED["inputs"][input_name(field)].get("default", "")
    unset = getattr(Inputs(), field)
    monkeypatch.setenv(f"{PREFIX}{field.upper()}", "" if "${{" in default else default)

    assert getattr(Inputs(), field) == unset


def test_each_input_reaches_the_program_in_a_variable_of_its_own() -> None:
    variables = {name: value for name, value in STEPS["Review"]["env"].items() if name.startswith(PREFIX)}

    assert variables == {
        f"{PREFIX}{field.upper()}": "${{ inputs." + input_name(field) + " }}" for field in Inputs.model_fields
    }


def test_its_outputs_are_the_programs() -> None:
    assert DESCRIBED["outputs"] == {
        name: {"description": meaning, "value": "${{ steps.run.outputs." + name + " }}"}
        for name, meaning in OUTPUTS.items()
    }


def test_the_reports_are_named_in_the_description() -> None:
    assert DESCRIBED["inputs"]["format"]["default"] == ",".join(FORMATS)


def test_every_input_of_its_own_is_used_in_a_step() -> None:
    said = ACTION.read_text(encoding="utf-8").partition("\nruns:\n")[2]

    assert [name for name in OUTSIDE if not re.search(rf"inputs\.{name}\b", said)] == []


def test_every_script_has_its_shell_named() -> None:
    assert {step.get("shell") for step in STEPS.values() if "run" in step} == {"bash"}

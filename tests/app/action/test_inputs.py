from __future__ import annotations

from decimal import Decimal

import pytest

from app.action.inputs import FORMATS, OUTSIDE, Inputs, input_name, read_inputs
from app.errors import Misconfigured
from reviewers.report import REPORTS


@pytest.fixture(autouse=True)
def _no_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Inputs.model_fields:
        monkeypatch.delenv(f"QUARTET_INPUT_{name.upper()}", raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **said: str) -> Inputs:
    for name, value in said.items():
        monkeypatch.setenv(f"QUARTET_INPUT_{name.upper()}", value)
    return read_inputs()


def test_inputs_that_a_workflow_leaves_empty_have_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, **dict.fromkeys(Inputs.model_fields, "")) == Inputs()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("reviewers", "security, bugs", ("security", "bugs"), id="commas"),
        pytest.param("reviewers", "security\nbugs\n", ("security", "bugs"), id="lines of a YAML block"),
        pytest.param("models", "openai/a,openai/b; bugs=openai/c", ("openai/a,openai/b", "bugs=openai/c"), id="chains"),
        pytest.param("fail_on", "High", "high", id="a severity in any case"),
        pytest.param("max_cost", "$0.50", Decimal("0.50"), id="dollars with their sign"),
        pytest.param("post", "False", False, id="a switch as an expression writes it"),
        pytest.param("format", "sarif,json", ("json", "sarif"), id="reports in their own order"),
        pytest.param("paths", "src/**\n!src/gen/", ("src/**", "!src/gen/"), id="globs"),
        pytest.param("pull_request", "7", 7, id="a number"),
        pytest.param("config", "ci/quartet.yml", "ci/quartet.yml", id="another configuration"),
    ],
)
def test_a_value_is_read_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    assert getattr(read(monkeypatch, **{name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("post", "maybe", id="no switch"),
        pytest.param("fail_on", "terrible", id="no severity"),
        pytest.param("max_cost", "NaN", id="no amount"),
        pytest.param("max_cost", "0", id="nothing"),
        pytest.param("format", "pdf", id="no report"),
        pytest.param("models", "security=", id="no model"),
        pytest.param("pull_request", "0", id="no number of a pull request"),
        pytest.param("config", "../secrets.yml", id="a path out of the repository"),
        pytest.param("openai_base_url", "ftp://models", id="no address"),
        pytest.param("annotations", "some", id="no choice"),
    ],
)
def test_a_value_that_cannot_be_used_is_one_line_with_the_input_s_name(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    with pytest.raises(Misconfigured) as error:
        read(monkeypatch, **{name: text})

    assert str(error.value).startswith(f"the input {input_name(name)} cannot be used: ")
    assert "\n" not in str(error.value)


def test_keys_are_neither_shown_nor_part_of_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = read(monkeypatch, openai_api_key=" sk-secret-123\n", openai_base_url="https://user:word@gate.example/v1")

    assert "sk-secret" not in repr(inputs)
    assert "word" not in repr(inputs)
    key = inputs.settings()["openai_api_key"]
    assert key.get_secret_value() == "sk-secret-123"


def test_every_input_says_what_it_is_for_and_none_is_acted_on_in_two_places() -> None:
    assert [name for name, field in Inputs.model_fields.items() if not field.description] == []
    assert set(OUTSIDE).isdisjoint(map(input_name, Inputs.model_fields))


def test_the_reports_are_those_that_there_are() -> None:
    assert set(FORMATS) <= set(REPORTS)

from __future__ import annotations

import json

import pytest

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.evidence_source import Printed
from reviewers.findings import Severity
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import gathered

PATH = ".github/workflows/ci.yml"
PINNED = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"
INJECTED = f"""\
name: CI
on: pull_request_target
permissions: {{}}
jobs:
  greet:
    name: Greet
    runs-on: ubuntu-latest
    steps:
      - uses: {PINNED}
        with:
          persist-credentials: false
      - run: echo "${{{{ github.event.pull_request.title }}}}"
"""
ACTION = """\
name: Greet
description: Greets
inputs:
  name:
    description: Whom
runs:
  using: composite
  steps:
    - run: echo "${{ inputs.name }}"
      shell: bash
"""


def test_an_injected_title_is_told_where_it_is_used() -> None:
    evidence = gathered(added_file(PATH, INJECTED), sources=[ZIZMOR])

    assert [(fact.start_line, fact.code, fact.rule, fact.cwe) for fact in evidence.facts] == [
        (2, "dangerous-triggers", "workflow-injection", "CWE-94"),
        (12, "template-injection", "workflow-injection", "CWE-94"),
    ]
    assert evidence.facts[1].severity is Severity.HIGH


def test_an_action_is_read_as_one() -> None:
    evidence = gathered(added_file("greet/action.yml", ACTION), sources=[ZIZMOR])

    assert [(fact.start_line, fact.code) for fact in evidence.facts] == [(9, "template-injection")]


def test_a_comment_of_the_change_does_not_silence_zizmor() -> None:
    text = INJECTED.replace('title }}"', 'title }}"  # zizmor: ignore[template-injection]')

    evidence = gathered(added_file(PATH, text), sources=[ZIZMOR])

    assert "template-injection" in {fact.code for fact in evidence.facts}


def test_configuration_of_the_change_does_not_silence_zizmor() -> None:
    configuration = "rules:\n  template-injection:\n    disable: true\n"

    evidence = gathered(
        added_file(".github/zizmor.yml", configuration),
        added_file("zizmor.yml", configuration),
        added_file(PATH, INJECTED),
        sources=[ZIZMOR],
    )

    assert "template-injection" in {fact.code for fact in evidence.facts}


def test_what_is_wrong_with_a_whole_job_is_not_told_of_an_added_step() -> None:
    text = INJECTED.replace("permissions: {}\n", "").replace('"${{ github.event.pull_request.title }}"', "hello")
    change = hunk("+      - run: echo hello", new_start=11, old_start=11)

    evidence = gathered(file_diff(PATH, change), contents={PATH: text}, sources=[ZIZMOR])

    assert evidence.facts == ()


@pytest.mark.parametrize(
    ("action", "severity"),
    [
        pytest.param("actions/setup-python@v5", Severity.LOW, id="of GitHub"),
        pytest.param("someone/something@v5", Severity.MEDIUM, id="of a stranger"),
    ],
)
def test_a_tag_of_a_stranger_is_worse_than_one_of_github(action: str, severity: Severity) -> None:
    text = INJECTED.replace(PINNED, action).replace("pull_request_target", "push")

    facts = gathered(added_file(PATH, text), sources=[ZIZMOR]).facts

    assert [fact.severity for fact in facts if fact.code == "unpinned-uses"] == [severity]


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file_diff(PATH, hunk("+      - run: echo ${{ github.head_ref }}")), id="a part of one"),
        pytest.param(added_file(PATH, "jobs: [\n"), id="no YAML"),
        pytest.param(added_file(PATH, "- a list\n"), id="no workflow"),
        pytest.param(added_file(PATH, "# " + "x" * 1_000_000), id="too large"),
    ],
)
def test_what_is_no_whole_workflow_is_said_to_be_unread(file: FileDiff) -> None:
    evidence = gathered(file, sources=[ZIZMOR])

    assert evidence.gaps == ()
    assert evidence.note == (
        f"zizmor did not read {file.additions} changed line{'s' * (file.additions > 1)} in {PATH} "
        "(not known as a whole, valid workflow)"
    )


def test_a_broken_workflow_does_not_keep_another_one_from_being_read() -> None:
    evidence = gathered(
        added_file(".github/workflows/broken.yml", "jobs: [\n"), added_file(PATH, INJECTED), sources=[ZIZMOR]
    )

    assert {fact.path for fact in evidence.facts} == {PATH}
    assert [each.path for each in evidence.unread] == [".github/workflows/broken.yml"]


@pytest.mark.parametrize("path", ["ci.yml", ".github/dependabot.yml", "docs/workflows/x.yml", ".github/workflows/x.md"])
def test_other_files_are_left_alone(path: str) -> None:
    assert not ZIZMOR.wants(path)


def finding(persona: str = "Regular", severity: str = "Grave", **more: object) -> str:
    """An audit as a later zizmor may print it."""
    location = {
        "symbolic": {"kind": "Primary", "annotation": "here", "key": {"Local": {"verbatim_path": "./0/action.yml"}}},
        "concrete": {
            "location": {"start_point": {"row": 1, "column": 0}, "end_point": {"row": 1, "column": 4}},
            "feature": "code",
        },
    }
    audit = {
        "ident": "unheard-of",
        "desc": "news",
        "url": "",
        "determinations": {"persona": persona, "severity": severity, "confidence": "Vague"},
        "locations": [location],
        **more,
    }
    return json.dumps([audit])


def test_an_audit_that_is_not_known_yet_is_told_under_a_general_rule() -> None:
    (remark,) = ZIZMOR.parse(Printed(finding()), {}).remarks

    assert (remark.rule, remark.severity, remark.start_line) == ("insecure-configuration", Severity.LOW, 2)


def test_pedantry_is_left_out() -> None:
    assert ZIZMOR.parse(Printed(finding(persona="Pedantic")), {}).remarks == ()


@pytest.mark.parametrize("output", ["no JSON", "{}", '[{"ident": "x"}]', "[3]"])
def test_an_answer_of_another_shape_is_not_guessed_at(output: str) -> None:
    with pytest.raises(ToolAnswerUnreadable):
        ZIZMOR.parse(Printed(output), {})

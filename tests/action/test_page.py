"""``docs/action.md`` says what ``action.yml`` and the files beside it say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from app.initial.files import COLLECTING, WORKFLOW, initial_files
from app.initial.repository import Surroundings
from tests.action.workflows import ACTION, ROOT

PAGE = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "workflows"
DESCRIBED = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
PLACE = Surroundings(ROOT, "main", None)


def rows(heading: str) -> list[str]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def row(name: str, *cells: str) -> str:
    return f"| `{name}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def test_every_input_is_told_in_the_words_of_the_action() -> None:
    quoted = {
        name: f"`{about['default']}`" if about.get("default") else "" for name, about in DESCRIBED["inputs"].items()
    }

    assert rows("Inputs") == [
        row(name, quoted[name], about["description"]) for name, about in DESCRIBED["inputs"].items()
    ]


def test_every_output_is_told_in_the_words_of_the_action() -> None:
    assert rows("Outputs") == [row(name, about["description"]) for name, about in DESCRIBED["outputs"].items()]


def test_an_example_that_is_shown_is_the_file() -> None:
    shown = re.findall(r"<!-- file: workflows/(\S+) -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert len(shown) >= 2
    assert [name for name, text in shown if (EXAMPLES / name).read_text(encoding="utf-8") != text] == []


def test_every_example_is_spoken_of() -> None:
    assert [file.name for file in EXAMPLES.glob("*.yml") if f"(workflows/{file.name})" not in PAGE] == []


@pytest.mark.parametrize(
    ("example", "path", "fork_safe"),
    [
        ("quartet.yml", WORKFLOW, False),
        ("quartet-review.yml", WORKFLOW, True),
        ("quartet-collect.yml", COLLECTING, True),
    ],
)
def test_what_quartet_init_writes_is_among_the_examples(example: str, path: str, fork_safe: bool) -> None:
    (written,) = [file.text for file in initial_files(PLACE, fork_safe=fork_safe) if file.path == path]

    assert (EXAMPLES / example).read_text(encoding="utf-8") == written


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yml")), ids=lambda file: file.name)
def test_an_example_gives_the_action_what_it_takes(example: Path) -> None:
    workflow = yaml.safe_load(example.read_text(encoding="utf-8"))
    used = [
        step
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if step.get("uses", "").startswith("OWNER/quartet@")
    ]

    assert all(set(step.get("with", {})) <= set(DESCRIBED["inputs"]) for step in used)
    assert all("permissions" in workflow for _ in used)


def test_events_are_those_that_the_program_knows() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.partition("## What runs when")[2].partition("\n## ")[0]))

    assert told >= {
        "pull_request",
        "pull_request_target",
        "issue_comment",
        "pull_request_review_comment",
        "workflow_dispatch",
        "merge_group",
        "push",
        "workflow_run",
    }

"""Ruff's own fixtures, labelled by ruff's own tests, read through everything that stands between ruff and a fact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewers.evidence.ruff import RUFF
from reviewers.ruff_rules import RULES
from tests.builders import added_file
from tests.reviewers.evidence.gathered import gathered

LABELLED = Path("/work/shared/labelled")

pytestmark = pytest.mark.skipif(not LABELLED.exists(), reason="the labelled collection is not on this machine")


def claimed(labels: list[dict[str, Any]]) -> set[tuple[int, str]]:
    return {(label["line"], label["rule"]) for label in labels if label["rule"] in RULES}


def test_labelled_faults_of_rules_that_are_claimed_are_found_where_they_stand() -> None:
    index = json.loads((LABELLED / "index.json").read_text(encoding="utf-8"))
    samples = {each["path"]: each["labels"] for each in index if each["source"] == "ruff" and each["kind"] == "file"}
    files = [
        added_file(path, (LABELLED / path).read_text(encoding="utf-8")) for path in samples if path.endswith(".py")
    ]

    facts = gathered(*files, sources=[RUFF]).facts

    wanted = {(file.path, line, rule) for file in files for line, rule in claimed(samples[file.path])}
    rules = {(path, rule) for path, _, rule in wanted}
    told = {(fact.path, fact.start_line, fact.code) for fact in facts if (fact.path, fact.code) in rules}
    assert len(wanted & told) / len(wanted) > 0.97
    assert len(wanted & told) / len(told) > 0.97

"""What is counted as found; and evidence alone finds enough of what others have labelled, with few false alarms."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewers.bench.labelled import Label, Tally, claimed, matches, tally
from reviewers.diff import FileDiff
from reviewers.evidence.patterns import PATTERNS
from reviewers.evidence.ruff import RUFF
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.findings import Fact
from tests.builders import added_file, fact
from tests.reviewers.evidence.gathered import gathered

LABELLED = Path("/work/shared/labelled")
SQL = Label(line=10, rule="SqlInjection", cwe="CWE-89")


def found(line: int, cwe: str | None = "CWE-89", code: str = "py-sql-from-request") -> Fact:
    return replace(fact(path="a.py", start_line=line, code=code), cwe=cwe)


@pytest.mark.parametrize(("line", "hit"), [(8, False), (9, True), (10, True), (11, True), (12, False)])
def test_a_fact_finds_a_label_one_line_away(line: int, hit: bool) -> None:
    assert matches(found(line), SQL) is hit


def test_a_fact_of_another_kind_finds_nothing() -> None:
    assert not matches(found(10, cwe="CWE-79", code="py-html-from-request"), SQL)


def test_a_fact_finds_what_another_tool_calls_by_a_name_that_its_rule_knows() -> None:
    label = Label(line=10, rule="quality:IncorrectSuffixCheck", cwe="CWE-20")

    assert matches(found(10, cwe=None, code="js-end-not-checked"), label)


def test_a_label_is_claimed_where_a_rule_of_its_language_declares_its_kind() -> None:
    assert claimed(SQL, "python")
    assert not claimed(SQL, "solidity")
    assert not claimed(Label(line=1, rule="NonSense"), "python")
    assert claimed(Label(line=1, rule="B006"), "python")


def test_hits_misses_and_false_alarms_are_counted() -> None:
    labels = [SQL, Label(line=20, rule="SqlInjection", cwe="CWE-89")]
    other_kind = found(50, cwe="CWE-79", code="py-html-from-request")

    told = tally(labels, [found(10), found(10, code="S608"), found(40), other_kind], "python", complete=True)

    assert told == Tally(wanted=2, hit=1, right=1, wrong=1)
    assert (told.precision, told.recall) == (0.5, 0.5)


def test_where_labels_are_not_all_there_are_a_fact_elsewhere_is_no_false_alarm() -> None:
    assert tally([SQL], [found(40)], "python", complete=False) == Tally(wanted=1)


def test_where_only_the_file_is_known_facts_are_counted_against_the_number() -> None:
    label = Label(line=None, rule="G201", cwe="CWE-89", count=2)

    assert tally([label], [found(1), found(5), found(9)], "go", complete=True) == Tally(
        wanted=2, hit=2, right=2, wrong=1
    )


def test_a_fact_of_a_kind_that_the_file_is_free_of_is_a_false_alarm() -> None:
    assert tally([], [found(1)], "go", complete=True, clean_of="CWE-89") == Tally(wrong=1)


def test_nothing_wanted_and_nothing_told_is_perfect() -> None:
    assert (Tally().precision, Tally().recall) == (1.0, 1.0)


@pytest.mark.timeout(240)  # some hundred files, read by real tools
@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled collection is not on this machine")
def test_evidence_alone_is_right_four_times_of_five_and_finds_half_of_what_it_claims() -> None:
    samples = [
        each for each in json.loads((LABELLED / "index.json").read_text(encoding="utf-8")) if each["kind"] == "file"
    ]
    weaknesses = {label["rule"]: label.get("cwe") for each in samples for label in each["labels"]}
    files = {each["id"]: added_file(_path(each), _text(each)) for each in samples}
    facts: dict[str, list[Fact]] = defaultdict(list)

    for part in batched(list(files.values()), 100):
        # Those that are always installed; what optional tools add is not counted on.
        evidence = gathered(*part, sources=[PATTERNS, RUFF, SECRETS, ZIZMOR])
        assert evidence.gaps == ()
        for told in evidence.facts:
            facts[told.path].append(told)

    total = sum((_tally(each, facts[_path(each)], weaknesses) for each in samples), Tally())
    followed = sum(
        (_tally(each, facts[_path(each)], weaknesses) for each in samples if each["source"] == "codeql"), Tally()
    )
    assert total.wanted > 1_000
    assert total.precision >= 0.8
    assert total.recall >= 0.5
    # Without the examples of ruff's own rules, which ruff passes: the tests of another analyser.
    assert followed.precision >= 0.8
    assert followed.recall >= 0.5


def batched(files: Sequence[FileDiff], size: int) -> Iterator[Sequence[FileDiff]]:
    """No tool needs longer for a part than it may."""
    return (files[start : start + size] for start in range(0, len(files), size))


def _path(sample: dict[str, Any]) -> str:
    """A workflow is one by where it is."""
    path: str = sample["path"]
    return f".github/workflows/{path.replace('/', '-')}" if sample["language"] == "yaml" else path


def _text(sample: dict[str, Any]) -> str:
    return Path(LABELLED, str(sample["path"])).read_bytes().decode("utf-8", "replace")


def _tally(sample: dict[str, Any], facts: list[Fact], weaknesses: dict[str, str | None]) -> Tally:
    labels = [
        Label(line=each.get("line"), rule=each["rule"], cwe=each.get("cwe"), count=each.get("count") or 1)
        for each in sample["labels"]
    ]
    clean_of = None if labels else weaknesses.get(sample.get("file_level", {}).get("rule", ""))
    # Quality B: a line that a regular expression found in real code; there may be others.
    complete = not sample["quality"].startswith("B")
    return tally(labels, facts, sample["language"], complete=complete, clean_of=clean_of)

from __future__ import annotations

from pathlib import Path

import pytest

from reviewers.errors import RuleMalformed
from reviewers.patterns.matching import matches
from reviewers.patterns.rules import FOLDER, Example, PatternRule, load, rule_from
from reviewers.perspectives import REVIEWERS
from reviewers.syntax.tree import faults, parse

RULES = tuple(load(path.name for path in FOLDER.iterdir() if path.is_dir()))
KNOWN = {(reviewer.name, rule.name) for reviewer in REVIEWERS for rule in reviewer.rules}


def lines(rule: PatternRule, example: Example, language: str) -> tuple[int, ...]:
    root = parse(example.code, language)
    assert root is not None
    assert not faults(root), f"{rule.id}: an example is no {language}: {example.code}"
    return tuple(sorted(match.start_line for match in matches([rule], root, language)))


def languages(rule: PatternRule, example: Example) -> tuple[str, ...]:
    return (example.language,) if example.language else rule.languages


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_on_the_lines_of_its_flagged_code_and_is_silent_on_its_clean_code(rule: PatternRule) -> None:
    for example in (*rule.flagged, *rule.clean):
        for language in languages(rule, example):
            assert lines(rule, example, language) == example.lines, f"{language}: {example.code}"


def test_no_two_rules_go_by_one_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_for_a_reviewer_under_one_of_its_rules(rule: PatternRule) -> None:
    assert (rule.reviewer, rule.rule) in KNOWN
    assert rule.cwe if rule.reviewer == "security" else True
    assert rule.message.endswith(".")


RULE = {
    "id": "py-x",
    "languages": ["python"],
    "reviewer": "bugs",
    "rule": "logic-error",
    "severity": "low",
    "confidence": 0.5,
    "message": "It is wrong.",
    "match": {"pattern": "x()"},
    "flagged": [{"code": "x()", "lines": [1]}],
    "clean": ["y()"],
}


def test_a_rule_is_read_with_its_examples() -> None:
    rule = rule_from(RULE, Path("python/py-x.yml"))

    assert rule.config == {"rule": {"pattern": "x()"}}
    assert rule.flagged == (Example(code="x()", lines=(1,)),)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"id": "py-y"}, "its id is py-y", id="another id than the file's"),
        pytest.param({"languages": ["pyhton"]}, "no grammar is called pyhton", id="an unknown grammar"),
        pytest.param({"languages": ["go"]}, "folder python", id="another language's folder"),
        pytest.param({"severity": "bad"}, "severity is one of", id="an unknown severity"),
        pytest.param({"confidence": 2}, "confidence between", id="too confident"),
        pytest.param({"match": None}, "match or flow", id="nothing to look for"),
        pytest.param({"clean": []}, "clean code", id="no clean code"),
        pytest.param({"flagged": ["x()"]}, "with its lines", id="flagged code without lines"),
        pytest.param({"flagged": [1]}, "an example is", id="an example that is no code"),
        pytest.param({"fixed": "x"}, "unknown: fixed", id="an unknown name"),
        pytest.param({"message": None}, "wrong kind", id="no message"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(changed: dict[str, object], says: str) -> None:
    with pytest.raises(RuleMalformed, match=says) as refused:
        rule_from({**RULE, **changed}, Path("python/py-x.yml"))

    assert "py-x.yml" in str(refused.value)


@pytest.mark.parametrize("text", ["a: [", "- a", ""])
def test_a_file_that_holds_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "py-x.yml").write_text(text, encoding="utf-8")

    with pytest.raises(RuleMalformed, match=r"py-x\.yml"):
        tuple(load(["python"], tmp_path))

import ast
import importlib
import pkgutil
import re
from pathlib import PurePosixPath

import pytest

from llm_runtime import catalog
from reviewers import perspectives
from reviewers.editorial import BAR
from reviewers.errors import UnknownReviewer
from reviewers.perspectives import REVIEWERS, by_name
from reviewers.reviewer import Clean, Flagged, Reviewer, Rule
from reviewers.selection import PathFilter

PROVIDERS = {"openai", "anthropic", "gemini"}

every_reviewer = pytest.mark.parametrize("reviewer", [pytest.param(each, id=each.name) for each in REVIEWERS])
every_rule = pytest.mark.parametrize(
    ("reviewer", "rule"),
    [pytest.param(each, rule, id=f"{each.name}/{rule.name}") for each in REVIEWERS for rule in each.rules],
)
every_flagged = pytest.mark.parametrize(
    ("reviewer", "example"),
    [pytest.param(each, item, id=f"{each.name}/{item.path}") for each in REVIEWERS for item in each.flagged],
)
every_clean = pytest.mark.parametrize(
    "example", [pytest.param(item, id=f"{each.name}/{item.path}") for each in REVIEWERS for item in each.clean]
)


def test_every_perspective_is_in_the_registry() -> None:
    names = [module.name for module in pkgutil.iter_modules(perspectives.__path__, f"{perspectives.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    values = [value for module in modules for value in vars(module).values() if isinstance(value, Reviewer)]

    assert {value.name for value in values} == {reviewer.name for reviewer in REVIEWERS}
    assert len(values) == len(REVIEWERS)


def test_money_is_spent_on_security_first_and_on_architecture_last() -> None:
    assert [reviewer.name for reviewer in REVIEWERS] == ["security", "bugs", "performance", "architecture"]


def test_with_three_keys_the_four_reviewers_use_all_three_vendors() -> None:
    assert {reviewer.vendors[0] for reviewer in REVIEWERS} == PROVIDERS


@every_reviewer
def test_a_reviewer_is_found_by_its_name_whatever_its_case(reviewer: Reviewer) -> None:
    assert by_name(f" {reviewer.name.upper()} ") is reviewer


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("secuirty", "no reviewer is called 'secuirty'; did you mean 'security'?", id="transposed"),
        pytest.param("bug", "did you mean 'bugs'?", id="singular"),
        pytest.param("perf", "did you mean 'performance'?", id="abbreviated"),
        pytest.param("zzz", "'zzz'; there are security, bugs, performance, architecture", id="nothing alike"),
    ],
)
def test_an_unknown_name_is_answered_with_the_likeliest_one(name: str, words: str) -> None:
    with pytest.raises(UnknownReviewer, match=re.escape(words)):
        by_name(name)


@every_reviewer
def test_a_reviewer_introduces_itself_in_one_line(reviewer: Reviewer) -> None:
    assert re.fullmatch(r"[a-z]+", reviewer.name)
    for line in (reviewer.title, reviewer.mission):
        assert line.strip() == line
        assert "\n" not in line
        assert line


@every_reviewer
def test_rule_names_are_unique(reviewer: Reviewer) -> None:
    names = [rule.name for rule in reviewer.rules]

    assert len(set(names)) == len(names)


def test_no_two_reviewers_share_a_rule() -> None:
    names = [rule.name for reviewer in REVIEWERS for rule in reviewer.rules]

    assert len(set(names)) == len(names)


@every_rule
def test_a_rule_is_told_in_one_line_with_its_cure(reviewer: Reviewer, rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    for sentence in (rule.summary, rule.help):
        assert sentence.endswith(".")
        assert "\n" not in sentence
    assert len(rule.summary) <= 120


@every_rule
def test_a_security_rule_names_its_weakness_and_no_other_rule_does(reviewer: Reviewer, rule: Rule) -> None:
    assert bool(rule.cwe and re.fullmatch(r"CWE-[1-9]\d*", rule.cwe)) is (reviewer.name == "security")


@every_rule
def test_the_instructions_say_what_makes_each_rule_real(reviewer: Reviewer, rule: Rule) -> None:
    assert f"- `{rule.name}`: " in reviewer.instructions


@every_reviewer
def test_the_instructions_explain_no_rule_that_the_reviewer_does_not_have(reviewer: Reviewer) -> None:
    explained = re.findall(r"^- `([a-z-]+)`: ", reviewer.instructions, flags=re.MULTILINE)

    assert explained == [rule.name for rule in reviewer.rules]


@pytest.mark.parametrize(
    "heading",
    [
        "How to read",
        "Evidence a finding needs",
        "What to quote",
        "Leave alone",
        "Severity",
    ],
)
@every_reviewer
def test_the_instructions_cover_what_a_colleague_would_ask(reviewer: Reviewer, heading: str) -> None:
    assert reviewer.instructions.count(f"## {heading}\n") == 1


@pytest.mark.parametrize("heading", ["What is never a finding", "When to stay silent", "Confidence", "Words"])
def test_what_all_reviewers_keep_is_said_once_for_all(heading: str) -> None:
    assert BAR.count(f"## {heading}\n") == 1
    assert not [reviewer.name for reviewer in REVIEWERS if f"## {heading}\n" in reviewer.instructions]


@every_reviewer
def test_the_severity_scale_has_an_anchor_for_each_step(reviewer: Reviewer) -> None:
    scale = reviewer.instructions.split("## Severity\n")[1].split("\n## ")[0]

    assert re.findall(r"^- (\w+): ", scale, flags=re.MULTILINE) == ["critical", "high", "medium", "low"]


@every_reviewer
def test_each_vendor_is_listed_once_with_models_that_the_catalogue_knows(reviewer: Reviewer) -> None:
    assert sorted(reviewer.vendors) == sorted(PROVIDERS)
    assert set(reviewer.models) == PROVIDERS
    for vendor, names in reviewer.models.items():
        assert len(set(names)) == len(names) >= 2
        assert {catalog.find(name).provider for name in names} == {vendor}


@every_reviewer
def test_skipped_paths_are_valid_globs(reviewer: Reviewer) -> None:
    assert len(set(reviewer.skips)) == len(reviewer.skips)
    for glob in reviewer.skips:
        assert re.fullmatch(r"[\w.*/+-]+", glob)
        assert not glob.startswith("/")
        assert all(part == "**" or "**" not in part for part in PurePosixPath(glob).parts)
        assert glob not in {"*", "**", "**/*", "**/**"}


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        pytest.param("src/app.py", "security bugs performance architecture", id="code"),
        pytest.param("db/migrations/0007_region.sql", "security bugs performance architecture", id="a migration"),
        pytest.param("tests/test_app.py", "security bugs", id="a test"),
        pytest.param("src/app.test.ts", "security bugs", id="a test beside its code"),
        pytest.param(".github/workflows/ci.yml", "security bugs", id="a workflow"),
        pytest.param("Dockerfile", "security bugs architecture", id="a container"),
        pytest.param("openapi.yaml", "security bugs architecture", id="a contract with others"),
        pytest.param("requirements.txt", "security bugs performance architecture", id="dependencies"),
        pytest.param("AGENTS.md", "security", id="instructions of agents"),
        pytest.param("README.md", "", id="a readme"),
        pytest.param("docs/guide/start.md", "", id="a manual"),
        pytest.param("locales/de/messages.po", "", id="a translation"),
        pytest.param("web/theme.css", "", id="a style sheet"),
        pytest.param("tests/fixtures/answer.json", "", id="test data"),
    ],
)
def test_a_path_is_read_by_those_whom_it_concerns(path: str, readers: str) -> None:
    assert [each.name for each in REVIEWERS if not PathFilter(each.skips).matches(path)] == readers.split()


@every_reviewer
def test_examples_are_several_and_in_several_languages(reviewer: Reviewer) -> None:
    assert len(reviewer.flagged) >= 6
    assert len(reviewer.clean) >= 6
    for examples in (reviewer.flagged, reviewer.clean):
        assert len({PurePosixPath(example.path).suffix for example in examples}) >= 3


@every_flagged
def test_a_flagged_example_points_at_code_under_a_rule_of_its_reviewer(reviewer: Reviewer, example: Flagged) -> None:
    lines = example.code.split("\n")

    assert example.rule in {rule.name for rule in reviewer.rules}
    assert 1 <= example.line <= len(lines)
    assert lines[example.line - 1].strip()


@every_reviewer
def test_each_flagged_example_shows_another_rule(reviewer: Reviewer) -> None:
    rules = [example.rule for example in reviewer.flagged]

    assert len(set(rules)) == len(rules)


@every_flagged
def test_a_flagged_example_in_python_can_be_parsed(reviewer: Reviewer, example: Flagged) -> None:
    if example.path.endswith(".py"):
        assert ast.parse(example.code).body


@every_clean
def test_a_clean_example_has_code_and_says_what_tempts(example: Clean) -> None:
    assert example.code.strip()
    assert example.code.endswith("\n")
    assert example.temptation.endswith(".")
    if example.path.endswith(".py"):
        assert ast.parse(example.code).body

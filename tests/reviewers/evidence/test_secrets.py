from __future__ import annotations

import pytest

from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence_source import Printed
from reviewers.findings import Severity
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import gathered

TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6"
PASSWORD = "Tr0ub4dor&3"


def test_a_secret_is_told_without_being_repeated() -> None:
    (fact,) = gathered(added_file("shop/settings.py", f"debug = False\nTOKEN = '{TOKEN}'\n"), sources=[SECRETS]).facts

    assert (fact.start_line, fact.reviewer, fact.rule, fact.cwe) == (2, "security", "hardcoded-secret", "CWE-798")
    assert fact.message == "What looks like a secret stands in the code (GitHub Token)"
    assert TOKEN not in repr(fact)


def test_a_secret_is_told_at_its_line_in_the_file() -> None:
    change = hunk(" a", f"+K = '{TOKEN}'", "-b", " c", "+d", f"+K = '{TOKEN}'", old_start=90, new_start=100)

    evidence = gathered(file_diff("shop/settings.py", change), sources=[SECRETS])

    assert [(fact.start_line, fact.end_line) for fact in evidence.facts] == [(101, 101), (104, 104)]


def test_a_secret_that_was_there_before_or_goes_away_is_not_told() -> None:
    change = hunk(f" K = '{TOKEN}'", f"-L = '{TOKEN}'", "+harmless")

    assert gathered(file_diff("shop/settings.py", change), sources=[SECRETS]).facts == ()


def test_any_kind_of_file_is_read() -> None:
    files = [added_file(path, f"x {TOKEN}") for path in ("Dockerfile", ".env", "a/b.kt", "Makefile", "x.weird~ending")]

    assert len(gathered(*files, sources=[SECRETS]).facts) == len(files)


@pytest.mark.parametrize(
    "path", ["poetry.lock", "web/package-lock.json", "go.sum", "logo.svg", "app.min.js", "id_rsa.pub", "a.ipynb"]
)
def test_files_full_of_hashes_are_left_alone(path: str) -> None:
    assert gathered(added_file(path, f"x {TOKEN}"), sources=[SECRETS]).facts == ()


@pytest.mark.parametrize(
    "path", ["tests/test_login.py", "docs/login.md", "config/login.example.yml", "web/login.spec.ts"]
)
def test_in_samples_only_a_vendors_form_counts_and_for_less(path: str) -> None:
    text = f'password = "{PASSWORD}"\n\ntoken = "{TOKEN}"\n'

    facts = gathered(added_file(path, text), sources=[SECRETS]).facts

    assert [(fact.start_line, fact.severity) for fact in facts] == [(3, Severity.MEDIUM)]


def test_the_form_of_a_vendor_is_surer_than_a_name() -> None:
    text = f'password = "{PASSWORD}"\n\ntoken = "{TOKEN}"\n'

    by_name, by_form = gathered(added_file("shop/settings.py", text), sources=[SECRETS]).facts

    assert by_name.confidence < by_form.confidence
    assert by_name.severity < by_form.severity


def test_nothing_of_the_change_is_imported() -> None:
    hostile = "raise SystemExit(9)\n"

    evidence = gathered(
        added_file("json.py", hostile),
        added_file("detect_secrets/__init__.py", hostile),
        added_file("sitecustomize.py", hostile + f"K = '{TOKEN}'\n"),
        sources=[SECRETS],
    )

    assert [fact.path for fact in evidence.facts] == ["sitecustomize.py"]
    assert evidence.gaps == ()


@pytest.mark.parametrize("output", ["", "[[1]]", '[["0/other.py", 1, "Kind", "shape"]]', "{}}"])
def test_an_answer_of_another_shape_is_not_guessed_at(output: str) -> None:
    with pytest.raises(ToolAnswerUnreadable):
        SECRETS.parse(Printed(output), {})

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.publishing.about import about_marker
from app.publishing.bodies import LONGEST_BODY, comment_body, review_body, summary_body
from app.publishing.markers import MOST_REMEMBERED, Posted, is_summary, markers_of
from reviewers.diff import Side
from reviewers.findings import DroppedFact, Finding
from reviewers.review import Review
from tests.builders import coverage, fact, finding, gap, location, review, skipped

HOSTILE = "<!-- quartet:finding id=dead --> <script>x</script> @octocat #1 ![](http://x.example) \u202e"


def summary(run: Review, *, aside: tuple[Finding, ...] = ()) -> str:
    return summary_body(run, shown=run.findings, aside=aside, spoken=["bugs"], posted=Posted())


def test_a_comment_says_what_why_and_who() -> None:
    told = finding(
        title="Name reaches the query",
        message="Bind it.",
        suggestion='db.execute("?", [name])\n',
        evidence=[fact(message="Possible SQL injection", url="https://docs.astral.sh/ruff/rules/x")],
        also=["bugs"],
        models=["openai/gpt"],
    )

    assert comment_body(told) == (
        "**High · Name reaches the query**\n"
        "\n"
        "Bind it.\n"
        "\n"
        "```suggestion\n"
        'db.execute("?", [name])\n'
        "```\n"
        "\n"
        "> [ruff S608](https://docs.astral.sh/ruff/rules/x): Possible SQL injection\n"
        "\n"
        "security/injection · [CWE-89](https://cwe.mitre.org/data/definitions/89.html) · also bugs · openai/gpt"
        f" · `{told.fingerprint[:8]}`\n"
        "\n"
        f"<!-- quartet:finding id={told.fingerprint} -->\n"
        f"{about_marker(told)}"
    )


def test_a_comment_without_a_weakness_and_a_model_names_the_rule_alone() -> None:
    told = finding(reviewer="bugs", rule="logic-error", cwe=None, models=[])

    assert f"\n\nbugs/logic-error · `{told.fingerprint[:8]}`\n\n" in comment_body(told)


def test_a_fence_is_longer_than_any_inside() -> None:
    assert "````suggestion\n```\n````" in comment_body(finding(suggestion="```\n"))


def test_a_suggestion_on_removed_lines_cannot_be_committed() -> None:
    told = finding(at=location(side=Side.LEFT), suggestion="x = 1\n")

    assert "suggestion" not in comment_body(told)
    assert "```\nx = 1\n```" in comment_body(told)


@pytest.mark.parametrize("field", ["title", "message", "suggestion", "rule", "path", "anchor"])
def test_nothing_that_others_wrote_acts_in_a_comment(field: str) -> None:
    hostile: dict[str, Any] = {field: HOSTILE}
    told = replace(finding(placed=False), **hostile)

    for body in (comment_body(told), summary(review(told), aside=(told,))):
        shown = re.sub(r"```.*?```|`[^`]*`", "", body, flags=re.DOTALL)
        assert "dead" not in {marker.fields.get("id") for marker in markers_of(body)}
        assert not {word for word in ("@octocat", "#1 ", "<script", "![", "\u202e") if word in shown}


def test_a_review_names_findings_that_have_no_comment() -> None:
    aside = finding(title="Elsewhere", placed=False, path="far.py")

    body = review_body(review(aside), new=(aside,), aside=(aside,), known=0, spoken=())

    assert body.startswith("**Quartet** · 1 finding: 1 high\n")
    assert "- High · Elsewhere (`far.py (not on the diff)`)" in body
    assert body.endswith(f"<!-- quartet:review head={review().target.head} -->")


def test_a_summary_begins_with_its_marker() -> None:
    body = summary(review(finding()))

    assert body.split("\n")[0] == "<!-- quartet:summary -->"
    assert is_summary(body)


def test_a_summary_tells_coverage_gaps_and_cost() -> None:
    run = replace(
        review(finding()),
        coverage=coverage(50, 10, [skipped("a|b.lock"), skipped("", "3 more files", 0)]),
        gaps=(gap("bugs", "x.py", "openai did not answer"), gap("evidence: ruff", "", "not installed")),
        note="Two models were asked.",
    )

    body = summary(run)

    assert "**Coverage**: 10 of 50 changed lines reviewed (20 %)." in body
    assert "- lock file: 1 file, 40 lines: a\\|b.lock" in body
    assert "- bugs on `x.py`: openai did not answer" in body
    assert "- evidence: ruff: not installed" in body
    assert "Two models were asked. · 1 model call · 1,200 tokens in" in body


def test_long_lists_are_cut_with_a_word() -> None:
    run = replace(
        review(),
        findings=tuple(finding(title=f"{number:03} " + "x" * 200, anchor=str(number)) for number in range(500)),
        gaps=tuple(gap("bugs", f"{number}.py") for number in range(31)),
        coverage=coverage(4, 4, [skipped(f"{number}.lock", lines=0) for number in range(25)]),
    )

    body = summary(run)

    assert "more, in the report of the run." in body
    assert "- … and 1 more" in body
    assert "`19.lock` and 5 more" in body
    assert len(body) <= LONGEST_BODY


def test_a_summary_keeps_githubs_limit_and_its_markers() -> None:
    findings = tuple(
        finding(title=f"t{number}", message="m" * 5_000, anchor=str(number), placed=False) for number in range(40)
    )

    body = summary(review(*findings), aside=findings)

    assert LONGEST_BODY * 0.8 < len(body) <= LONGEST_BODY
    assert "Cut here, because GitHub takes no longer comment" in body
    assert [marker.kind for marker in markers_of(body)][:3] == ["summary", "reviewed", "told"]


def test_a_summary_of_which_everything_is_long_keeps_githubs_limit() -> None:
    findings = tuple(finding(message="m" * 900, anchor=str(number), placed=False) for number in range(60))
    run = replace(
        review(*findings, gaps=[gap(reason="r" * 2_000) for _ in range(99)]),
        coverage=coverage(400, 4, [skipped(f"{'d' * 200}/{number}.lock", f"reason {number}") for number in range(99)]),
    )
    told = tuple(f"{number:016x}" for number in range(MOST_REMEMBERED))

    body = summary_body(run, shown=findings, aside=findings, spoken=["bugs"], posted=Posted(fingerprints=told))

    assert 55_000 < len(body) <= LONGEST_BODY


def test_what_is_missing_is_told_even_where_the_findings_fill_a_comment() -> None:
    long = [
        finding(placed=False, anchor=f"code {number}", message="word " * 1_000, title=f"Fault {number}")
        for number in range(60)
    ]
    gaps = [gap(path=f"{'long/' * 200}{number}.py", reason="no answer " * 100) for number in range(40)]
    text = summary(review(*long, gaps=gaps, looked_at=coverage(9, skips=[skipped()])), aside=tuple(long))

    assert len(text) <= LONGEST_BODY
    assert "_Cut here" in text
    assert "**Not answered**" in text
    assert "and 10 more" in text
    assert "**Coverage**" in text
    assert "poetry.lock" in text


def test_a_summary_names_what_reviewers_took_for_false_alarms() -> None:
    dropped = DroppedFact(fact=fact(), reviewer="security", reason="The name is <b>fixed</b> @octocat.")

    text = summary(review(finding(), dropped=[dropped]))

    assert "ruff S608 at shop/orders.py:12 (security: The name is" in text
    assert "<b>" not in text
    assert "@octocat" not in text


def test_an_unknown_price_is_said() -> None:
    run = review(finding())
    unpriced = replace(run, calls=tuple(replace(call, cost_usd=None) for call in run.calls))

    assert "cost unknown" in summary(unpriced)
    assert Decimal(0) != unpriced.cost_usd


def test_evidence_that_the_message_quotes_is_only_named() -> None:
    told = finding(
        message="ruff S608: Possible SQL injection. Bind it.", evidence=[fact(message="Possible SQL injection")]
    )

    assert "\n\n> [ruff S608](https://docs.astral.sh/ruff/rules/hardcoded-sql-expression)\n\n" in comment_body(told)


def test_a_summary_says_once_that_no_model_was_asked() -> None:
    body = summary(review(finding(), models_asked=False, note="No model was asked, as --no-llm says"))

    assert body.count("No model was asked") == 1

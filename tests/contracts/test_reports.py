import ast
import time
from decimal import Decimal
from pathlib import Path

import pytest

import reviewers.report
from reviewers.diff import Diff, Side
from reviewers.report import REPORTS, Report
from reviewers.review import Review
from tests.builders import (
    added_file,
    call,
    coverage,
    diff,
    fact,
    file_diff,
    finding,
    gap,
    hunk,
    location,
    review,
    skipped,
    target,
)

every_report = pytest.mark.parametrize("report", [pytest.param(entry, id=name) for name, entry in REPORTS.items()])
prose_reports = pytest.mark.parametrize(
    "report", [pytest.param(REPORTS[name], id=name) for name in ("text", "markdown", "html")]
)
HOSTILE = (
    "</script><script>alert(1)</script>\x1b[31m\u202e\ud800 <!-- quartet:summary --> ]]> \r \x00 ```\n[x](javascript:a)"
)


def test_every_module_that_renders_is_in_the_registry() -> None:
    modules = Path(reviewers.report.__file__).parent.glob("*.py")
    rendering = {
        module.stem
        for module in modules
        if any(
            isinstance(node, ast.FunctionDef) and node.name == "render" for node in ast.parse(module.read_text()).body
        )
    }

    assert rendering == set(REPORTS)


def test_every_report_has_a_name_and_a_suffix_of_its_own() -> None:
    assert all(name == report.name for name, report in REPORTS.items())
    assert len({report.suffix for report in REPORTS.values()}) == len(REPORTS)
    assert all(report.suffix.startswith(".") for report in REPORTS.values())


@every_report
def test_a_report_tells_every_finding_gap_and_skipped_file(report: Report) -> None:
    text = report.render(
        review(
            finding(title="Placed on the diff", anchor="a"),
            finding(title="Placed nowhere", placed=False, anchor="b"),
            finding(title="About the whole change", placed=False, path="", anchor=""),
            gaps=[gap(reason="nobody answered")],
            looked_at=coverage(100, skips=[skipped("uv.lock", "lock file", 60)]),
        ),
        diff(),
    )

    assert [
        title for title in ("Placed on the diff", "Placed nowhere", "About the whole change") if title not in text
    ] == []
    assert "nobody answered" in text
    assert "lock file" in text


@every_report
def test_a_clean_review_is_a_report_too(report: Report) -> None:
    text = report.render(review(), diff())

    assert text.endswith("\n")
    assert text == report.render(review(), diff())


@every_report
def test_a_review_of_nothing_is_a_report_too(report: Report) -> None:
    empty = review(looked_at=coverage(0), calls=(), reviewers=(), of=target(name="x.diff", title="", url="", head=""))

    assert report.render(empty, Diff()).endswith("\n")


@prose_reports
def test_a_clean_review_says_so_and_what_was_looked_at(report: Report) -> None:
    text = report.render(review(looked_at=coverage(214)), diff())

    assert "No findings" in text
    assert "All 214 changed lines reviewed" in text


@prose_reports
def test_silence_with_a_gap_is_not_called_clean(report: Report) -> None:
    text = report.render(review(gaps=[gap()]), diff())

    assert "No findings, but the review is incomplete" in text


@prose_reports
def test_a_review_without_models_says_so(report: Report) -> None:
    text = report.render(review(models_asked=False, note="Set OPENAI-KEY to ask models."), diff())

    assert "No model was asked" in text
    assert "Set OPENAI-KEY to ask models." in text


@prose_reports
def test_an_unknown_price_is_unknown_and_not_zero(report: Report) -> None:
    text = report.render(review(calls=[call(cost_usd=None), call(cost_usd=Decimal("0.5"))]), diff())

    assert "cost unknown" in text


@every_report
def test_hostile_text_leaves_a_report_that_can_be_written(report: Report) -> None:
    text = report.render(
        review(
            finding(
                title=HOSTILE,
                message=HOSTILE,
                anchor=HOSTILE,
                suggestion=HOSTILE,
                rule=HOSTILE,
                cwe=HOSTILE,
                models=[HOSTILE],
                also=[HOSTILE],
                evidence=[fact(source=HOSTILE, code=HOSTILE, message=HOSTILE, url="javascript:alert(1)")],
            ),
            finding(placed=False, path=HOSTILE, anchor=HOSTILE),
            gaps=[gap(reviewer=HOSTILE, path=HOSTILE, reason=HOSTILE)],
            looked_at=coverage(10, skips=[skipped(HOSTILE, HOSTILE, 1)]),
            calls=[call(provider=HOSTILE, model=HOSTILE)],
            reviewers=[HOSTILE],
            note=HOSTILE,
            of=target(name=HOSTILE, title=HOSTILE, url="javascript:alert(1)", head=HOSTILE),
        ),
        diff(file_diff("shop/orders.py", hunk(*(f"+{row}" for row in HOSTILE.split("\n")), new_start=12))),
    )

    assert text.encode("utf-8")
    assert "\x1b" not in text
    assert "\x00" not in text


@prose_reports
def test_hidden_characters_of_the_code_are_shown(report: Report) -> None:
    change = diff(file_diff("a.py", hunk("+if admin\u202e:\x1b", new_start=1)))

    text = report.render(review(finding(at=location("a.py", 1))), change)

    assert "if admin⟨U+202E⟩:␛" in text


@every_report
def test_a_finding_on_a_removed_line_stands_beside_it(report: Report) -> None:
    text = report.render(review(finding(at=location(start_line=12, side=Side.LEFT))), diff())

    assert ("where name = ?" in text) or ("LEFT" in text) or ("(removed)" in text)


@every_report
def test_a_large_review_is_rendered_within_a_second(report: Report) -> None:
    change = diff(
        *(added_file(f"src/m{number}.py", "".join(f"x{line} = 1\n" for line in range(50))) for number in range(500))
    )
    large = review(
        *(
            finding(at=location(f"src/m{number}.py", 20, 22), anchor=f"{number}", suggestion="y = 1", evidence=[fact()])
            for number in range(500)
        ),
        looked_at=coverage(30_000, skips=(skipped(f"vendor/{number}.js", "vendored", 1) for number in range(5_000))),
    )

    seconds = [_processor_seconds(report, large, change) for _ in range(2)]

    assert min(seconds) < 1


def _processor_seconds(report: Report, large: Review, change: Diff) -> float:
    started = time.process_time()
    report.render(large, change)
    return time.process_time() - started

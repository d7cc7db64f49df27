from decimal import Decimal

import pytest

from reviewers.diff import Side
from reviewers.findings import Finding, Location, Severity
from reviewers.report import wording
from reviewers.review import Coverage, Review
from tests.builders import call, coverage, failed_call, finding, gap, location, review, skipped


@pytest.mark.parametrize(
    ("reviewed", "verdict"),
    [
        pytest.param(review(), "No findings", id="clean"),
        pytest.param(
            review(looked_at=coverage(40, skips=[skipped(lines=40)])), "Nothing was reviewed", id="nothing looked at"
        ),
        pytest.param(review(gaps=[gap()]), "No findings, but the review is incomplete", id="a gap"),
        pytest.param(review(finding()), "1 finding: 1 high", id="one"),
        pytest.param(
            review(finding(severity=Severity.LOW), finding(severity=Severity.CRITICAL), finding(severity=Severity.LOW)),
            "3 findings: 1 critical, 2 low",
            id="several",
        ),
    ],
)
def test_the_verdict_counts_by_severity(reviewed: Review, verdict: str) -> None:
    assert wording.verdict(reviewed) == verdict


@pytest.mark.parametrize(
    ("remark", "place"),
    [
        pytest.param(finding(), "shop/orders.py:12", id="a line"),
        pytest.param(finding(at=location(end_line=14)), "shop/orders.py:12-14", id="lines"),
        pytest.param(finding(at=location(side=Side.LEFT)), "shop/orders.py:12 (removed)", id="a removed line"),
        pytest.param(finding(placed=False), "shop/orders.py (not on the diff)", id="a file"),
        pytest.param(finding(placed=False, path=""), "the change as a whole", id="nowhere"),
    ],
)
def test_a_place_has_words(remark: Finding, place: str) -> None:
    assert wording.place(remark) == place


@pytest.mark.parametrize(
    ("looked_at", "line"),
    [
        pytest.param(coverage(0), "The change has no changed lines", id="nothing"),
        pytest.param(coverage(1), "The only changed line reviewed", id="one"),
        pytest.param(coverage(1_200), "All 1,200 changed lines reviewed", id="all"),
        pytest.param(coverage(3, 1), "1 of 3 changed lines reviewed (33 %)", id="some"),
        pytest.param(coverage(10_000, 9_999), "9,999 of 10,000 changed lines reviewed (99 %)", id="nearly all"),
        pytest.param(coverage(10_000, 1), "1 of 10,000 changed lines reviewed (1 %)", id="hardly any"),
        pytest.param(coverage(7, 0), "0 of 7 changed lines reviewed (0 %)", id="none"),
    ],
)
def test_coverage_is_never_rounded_to_all_or_nothing(looked_at: Coverage, line: str) -> None:
    assert wording.coverage_line(looked_at) == line


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        pytest.param(None, "cost unknown", id="unknown"),
        pytest.param(Decimal(0), "$0.00", id="nothing"),
        pytest.param(Decimal("0.00001"), "< $0.0001", id="next to nothing"),
        pytest.param(Decimal("0.0125"), "$0.0125", id="a cent and a bit"),
        pytest.param(Decimal("1234.5"), "$1,234.50", id="a lot"),
    ],
)
def test_a_cost_has_words(dollars: Decimal | None, words: str) -> None:
    assert wording.cost(dollars) == words


@pytest.mark.parametrize(
    ("reviewed", "line"),
    [
        pytest.param(review(models_asked=False), "No model was asked", id="no model"),
        pytest.param(review(calls=()), "No model call was made", id="no call"),
        pytest.param(
            review(calls=[call(), failed_call()]),
            "2 model calls (1 failed) · 1,200 tokens in (200 cached), 300 out · $0.0125",
            id="calls",
        ),
    ],
)
def test_usage_is_one_line(reviewed: Review, line: str) -> None:
    assert wording.usage_line(reviewed) == line


@pytest.mark.parametrize(
    ("cwe", "url"),
    [
        pytest.param("CWE-89", "https://cwe.mitre.org/data/definitions/89.html", id="a weakness"),
        pytest.param("CWE-x", "", id="none"),
        pytest.param("CWE-٣", "", id="a digit of another script"),
    ],
)
def test_a_weakness_has_a_page(cwe: str, url: str) -> None:
    assert wording.cwe_url(cwe) == url


def test_skipped_files_are_grouped_the_most_lines_first() -> None:
    skips = [skipped("a.png", "binary", 0), skipped("uv.lock", "lock file", 5), skipped("p.lock", "lock file", 7)]

    groups = wording.skipped_groups(coverage(12, skips=skips))

    assert [group.summary for group in groups] == ["lock file: 2 files, 12 lines", "binary: 1 file"]


def test_an_attribution_names_everybody() -> None:
    remark = finding(also=["bugs", "performance"])

    assert wording.attribution(remark) == "security/injection · CWE-89 · also bugs, performance"
    assert wording.confidence(finding(confidence=0.555)) == "56 %"
    assert remark.location == Location(path="shop/orders.py", start_line=12, end_line=12)


@pytest.mark.parametrize(
    ("reviewed", "sentence"),
    [
        pytest.param(
            review(reviewers=["bugs", "security"]), "All 4 changed lines reviewed by bugs, security.", id="all"
        ),
        pytest.param(
            review(models_asked=False), "All 4 changed lines reviewed by evidence sources alone.", id="no model"
        ),
        pytest.param(review(reviewers=[]), "All 4 changed lines reviewed.", id="nobody"),
        pytest.param(review(looked_at=coverage(9, 0)), "0 of 9 changed lines reviewed (0 %).", id="nothing reviewed"),
    ],
)
def test_whoever_looked_is_named(reviewed: Review, sentence: str) -> None:
    assert wording.coverage_sentence(reviewed) == sentence

import pytest

from reviewers.report import REPORTS, Report
from tests.reviewers.report.sample import DIFF, GOLDEN, REVIEW, without_assets


@pytest.mark.parametrize("report", [pytest.param(report, id=name) for name, report in REPORTS.items()])
def test_the_sample_review_reads_as_it_did(report: Report) -> None:
    expected = (GOLDEN / f"sample{report.suffix}").read_text(encoding="utf-8")

    assert without_assets(report.render(REVIEW, DIFF)) == expected

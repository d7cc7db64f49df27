"""The sample's answers as whole reports, and what people from outside may call things."""

from __future__ import annotations

from datetime import timedelta

from app.analytics.report.page import Live
from llm_runtime.analytics.answer import Answer
from llm_runtime.analytics.performance_analyzer import Report
from llm_runtime.analytics.period import Period
from tests.app.analytics.report.sample import (
    UNTIL,
    all_together,
    costs_by_day,
    daily,
    latency,
    pull_requests,
    pull_times,
    rates,
    reviewers,
)

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title><a href=javascript:alert(1)>x</a>"
LIVE = Live(
    action="/dashboard",
    since="30d",
    until="",
    repository="acme/shop",
    repositories=("acme/shop", "acme/warehouse"),
    visitor="ada",
    sign_out="/dashboard/sign-out",
    form_token="t0ken",
    note="GitHub did not name all repositories.",
)
REMARKS = (
    "openai/gpt-5.2 answers slowest: 95 of 100 answers within 13.4 s.",
    "Waits are more than in the period before: 12.1 % of 7,420 calls against 11.6 % of 6,020.",
)


def whole(days: int = 30) -> Report:
    """All that the page knows how to draw, and a long table."""
    return report(
        daily(days), costs_by_day(days), latency(), rates(), reviewers(), pull_requests(), pull_times(), days=days
    )


def report(
    *answers: Answer, days: int = 30, totals: Answer | None = None, remarks: tuple[str, ...] = REMARKS
) -> Report:
    since = UNTIL.replace(hour=0, minute=0) - timedelta(days=days - 1)
    period = Period(since, UNTIL)
    return Report(
        period=period, before=period.before, totals=totals or all_together(), remarks=remarks, answers=answers
    )

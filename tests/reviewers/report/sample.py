"""One review with something of everything; ``python -m tests.reviewers.report.sample`` writes its golden files anew."""

import re
from pathlib import Path

from llm_runtime.messages import Usage
from reviewers.diff import Side
from reviewers.findings import Severity
from reviewers.report import REPORTS
from reviewers.review import Stage, Untold
from reviewers.verification.values import Dissent, Standing, Vote
from tests.builders import (
    ORDERS,
    call,
    coverage,
    diff,
    fact,
    failed_call,
    file_diff,
    finding,
    gap,
    hunk,
    location,
    review,
    second_look,
    skipped,
    target,
)

GOLDEN = Path(__file__).with_name("golden")
EXPORT = file_diff(
    "shop/reports/export.py",
    hunk(
        " def export(request, store):",
        '     """Write a customer\'s orders as CSV."""',
        '-    path = EXPORTS / f"{uuid4()}.csv"',
        '+    path = EXPORTS / request.args["name"]',
        '     with open(path, "w") as file:',
        "         writer = csv.writer(file)",
        "-        writer.writerows(store.rows(request.user))",
        "+        for order in store.orders(request.user):",
        "+            writer.writerow([order.id, store.customer(order).name])",
        "     return send_file(path)",
        old_start=42,
        new_start=44,
    ),
)
DIFF = diff(ORDERS, EXPORT)
REVIEW = review(
    finding(
        severity=Severity.CRITICAL,
        at=location("shop/reports/export.py", 46),
        rule="path-traversal",
        cwe="CWE-22",
        confidence=0.96,
        anchor='    path = EXPORTS / request.args["name"]',
        title="`name` from the request chooses the file that is written",
        message="`request.args` is joined unchecked, so `../../x` leaves it.\n\n- make it **here**\n- or check it",
        suggestion='    path = EXPORTS / f"{uuid4()}.csv"\n',
        models=["anthropic/claude-opus-5-5", "openai/gpt-6.1-sol"],
        also=["bugs"],
        stated=0.9,
        votes=[
            Vote(reviewer="security", model="anthropic/claude-opus-5-5", severity="critical", confidence=0.9),
            Vote(reviewer="bugs", model="openai/gpt-6.1-sol", severity="medium", confidence=0.7),
        ],
        verification=second_look(by="gemini/gemini-4-argon", quote='    path = EXPORTS / request.args["name"]'),
        dissent=[
            Dissent(by="openai/gpt-6.1-sol", view="its severity is only medium", reason="A login is needed.", round=2)
        ],
    ),
    finding(evidence=[fact()], models=()),
    finding(
        reviewer="performance",
        rule="query-in-loop",
        cwe=None,
        severity=Severity.MEDIUM,
        at=location("shop/reports/export.py", 49, 50),
        anchor="        for order in store.orders(request.user):\n            writer.writerow([order.id, ...])",
        title="One query for every order",
        message="`store.customer` asks the database once for each order.",
        verification=second_look(Standing.UNSURE, quote="", reason="`store` is not shown."),
    ),
    finding(
        reviewer="bugs",
        rule="regression",
        cwe=None,
        severity=Severity.LOW,
        at=location("shop/orders.py", 12, side=Side.LEFT),
        title="The name is no longer bound",
        message="@octocat <b>wrote</b> #12 with care.",
    ),
    finding(
        reviewer="architecture",
        rule="breaking-change",
        cwe=None,
        severity=Severity.LOW,
        placed=False,
        path="docs/api.md",
        anchor="id, total, customer",
        title="The documented order of fields is no longer kept",
        message="The page promises another order.",
    ),
    gaps=[gap(reason="gemini-4-argon did not answer in time")],
    looked_at=coverage(
        192,
        skips=[
            skipped("poetry.lock", "lock file", 180),
            skipped("uv.lock", "lock file", 2),
            skipped("a.png", "binary", 0),
        ],
    ),
    calls=[
        call(provider="anthropic", model="claude-opus-5-5", cost_usd="0.1216"),
        call(usage=Usage(input_tokens=18_900, cached_input_tokens=12_000, output_tokens=2_100), cost_usd="0.0513"),
        failed_call(provider="gemini", model="gemini-4-argon", error="TimedOut"),
    ],
    refuted=[
        finding(
            reviewer="bugs",
            rule="logic-error",
            cwe=None,
            title="An empty list is sorted",
            verification=second_look(Standing.REFUTED, quote="    if len(rows) > 0:", reason="The line before asks."),
        )
    ],
    below=[
        Untold(
            finding=finding(severity=Severity.LOW, confidence=0.4, title="A name says little"),
            reason="0.40 sure; low findings are told from 0.65 on",
        )
    ],
    stages=[
        Stage(name="review", calls=(call(cost_usd="0.1729"),)),
        Stage(name="verification", calls=(call(provider="gemini", model="gemini-4-argon", cost_usd="0.0210"),)),
    ],
    of=target(title="Export orders by name"),
)


def without_assets(page: str) -> str:
    """A page of HTML without its style and script, which have tests of their own."""
    return re.sub(r"(?s)(<(style|script)>).*?(</\2>)|sha256-[^']*", r"\1\3", page)


if __name__ == "__main__":
    for report in REPORTS.values():
        (GOLDEN / f"sample{report.suffix}").write_text(without_assets(report.render(REVIEW, DIFF)), encoding="utf-8")

from __future__ import annotations

import json

from tests.app.action.conftest import Runner


def test_a_pull_request_that_was_opened_is_reviewed_posted_and_told_to_later_steps(runner: Runner) -> None:
    ended = runner.opened()

    (review,) = runner.repository.reviews
    assert ended.status == 0, ended.log
    assert [comment["line"] for comment in review["comments"]] == [2]
    assert [check["conclusion"] for check in runner.repository.checks] == ["success"]
    told = {name: ended.outputs[name] for name in ("verdict", "findings", "high", "coverage", "pull-request", "gaps")}
    assert told == {
        "verdict": "success",
        "findings": "1",
        "high": "1",
        "coverage": "100",
        "pull-request": "7",
        "gaps": "0",
    }
    assert json.loads((ended.out / "review.json").read_text())["findings"][0]["path"] == "shop.py"
    assert "An empty list divides by zero" in ended.summary
    assert float(ended.outputs["cost-usd"]) > 0

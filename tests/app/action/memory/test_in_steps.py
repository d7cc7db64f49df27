"""The same by whole steps of a workflow, of which none has the cache of another."""

from __future__ import annotations

import pytest

from tests.app.action.conftest import Runner, Start
from tests.app.action.runners import Ended
from tests.fakes import github_payloads


def without_cache(runner: Runner) -> Runner:
    """What runs from now on begins with nothing, as a command's run and one after its cache was evicted."""
    runner.variables["QUARTET_STATE_DIR"] = str(runner.folder / f"state-{runner.runs}")
    return runner


def push(runner: Runner) -> Ended:
    pull = runner.repository.pulls[7]
    runner.repository.push(7, {**pull.head_files, "other.py": "total = 0\n"})
    return runner.run("pull_request", runner.payload(github_payloads.pull_request(runner.repository, "synchronize")))


@pytest.fixture
def strict(start_runner: Start) -> Runner:
    return start_runner(config="check: {fail_on: high}\n")


def test_what_a_command_dismisses_without_a_cache_does_not_fail_the_next_push_without_one(strict: Runner) -> None:
    before = strict.opened()
    (comment,) = strict.repository.review_comments()
    identity = comment["body"].partition("finding id=")[2][:16]

    without_cache(strict).comments(f"/dismiss {identity[:8]} the caller checks it", no_llm="true")
    after = push(without_cache(strict))

    assert (before.status, after.status) == (1, 0), after.log
    assert (before.outputs["findings"], after.outputs["findings"]) == ("1", "0")
    assert len(strict.repository.review_comments()) == 1


def test_a_failed_job_that_runs_again_after_a_dismissal_succeeds_and_asks_nothing(strict: Runner) -> None:
    strict.opened()
    (comment,) = strict.repository.review_comments()
    identity = comment["body"].partition("finding id=")[2][:16]
    own = dict(strict.variables)
    without_cache(strict).comments(f"/dismiss {identity[:8]}", no_llm="true")
    asked = len(strict.vendor.asked)
    strict.variables = own

    again = strict.opened()

    assert again.status == 0, again.log
    assert len(strict.vendor.asked) == asked


def test_a_pause_is_ended_by_a_run_that_has_not_begun_it(runner: Runner) -> None:
    runner.comments("/pause")

    paused = without_cache(runner).opened()
    resumed = without_cache(runner).comments("/resume")

    assert "paused by mona" in paused.summary
    assert resumed.outputs["findings"] == "1", resumed.log

"""``quartet review --pr`` against a GitHub on loopback: what is read, what is posted, and in how many requests."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.cli.conftest import AFTER, BEFORE, Ended, Models, by_reviewer, findings, remark
from tests.fakes.github import TOKEN, FakeGitHub, FakePull, Fault, refused
from tests.fakes.models import Answer, Asked, Hangs, RateLimited

Quartet = Callable[..., Ended]
POST = ("review", "--pr", "octo/app#7", "--post")


def _pull(files: int = 1) -> FakePull:
    others = {f"module_{number}.py": f"VALUE = {number}\n" for number in range(1, files)}
    return FakePull(
        number=7,
        base_files={"orders.py": BEFORE, "AGENTS.md": "Bind parameters.\n"} | others,
        head_files={"orders.py": AFTER, "AGENTS.md": "Bind parameters.\n"}
        | {path: text.replace("VALUE", "NUMBER") for path, text in others.items()},
        title="Find orders by name",
    )


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeGitHub]:
    monkeypatch.chdir(tmp_path)
    with FakeGitHub([_pull()]) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.api_url)
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield server


def _markers(text: str) -> list[str]:
    return re.findall(r"<!-- (quartet:\S+)", text)


def test_a_pull_request_is_reviewed_and_one_review_is_posted(
    github: FakeGitHub, models: Models, quartet: Quartet
) -> None:
    models.openai(by_reviewer(security=findings(remark())))

    ended = quartet(*POST)

    assert ended.status == 0, ended.err
    (review,) = github.reviews
    placed = {(comment["path"], comment["line"], comment["side"]) for comment in review["comments"]}
    assert ("orders.py", 5, "RIGHT") in placed
    assert review["state"] == "COMMENTED"
    (posted,) = [request.json for request in github.requests if request.path.endswith("/pulls/7/reviews")]
    assert posted["commit_id"] == github.pulls[7].head_sha
    assert "quartet:review" in _markers(review["body"])
    assert all(_markers(comment["body"])[0] == "quartet:finding" for comment in review["comments"])
    (summary,) = github.issue_comments
    assert "quartet:summary" in _markers(summary["body"])


def test_a_review_that_was_stopped_is_shown_and_not_posted(
    github: FakeGitHub, models: Models, quartet: Quartet
) -> None:
    def answer(asked: Asked) -> Answer:
        # Once: a call that is tried again while the servers end would stop the tests themselves.
        if len(models.asked) == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return Hangs()

    models.openai(answer)

    ended = quartet(*POST, "--reviewers", "bugs")

    assert ended.status == 3
    assert "stopped, so nothing is posted; run it again" in ended.err
    assert "bugs" in ended.out
    assert not github.writes


def test_without_post_nothing_is_written(github: FakeGitHub, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(security=findings(remark())))

    ended = quartet("review", "--pr", f"{github.url}/octo/app/pull/7", "--format", "json")

    assert ended.status == 0, ended.err
    assert ended.json["target"]["kind"] == "pull_request"
    assert not github.writes


def test_guidance_of_the_base_reaches_the_models(github: FakeGitHub, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    quartet("review", "--pr", "octo/app#7")

    assert all("Bind parameters." in asked.prompt for asked in models.asked)


def test_a_second_run_on_the_same_head_posts_nothing_new(github: FakeGitHub, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    quartet(*POST)
    before = [len(github.reviews), len(github.comments), len(github.issue_comments)]

    ended = quartet(*POST)

    assert [len(github.reviews), len(github.comments), len(github.issue_comments)] == before
    assert "nothing new to post" in ended.err


def test_a_clean_pull_request_gets_no_comment(github: FakeGitHub, models: Models, quartet: Quartet) -> None:
    models.openai(findings())
    github.pulls[7] = FakePull(number=7, base_files={"a.py": "one = 1\n"}, head_files={"a.py": "one = 2\n"})

    ended = quartet(*POST)

    assert ended.status == 0, ended.err
    assert not github.writes


def test_a_pull_request_of_which_nothing_was_reviewed_is_told_so(
    github: FakeGitHub, models: Models, quartet: Quartet
) -> None:
    models.openai(findings())
    hidden = "# @generated\nimport os\nos.system(input())\n"
    github.pulls[7] = FakePull(
        number=7, base_files={"a.py": "one = 1\n"}, head_files={"a.py": "one = 1\n", "b.py": hidden}
    )

    quartet(*POST)
    quartet(*POST)

    (summary,) = github.issue_comments
    assert "Nothing was reviewed" in summary["body"]
    assert "b.py" in summary["body"]
    assert not github.reviews


def test_an_incomplete_review_says_so_on_the_pull_request(github: FakeGitHub, models: Models, quartet: Quartet) -> None:
    models.openai(RateLimited())

    ended = quartet(*POST, "--reviewers", "performance")

    assert ended.status == 3
    assert not github.comments
    (summary,) = github.issue_comments
    assert "performance" in summary["body"]


def test_a_finding_outside_the_diff_goes_to_the_summary(github: FakeGitHub, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(architecture=findings(remark(rule="layer-violation", quote="nowhere = here()"))))

    quartet(*POST, "--reviewers", "architecture")

    (review,) = github.reviews
    assert review["comments"] == []
    assert "A customer's name reaches the query" in review["body"].replace("&#39;", "'")
    assert "A customer's name reaches the query" in github.issue_comments[0]["body"].replace("&#39;", "'")


@pytest.mark.parametrize(("files", "most"), [(3, 10), (12, 12)], ids=["3 files", "12 files"])
def test_a_review_takes_few_requests(
    github: FakeGitHub, models: Models, quartet: Quartet, files: int, most: int
) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    github.pulls[7] = _pull(files)

    assert quartet(*POST).status == 0

    assert github.reviews
    assert len(github.requests) <= most


def test_a_failed_post_leaves_the_report(github: FakeGitHub, models: Models, quartet: Quartet, tmp_path: Path) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    github.faults.append(Fault(method="POST", path="/reviews$", reply=refused(403, "Resource not accessible")))
    report = tmp_path / "report.json"

    ended = quartet(*POST, "--output", str(report))

    assert ended.status in (2, 3)
    assert len(json.loads(report.read_text())["findings"]) == 2
    assert "A customer's name reaches the query" in ended.out
    assert TOKEN not in ended.err + ended.out


def test_a_head_that_moved_while_it_was_reviewed_gets_nothing(
    github: FakeGitHub, models: Models, quartet: Quartet
) -> None:
    def push_and_answer(_: Asked) -> Answer:
        github.pulls[7].head_files = {"orders.py": AFTER + "\n# more\n"}
        return findings(remark())

    models.openai(push_and_answer)

    ended = quartet(*POST, "--reviewers", "security")

    assert ended.status == 3
    assert not github.writes
    assert "moved" in ended.err


@pytest.mark.parametrize(
    ("pull", "message"),
    [
        pytest.param("octo/app#8", "octo/app#8 does not exist", id="no such number"),
        pytest.param("octo/other#7", "octo/other#7 does not exist", id="no such repository"),
        pytest.param("7", "names no pull request", id="no repository"),
    ],
)
def test_a_pull_request_that_cannot_be_seen_is_one_line(
    github: FakeGitHub, quartet: Quartet, pull: str, message: str
) -> None:
    ended = quartet("review", "--pr", pull)

    assert ended.status == 2
    assert message in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_a_wrong_token_is_one_line(github: FakeGitHub, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_" + "wrong" * 8)

    ended = quartet("review", "--pr", "octo/app#7")

    assert ended.status == 2
    assert "GITHUB_TOKEN" in ended.err
    assert "wrongwrong" not in ended.err


def test_a_github_that_is_not_there_is_one_line(
    quartet: Quartet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")

    ended = quartet("review", "--pr", "octo/app#7")

    assert ended.status == 3
    assert len(ended.err.strip().splitlines()) == 1


def test_a_configuration_that_the_pull_request_brings_is_not_in_force(
    github: FakeGitHub, models: Models, quartet: Quartet
) -> None:
    models.openai(findings())
    github.pulls[7] = FakePull(
        number=7,
        base_files={"a.py": "one = 1\n", ".quartet.yml": "reviewers: [security, bugs]\n"},
        head_files={"a.py": "one = 2\n", ".quartet.yml": "reviewers: []\npaths: {ignore: ['**']}\n"},
    )

    quartet("review", "--pr", "octo/app#7")

    assert len(models.asked) == 2

"""``quartet analytics post-summary`` as a user gives it, against a GitHub on loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.analytics import commands
from app.errors import Misconfigured
from app.store.store import open_store
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.records import Source, TaskResult, Trace
from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.github_app import FakeGitHubApp

ASK = ("post-summary", "--repository", "octo/app", "--month", "2026-10")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one review in October."""
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    began = datetime(2026, 10, 5, tzinfo=UTC)
    with open_books(url, FAULTS) as books:
        trace = Trace(id="a" * 32, name="review", source=Source.APP, repository="octo/app", number=7, started_at=began)
        books.write([trace, TaskResult(trace=trace.id, reviewer="bugs", findings=3, accepted=1)])
    return url


def run(*arguments: str) -> tuple[str, str]:
    """What went to stdout and to stderr."""
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False, standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.stdout, result.stderr


@pytest.mark.usefixtures("url")
def test_it_is_posted_once_and_edited_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeGitHub() as github:
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        monkeypatch.setenv("GITHUB_API_URL", github.api_url)
        github.state.viewer = "mona"

        _, posted = run(*ASK)
        _, edited = run(*ASK)

        (issue,) = github.state.issues
        assert issue["title"] == "Quartet in October 2026"
        assert issue["body"].endswith("<!-- quartet:month of=2026-10 -->")
        assert posted.strip().endswith(f"posted: {issue['html_url']}")
        assert edited.strip().endswith(f"edited: {issue['html_url']}")


def test_without_a_token_the_app_posts_it_where_it_is_installed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeGitHubApp() as github:
        state = github.repository("octo/app")
        with open_store(url) as store:
            store.belongs("octo/app", state.installation)
        monkeypatch.setenv("GITHUB_API_URL", github.api_url)
        monkeypatch.setenv("GITHUB_APP_ID", str(github.app_id))
        monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key_pem)

        run(*ASK)
        run(*ASK)

        assert [issue["user"]["login"] for issue in state.issues] == [state.viewer]


@pytest.mark.usefixtures("url")
def test_without_either_it_is_said_what_to_set() -> None:
    with pytest.raises(Misconfigured, match="not known to be installed on octo/app; set GITHUB_TOKEN"):
        run(*ASK)


@pytest.mark.usefixtures("url")
def test_a_dry_run_prints_the_text_and_asks_nobody() -> None:
    out, _ = run(*ASK, "--dry-run")

    assert out.startswith("# Quartet in October 2026\n")
    assert "| bugs | 3 | 1 |" in out


@pytest.mark.usefixtures("url")
def test_of_a_month_without_a_review_nothing_is_posted() -> None:
    _, said = run("post-summary", "--repository", "octo/app", "--month", "2026-09")

    assert "nothing was reviewed in octo/app in September 2026" in said


def test_without_a_database_nothing_is_posted_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_STATE_DIR", str(tmp_path / "state"))

    _, said = run(*ASK)

    assert "nothing was reviewed" in said
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("name", ["octo", "octo/", "/app", "octo/app/x", "https://github.com/octo/app", "octo/../x"])
def test_what_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match="write OWNER/REPO"):
        run("post-summary", "--repository", name)

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from pydantic import SecretStr

from app.action.token_access import WORKFLOW_LOGIN, TokenAccess
from app.errors import Misconfigured, NotPermitted, WrongToken
from app.events import RepositoryId
from app.live_check import LiveCheck
from app.settings import Settings
from app.verdicts import Conclusion, Verdict
from tests.fakes.github import TOKEN, FakeGitHub, FakePull

HERE = RepositoryId(installation=0, owner="octo", repo="app")
GREEN = Verdict(conclusion=Conclusion.SUCCESS, title="Fine", summary="")
Open = Callable[..., tuple[FakeGitHub, TokenAccess, list[str]]]


@pytest.fixture
def opened() -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(
            *, token: str = TOKEN, writes: bool = True, **options: Any
        ) -> tuple[FakeGitHub, TokenAccess, list[str]]:
            github = stack.enter_context(FakeGitHub([FakePull()], **options))
            settings = Settings(github_token=SecretStr(token), github_api_url=github.api_url)
            missing: list[str] = []
            access = TokenAccess(
                settings, say=lambda _: None, lacking=lambda what, _: missing.append(what), writes=writes
            )
            return github, access, missing

        yield opened


def test_the_account_is_the_one_that_graphql_tells(opened: Open) -> None:
    _, access, _ = opened(viewer="github-actions[bot]")

    assert access.login() == "github-actions[bot]"


def test_a_person_s_token_speaks_for_that_person_also_where_graphql_does_not_answer(opened: Open) -> None:
    _, access, _ = opened(viewer="mona", graphql=False)

    assert access.login() == "mona"


def test_where_nobody_tells_the_account_it_is_the_workflow_s(opened: Open) -> None:
    github, access, _ = opened(viewer="github-actions[bot]", graphql=False)

    assert [access.login(), access.login()] == [WORKFLOW_LOGIN] * 2
    assert len(github.requests) == 2


def test_a_token_that_is_not_accepted_is_no_unknown_account(opened: Open) -> None:
    _, access, _ = opened(token="ghs_" + "wrong" * 8)

    with pytest.raises(WrongToken):
        access.login()


@pytest.mark.parametrize("token", ["", "  "])
def test_without_a_token_it_says_which_input_is_missing(opened: Open, token: str) -> None:
    with pytest.raises(Misconfigured, match="github-token"):
        opened(token=token)


def test_a_text_is_asked_for_once_in_a_while(opened: Open) -> None:
    _, access, _ = opened()
    asked: list[str] = []

    def fetch() -> str | None:
        asked.append("again")
        return None

    said = [access.for_a_while("name", fetch), access.for_a_while("name", fetch)]
    access.for_a_while("name", fetch, seconds=0)

    assert (said, asked) == ([None, None], ["again", "again"])


def test_where_nothing_is_to_be_written_nothing_is_sent_and_nothing_counts_as_missing(opened: Open) -> None:
    github, access, missing = opened(writes=False)

    with closing(access.client(HERE)) as client:
        LiveCheck(client, HERE, "a" * 40).end(GREEN)
        with pytest.raises(NotPermitted, match="as the input post says"):
            client.write("POST", "/repos/octo/app/issues/7/comments", {"body": "x"}, about="a comment")

    assert (github.writes, missing) == ([], [])

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import SecretStr

from app.errors import GitHubUnreachable
from app.github_access import GitHubAccess
from app.settings import Settings
from tests.fakes.github_apps import pem, private_key
from tests.fakes.redis_server import own_redis


def access(redis_url: str) -> GitHubAccess:
    settings = Settings(github_app_id=4711, github_app_private_key=SecretStr(pem(private_key())))
    return GitHubAccess(settings, redis_url, say=lambda _: None)


def answering(text: str | None, asked: list[str | None]) -> Callable[[], str | None]:
    def fetch() -> str | None:
        asked.append(text)
        return text

    return fetch


@pytest.mark.parametrize("text", ["reviewers: [security]\n", "", None])
def test_a_text_is_asked_for_once_by_all_processes_and_so_is_that_there_is_none(text: str | None) -> None:
    asked: list[str | None] = []
    with own_redis() as server, access(server.url) as one, access(server.url) as other:
        found = [each.for_a_while("organisation:1:octo", answering(text, asked)) for each in (one, other, one)]
        lasts = server.command("TTL", "quartet:vault:text:organisation:1:octo")

    assert found == [text] * 3
    assert asked == [text]
    assert isinstance(lasts, int)
    assert 290 < lasts <= 300


def test_texts_of_different_names_are_different() -> None:
    asked: list[str | None] = []
    with own_redis() as server, access(server.url) as github:
        github.for_a_while("organisation:1:octo", answering("a", asked))

        assert github.for_a_while("organisation:2:octo", answering("b", asked)) == "b"


def test_that_github_did_not_answer_is_not_kept() -> None:
    def fail() -> str | None:
        raise GitHubUnreachable("GitHub cannot be reached")

    asked: list[str | None] = []
    with own_redis() as server, access(server.url) as github:
        with pytest.raises(GitHubUnreachable):
            github.for_a_while("organisation:1:octo", fail)

        assert github.for_a_while("organisation:1:octo", answering("a", asked)) == "a"


def test_without_redis_a_text_is_asked_for_each_time() -> None:
    asked: list[str | None] = []
    with own_redis() as server, access(server.url) as github:
        server.kill()

        assert [github.for_a_while("organisation:1:octo", answering("a", asked)) for _ in range(2)] == ["a", "a"]

    assert asked == ["a", "a"]

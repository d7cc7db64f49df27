from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.errors import NotVisible
from app.events import RepositoryId
from app.github.etags import LARGEST_BYTES, EtagCache, Kept, MemoryEtags, SharedEtags
from app.github.vault import Vault
from tests.app.github.conftest import OpenClient
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_state import GitHubState

PULL = "/repos/octo/app/pulls/7"


@pytest.fixture(params=["memory", "shared"])
def etags(request: pytest.FixtureRequest, vault: Vault) -> EtagCache:
    return MemoryEtags() if request.param == "memory" else SharedEtags(vault)


def test_what_did_not_change_costs_nothing_and_reads_the_same(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, etags: EtagCache
) -> None:
    first = open_client(repository, etags=etags).get(PULL, about="octo/app#7")
    spent = hub.spent

    second = open_client(repository, etags=etags).get(PULL, about="octo/app#7")

    assert second == first
    assert hub.spent == spent
    assert hub.exchanges[-1][1].status == 304


def test_what_changed_is_read_anew(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, octo: GitHubState, etags: EtagCache
) -> None:
    client = open_client(repository, etags=etags)
    client.get(PULL, about="octo/app#7")
    octo.pulls[7].title = "Another title"

    assert client.get(PULL, about="octo/app#7")["title"] == "Another title"
    assert client.get(PULL, about="octo/app#7")["title"] == "Another title"


def test_pages_are_read_to_the_end_from_what_was_kept(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, octo: GitHubState, etags: EtagCache
) -> None:
    for number in range(150):
        octo.add_comment(f"comment {number}")
    client = open_client(repository, etags=etags)
    path = "/repos/octo/app/issues/7/comments"
    first = list(client.pages(path, about="comments", most=1_000))
    spent = hub.spent

    assert list(client.pages(path, about="comments", most=1_000)) == first
    assert hub.spent == spent


def test_a_diff_and_a_pull_request_at_one_address_are_two_things(
    open_client: OpenClient, repository: RepositoryId, etags: EtagCache
) -> None:
    client = open_client(repository, etags=etags)

    assert client.get(PULL, about="octo/app#7")["number"] == 7
    assert client.get_diff(PULL, about="octo/app#7").startswith("diff --git")
    assert client.get(PULL, about="octo/app#7")["number"] == 7
    assert client.get_diff(PULL, about="octo/app#7").startswith("diff --git")


def test_what_was_kept_is_shown_to_nobody_who_may_not_read_it_now(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, etags: EtagCache
) -> None:
    client = open_client(repository, etags=etags)
    client.get(PULL, about="octo/app#7")
    hub.account.installations[repository.installation].repositories.clear()

    with pytest.raises(NotVisible):
        client.get(PULL, about="octo/app#7")


def test_each_scope_has_answers_of_its_own(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, etags: EtagCache
) -> None:
    open_client(repository, etags=etags, scope="1/octo/app").get(PULL, about="octo/app#7")

    open_client(repository, etags=etags, scope="2/octo/app").get(PULL, about="octo/app#7")

    assert "if-none-match" not in hub.requests[-1].headers


def test_a_new_token_asks_with_the_old_tag_and_reads_what_comes(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, etags: EtagCache
) -> None:
    client = open_client(repository, etags=etags)
    client.get(PULL, about="octo/app#7")
    hub.expire_tokens()

    assert client.get(PULL, about="octo/app#7")["number"] == 7


def test_without_a_cache_nothing_is_asked_with_a_tag(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId
) -> None:
    client = open_client(repository)
    for _ in range(2):
        client.get(PULL, about="octo/app#7")

    assert all("if-none-match" not in request.headers for request in hub.requests)


def _kept(size: int) -> Kept:
    return Kept(tag="t", text="x" * size)


def test_the_least_used_goes_first_when_memory_is_full() -> None:
    etags = MemoryEtags(most_bytes=100)
    etags.put("a", _kept(40))
    etags.put("b", _kept(40))
    etags.get("a")

    etags.put("c", _kept(40))

    assert [etags.get(name) is not None for name in "abc"] == [True, False, True]


def test_an_answer_that_is_put_again_counts_once() -> None:
    etags = MemoryEtags(most_bytes=100)
    for _ in range(10):
        etags.put("a", _kept(40))
    etags.put("b", _kept(40))

    assert etags.get("a") is not None
    assert etags.get("b") is not None


@pytest.mark.parametrize("make", [lambda _: MemoryEtags(), SharedEtags], ids=["memory", "shared"])
def test_a_huge_answer_is_not_kept(vault: Vault, make: Callable[[Vault], EtagCache]) -> None:
    etags = make(vault)

    etags.put("a", _kept(LARGEST_BYTES + 1))

    assert etags.get("a") is None


def test_what_the_queue_shares_its_memory_with_stays_small(vault: Vault) -> None:
    etags = SharedEtags(vault)
    etags.put("a", _kept(LARGEST_BYTES))
    assert etags.get("a") == _kept(LARGEST_BYTES)

    # Nothing that can be packed, such as a diff of compressed data.
    etags.put("a", Kept(tag="t", text=random.Random(7).randbytes(90_000).hex()))

    assert etags.get("a") is None

from __future__ import annotations

from dataclasses import replace

import pytest

from app.events import PullRequestChanged, RepositoryId
from app.repo_config import parse_config, wants_review

OPENED = PullRequestChanged(
    repository=RepositoryId(installation=1, owner="octo", repo="app"),
    number=7,
    action="opened",
    head="a" * 40,
    base_ref="main",
    head_ref="feature/names",
    author="ada",
    labels=("backend",),
)
DRAFT = replace(OPENED, draft=True)
BY_BOT = replace(OPENED, author="renovate[bot]", author_is_bot=True)
PUSHED = replace(OPENED, action="synchronize")


def _labelled(label: str, *others: str) -> PullRequestChanged:
    return replace(OPENED, action="labeled", label=label, labels=(*others, label))


@pytest.mark.parametrize(
    ("text", "event"),
    [
        pytest.param("", OPENED, id="opened"),
        pytest.param("", PUSHED, id="pushed"),
        pytest.param("", replace(OPENED, action="reopened"), id="reopened"),
        pytest.param("", replace(OPENED, action="ready_for_review"), id="ready"),
        pytest.param("drafts: true", DRAFT, id="a draft where they are reviewed"),
        pytest.param("bots: true", BY_BOT, id="a bot's where they are reviewed"),
        pytest.param("authors: {only: ['Renovate[bot]']}", BY_BOT, id="a bot that is named"),
        pytest.param("authors: {only: ['@Ada']}", OPENED, id="an author who is named, in any case"),
        pytest.param("authors: {never: [bob]}", OPENED, id="somebody else is left out"),
        pytest.param("labels: {only: [BackEnd]}", OPENED, id="a label that is asked for"),
        pytest.param("labels: {never: [wip]}", OPENED, id="none of the labels that keep away"),
        pytest.param("labels: {only: [wip]}", _labelled("wip", "x"), id="the label that was missing"),
        pytest.param("on_label: Review-Me", _labelled("review-me"), id="the label that asks"),
        pytest.param("on_label: review-me", replace(_labelled("review-me"), draft=True), id="it asks for drafts too"),
        pytest.param("on_label: me, events: []", _labelled("me"), id="it alone asks"),
        pytest.param("base_branches: [main, dev]", OPENED, id="a base that is named"),
        pytest.param("base_branches: ['release/*']", replace(OPENED, base_ref="release/1.2"), id="a base by pattern"),
        pytest.param("head_branches: ['**', '!bump/**']", OPENED, id="any head but some"),
    ],
)
def test_a_review_is_wanted(text: str, event: PullRequestChanged) -> None:
    decision = wants_review(parse_config(f"when: {{{text}}}" if text else ""), event)

    assert decision.yes
    assert decision.reason


@pytest.mark.parametrize(
    ("text", "event", "reason"),
    [
        pytest.param("", replace(OPENED, action="closed"), "it is closed", id="closed"),
        pytest.param("", DRAFT, "it is a draft; mark it ready, or comment /review", id="a draft"),
        pytest.param("", replace(PUSHED, draft=True), "it is a draft", id="a push to a draft"),
        pytest.param("", BY_BOT, "it was opened by a bot, renovate[bot]", id="a bot's"),
        pytest.param("", _labelled("bug"), "the label 'bug' does not ask for a review", id="any label"),
        pytest.param("on_label: me", _labelled("you"), "the label 'you' does not ask", id="another label"),
        pytest.param("events: [opened]", PUSHED, "'push' does not set a review off here", id="not on a push"),
        pytest.param(
            "labels: {never: [WIP]}", replace(OPENED, labels=("wip",)), "the label 'wip' keeps", id="kept away"
        ),
        pytest.param(
            "on_label: me, labels: {never: [wip]}",
            _labelled("me", "wip"),
            "the label 'wip' keeps",
            id="kept from asking",
        ),
        pytest.param(
            "labels: {only: [go, set]}", OPENED, "it has none of the labels that ask for one: go, set", id="none"
        ),
        pytest.param("labels: {only: [go]}", replace(_labelled("go"), draft=True), "it is a draft", id="still a draft"),
        pytest.param("labels: {only: [go, set]}", _labelled("go", "set"), "it had a label before", id="had one before"),
        pytest.param("authors: {only: [bob]}", OPENED, "ada is none of those", id="not named"),
        pytest.param("authors: {never: [ADA]}", OPENED, "what ada opens is not reviewed", id="left out"),
        pytest.param("bots: true, authors: {only: [ada]}", BY_BOT, "renovate[bot] is none of those", id="another bot"),
        pytest.param("base_branches: [dev]", OPENED, "pull requests to main are not reviewed here", id="another base"),
        pytest.param("base_branches: [mai]", OPENED, "pull requests to main", id="a part of its name"),
        pytest.param("head_branches: [names]", OPENED, "pull requests from feature/names", id="the end of its name"),
        pytest.param("head_branches: ['*']", OPENED, "pull requests from feature/names", id="a star stops at a slash"),
    ],
)
def test_no_review_is_wanted_and_the_reason_is_told(text: str, event: PullRequestChanged, reason: str) -> None:
    decision = wants_review(parse_config(f"when: {{{text}}}" if text else ""), event)

    assert not decision.yes
    assert decision.reason.startswith(reason)

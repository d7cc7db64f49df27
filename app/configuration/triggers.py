"""A configuration and what happened to a pull request go in; whether it is reviewed, and why not, comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.configuration.globs import any_of

if TYPE_CHECKING:
    from app.configuration.keys import RepoConfig, When
    from app.events import PullRequestChanged

_EVENTS = {"opened": "opened", "synchronize": "push", "ready_for_review": "ready", "reopened": "reopened"}
"""GitHub's words for what happened, and those of the configuration."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a review is wanted.

    Attributes:
        yes: It is.
        reason: Why, or why not, in one line for people.
    """

    yes: bool
    reason: str


def wants_review(config: RepoConfig, event: PullRequestChanged) -> Decision:
    """Whether what happened sets a review off, by the repository's rules (``when``).

    A label of ``labels.never`` keeps it away whatever else is said; ``on_label`` comes next, because whoever may label
    asks for a review with it; then the other rules, the first that says no giving the reason. Commands do not come
    here: they ask at any time.
    """
    when = config.when
    if event.action == "closed":
        return Decision(yes=False, reason="it is closed")
    if label := _first_in(when.labels.never, event.labels):
        return Decision(yes=False, reason=f"the label {label!r} keeps reviews away")
    if event.action == "labeled":
        return _labelled(when, event)
    happened = _EVENTS[event.action]
    if happened not in when.events:
        return Decision(yes=False, reason=f"{happened!r} does not set a review off here; comment /review for one")
    return _by_state(when, event)


def _labelled(when: When, event: PullRequestChanged) -> Decision:
    if when.on_label and _same(when.on_label, event.label):
        return Decision(yes=True, reason=f"the label {event.label!r} asks for it")
    if not _first_in(when.labels.only, [event.label]):
        return Decision(yes=False, reason=f"the label {event.label!r} does not ask for a review")
    if len(list(_those_in(when.labels.only, event.labels))) > 1:
        return Decision(yes=False, reason="it had a label before that lets it be reviewed")
    return _by_state(when, event)


def _by_state(when: When, event: PullRequestChanged) -> Decision:
    author = event.author.casefold()
    named = author in {login.casefold().removeprefix("@") for login in when.authors.only}
    no = ""
    if event.draft and not when.drafts:
        no = "it is a draft; mark it ready, or comment /review"
    elif event.author_is_bot and not when.bots and not named:
        no = f"it was opened by a bot, {event.author}; comment /review for one"
    elif author in {login.casefold().removeprefix("@") for login in when.authors.never}:
        no = f"what {event.author} opens is not reviewed here; comment /review for one"
    elif when.authors.only and not named:
        no = f"{event.author} is none of those whose pull requests are reviewed here; comment /review for one"
    elif when.labels.only and not _first_in(when.labels.only, event.labels):
        no = f"it has none of the labels that ask for one: {', '.join(when.labels.only)}"
    elif when.base_branches and not any_of(when.base_branches, event.base_ref):
        no = f"pull requests to {event.base_ref} are not reviewed here; comment /review for one"
    elif when.head_branches and not any_of(when.head_branches, event.head_ref):
        no = f"pull requests from {event.head_ref} are not reviewed here; comment /review for one"
    return Decision(yes=not no, reason=no or f"{_EVENTS.get(event.action, 'a label')} sets a review off")


def _first_in(wanted: Iterable[str], labels: Iterable[str]) -> str:
    return next(_those_in(wanted, labels), "")


def _those_in(wanted: Iterable[str], labels: Iterable[str]) -> Iterator[str]:
    known = {label.casefold() for label in wanted}
    return (label for label in labels if label.casefold() in known)


def _same(one: str, other: str) -> bool:
    """GitHub holds labels that differ only in case to be one."""
    return one.casefold() == other.casefold()

"""The change of an earlier review, read again: from git, from GitHub, or from a diff that is given."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.cli.diff_input import current_folder, read_diff
from app.errors import Misconfigured
from app.git import GitRepository
from app.local_changes import Change, change_in_diff, change_in_repository
from app.review_wishes import worth_fetching

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.settings import Settings
    from reviewers.review import Target


def change_again(target: Target, diff: str | None, settings: Settings, *, notify: Callable[[str], None]) -> Change:
    """The change that a review was about, as it was then.

    Args:
        target: What the review says of it.
        diff: A file with the change, where there is one.
        settings: How GitHub is reached.
        notify: Takes one line for people.

    Raises:
        Misconfigured: It can be read from nowhere any more; the line says what to give.
        GitHubError: GitHub does not give it.
    """
    here = current_folder()
    if diff is not None:
        return change_in_diff(read_diff(diff), Path(diff).name, here)
    if target.base and target.head and (repository := _holding(target, here)):
        return change_in_repository(repository, base=target.base, head=target.head)
    if target.kind == "pull_request":
        return _on_github(target, settings, notify)
    if target.kind == "git" and target.head:
        msg = f"the commits of {target.name} are not in the repository here; go into it, or fetch them"
    elif target.kind == "git":
        msg = f"{target.name} was work that was not committed; give the change as it was then with --diff FILE"
    else:
        msg = f"the review was of the diff {target.name}; give it with --diff FILE"
    raise Misconfigured(msg)


def _holding(target: Target, here: Path) -> GitRepository | None:
    """The repository around this folder, if it has both commits."""
    try:
        repository = GitRepository.around(here)
        for name in (target.base, target.head):
            repository.commit(name)
    except Misconfigured:
        return None  # no repository, or another one: GitHub may have them
    return repository


def _on_github(target: Target, settings: Settings, notify: Callable[[str], None]) -> Change:
    from app.github.addresses import parse_pull_request  # noqa: PLC0415 - PyGithub is loaded for pull requests only
    from app.github.snapshot import fetch_snapshot  # noqa: PLC0415

    with ExitStack() as stack:
        client = stack.enter_context(wiring.github(settings, notify=notify))
        pull = parse_pull_request(target.url or target.name, client.address)
        fetched = fetch_snapshot(client, pull, wanted=worth_fetching)
    if target.head and fetched.snapshot.target.head != target.head:
        msg = (
            f"{pull} has got other commits since that review (its head was {target.head[:12]}); run it in a clone that "
            f"has them (git fetch origin {target.head[:12]}), or give the change with --diff FILE"
        )
        raise Misconfigured(msg)
    return Change(snapshot=fetched.snapshot, config=fetched.config, learnings=fetched.learnings)

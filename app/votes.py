"""👍 and 👎 under our comments become dispositions; GitHub sends no webhook for them, so they are looked up.

That happens before a review is published and when a pull request is closed: one request, and none where no finding of
ours is undecided. Only people who may push decide, as with ``/dismiss``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.github.permissions import may_write
from app.github.reactions import reactions_on

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.store.store import Store
    from app.store.values import DispositionKind, StoredFinding

_MOST_COMMENTS = 1_000
_KINDS: Mapping[str, DispositionKind] = {"+1": "liked", "-1": "dismissed"}
_REASONS: Mapping[str, str] = {"+1": "👍", "-1": "👎"}
_OPEN_TO_VOTES = frozenset({None, "liked"})
"""What a 👎 may still change; what people said in words stands."""


def heed_votes(store: Store, client: GitHubClient, repository: RepositoryId, number: int) -> int:
    """Remember the votes on the findings of a pull request that nobody has decided in words.

    A 👎 dismisses. A 👍 silences nothing: it tells that a finding was right. The last vote counts.

    Args:
        store: Where findings and decisions are.
        client: Reads under its token.
        repository: Where the pull request is.
        number: The pull request.

    Returns:
        How many findings were decided.

    Raises:
        GitHubError: GitHub does not answer.
    """
    name, decided = repository.full_name, store.dispositions(repository.full_name)
    asked = {
        finding.comment: finding
        for finding in store.told_findings(name, number)
        if finding.comment is not None
        and (decided[finding.id].kind if finding.id in decided else None) in _OPEN_TO_VOTES
    }
    if not asked:
        return 0
    pull = repository.pull(number)
    entries = client.pages(f"{pull.path}/comments", about=f"the comments of {pull}", most=_MOST_COMMENTS)
    votes = list(_votes(client, repository, entries, asked))
    for finding, vote, login in votes:
        if finding.id in decided and decided[finding.id].kind == _KINDS[vote]:
            continue
        store.dispose(
            name,
            {finding.id, *finding.finding.aliases},
            kind=_KINDS[vote],
            by=login,
            reason=_REASONS[vote],
            number=number,
            title=finding.finding.title,
        )
    return len(votes)


def _votes(
    client: GitHubClient,
    repository: RepositoryId,
    entries: Iterable[Mapping[str, Any]],
    asked: Mapping[int, StoredFinding],
) -> Iterator[tuple[StoredFinding, str, str]]:
    """For each finding that somebody voted on: the last vote of those who may decide, and who gave it."""
    may: dict[str, bool] = {}
    for entry in entries:
        finding = asked.get(entry["id"])
        counts = entry.get("reactions") or {}
        if finding is None or not any(counts.get(content) for content in _KINDS):
            continue
        for reaction in reversed(reactions_on(client, repository, entry["id"])):
            if reaction.content not in _KINDS or reaction.by_bot:
                continue
            if reaction.login not in may:
                may[reaction.login] = may_write(client, repository, reaction.login)
            if may[reaction.login]:
                yield finding, reaction.content, reaction.login
                break

"""👍 and 👎 under our comments become dispositions; GitHub sends no webhook for them, so they are looked up.

That happens before a review is published and when a pull request is closed: one request, and none where no finding of
ours is undecided. Only people who may push decide, as with ``/dismiss``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.github.permissions import may_write
from app.github.reactions import Reaction, reactions_on

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.store.store import Store
    from app.store.values import DispositionKind, StoredFinding

_MOST_COMMENTS = 1_000
_KINDS: Mapping[str, DispositionKind] = {"+1": "liked", "-1": "dismissed"}
_REASONS: Mapping[str, str] = {"+1": "👍", "-1": "👎"}


def heed_votes(store: Store, client: GitHubClient, repository: RepositoryId, number: int) -> int:
    """Remember the votes on the findings of a pull request that nobody has decided in words.

    A 👎 dismisses. A 👍 silences nothing: it tells that a finding was right. The last vote counts, and one that was
    taken back does not.

    Args:
        store: Where findings and decisions are.
        client: Reads under its token.
        repository: Where the pull request is.
        number: The pull request.

    Returns:
        How many findings were decided, or are open again.

    Raises:
        GitHubError: GitHub does not answer.
    """
    name, decided = repository.full_name, store.dispositions(repository.full_name)
    asked = {
        finding.comment: finding
        for finding in store.told_findings(name, number)
        if finding.comment is not None
        and (finding.id not in decided or decided[finding.id].reason in _REASONS.values())
    }
    if not asked:
        return 0
    pull = repository.pull(number)
    entries = client.pages(f"{pull.path}/comments", about=f"the comments of {pull}", most=_MOST_COMMENTS)
    changed = 0
    for finding, vote in _votes(client, repository, entries, asked):
        known = decided.get(finding.id)
        ids = {finding.id, *finding.finding.aliases}
        if vote is None:
            if known is not None:
                store.undo(name, ids)
                changed += 1
        elif known is None or (known.kind, known.by) != (_KINDS[vote.content], vote.login):
            store.dispose(
                name,
                ids,
                kind=_KINDS[vote.content],
                by=vote.login,
                reason=_REASONS[vote.content],
                number=number,
                title=finding.finding.title,
            )
            changed += 1
    return changed


def _votes(
    client: GitHubClient,
    repository: RepositoryId,
    entries: Iterable[Mapping[str, Any]],
    asked: Mapping[int, StoredFinding],
) -> Iterator[tuple[StoredFinding, Reaction | None]]:
    """For each finding whose comment is there: the last vote of those who may decide, or None."""
    may: dict[str, bool] = {}
    for entry in entries:
        finding, counts = asked.get(entry["id"]), entry.get("reactions")
        if finding is None or counts is None:
            continue
        given = reactions_on(client, repository, entry["id"]) if any(counts.get(kind) for kind in _KINDS) else ()
        votes = [one for one in reversed(given) if one.content in _KINDS and not one.by_bot]
        for vote in votes:
            if vote.login not in may:
                may[vote.login] = may_write(client, repository, vote.login)
        yield finding, next((vote for vote in votes if may[vote.login]), None)

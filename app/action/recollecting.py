"""What GitHub remembers of a pull request goes in; what the store lacks of it is brought back.

In a workflow the store travels in a cache. What a pull request's run wrote there cannot be read by a command's run,
which is one of the default branch, and caches are thrown away. What was told and decided stands on the pull request all
the same, in hidden lines of our own texts (``app.publishing``).

Nothing counts but what our own account wrote. A decision counts, moreover, only where the comment that asked for it is
there, by the person it names, who may write to the repository: other workflows write under the same account, and may
repeat what a stranger told them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from app.action.recollected import ids_of, told_in
from app.action.replaying import dismissals_in, pausings_in
from app.errors import NotPermitted, NotVisible
from app.github.permissions import may_write
from app.github.transcript import fetch_transcript
from app.store.values import Disposition, Pause

if TYPE_CHECKING:
    from app.action.replaying import Dismissal, Pausing
    from app.events import CommentWritten, RepositoryId
    from app.github.client import GitHubClient
    from app.github.transcript import Talk, Transcript
    from app.services import Services

RESOLVED = "thread resolved"
"""The reason of a finding that somebody settled by resolving its thread."""

_MOST_PEOPLE = 20
"""Whose permission is asked for at most, the newest decisions first."""


def recollect(
    services: Services,
    client: GitHubClient,
    repository: RepositoryId,
    number: int,
    *,
    answering: CommentWritten | None = None,
) -> None:
    """Bring back what was told and decided on a pull request, as far as the store lacks it.

    That is: findings that were posted, what people decided about them by a command, by a reply that convinced or by
    resolving a thread, and whether reviews are paused. It takes one request for each hundred comments and fifty threads
    (two where GraphQL does not answer), and one for each person whose decision the store does not know. Which hunks
    were answered is not brought back: they are asked again.

    It is asked each time, also where the store knows the pull request: another run may have told more since, into a
    cache that this one cannot read. Where the token may not read the conversation, nothing is remembered.

    Args:
        services: What a job reaches.
        client: Reads under the account that the texts were written with.
        repository: Where the pull request is.
        number: The pull request.
        answering: The comment that is about to be answered, which has changed nothing yet.

    Raises:
        GitHubError: GitHub does not answer now.
        StoreDown: The database does not do what it should.
    """
    try:
        transcript = fetch_transcript(client, repository.pull(number))
    except (NotPermitted, NotVisible) as error:
        services.say(f"{repository.pull(number)}: what was decided before is not known: {error}")
        return
    if answering is not None:
        transcript = transcript.without(answering.comment, on_diff=answering.on_diff)
    recollection = _Recollection(services, client, repository, number, transcript)
    recollection.findings()
    recollection.dismissals()
    recollection.threads()
    recollection.pause()


class _Recollection:
    """The parts of it, in the order in which they happen."""

    def __init__(
        self,
        services: Services,
        client: GitHubClient,
        repository: RepositoryId,
        number: int,
        transcript: Transcript,
    ) -> None:
        self._store, self._client, self._repository, self._number = services.store, client, repository, number
        self._transcript = transcript
        self._permitted: dict[str, bool] = {}

    def findings(self) -> None:
        """They are known again, and a review looks whether their code is still there."""
        told = told_in(self._transcript)
        fresh = self._store.bring_back_findings(self._name, self._number, told)
        # Without the code that it stands on, a finding would be taken for fixed.
        whole = [one.finding for one in told if one.id in fresh and one.finding.fingerprint == one.id]
        if whole:
            # What a second look said is asked again: it decides what is told.
            again = [replace(one, verification=None, dissent=()) for one in whole]
            self._store.remember_answer(self._name, self._number, "recollected", (), again)

    def dismissals(self) -> None:
        """Of several the last one counts, and it outweighs an earlier vote or resolved thread."""
        known = self._store.dispositions(self._name)
        decided: dict[str, Disposition] = {}
        for one in reversed(dismissals_in(self._transcript)):
            lacking = [each for each in one.ids if each not in decided and _is_news(one, known.get(each))]
            if lacking and self._may_decide(one.by):
                decided |= {each: self._disposition(one, each) for each in lacking}
        if decided:
            self._store.bring_back_decisions(self._name, decided.values())

    def threads(self) -> None:
        """A person who resolves a thread has dealt with its finding; where it is open again, nobody has.

        Workflows are told of neither, so it is looked up.
        """
        known = self._store.dispositions(self._name)
        for talk in self._transcript.talks:
            ids = ids_of(talk)
            if not ids or talk.resolved is None:
                continue
            decided = known.get(ids[0])
            if talk.resolved:
                if decided is None and _by_a_person(talk) and self._may_decide(talk.resolved_by):
                    self._accept(ids, talk.resolved_by)
            elif decided is not None and (decided.reason, decided.number) == (RESOLVED, self._number):
                self._store.undo(self._name, ids)

    def pause(self) -> None:
        """The newest ``/pause`` or ``/resume`` of somebody who may say so counts."""
        said = pausings_in(self._transcript)
        is_paused = self._store.paused(self._name, self._number) is not None
        if not is_paused and not any(one.witnessed for one in said):
            return
        last = next((one for one in reversed(said) if self._counts(one)), None)
        if last is None or last.pauses == is_paused:
            return
        if last.pauses:
            self._store.bring_back_pause(self._name, self._number, Pause(last.by, last.at))
        elif not any(one.pauses for one in said[said.index(last) :]):
            # A later pause whose answer is not there yet is the store's own.
            self._store.resume(self._name, self._number)

    @property
    def _name(self) -> str:
        return self._repository.full_name

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        return {one.id: one.finding.title for one in self._store.told_findings(self._name, self._number)}

    def _title(self, ids: Sequence[str]) -> str:
        return next((self._titles[each] for each in ids if each in self._titles), "")

    def _disposition(self, dismissal: Dismissal, identity: str) -> Disposition:
        return Disposition(
            finding=identity,
            kind="dismissed",
            by=dismissal.by,
            at=dismissal.at,
            reason=dismissal.reason,
            number=self._number,
            title=self._title(dismissal.ids),
        )

    def _accept(self, ids: Sequence[str], by: str) -> None:
        title = self._title(ids)
        self._store.dispose(self._name, ids, kind="accepted", by=by, reason=RESOLVED, number=self._number, title=title)

    def _counts(self, pausing: Pausing) -> bool:
        return (pausing.witnessed or not pausing.pauses) and self._may_decide(pausing.by)

    def _may_decide(self, login: str) -> bool:
        """Whether a person may write to the repository; asked once for each, and for so many people at most."""
        if login not in self._permitted and len(self._permitted) < _MOST_PEOPLE:
            self._permitted[login] = may_write(self._client, self._repository, login)
        return self._permitted.get(login, False)


def _is_news(dismissal: Dismissal, known: Disposition | None) -> bool:
    return known is None or (known.kind != "dismissed" and known.at < dismissal.at)


def _by_a_person(talk: Talk) -> bool:
    """Whether somebody else than we resolved a thread: we do that to those of what is fixed."""
    ours = talk.first.author.removesuffix("[bot]")
    return talk.resolved_by not in ("", ours, f"{ours}[bot]")

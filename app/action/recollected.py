"""What was said on a pull request in; the findings that we told there out, as far as our own texts tell them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from app.github.threads import not_fixed, withdrawn
from app.publishing.about import about
from app.publishing.markers import is_summary, markers_of, read_posted
from app.publishing.retold import finding_in
from app.store.recollections import Recollected
from reviewers.findings import Finding, Location

if TYPE_CHECKING:
    from app.github.transcript import Said, Talk, Transcript


def told_in(transcript: Transcript) -> tuple[Recollected, ...]:
    """Findings that our threads on the diff tell, then those that the summary alone does; each once."""
    found: dict[str, Recollected] = {}
    for told in (*_in_threads(transcript), *_in_summary(transcript)):
        found.setdefault(told.id, told)
    return tuple(found.values())


def is_withdrawn(said: Said) -> bool:
    """Whether a comment of ours says that what it tells does not hold."""
    return withdrawn(said.body) == said.body


def ids_of(talk: Talk) -> tuple[str, ...]:
    """Fingerprints of the finding that a thread tells, its own first; none where the thread is not ours."""
    markers = markers_of(talk.first.body) if talk.first.own else ()
    named = (marker.fields.get("id", "") for marker in markers if marker.kind == "finding")
    return tuple(dict.fromkeys(filter(None, named)))


def _in_threads(transcript: Transcript) -> Iterator[Recollected]:
    for talk in transcript.talks:
        ids, first = ids_of(talk), talk.first
        if not ids or is_withdrawn(first):
            continue
        finding = about(markers_of(first.body)).get(ids[0]) or _read(talk)
        if finding is not None:
            yield Recollected(
                id=ids[0],
                finding=finding,
                head=talk.head,
                told_at=first.at,
                comment=first.comment,
                is_fixed=not_fixed(first.body) != first.body,
            )


def _read(talk: Talk) -> Finding | None:
    if talk.start_line is None or talk.end_line is None:
        return None
    place = Location(path=talk.path, start_line=talk.start_line, end_line=talk.end_line, side=talk.side)
    found = finding_in(talk.first.body, place)
    return replace(found, aliases=ids_of(talk)[1:]) if found else None


def _in_summary(transcript: Transcript) -> Iterator[Recollected]:
    summary = next((said for said in transcript.comments if said.own and is_summary(said.body)), None)
    if summary is None:
        return
    head = read_posted((), summary.body).head
    for identity, finding in about(markers_of(summary.body)).items():
        yield Recollected(id=identity, finding=finding, head=head, told_at=summary.at, comment=None)

"""What was said on a pull request in; what people decided there by commands out, as our own replies bear witness.

A reply of ours names in a hidden line what was decided and by whom. It counts where the comment that it answers is
there, by that person, and says so; whether that person may decide is for the caller to ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.action.recollected import ids_of
from app.comments import Invocation, commands_in
from app.publishing.markers import Decision, decisions_by, markers_of

if TYPE_CHECKING:
    from app.github.transcript import Said, Transcript

_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissal:
    """A finding was dismissed.

    Attributes:
        ids: Its fingerprints.
        by: Login of who dismissed it.
        at: When that was said.
        reason: Why, or the empty string.
    """

    ids: tuple[str, ...]
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pausing:
    """Reviews were paused, or go on again.

    Attributes:
        pauses: Whether they were paused.
        witnessed: Whether a reply of ours says so; what goes on again is answered with a reaction alone.
        by: Login of who said so.
        at: When.
    """

    pauses: bool
    witnessed: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a person said, and the fingerprints of the finding in whose thread, if it is ours."""

    said: Said
    on_diff: bool
    about: tuple[str, ...] = ()


def dismissals_in(transcript: Transcript) -> tuple[Dismissal, ...]:
    """Findings that people dismissed, in words or by a reply that convinced; oldest first."""
    answers = _answers(transcript)
    return tuple(
        Dismissal(ids=decision.ids, by=spoken.said.author, at=spoken.said.at, reason=decision.reason)
        for spoken in _spoken(transcript)
        for decision in answers.get((spoken.on_diff, spoken.said.comment), ())
        if decision.kind == "dismissed" and _is_by(decision, spoken) and _names(spoken, decision.ids, transcript)
    )


def pausings_in(transcript: Transcript) -> tuple[Pausing, ...]:
    """Every ``/pause`` and ``/resume``, oldest first."""
    answers = _answers(transcript)
    found: list[Pausing] = []
    for spoken in _spoken(transcript):
        said = spoken.said
        given = answers.get((spoken.on_diff, said.comment), ())
        witnessed = any(one.kind == "paused" and _is_by(one, spoken) for one in given)
        for name in (one.name for one in _commands(said, transcript)):
            if name in ("pause", "resume"):
                pauses = name == "pause"
                found.append(Pausing(pauses=pauses, witnessed=pauses and witnessed, by=said.author, at=said.at))
    return tuple(found)


def _answers(transcript: Transcript) -> Mapping[tuple[bool, int], Sequence[Decision]]:
    """For each comment what our replies to it say was decided; numbers of comments on the diff are their own."""
    found: defaultdict[tuple[bool, int], list[Decision]] = defaultdict(list)
    texts = [(False, said) for said in transcript.comments]
    texts += [(True, said) for talk in transcript.talks for said in talk.said[1:]]
    for on_diff, said in texts:
        decided = decisions_by(said.body) if said.own else ()
        to = next((marker.fields.get("to", "") for marker in markers_of(said.body) if marker.kind == "reply"), "")
        if decided and to.isascii() and to.isdecimal():
            found[on_diff, int(to)] += decided
    return found


def _spoken(transcript: Transcript) -> Sequence[_Spoken]:
    """What people said, oldest first; a machine commands nothing."""
    spoken = [_Spoken(said, on_diff=False) for said in transcript.comments]
    for talk in transcript.talks:
        # The first one may be a person's own comment with a command in it.
        spoken += [_Spoken(said, on_diff=True, about=ids_of(talk)) for said in talk.said]
    people = (one for one in spoken if not one.said.own and not one.said.by_bot and one.said.author)
    return sorted(people, key=lambda one: (one.said.at, one.said.comment))


def _is_by(decision: Decision, spoken: _Spoken) -> bool:
    return decision.by.lower() == spoken.said.author.lower()


def _names(spoken: _Spoken, ids: Collection[str], transcript: Transcript) -> bool:
    """Whether what was said is about this finding: in its thread, or by its id."""
    if not set(ids).isdisjoint(spoken.about):
        return True
    return any(
        identity.startswith(begin)
        for command in _commands(spoken.said, transcript)
        if command.name == "dismiss" and (begin := _named(command))
        for identity in ids
    )


def _named(command: Invocation) -> str:
    """The beginning of an id that a command names, or the empty string."""
    first = command.arguments.partition(" ")[0].strip("`#:,").lower()
    return first if len(first) >= _FEWEST_DIGITS else ""


def _commands(said: Said, transcript: Transcript) -> Iterator[Invocation]:
    yield from commands_in(said.body, names=_own_logins(transcript) if "@" in said.body else ())


def _own_logins(transcript: Transcript) -> frozenset[str]:
    texts = (*transcript.comments, *(said for talk in transcript.talks for said in talk.said))
    return frozenset(said.author for said in texts if said.own)

"""What is wanted of a pull request, and how two wishes become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Reason = Literal["recovered", "parked", "push", "opened", "label", "rerun", "command"]
"""Why a review is wanted. Of two wishes the reason that stands later in this list is kept: what a person asked for by
hand is not forgotten because of a push."""

REASONS: tuple[Reason, ...] = get_args(Reason)
_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of a pull request.

    Attributes:
        reason: Why.
        reviewers: Names of those who are to look; none for all that are configured.
        full: Whether all of it is to be looked at again, also what was answered before.
        comment: GitHub's number of the comment that commanded it, to be answered.
        earlier_comments: Those of the wishes that this one was merged with, the oldest first.
        check: GitHub's number of the check run to be used.
        head: The commit that was the head when it was commanded; empty where it does not matter.

    >>> one = Wish(reason="command", reviewers=("security",), comment=7)
    >>> Wish(reason="push").after(one)
    Wish(reason='command', reviewers=(), full=False, comment=7, earlier_comments=(), check=None, head='')
    """

    reason: Reason
    reviewers: tuple[str, ...] = ()
    full: bool = False
    comment: int | None = None
    earlier_comments: tuple[int, ...] = ()
    check: int | None = None
    head: str = ""

    @property
    def comments(self) -> tuple[int, ...]:
        """All comments that are to be answered, the oldest first."""
        return (*self.earlier_comments, *(() if self.comment is None else (self.comment,)))

    def after(self, earlier: Wish) -> Wish:
        """This wish and one that was there before it, as one that fulfils both."""
        comments = tuple(dict.fromkeys((*earlier.comments, *self.comments)))
        return Wish(
            reason=max(earlier.reason, self.reason, key=REASONS.index),
            reviewers=tuple(dict.fromkeys((*earlier.reviewers, *self.reviewers)))
            if earlier.reviewers and self.reviewers
            else (),
            full=earlier.full or self.full,
            comment=comments[-1] if comments else None,
            earlier_comments=comments[:-1],
            check=earlier.check if self.check is None else self.check,
            head=self.head or earlier.head,
        )


def to_fields(wish: Wish) -> dict[str, str]:
    """A wish as flat text, which a script in Redis can merge."""
    return {
        "reason": wish.reason,
        "reviewers": _SEPARATOR.join(wish.reviewers),
        "full": "1" if wish.full else "",
        "comments": _SEPARATOR.join(map(str, wish.comments)),
        "check": "" if wish.check is None else str(wish.check),
        "head": wish.head,
    }


def from_fields(fields: Mapping[str, str]) -> Wish:
    """The wish that ``to_fields`` made this of, perhaps merged since."""
    comments = tuple(int(number) for number in fields["comments"].split(_SEPARATOR) if number)
    reason: Reason = next(reason for reason in REASONS if reason == fields["reason"])
    return Wish(
        reason=reason,
        reviewers=tuple(filter(None, fields["reviewers"].split(_SEPARATOR))),
        full=bool(fields["full"]),
        comment=comments[-1] if comments else None,
        earlier_comments=comments[:-1],
        check=int(fields["check"]) if fields["check"] else None,
        head=fields["head"],
    )

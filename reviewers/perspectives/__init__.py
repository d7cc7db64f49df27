"""The registry of reviewers: four perspectives on a change, in the order in which money is spent on them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from reviewers.errors import UnknownReviewer
from reviewers.perspectives.architect_critic import ARCHITECT_CRITIC
from reviewers.perspectives.bug_hunter import BUG_HUNTER
from reviewers.perspectives.performance_analyst import PERFORMANCE_ANALYST
from reviewers.perspectives.security_auditor import SECURITY_AUDITOR
from reviewers.reviewer import Reviewer

__all__ = ["REVIEWERS", "by_name"]

REVIEWERS: tuple[Reviewer, ...] = (SECURITY_AUDITOR, BUG_HUNTER, PERFORMANCE_ANALYST, ARCHITECT_CRITIC)


def by_name(name: str, among: Sequence[Reviewer] = REVIEWERS) -> Reviewer:
    """The reviewer of that name; case and surrounding white space do not count.

    Args:
        name: As somebody wrote it.
        among: Who could be meant: the four, or those of a repository that has its own.

    Raises:
        UnknownReviewer: Nobody is called that; the message names who is, and the likeliest one.
    """
    wanted = name.strip().lower()
    for reviewer in among:
        if reviewer.name == wanted:
            return reviewer
    names = [reviewer.name for reviewer in among]
    likely = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    hint = f"did you mean {likely[0]!r}? " if likely else ""
    raise UnknownReviewer(f"no reviewer is called {name.strip()!r}; {hint}there are {', '.join(names)}")

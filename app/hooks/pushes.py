"""What git says of a push in; the changes that are new to the remote out.

The lines on standard input: https://git-scm.com/docs/githooks#_pre_push.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.errors import Misconfigured
from app.git import GitRepository
from app.hooks.changes import Ends

_FIELDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A ref that a push would change.

    Attributes:
        local_ref: What is pushed: ``refs/heads/main``.
        local: Its commit, or zeros where the ref is deleted.
        remote_ref: What is changed there.
        remote: Its commit there, or zeros where it is new.
    """

    local_ref: str
    local: str
    remote_ref: str
    remote: str

    @property
    def deletes(self) -> bool:
        """Whether the ref goes away, so that there is nothing to look at."""
        return _is_zero(self.local)

    @property
    def creates(self) -> bool:
        """Whether the ref is new to the remote."""
        return _is_zero(self.remote)


def parse_updates(text: str) -> tuple[Update, ...]:
    """The updates that git writes to the hook's standard input.

    Raises:
        Misconfigured: It was not git who wrote this.

    >>> parse_updates("refs/heads/a 12 refs/heads/b 00")[0].creates
    True
    """
    updates = []
    for line in filter(None, text.split("\n")):
        fields = line.split(" ")
        if len(fields) != _FIELDS:
            msg = "what is pushed is expected on standard input, as git gives it to the hook; run git push"
            raise Misconfigured(msg)
        local_ref, local, remote_ref, remote = fields
        updates.append(Update(local_ref=local_ref, local=local, remote_ref=remote_ref, remote=remote))
    return tuple(updates)


def pushed(repository: GitRepository, updates: Iterable[Update], remote: str) -> tuple[Ends, ...]:
    """What a push brings that the remote does not have yet, each change once.

    It is compared with the commits from which the new ones set out. Those are on the remote already: what a branch
    stands at there, what it was rebased onto, and what was merged into it, so that the work of others that a branch has
    taken in is not taken for its own.

    Args:
        repository: Where it is pushed from.
        updates: The refs.
        remote: The remote's name, or its address where it has none.
    """
    found: dict[tuple[str, str], Ends] = {}
    # A mirror pushes thousands of refs, most of them to the same few commits; each costs several calls of git.
    different = {(update.local, update.remote): update for update in reversed(list(updates)) if not update.deletes}
    for update in reversed(different.values()):
        ends = _ends(repository, update, remote)
        if ends is not None and ends.base != ends.head:
            found.setdefault((ends.base, ends.head), ends)
    return tuple(found.values())


def between(repository: GitRepository, base: str, head: str, name: str) -> Ends:
    """The change from where two commits parted to the second.

    Raises:
        Misconfigured: One is not known here, or they have nothing in common.
    """
    end = repository.commit(head)
    start = repository.merge_base(repository.commit(base), end)
    return Ends(base=start, head=end, name=name, messages=repository.messages(end, start))


def _ends(repository: GitRepository, update: Update, remote: str) -> Ends | None:
    # A tag may stand for a commit, or for something that is none: a tree, a blob.
    head = _commit(repository, update.local)
    if head is None:
        return None
    name = f"{_short(update.local_ref)} → {_short(update.remote_ref)}"
    there = None if update.creates else _commit(repository, update.remote)
    known = _known(repository, remote, there)
    if not _said(repository, "rev-list", "--max-count=1", head, "--not", *known):
        return None
    starts = _starts(repository, head, known)
    # Without a common commit it replaces all that is there; git shows such a change as one from there to here.
    base = _joined(repository, starts) if starts else there or repository.empty_tree()
    if base == _said(repository, "rev-parse", f"{head}^{{tree}}"):
        # A merge of what is there, with nothing of its own.
        return None
    messages = repository.messages(head, *(starts or filter(None, [there])))
    return Ends(base=base, head=head, name=name, messages=messages)


def _known(repository: GitRepository, remote: str, there: str | None) -> tuple[str, ...]:
    """What the remote has, for ``git rev-list``; of a remote without branches here, what any has."""
    names = _said(repository, "for-each-ref", "--count=1", f"refs/remotes/{remote}/")
    if names:
        return (*filter(None, [there]), f"--remotes={remote}")
    return (there,) if there else ("--remotes",)


def _starts(repository: GitRepository, head: str, known: Sequence[str]) -> list[str]:
    """Commits on the remote from which the new ones set out, without those that others of them contain."""
    listed = _said(repository, "rev-list", "--boundary", head, "--not", *known).split()
    found = [commit[1:] for commit in listed if commit.startswith("-")]
    return _said(repository, "merge-base", "--independent", *found).split() if found[1:] else found


def _joined(repository: GitRepository, starts: Sequence[str]) -> str:
    """What a merge of these commits holds before anybody has touched it: a tree, of a single commit itself.

    Where git cannot merge them (before version 2.38, or more than two), it is the first.
    """
    if len(starts) != 2:  # noqa: PLR2004 - two sides of a merge
        return starts[0]
    return repository.merged(*starts) or starts[0]


def _commit(repository: GitRepository, name: str) -> str | None:
    try:
        return repository.commit(name)
    except Misconfigured:
        return None


def _said(repository: GitRepository, *arguments: str) -> str:
    """What git prints; nothing where it fails, as it does where there is nothing to print."""
    try:
        return repository.ask(*arguments).decode("utf-8", "replace").strip()
    except Misconfigured:
        return ""


def _is_zero(commit: str) -> bool:
    return not commit.strip("0")


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/")

"""What a hook is about: the change between two commits or trees, read from git alone, as a review takes it.

The work tree is not looked at: what is staged, or pushed, is what is reviewed, whatever else lies there.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from app.git import GitRepository
from app.local_changes import MAX_FILE_BYTES, Change, parsed, text_at, text_in, texts, unhidden
from app.local_context import with_surroundings
from app.repo_config import CONFIG_PATH, parse_config
from reviewers.memory.learnings import LEARNINGS_PATH
from reviewers.review import Target
from reviewers.snapshot import SETTINGS_PATHS, Guidance, PullRequestSnapshot

MAX_FILES = 200
MAX_LINES = 6_000
"""Changed files and lines of a change that a hook looks at; reading more alone would take most of its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """A change by its two ends.

    Attributes:
        base: Commit or tree that it starts from.
        head: Commit or tree that it ends with.
        name: For people: ``what is staged on main``.
        messages: Of its commits, the newest first.
    """

    base: str
    head: str
    name: str
    messages: tuple[str, ...] = ()


def staged(repository: GitRepository) -> Ends | None:
    """What the next commit would change, or None where that is nothing.

    The tree that git is about to write anyway is written; the index that git names in ``GIT_INDEX_FILE`` counts.

    Raises:
        Misconfigured: The index holds conflicts.
    """
    first = not repository.has_commit()
    base = repository.empty_tree() if first else repository.commit("HEAD")
    before = base if first else _said(repository, "rev-parse", f"{base}^{{tree}}")
    tree = _said(repository, "write-tree")
    name = "the first commit" if first else f"what is staged on {repository.branch()}"
    return None if tree == before else Ends(base=base, head=tree, name=name)


def too_large(repository: GitRepository, ends: Ends) -> str:
    """How large a change is that is too large for a hook, for people; else the empty string."""
    said = _said(repository, "diff", "--shortstat", "--no-ext-diff", "--no-textconv", ends.base, ends.head)
    files, *lines = (int(number) for number in re.findall(r"\d+", said) or ("0",))
    if files <= MAX_FILES and sum(lines) <= MAX_LINES:
        return ""
    return f"{files:,} files and {sum(lines):,} lines"


def change_between(repository: GitRepository, ends: Ends) -> Change:
    """The change, with the configuration, guidance and memory of its base.

    Where the file in the work tree has edits that are not committed, those count, as they are the user's own.

    Raises:
        Misconfigured: The configuration cannot be read.
    """
    base, head = ends.base, ends.head
    print_diff = functools.partial(repository.diff, base, head)
    begins = functools.partial(repository.files_at, base, max_bytes=MAX_FILE_BYTES)
    finishes = functools.partial(repository.files_at, head, max_bytes=MAX_FILE_BYTES)
    diff = unhidden(parsed(print_diff(), "what git printed"), print_diff, (begins, finishes))
    paths = [file.path for file in diff.files if file.path and not (file.binary or file.submodule or file.symlink)]
    config = _in_force(repository, ends, CONFIG_PATH)
    wishes = parse_config(config)
    known = texts(begins((*wishes.guidance, *SETTINGS_PATHS)))
    snapshot = PullRequestSnapshot(
        target=Target(kind="git", name=ends.name, base=base, head=head),
        diff=diff,
        contents=texts(finishes(paths)),
        title=ends.messages[0].split("\n", 1)[0] if ends.messages else "",
        body="\n\n".join(ends.messages),
        branch=repository.branch(),
        guidance=tuple(Guidance(path, known[path]) for path in dict.fromkeys(wishes.guidance) if path in known),
        settings={path: known[path] for path in SETTINGS_PATHS if path in known},
    )
    if wishes.context.max_tokens:
        snapshot = with_surroundings(
            snapshot,
            repository,
            commit=head,
            read=lambda wanted: texts(finishes(wanted)),
            read_base=lambda wanted: texts(begins(wanted)),
        )
    return Change(snapshot=snapshot, config=config, learnings=_in_force(repository, ends, LEARNINGS_PATH))


def _in_force(repository: GitRepository, ends: Ends, path: str) -> str | None:
    committed = text_at(repository, "HEAD", path) if repository.has_commit() else None
    own = text_in(repository.root, path)
    return text_at(repository, ends.base, path) if own == committed else own


def _said(repository: GitRepository, *arguments: str) -> str:
    return repository.ask(*arguments).decode("utf-8", "replace").strip()

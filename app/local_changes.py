"""Snapshots of changes on this machine: a git range, uncommitted work included, or a diff from a file or a pipe."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from app.git import GitRepository
from app.local_context import with_surroundings
from app.repo_config import CONFIG_PATH, parse_config
from reviewers.diff import Diff
from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.errors import DiffError
from reviewers.memory.learnings import LEARNINGS_PATH
from reviewers.review import Target
from reviewers.snapshot import SETTINGS_PATHS, Guidance, PullRequestSnapshot

if TYPE_CHECKING:
    from reviewers.diff import FileDiff

MAX_FILE_BYTES = 1_000_000
"""A larger file is known only by its hunks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A snapshot and the repository's configuration that is in force for it.

    Attributes:
        snapshot: What is to be reviewed.
        config: Text of the configuration file in force, or None.
        config_source: Where that text came from, for messages.
        other_configs: Texts of the configuration that the change would bring; checked, but not in force.
        learnings: Text of the file of learnings in force, or None; which one that is goes by the same rule.
    """

    snapshot: PullRequestSnapshot
    config: str | None = None
    config_source: str = CONFIG_PATH
    other_configs: tuple[str, ...] = ()
    learnings: str | None = None


def change_in_repository(repository: GitRepository, *, base: str | None, head: str | None) -> Change:
    """The change from where a branch left its base to its head, or to the work tree when no head is named.

    Guidance comes from the base, so that a change cannot instruct its own reviewers. So does the configuration,
    except where the file in the work tree has edits that are not committed: those are the user's own.

    Args:
        repository: Where to look.
        base: Branch or commit that the change is meant for; by default the default branch.
        head: Branch or commit that the change ends with; by default the work tree.

    Raises:
        Misconfigured: A name means no commit, the two have no common one, or the configuration cannot be used.
    """
    if not repository.has_commit():
        return _first_commit(repository)
    wanted = base or repository.default_branch()
    end = repository.commit(head or "HEAD")
    start = repository.merge_base(repository.commit(wanted), end)
    if head:
        print_diff = functools.partial(repository.diff, start, end)
        ends = functools.partial(repository.files_at, end, max_bytes=MAX_FILE_BYTES)
    else:
        print_diff = functools.partial(repository.diff_to_work_tree, start)
        ends = functools.partial(_bytes_in, repository.root)
    begins = functools.partial(repository.files_at, start, max_bytes=MAX_FILE_BYTES)
    diff = unhidden(parsed(print_diff(), "what git printed"), print_diff, (begins, ends))
    paths = [file.path for file in diff.files if file.path]
    contents = (
        texts(repository.files_at(end, paths, max_bytes=MAX_FILE_BYTES))
        if head
        else read_texts(repository.root, diff.files)
    )
    config, proposed = (text_at(repository, commit, CONFIG_PATH) for commit in (start, end))
    others = [proposed]
    learnings, learned = (text_at(repository, commit, LEARNINGS_PATH) for commit in (start, end))
    if not head:
        own = text_in(repository.root, CONFIG_PATH)
        if own != proposed:
            config, others = own, []
        mine = text_in(repository.root, LEARNINGS_PATH)
        learnings = learnings if mine == learned else mine
    wishes = parse_config(config)
    guidance = wishes.guidance
    known = texts(repository.files_at(start, (*guidance, *SETTINGS_PATHS), max_bytes=MAX_FILE_BYTES))
    messages = repository.messages(end, start)
    branch = head or repository.branch()
    name = f"{branch} → {wanted}" + ("" if head else " (work tree)")
    snapshot = PullRequestSnapshot(
        target=Target(kind="git", name=name, base=start, head=end if head else ""),
        diff=diff,
        contents=contents,
        title=messages[0].split("\n", 1)[0] if messages else "",
        body="\n\n".join(messages),
        branch=branch,
        guidance=tuple(Guidance(path, known[path]) for path in dict.fromkeys(guidance) if path in known),
        settings={path: known[path] for path in SETTINGS_PATHS if path in known},
    )
    if wishes.context.max_tokens:
        snapshot = with_surroundings(
            snapshot,
            repository,
            commit=end if head else "",
            read=lambda paths: texts(ends(paths)),
            read_base=lambda paths: texts(begins(paths)),
        )
    return Change(
        snapshot=snapshot,
        config=config,
        other_configs=tuple(text for text in others if text is not None and text != config),
        learnings=learnings,
    )


def change_in_diff(data: bytes, name: str, folder: Path) -> Change:
    """The change in a unified diff.

    Where a changed file lies below ``folder`` with just the lines that the diff says it has now, its whole text is
    used for context; else the file is known only by its hunks.

    Args:
        data: The diff as it was read.
        name: Where it came from, for people.
        folder: Where the changed files may lie.

    Raises:
        Misconfigured: It is not a unified diff; the message names the line.
    """
    diff = parsed(data, name)
    found = read_texts(folder, diff.files)
    contents = {path: text for path, text in found.items() if all(_agrees(file, text) for file in diff.of(path))}
    snapshot = PullRequestSnapshot(
        target=Target(kind="diff", name=name),
        diff=diff,
        contents=contents,
        # Only where the changed files lie there too is the folder the repository that the diff is of.
        settings=texts(_bytes_in(folder, SETTINGS_PATHS)) if contents else {},
    )
    return Change(
        snapshot=_beside_a_diff(snapshot, folder) if contents else snapshot,
        config=text_in(folder, CONFIG_PATH),
        learnings=text_in(folder, LEARNINGS_PATH),
    )


def _beside_a_diff(snapshot: PullRequestSnapshot, folder: Path) -> PullRequestSnapshot:
    """With neighbours, where the folder is the top of a repository; the diff's base is not known, so no guidance is."""
    try:
        repository = GitRepository.around(folder)
    except Misconfigured:
        return snapshot
    if repository.root.resolve() != folder.resolve():
        return snapshot
    return with_surroundings(
        snapshot,
        repository,
        commit="",
        read=lambda paths: texts(_bytes_in(folder, paths)),
        read_base=lambda _: {},
    )


def read_texts(root: Path, files: Sequence[FileDiff]) -> Mapping[str, str]:
    """Texts of changed files as they lie below a folder; links, binaries, big and missing files are left out."""
    wanted = [file.path for file in files if file.path and not (file.binary or file.submodule or file.symlink)]
    return texts(_bytes_in(root, wanted))


def unhidden(
    diff: Diff,
    print_diff: Callable[..., bytes],
    sides: Iterable[Callable[[Sequence[str]], Mapping[str, bytes]]],
) -> Diff:
    """The same change with text shown as text where ``.gitattributes`` has git call it binary.

    That file is the change's own: ``*.py -diff`` in it must not keep anybody from reading the code.

    Args:
        diff: The change as git shows it.
        print_diff: Prints it again, with ``as_text`` for some paths.
        sides: Read files before and after it, by their paths.
    """
    binary = [file for file in diff.files if file.binary and not file.submodule]
    if not binary:
        return diff
    paths = [path for file in binary for path in (file.path, file.old_path) if path]
    known = [side(paths) for side in sides]
    text = [
        file
        for file in binary
        if (found := [side[path] for side in known for path in (file.path, file.old_path) if path and path in side])
        and not any(b"\0" in data for data in found)
    ]
    if not text:
        return diff
    wanted = [path for file in text for path in (file.path, file.old_path) if path]
    shown = {file.path: file for file in parsed(print_diff(as_text=wanted), "what git printed").files}
    return Diff(tuple(shown.get(file.path, file) if file in text else file for file in diff.files))


def _bytes_in(root: Path, paths: Sequence[str]) -> dict[str, bytes]:
    """Files below a folder, without links, big ones, and paths that lead out of it or cannot be read."""
    top = root.resolve()
    found: dict[str, bytes] = {}
    for path in paths:
        file = root / path
        try:
            inside = not file.is_symlink() and file.resolve().is_relative_to(top)
            if inside and file.is_file() and file.stat().st_size <= MAX_FILE_BYTES:
                found[path] = file.read_bytes()
        except (OSError, ValueError):  # ValueError: a NUL in the path
            continue
    return found


def _first_commit(repository: GitRepository) -> Change:
    print_diff = functools.partial(repository.diff_to_work_tree, repository.empty_tree())
    ends = functools.partial(_bytes_in, repository.root)
    diff = unhidden(parsed(print_diff(), "what git printed"), print_diff, [ends])
    return Change(
        snapshot=PullRequestSnapshot(
            target=Target(kind="git", name="first commit (work tree)"),
            diff=diff,
            contents=read_texts(repository.root, diff.files),
        ),
        config=text_in(repository.root, CONFIG_PATH),
        learnings=text_in(repository.root, LEARNINGS_PATH),
    )


def parsed(data: bytes, name: str) -> Diff:
    """A unified diff, read.

    Args:
        data: Its bytes.
        name: Where they came from, for people.

    Raises:
        Misconfigured: It is none; the message names the line.
    """
    try:
        return parse_diff(decode_diff(data))
    except DiffError as error:
        msg = f"{name} cannot be read as a unified diff: {error}"
        raise Misconfigured(msg) from error


def text_at(repository: GitRepository, commit: str, name: str) -> str | None:
    """Text of a file that says how to review, at a commit; None where it is not there."""
    data = repository.files_at(commit, [name], max_bytes=MAX_FILE_BYTES).get(name)
    return None if data is None else _config_text(data)


def text_in(folder: Path, name: str) -> str | None:
    """Text of a file that says how to review, as it lies in a folder; None where it is not there.

    Raises:
        Misconfigured: It is there and cannot be read.
    """
    path = folder / name
    if not path.exists() and not path.is_symlink():
        return None
    if not path.is_file():
        msg = f"{name} is no file, or a link to none; make it one, or remove it"
        raise Misconfigured(msg)
    try:
        with path.open("rb") as file:
            return _config_text(file.read(MAX_FILE_BYTES))
    except OSError as error:
        msg = f"{name} cannot be read ({error.strerror}); permit it, or remove it"
        raise Misconfigured(msg) from error


def _config_text(data: bytes) -> str:
    # Git may have put the line ends of this machine into the work tree; that makes no other configuration of it.
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def texts(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Those of the files that are text, decoded."""
    return {path: text for path, data in contents.items() if (text := _text(data)) is not None}


def _text(data: bytes) -> str | None:
    return None if b"\0" in data[:8000] else data.decode("utf-8", "replace")


def _agrees(file: FileDiff, text: str) -> bool:
    lines = text.split("\n")
    return all(line.new is None or (line.new <= len(lines) and lines[line.new - 1] == line.text) for line in file.lines)

"""Reading a local repository through git: what changed, and files at a commit. Nothing in it is written or run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import Misconfigured

# What a user's configuration may change about git's output, set back; and what it may have git run or leave behind.
_NO_LOCAL_HABITS = (
    "-c", "core.quotepath=on", "-c", "core.fsmonitor=false", "-c", "diff.renames=true", "-c", "diff.algorithm=myers",
    "-c", f"core.hooksPath={os.devnull}", "-c", "core.splitIndex=false", "-c", "log.showSignature=false",
)  # fmt: skip
_DIFF = (
    "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "-M", f"-O{os.devnull}", "--full-index",
    "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=dirty", "--unified=3",
    "--inter-hunk-context=0",
)  # fmt: skip
_DEFINING = (
    "(^|[^A-Za-z0-9_$])(def|class|func|function|fn|interface|struct|type|trait|enum|module|const|let|var|record|impl"
    "|public|private|protected|internal|static|export|async|abstract|final|#define)[[:space:]](.*[^A-Za-z0-9_$])?"
)
SEARCH_SECONDS = 3.0
"""A search through a tree that takes longer is given up."""

_TOO_LONG = 124
_LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}
_OTHER_HABITS = ("GIT_DIFF_OPTS",)


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A repository on this machine.

    Attributes:
        root: Top folder of its work tree.
    """

    root: Path

    @classmethod
    def around(cls, folder: Path) -> GitRepository:
        """The repository that a folder lies in.

        Raises:
            Misconfigured: There is none, or git is not installed.
        """
        found = _git(folder, ["rev-parse", "--show-toplevel"])
        if found.returncode:
            raise Misconfigured(_no_repository(folder, _reason(found.stderr)))
        return cls(Path(os.fsdecode(found.stdout.removesuffix(b"\n"))))

    def commit(self, name: str) -> str:
        """The full id of the commit that a name means.

        Raises:
            Misconfigured: There is no such commit.
        """
        found = self._run(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"])
        if found.returncode:
            msg = f"there is no commit {name!r} in {self.root}; fetch it, or name another (git branch --all lists them)"
            raise Misconfigured(msg)
        return found.stdout.decode().strip()

    def has_commit(self) -> bool:
        """Whether anything was ever committed on the current branch."""
        return not self._run(["rev-parse", "--verify", "--quiet", "HEAD"]).returncode

    def branch(self) -> str:
        """Name of the current branch, or ``HEAD`` where there is none."""
        return self._run(["rev-parse", "--abbrev-ref", "HEAD"]).stdout.decode(errors="replace").strip() or "HEAD"

    def user(self) -> str:
        """The name under which this user commits here, or the empty string."""
        return self._run(["config", "--get", "user.name"]).stdout.decode(errors="replace").strip()

    def default_branch(self) -> str:
        """The branch that changes are meant for: the remote's, else ``main`` or ``master``, else the current one."""
        remote = self._run(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"])
        if not remote.returncode:
            return remote.stdout.decode(errors="replace").strip()
        configured = self._run(["config", "--get", "init.defaultBranch"]).stdout.decode(errors="replace").strip()
        names = ["origin/main", "origin/master", "main", "master", *([configured] if configured else [])]
        for name in names:
            if not self._run(["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]).returncode:
                return name
        return "HEAD"

    def merge_base(self, one: str, other: str) -> str:
        """The last commit that two have in common.

        Raises:
            Misconfigured: They have none, as in a shallow clone.
        """
        found = self._run(["merge-base", one, other])
        if found.returncode:
            msg = (
                f"{one} and {other} have no commit in common; in a shallow clone fetch more (git fetch --unshallow), "
                "or name another --base"
            )
            raise Misconfigured(msg)
        return found.stdout.decode().strip()

    def merged(self, one: str, other: str) -> str:
        """The tree that a merge of two commits holds before anybody has touched it, conflicts with git's own marks.

        Returns:
            Its id, or the empty string where git cannot say (before version 2.38). The repository gets the tree as an
            object that nothing names, which git removes in time.
        """
        done = self._run(["merge-tree", "--write-tree", "--no-messages", one, other])
        # Status 1 is a conflict.
        return done.stdout.decode().partition("\n")[0] if done.returncode in {0, 1} else ""

    def diff(self, base: str, head: str, *, as_text: Sequence[str] = ()) -> bytes:
        """The change from one commit to another, as git prints it.

        Args:
            base: A commit.
            head: A commit.
            as_text: With any, only these paths, and all of them as text, whatever ``.gitattributes`` says.
        """
        return self._checked([*_DIFF, *_forced(as_text, base, head)], _LITERAL)

    def diff_to_work_tree(self, base: str, *, as_text: Sequence[str] = ()) -> bytes:
        """The change from a commit to the files as they lie there, untracked ones included, ignored ones not.

        It works on a copy of the index, so that nothing that is staged or not staged is touched. There, files that are
        untracked or in conflict stand as empty ones, so that git compares what lies in the work tree. (``git add``
        would refuse some: files outside a sparse checkout, a repository without commits in a folder.)

        Args:
            base: A commit or a tree.
            as_text: As for ``diff``.

        Raises:
            Misconfigured: Git failed, or there is no room for the copy.
        """
        unmerged = self._checked(["ls-files", "-z", "--unmerged"])
        untracked = self._checked(["ls-files", "-z", "--others", "--exclude-standard"])
        paths = {entry.partition(b"\t")[2] for entry in unmerged.split(b"\0")} | set(untracked.split(b"\0"))
        # An untracked repository in a folder is listed as that folder.
        entries = [b"100644 %b 0\t%b\0" % (self._no_text(), path) for path in paths if path and path[-1:] != b"/"]
        try:
            with tempfile.TemporaryDirectory(prefix="quartet-") as folder:
                copy = Path(folder) / "index"
                index = self.root / os.fsdecode(self._checked(["rev-parse", "--git-path", "index"]).removesuffix(b"\n"))
                if index.exists():
                    # With its time: git compares it with the files' to know which of them it must read.
                    shutil.copy2(index, copy)
                environment = {"GIT_INDEX_FILE": str(copy)}
                self._checked(["update-index", "-z", "--index-info"], environment, b"".join(entries))
                return self._checked([*_DIFF, *_forced(as_text, base)], environment | _LITERAL)
        except OSError as error:
            msg = f"no copy of git's index could be made ({error.strerror}); make room, or set TMPDIR"
            raise Misconfigured(msg) from error

    def messages(self, head: str, *bases: str) -> tuple[str, ...]:
        """Messages of the commits that lead from some commits to another, the newest first; at most a hundred."""
        said = self._checked(
            ["log", "-z", "--max-count=100", "--no-merges", "--encoding=UTF-8", "--format=%B", head, "--not", *bases]
        )
        return tuple(text for raw in said.split(b"\0") if (text := raw.decode("utf-8", "replace").strip()))

    def empty_tree(self) -> str:
        """Id of the tree without files, the base of a first commit."""
        return self._checked(["hash-object", "-t", "tree", "--stdin"]).decode().strip()

    def files_at(self, commit: str, paths: Iterable[str], *, max_bytes: int) -> dict[str, bytes]:
        """Contents of files at a commit, without those that are not there, no files, or larger than ``max_bytes``."""
        named = [path for path in paths if "\n" not in path]
        # Git would print a file of any size, and all of them are held in memory.
        sizes = self._checked(["cat-file", "--batch-check"], stdin=_names(commit, named)).split(b"\n") if named else []
        small = [0 <= _blob_bytes(header) <= max_bytes for header in sizes]
        wanted = [path for path, fits in zip(named, small, strict=False) if fits]
        if not wanted:
            return {}
        answer = self._checked(["cat-file", "--batch"], stdin=_names(commit, wanted))
        contents: dict[str, bytes] = {}
        position = 0
        for path in wanted:
            end = answer.index(b"\n", position)
            size = _blob_bytes(answer[position:end])
            position = end + 1
            contents[path] = answer[position : position + size]
            position += size + 1
        return contents

    def paths(self, commit: str = "") -> tuple[str, ...]:
        """Paths of all files of a commit, or, without one, of those in the work tree that are not ignored.

        Names that are no UTF-8 are left out.
        """
        asked = (
            ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit]
            if commit
            else ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
        )
        return tuple(_decoded(self._checked(asked).split(b"\0")))

    def mentioning(
        self, names: Sequence[str], endings: Sequence[str], *, commit: str = "", defining: bool = False
    ) -> tuple[str, ...]:
        """Files in which one of these words stands, in the order of their paths.

        Args:
            names: Identifiers.
            endings: Of the files that are searched, with their dots; without any, none is.
            commit: Where to search; by default in the work tree's tracked files.
            defining: Whether only lines count that look like a definition of the word, in whatever language.
        """
        if not names or not endings:
            return ()
        words = "|".join(re.escape(name) for name in names)
        pattern = f"{_DEFINING}({words})[[:space:]]*[(<:={{]" if defining else f"({words})"
        how = ["--extended-regexp"] if defining else ["--extended-regexp", "--word-regexp"]
        found = self._run(
            [
                "-c", "grep.fullName=true", "-c", "submodule.recurse=false",
                "grep", "-I", "-z", "--files-with-matches", "--no-color", *how, "-e", pattern,
                *([commit] if commit else []), "--", *(f"*{end}" for end in endings),
            ],
            seconds=SEARCH_SECONDS,
        )  # fmt: skip
        # Status 1 is "none"; a search that fails or takes too long leaves the review with less context.
        listed = found.stdout.split(b"\0") if not found.returncode else []
        return tuple(path.removeprefix(f"{commit}:") for path in _decoded(listed))

    def ask(self, *arguments: str) -> bytes:
        """What git prints for a command that only reads.

        Raises:
            Misconfigured: It failed; the line says why.
        """
        return self._checked(list(arguments))

    def _no_text(self) -> bytes:
        """Id of the empty file; git knows it without its being stored."""
        return self._checked(["hash-object", "-t", "blob", "--stdin"]).strip()

    def _run(
        self,
        arguments: Sequence[str],
        environment: dict[str, str] | None = None,
        stdin: bytes = b"",
        seconds: float | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        return _git(self.root, arguments, environment, stdin, seconds)

    def _checked(
        self, arguments: Sequence[str], environment: dict[str, str] | None = None, stdin: bytes = b""
    ) -> bytes:
        done = self._run(arguments, environment, stdin)
        if done.returncode:
            msg = f"git {arguments[0]} failed in {self.root}: {_reason(done.stderr)}; git status there may tell more"
            raise Misconfigured(msg)
        return done.stdout


def _names(commit: str, paths: Sequence[str]) -> bytes:
    return "".join(f"{commit}:{path}\n" for path in paths).encode("utf-8", "surrogateescape")


def _blob_bytes(header: bytes) -> int:
    """Size of the file that a line of ``git cat-file`` is about, or less than none where it is about none."""
    words = header.split(b" ")
    return int(words[-1]) if words[-2:-1] == [b"blob"] and words[-1].isdigit() else -1


def _decoded(paths: Iterable[bytes]) -> Iterator[str]:
    for path in paths:
        try:
            text = path.decode()
        except UnicodeDecodeError:
            continue  # a review names such a path by what git quotes, which is not in this list
        if text:
            yield text


def _forced(as_text: Sequence[str], *commits: str) -> list[str]:
    return ["--text", *commits, "--", *as_text] if as_text else list(commits)


def _git(
    folder: Path,
    arguments: Sequence[str],
    environment: dict[str, str] | None = None,
    stdin: bytes = b"",
    seconds: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    # LC_ALL: messages are read by people, but a translated one would not be found by its words in a bug report.
    kept = {name: value for name, value in os.environ.items() if name not in _OTHER_HABITS}
    env = {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", **(environment or {})}
    try:
        command = ["git", *_NO_LOCAL_HABITS, *arguments]
        return subprocess.run(
            command, cwd=folder, env=env, input=stdin, capture_output=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, _TOO_LONG, b"", b"fatal: it took too long")
    except OSError as error:
        if not folder.is_dir():
            msg = f"{folder} is not a folder; go into one"
        else:
            msg = f"git cannot be run ({error.strerror}); install it, or give the change as a file with --diff FILE"
        raise Misconfigured(msg) from error


def _no_repository(folder: Path, reason: str) -> str:
    cure = "go into one, or name a change with --diff FILE or --pr URL"
    if "dubious ownership" in reason:
        _, _, root = reason.partition(" at ")
        return (
            f"{folder} is in another user's repository, which git does not trust; if you do, run "
            f"git config --global --add safe.directory {root or folder}"
        )
    if "must be run in a work tree" in reason:
        return f"{folder} is not in a work tree, but in a bare repository or a .git folder; {cure}"
    if "any of the parent directories" in reason:
        return f"{folder} is not in a git repository; {cure}"
    return f"{folder} is not in a git repository that can be read ({reason}); {cure}"


def _reason(said: bytes) -> str:
    """The line of git's messages that says what is wrong; hints stand before and after it."""
    lines = said.decode(errors="replace").strip().splitlines()
    faults = [line.partition(": ")[2] for line in lines if line.startswith(("fatal: ", "error: "))]
    return (faults or lines or ["no reason given"])[0]

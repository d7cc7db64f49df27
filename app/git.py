"""Reading a local repository through git: what changed, and files at a commit. Nothing in it is written or run."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import Misconfigured

# What a user's configuration may change about git's output, set back.
_NO_LOCAL_HABITS = (
    "-c", "core.quotepath=on", "-c", "core.fsmonitor=false", "-c", "diff.renames=true", "-c", "diff.algorithm=myers",
)  # fmt: skip
_DIFF = (
    "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "-M", f"-O{os.devnull}", "--full-index",
    "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--unified=3", "--inter-hunk-context=0",
)  # fmt: skip


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
            msg = f"{folder} is not in a git repository; go into one, or name a change with --diff FILE or --pr URL"
            raise Misconfigured(msg)
        return cls(Path(os.fsdecode(found.stdout.rstrip(b"\n"))))

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

    def diff(self, base: str, head: str) -> bytes:
        """The change from one commit to another, as git prints it."""
        return self._checked([*_DIFF, base, head])

    def diff_to_work_tree(self, base: str) -> bytes:
        """The change from a commit to the files as they lie there, untracked ones included, ignored ones not.

        It works on a copy of the index, so that nothing that is staged or not staged is touched.
        """
        with tempfile.TemporaryDirectory(prefix="quartet-") as folder:
            copy = Path(folder) / "index"
            index = self.root / os.fsdecode(self._checked(["rev-parse", "--git-path", "index"]).rstrip(b"\n"))
            if index.exists():
                copy.write_bytes(index.read_bytes())
            environment = {"GIT_INDEX_FILE": str(copy)}
            self._checked(["add", "--all", "--intent-to-add"], environment)
            return self._checked([*_DIFF, base], environment)

    def messages(self, base: str, head: str) -> tuple[str, ...]:
        """Messages of the commits that lead from one commit to another, the newest first; at most a hundred."""
        said = self._checked(["log", "-z", "--max-count=100", "--no-merges", "--format=%B", f"{base}..{head}"])
        return tuple(text for raw in said.split(b"\0") if (text := raw.decode("utf-8", "replace").strip()))

    def empty_tree(self) -> str:
        """Id of the tree without files, the base of a first commit."""
        return self._checked(["hash-object", "-t", "tree", "--stdin"]).decode().strip()

    def files_at(self, commit: str, paths: Iterable[str], *, max_bytes: int) -> dict[str, bytes]:
        """Contents of files at a commit, without those that are not there, no files, or larger than ``max_bytes``."""
        wanted = [path for path in paths if "\n" not in path]
        if not wanted:
            return {}
        asked = "".join(f"{commit}:{path}\n" for path in wanted).encode("utf-8", "surrogateescape")
        answer = self._checked(["cat-file", "--batch"], stdin=asked)
        contents: dict[str, bytes] = {}
        position = 0
        for path in wanted:
            end = answer.index(b"\n", position)
            header = answer[position:end].split(b" ")
            position = end + 1
            if header[-1] == b"missing" or len(header) < 3 or not header[-1].isdigit():  # noqa: PLR2004 - id, type, size
                continue
            size = int(header[-1])
            if header[-2] == b"blob" and size <= max_bytes:
                contents[path] = answer[position : position + size]
            position += size + 1
        return contents

    def _run(
        self, arguments: Sequence[str], environment: dict[str, str] | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        return _git(self.root, arguments, environment, stdin)

    def _checked(
        self, arguments: Sequence[str], environment: dict[str, str] | None = None, stdin: bytes = b""
    ) -> bytes:
        done = self._run(arguments, environment, stdin)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            msg = f"git {arguments[0]} failed in {self.root}: {reason[-1] if reason else 'no reason given'}"
            raise Misconfigured(msg)
        return done.stdout


def _git(
    folder: Path, arguments: Sequence[str], environment: dict[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    # LC_ALL: messages are read by people, but a translated one would not be found by its words in a bug report.
    env = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", **(environment or {})}
    try:
        return subprocess.run(
            ["git", *_NO_LOCAL_HABITS, *arguments], cwd=folder, env=env, input=stdin, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        if not folder.is_dir():
            msg = f"{folder} is not a folder"
        else:
            msg = "git is not installed; install it, or give the change as a file with --diff FILE"
        raise Misconfigured(msg) from error

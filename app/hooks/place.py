"""A folder in; where git looks for the hooks of its repository, and who decided that, out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.errors import Misconfigured
from app.git import GitRepository

_SHARED_SCOPES = ("global", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPlace:
    """Where git looks for hooks.

    Attributes:
        folder: The folder, absolute; it may not be there yet.
        root: Top folder of the work tree.
        scope: Whose setting ``core.hooksPath`` is (``local``, ``worktree``, ``global``, ``system``), or the empty
            string where it is not set.
    """

    folder: Path
    root: Path
    scope: str = ""

    @property
    def for_all_repositories(self) -> bool:
        """Whether a hook there runs in other repositories, too."""
        return self.scope in _SHARED_SCOPES

    @property
    def in_work_tree(self) -> bool:
        """Whether the folder is one of the repository's own, so that a commit could take a hook along."""
        inside = self.folder.is_relative_to(self.root) and ".git" not in self.folder.relative_to(self.root).parts
        return inside and bool(self.scope)


def hook_place(folder: Path) -> HookPlace:
    """Where the hooks of the repository around a folder are; worktrees share theirs, submodules have their own.

    Raises:
        Misconfigured: There is no repository with a work tree around it, or git is told to run no hooks.
    """
    root = GitRepository.around(folder)
    common = os.fsdecode(root.ask("rev-parse", "--git-common-dir").removesuffix(b"\n"))
    scope, configured = _configured(root)
    if scope and not configured:
        msg = "core.hooksPath is empty, so git runs no hook; name a folder, or run git config --unset core.hooksPath"
        raise Misconfigured(msg)
    return HookPlace(folder=(root.root / (configured or Path(common, "hooks"))).absolute(), root=root.root, scope=scope)


def _configured(root: GitRepository) -> tuple[str, str]:
    """Scope and value of ``core.hooksPath``, or empty strings; a relative one counts from the top of the work tree."""
    said = root.ask("config", "-z", "--show-scope", "--type=path", "--get-all", "core.hooksPath")
    words = [os.fsdecode(word) for word in said.split(b"\0")]
    # On its own command line ``app.git`` sets hooks aside.
    found = [(scope, path) for scope, path in zip(words[::2], words[1::2], strict=False) if scope != "command"]
    return found[-1] if found else ("", "")

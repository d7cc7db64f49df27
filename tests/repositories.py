"""Real git repositories for tests, made in a temporary folder and cut off from the machine's own configuration."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository whose files and commits a test makes."""

    root: Path

    @classmethod
    def create(cls, root: Path, branch: str = "main") -> Repository:
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.git("init", "--quiet", f"--initial-branch={branch}")
        return made

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        for path, text in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, files: dict[str, str | bytes], message: str = "Change") -> str:
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

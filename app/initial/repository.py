"""The folder that ``quartet init`` is called in comes in; its repository, and where GitHub has it, come out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.errors import Misconfigured
from app.git import GitRepository

_SCP = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[A-Za-z0-9.-]+):(?P<path>(?!/)[^\s]+)")
_PATH = re.compile(r"/?(?P<owner>[A-Za-z0-9_.-]+)/(?P<name>[A-Za-z0-9_.-]+?)(?:\.git)?/?")
_OTHERS = ("gitlab.com", "bitbucket.org", "codeberg.org", "dev.azure.com", "ssh.dev.azure.com", "git.sr.ht")
_PUBLIC = ("github.com", "www.github.com", "ssh.github.com")


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository on a GitHub.

    Attributes:
        host: Without a port: ``github.com``, or an Enterprise's.
        owner: Login of the owner.
        name: Of the repository.
    """

    host: str
    owner: str
    name: str

    @property
    def url(self) -> str:
        """Where people see it."""
        return f"https://{self.host}/{self.owner}/{self.name}"

    @property
    def is_enterprise_server(self) -> bool:
        """Whether it is a GitHub Enterprise Server; ghe.com is GitHub's own."""
        return self.host != "github.com" and not self.host.endswith(".ghe.com")

    @property
    def is_elsewhere(self) -> bool:
        """Whether that host is known to be no GitHub."""
        return self.host in _OTHERS


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What ``quartet init`` has to know of a repository.

    Attributes:
        root: Top folder of its work tree; of a linked work tree or a submodule, its own.
        default_branch: The branch that pull requests are meant for.
        remote: Where it is on GitHub; None where no remote says so.
    """

    root: Path
    default_branch: str
    remote: Remote | None


def surroundings_of(folder: Path) -> Surroundings:
    """The repository around a folder.

    Raises:
        Misconfigured: There is none, or git does not trust it or is not installed.
    """
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        msg = f"{folder} is not in a git repository; go into one, or make one of this folder with git init"
        raise Misconfigured(msg)
    repository = GitRepository.around(folder)
    return Surroundings(repository.root, _default_branch(repository), _remote(repository))


def remote_of(url: str) -> Remote | None:
    """The repository that a remote's address names; None for one that is no owner and name on a host.

    Example:
        >>> remote_of("git@github.com:octo/app.git")
        Remote(host='github.com', owner='octo', name='app')
        >>> remote_of("ssh://git@git.example.com:2222/octo/app").url
        'https://git.example.com/octo/app'
        >>> remote_of("../app") is None
        True
    """
    if "://" in url:
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return None
        if parts.scheme not in {"https", "http", "ssh", "git", "git+ssh"}:
            return None
    elif found := _SCP.fullmatch(url):
        host, path = found["host"].lower(), found["path"]
    else:
        return None
    named = _PATH.fullmatch(path)
    if not host or named is None:
        return None
    return Remote("github.com" if host in _PUBLIC else host, named["owner"], named["name"])


def _remote(repository: GitRepository) -> Remote | None:
    names = repository.ask("remote").decode(errors="replace").split()
    for name in sorted(names, key=lambda name: (name != "origin", name != "upstream")):
        said = repository.ask("remote", "get-url", "--", name).decode(errors="replace").strip()
        if remote := remote_of(said):
            return remote
    return None


def _default_branch(repository: GitRepository) -> str:
    known = repository.default_branch().removeprefix("origin/")
    if known != "HEAD":
        return known
    # Nothing is committed yet: the branch that the first commit will make.
    return repository.ask("symbolic-ref", "--short", "HEAD").decode(errors="replace").strip()

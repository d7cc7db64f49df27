"""What the base branch says about reviewing this repository: its configuration and its house rules.

Both come from the base commit, so that a pull request cannot instruct its own reviewers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from app.errors import GitHubError, GitHubRateLimited, WrongToken
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.contents import Version, text
from app.repo_config import CONFIG_PATH
from reviewers.memory.learnings import LEARNINGS_PATH
from reviewers.snapshot import GUIDANCE_PATHS, SETTINGS_PATHS, Guidance


def base_files(base: str, config_path: str = CONFIG_PATH) -> tuple[Version, ...]:
    """Every file that may hold configuration, learnings or guidance, at the base commit."""
    return tuple(Version(base, path) for path in (config_path, *GUIDANCE_PATHS, LEARNINGS_PATH))


def settings_files(base: str) -> tuple[Version, ...]:
    """Every file with which a repository may set up its tools, at the base commit."""
    return tuple(Version(base, path) for path in SETTINGS_PATHS)


def other_guidance(base: str, paths: Iterable[str]) -> tuple[Version, ...]:
    """Of the guidance that a repository names, what is not among ``base_files`` and has to be asked for."""
    return tuple(Version(base, path) for path in dict.fromkeys(paths) if path not in GUIDANCE_PATHS)


def guidance_in(texts: Mapping[Version, str], base: str, paths: Iterable[str]) -> tuple[Guidance, ...]:
    """The guidance among these texts, in the order of ``paths``.

    A symbolic link from one guidance file to another reads as its target's name, and is left out.
    """
    named = tuple(dict.fromkeys(paths))
    links = {path.rsplit("/", 1)[-1] for path in (*GUIDANCE_PATHS, *named)}
    found = ((path, texts.get(Version(base, path), "")) for path in named)
    return tuple(
        Guidance(path, content)
        for path, content in found
        if content.strip() and content.strip().rsplit("/", 1)[-1] not in links
    )


def read_base_files(
    client: GitHubClient, pull: PullRequestId, base: str, *, most: int, config_path: str = CONFIG_PATH
) -> dict[Version, str | None]:
    """The same files by REST: a look at the root of the base commit, then a request for each file that is there.

    Args:
        client: Reads under its token.
        pull: Names the repository.
        base: The base commit.
        most: Requests to spend where the server does not say what is there; two are always spent, on the
            configuration and on ``AGENTS.md``.
        config_path: Where the configuration lies.

    Returns:
        Every file that was asked for; None where it could not be had.

    Raises:
        GitHubError: The configuration cannot be read; to go on without it could be against its owner's will.
    """
    tried: dict[Version, str | None] = {}
    for version in _worth_asking(_root_names(client, pull, base), base_files(base, config_path), most):
        try:
            tried[version] = text(client, pull, version)
        except (WrongToken, GitHubRateLimited):
            raise
        except GitHubError:
            if version.path == config_path:
                raise
            tried[version] = None
    return tried


def _worth_asking(names: Collection[str] | None, files: Sequence[Version], most: int) -> Sequence[Version]:
    if names is None:
        return files[: max(most, 2)]
    return [version for version in files if version.path.split("/")[0] in names]


def _root_names(client: GitHubClient, pull: PullRequestId, base: str) -> Collection[str] | None:
    try:
        tree = client.get(f"{pull.repository_path}/git/trees/{base}", about=f"the files of {pull}")
    except (WrongToken, GitHubRateLimited):
        raise
    except GitHubError:
        return None
    entries = tree.get("tree") if isinstance(tree, dict) else None
    return None if entries is None else frozenset(entry["path"] for entry in entries)

"""The name of a pull request in; everything that a review reads of it out, in as few requests as GitHub allows.

Three requests for a pull request of up to a hundred files: itself, its files, and one GraphQL query for the house rules
at the base commit and the changed files at the head. Nothing of the pull request is executed or checked out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import GraphQLRefused, NotGitHub
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.contents import BATCH, Version, batch, one_by_one, texts
from app.github.files import ListedFile, listed, whole_text
from app.github.guidance import base_files, guidance_in, other_guidance, read_base_files, settings_files
from app.github.patches import file_diffs
from app.repo_config import CONFIG_PATH, guidance_of
from reviewers.diff import Diff, FileDiff, FileStatus
from reviewers.memory.learnings import LEARNINGS_PATH
from reviewers.review import Skipped, Target
from reviewers.snapshot import PullRequestSnapshot

# "Responses include a maximum of 3000 files" (docs.github.com, REST, list pull requests files).
MOST_FILES = 3_000
_MOST_CONTENTS = 6 * BATCH
# Without GraphQL every text is a request; a run stays near ten of them, and other files are known by their hunks.
_FILES_PER_REST_REQUEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was read.

    Attributes:
        pull: The pull request under the name that its repository has now; use it for what follows.
        snapshot: What a review reads.
        config: Text of the configuration at the base commit, or None where there is none.
        open: Whether it is neither merged nor closed.
        learnings: Text of the file of learnings at the base commit, or None where there is none.
    """

    pull: PullRequestId
    snapshot: PullRequestSnapshot
    config: str | None
    open: bool = True
    learnings: str | None = None


def worth_reading(file: FileDiff) -> bool:
    """Whether the whole text of a file helps a review: it is there at the head, is text, and has changed lines."""
    return bool(file.hunks) and file.status is not FileStatus.DELETED and not file.submodule


def fetch_snapshot(
    client: GitHubClient,
    pull: PullRequestId,
    *,
    wanted: Callable[[FileDiff], bool] = worth_reading,
    guidance: Callable[[str | None], Sequence[str]] = guidance_of,
    config_path: str = CONFIG_PATH,
) -> Fetched:
    """Read a pull request at its present head: open, closed, merged, a draft, empty, or from a deleted fork.

    Args:
        client: Reads under its token.
        pull: As a person named it; a repository that was renamed or moved answers under its old name too.
        wanted: Asked for each file that is ``worth_reading``: whether its whole text is fetched. At most 300 are.
        guidance: The paths of the guidance files that the text of the configuration names; others than the usual
            ones cost a request more.
        config_path: Where the configuration lies.

    Raises:
        ConfigRejected: ``guidance`` does not take the configuration.
        GitHubError: One of its subclasses; what is only helpful (whole texts, guidance) does not stop the reading.
    """
    data = client.get(pull.path, about=str(pull))
    base, head = _commits(data, pull)
    pull = _present_name(data, pull)
    files = _list_files(client, pull)
    diff = Diff(file_diffs(client, pull, files, base=base, head=head))
    rebuilt = {file.path: text for file in diff.files if (text := whole_text(file)) is not None}
    asked = [
        Version(head, file.path)
        for file in diff.files
        if file.path not in rebuilt and worth_reading(file) and wanted(file)
    ][:_MOST_CONTENTS]
    settings = settings_files(base) if any(file.path.endswith(".py") for file in diff.files) else ()
    always = (*base_files(base, config_path), *settings)
    found = _read(client, pull, asked, always, base=base, files=len(files), config_path=config_path)
    contents = {version.path: found[version] for version in asked if version in found}
    config = found.get(Version(base, config_path))
    paths = guidance(config)
    if others := other_guidance(base, paths):
        found |= texts(client, pull, others, most_by_rest=len(others))
    return Fetched(
        pull=pull,
        config=config,
        learnings=found.get(Version(base, LEARNINGS_PATH)),
        open=data.get("state") != "closed",
        snapshot=PullRequestSnapshot(
            target=_target(data, pull),
            diff=diff,
            contents=rebuilt | contents,
            title=data.get("title") or "",
            body=data.get("body") or "",
            author=(data.get("user") or {}).get("login") or "",
            branch=(data.get("head") or {}).get("ref") or "",
            guidance=guidance_in(found, base, paths),
            settings={version.path: found[version] for version in settings if version in found},
            unlisted=_unlisted(data, files),
        ),
    )


def _commits(data: Any, pull: PullRequestId) -> tuple[str, str]:
    try:
        return data["base"]["sha"], data["head"]["sha"]
    except (KeyError, TypeError) as error:
        raise NotGitHub(f"what answers for {pull} is not GitHub's API; check GITHUB_API_URL") from error


def _present_name(data: Mapping[str, Any], pull: PullRequestId) -> PullRequestId:
    repository = data["base"].get("repo") or {}
    owner, _, repo = repository.get("full_name", "").partition("/")
    return PullRequestId(owner=owner, repo=repo, number=pull.number) if owner and repo else pull


def _list_files(client: GitHubClient, pull: PullRequestId) -> list[ListedFile]:
    entries = client.pages(f"{pull.path}/files", about=f"the files of {pull}", most=MOST_FILES)
    try:
        # A push between two pages can list a file twice.
        return list({entry["filename"]: listed(entry) for entry in entries}.values())
    except (KeyError, TypeError, AttributeError) as error:
        raise NotGitHub(f"what answers for the files of {pull} is not GitHub's API; check GITHUB_API_URL") from error


def _read(
    client: GitHubClient,
    pull: PullRequestId,
    asked: Sequence[Version],
    always: Sequence[Version],
    *,
    base: str,
    files: int,
    config_path: str,
) -> dict[Version, str]:
    """Configuration, guidance and contents: the base files travel with the first batch of contents.

    The settings of tools are not worth a request of their own each, so that REST is not asked for them.
    """
    first = BATCH - len(always)
    try:
        found = batch(client, pull, (*always, *asked[:first]))
    except GraphQLRefused:
        affordable = 1 + files // _FILES_PER_REST_REQUEST
        tried = read_base_files(client, pull, base, most=affordable, config_path=config_path)
        found = {version: content for version, content in tried.items() if content is not None}
        return found | one_by_one(client, pull, asked[: max(0, affordable - len(tried))])
    return found | texts(client, pull, asked[first:], most_by_rest=0)


def _target(data: Mapping[str, Any], pull: PullRequestId) -> Target:
    return Target(
        kind="pull_request",
        name=str(pull),
        base=data["base"]["sha"],
        head=data["head"]["sha"],
        title=data.get("title") or "",
        url=data.get("html_url") or "",
    )


def _unlisted(data: Mapping[str, Any], files: Sequence[ListedFile]) -> tuple[Skipped, ...]:
    missing = data.get("changed_files", 0) - len(files)
    if missing <= 0:
        return ()
    lines = data.get("additions", 0) + data.get("deletions", 0) - sum(file.changes for file in files)
    reason = f"{missing} more files, of which GitHub lists only the first {MOST_FILES:,}"
    return (Skipped(path="", reason=reason, lines=max(0, lines)),)

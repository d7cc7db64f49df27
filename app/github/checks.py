"""The check run on a head: queued, in progress, and how it ended, with remarks on lines; buttons included.

GitHub takes 50 annotations a request and adds them to those that are there, three buttons, and 65,535 characters of
output (docs.github.com/en/rest/checks/runs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import GitHubFailed, GitHubUnreachable, NotGitHub
from app.github.addresses import Named, repository_path
from app.github.check_output import (
    MOST_ANNOTATIONS_AT_ONCE,
    REVIEW_AGAIN,
    REVIEW_ALL,
    Action,
    Annotation,
    check_body,
    identity,
    portions,
)
from app.github.client import GitHubClient
from app.github.pulls_of_commits import pulls_of_commit

__all__ = [
    "NAME",
    "REVIEW_AGAIN",
    "REVIEW_ALL",
    "Action",
    "CheckState",
    "create_check",
    "fetch_check",
    "find_check",
    "pulls_of_commit",
    "update_check",
]

NAME = "quartet"
_MOST_ANNOTATIONS = 5_000
_SETTLING_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """A check run as it is on GitHub.

    Attributes:
        id: GitHub's number.
        status: ``queued``, ``in_progress`` or ``completed``.
        conclusion: How it ended, or the empty string.
        external_id: What we call it.
        title: Of its output.
        annotations: How many remarks it has.
    """

    id: int
    status: str
    conclusion: str = ""
    external_id: str = ""
    title: str = ""
    annotations: int = 0


def create_check(
    client: GitHubClient,
    repository: Named,
    head: str,
    *,
    status: str,
    title: str,
    summary: str,
    conclusion: str = "",
    text: str = "",
    annotations: Sequence[Annotation] = (),
    actions: Sequence[Action] = (),
    external_id: str = "",
    details_url: str = "",
    name: str = NAME,
) -> int:
    """Put a check run on a commit; its number.

    Where GitHub does not say whether it was made, the commit is looked at for one of this name and ``external_id``.

    Raises:
        NotPermitted: The App may not write checks.
        GitHubError: Another of its subclasses.
    """
    body = check_body(
        status=status,
        title=title,
        summary=summary,
        conclusion=conclusion,
        text=text,
        actions=actions,
        details_url=details_url,
    )
    body["output"]["annotations"] = list(annotations[:MOST_ANNOTATIONS_AT_ONCE])
    body |= {"name": name, "head_sha": head, **({"external_id": external_id} if external_id else {})}
    about = f"a check on {_named(repository)}"
    path = f"{repository_path(repository)}/check-runs"
    try:
        made = client.write("POST", path, body, about=about)
    except (GitHubFailed, GitHubUnreachable):
        client.pause(_SETTLING_SECONDS)
        there = find_check(client, repository, head, name=name, external_id=external_id)
        made = {"id": there} if there is not None else client.write("POST", path, body, about=about)
    check = _number(made, about)
    for start in range(MOST_ANNOTATIONS_AT_ONCE, len(annotations), MOST_ANNOTATIONS_AT_ONCE):
        _annotate(client, repository, check, body["output"], annotations[start : start + MOST_ANNOTATIONS_AT_ONCE])
    return check


def update_check(
    client: GitHubClient,
    repository: Named,
    check: int,
    *,
    status: str,
    title: str,
    summary: str,
    conclusion: str = "",
    text: str = "",
    annotations: Sequence[Annotation] = (),
    actions: Sequence[Action] = (),
    details_url: str = "",
    bare: bool = False,
) -> CheckState:
    """Say anew how a check run stands, and how it stands then; doing it twice comes to the same.

    Annotations that are there already are not sent again, and its end is told with the last of them. That it is
    ``bare``, without any so far, spares the look at those that are there.

    Raises:
        NotVisible: There is no such check run.
        GitHubError: Another of its subclasses.
    """
    body = check_body(
        status=status,
        title=title,
        summary=summary,
        conclusion=conclusion,
        text=text,
        actions=actions,
        details_url=details_url,
    )
    missing = annotations if bare or not annotations else _missing(client, repository, check, annotations)
    *earlier, last = portions(missing)
    for portion in earlier:
        _annotate(client, repository, check, body["output"], portion)
    if last:
        body["output"]["annotations"] = list(last)
    return _patch(client, repository, check, body)


def find_check(
    client: GitHubClient, repository: Named, head: str, *, name: str = NAME, external_id: str = ""
) -> int | None:
    """The number of the newest check run of this name on a commit, if there is one.

    Args:
        client: Reads under its token.
        repository: Where the commit is; those of forks are reachable in the repository that they go to.
        head: The commit.
        name: Of the check run.
        external_id: What we called it, or the empty string for whichever.
    """
    state = fetch_check(client, repository, head, name=name, external_id=external_id)
    return None if state is None else state.id


def fetch_check(
    client: GitHubClient, repository: Named, head: str, *, name: str = NAME, external_id: str = ""
) -> CheckState | None:
    """The same, with how it stands."""
    about = f"the checks of {_named(repository)}"
    parameters = {"check_name": name, "filter": "all", "per_page": 100}
    found = client.get(f"{repository_path(repository)}/commits/{head}/check-runs", about=about, parameters=parameters)
    runs = found.get("check_runs") if isinstance(found, dict) else None
    if not isinstance(runs, list):
        raise NotGitHub(f"what answers for {about} is not GitHub's API; check GITHUB_API_URL")
    ours = [_state(run) for run in runs if external_id in {"", run.get("external_id")} and _by_us(client, run)]
    return max(ours, key=lambda state: state.id, default=None)


def _missing(
    client: GitHubClient, repository: Named, check: int, annotations: Sequence[Annotation]
) -> list[Annotation]:
    """Those that an earlier try has not sent."""
    path, about = f"{repository_path(repository)}/check-runs/{check}", f"a check on {_named(repository)}"
    run = client.get(path, about=about)
    if not _state(run).annotations:
        return list(annotations)
    there = {identity(item) for item in client.pages(f"{path}/annotations", about=about, most=_MOST_ANNOTATIONS)}
    return [annotation for annotation in annotations if identity(annotation) not in there]


def _annotate(
    client: GitHubClient, repository: Named, check: int, output: Mapping[str, Any], annotations: Sequence[Annotation]
) -> None:
    _patch(client, repository, check, {"output": {**output, "annotations": list(annotations)}})


def _patch(client: GitHubClient, repository: Named, check: int, body: Mapping[str, Any]) -> CheckState:
    # Annotations add up, so what carries some is not sent again unseen.
    repeatable = not body["output"].get("annotations")
    path = f"{repository_path(repository)}/check-runs/{check}"
    about = f"a check on {_named(repository)}"
    run = client.write("PATCH", path, body, about=about, repeatable=repeatable)
    _number(run, about)
    return _state(run)


def _by_us(client: GitHubClient, run: Mapping[str, Any]) -> bool:
    """Whether a check run is ours: workflows may make some of the same name, which nobody else may change."""
    slug = (run.get("app") or {}).get("slug")
    return client.login is None or slug is None or f"{slug}[bot]" == client.login


def _state(run: Mapping[str, Any]) -> CheckState:
    output = run.get("output") or {}
    return CheckState(
        id=int(run["id"]),
        status=run["status"],
        conclusion=run.get("conclusion") or "",
        external_id=run.get("external_id") or "",
        title=output.get("title") or "",
        annotations=int(output.get("annotations_count") or 0),
    )


def _number(made: Any, about: str) -> int:
    number = made.get("id") if isinstance(made, dict) else None
    if not isinstance(number, int):
        raise NotGitHub(f"what answers for {about} is not GitHub's API; check GITHUB_API_URL")
    return number


def _named(repository: Named) -> str:
    return f"{repository.owner}/{repository.repo}"

"""Why a step runs: the event's name and payload in, what is to be done out, before GitHub is asked anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.errors import Misconfigured
from app.events import Event, RepositoryId
from app.github.deliveries import Ignored
from app.github.payloads import LARGEST_NUMBER, Number, Repository, Sha, Words
from app.github.webhook import EVENTS, WORKFLOW, NotADelivery, parse_in_workflow

MOST_BYTES = 25_000_000
"""GitHub sends no larger payload (docs.github.com/en/webhooks)."""

_HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody started the workflow by hand.

    Attributes:
        repository: Where.
        number: Of the pull request; None for the one of the branch.
        branch: The branch that it was started on.
    """

    repository: RepositoryId
    number: int | None = None
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """Commits were pushed to a branch.

    Attributes:
        repository: Where.
        before: What the branch was; empty for a new one.
        after: What it is.
        branch: Its name.
        sender: Login of who pushed.
    """

    repository: RepositoryId
    before: str
    after: str
    branch: str
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """A workflow without secrets has run for a pull request, as a rule one of a fork.

    Attributes:
        repository: Where.
        repository_id: GitHub's number of it.
        head: The commit that it ran for.
        head_repository_id: GitHub's number of the repository that the commit came from.
    """

    repository: RepositoryId
    repository_id: int
    head: str
    head_repository_id: int


Occasion = Event | Asked | Pushed | Collecting | Ignored


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Account(_Part):
    login: Words = ""


def _without_null(value: object) -> object:
    return {} if value is None else value


class _InRepository(_Part):
    repository: Repository
    sender: Annotated[_Account, BeforeValidator(_without_null)] = _Account()

    @property
    def where(self) -> RepositoryId:
        return RepositoryId(installation=WORKFLOW, owner=self.repository.owner.login, repo=self.repository.name)


class _Dispatch(_InRepository):
    ref: Words = ""
    inputs: Annotated[dict[str, Any], BeforeValidator(_without_null)] = {}


class _Push(_InRepository):
    ref: Words
    before: Sha
    after: Sha
    deleted: bool = False


class _Numbered(_Part):
    id: Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class _Run(_Part):
    event: Words = ""
    conclusion: Words = ""
    head_sha: Sha
    head_repository: _Numbered


class _RunDelivery(_InRepository):
    action: Words = ""
    workflow_run: _Run


class _Pull(_Part):
    number: Number


class _PullDelivery(_Part):
    pull_request: _Pull
    repository: _Numbered


def read_occasion(event_name: str, path: Path | None, *, number: int | None = None) -> Occasion:
    """Why this step runs.

    Args:
        event_name: As ``GITHUB_EVENT_NAME`` says.
        path: As ``GITHUB_EVENT_PATH`` says.
        number: The pull request that the workflow names itself, for events that name none.

    Raises:
        Misconfigured: There is no event, or its payload cannot be read.
    """
    if not event_name or path is None:
        msg = "there is no event: GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set; quartet review needs neither"
        raise Misconfigured(msg)
    payload = _payload(path)
    readers = {"workflow_dispatch": _dispatched, "push": _pushed, "workflow_run": _collected}
    try:
        if event_name in readers:
            return readers[event_name](payload, number)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        raise Misconfigured(_unreadable(event_name, f"at {where}")) from error
    known = "pull_request" if event_name == "pull_request_target" else event_name
    if known not in EVENTS:
        return Ignored(f"nothing is done for the event {event_name}")
    found = parse_in_workflow(known, payload)
    if isinstance(found, NotADelivery):
        raise Misconfigured(_unreadable(event_name, f"({found.reason})"))
    return found


def read_numbers(event_name: str, path: Path | None) -> tuple[int, int]:
    """The numbers of the pull request and of its repository in the event of a workflow without secrets.

    Args:
        event_name: As ``GITHUB_EVENT_NAME`` says.
        path: As ``GITHUB_EVENT_PATH`` says.

    Raises:
        Misconfigured: It is no event of a pull request, or its payload cannot be read.
    """
    if event_name != "pull_request" or path is None:
        msg = "only the event pull_request is collected for another workflow; see quartet init --fork-safe"
        raise Misconfigured(msg)
    try:
        found = _PullDelivery.model_validate(_payload(path))
    except ValidationError as error:
        raise Misconfigured(_unreadable(event_name, "as a pull request's")) from error
    return found.pull_request.number, found.repository.id


def _payload(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        msg = f"the event's payload cannot be read ({reason}); GITHUB_EVENT_PATH must name the file of the runner"
        raise Misconfigured(msg) from error
    try:
        return json.loads(data) if len(data) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None


def _unreadable(event_name: str, where: str) -> str:
    return (
        f"the payload of the event {event_name[:40]} cannot be read {where}; GITHUB_EVENT_PATH must name the runner's"
    )


def _dispatched(payload: Any, number: int | None) -> Occasion:
    delivery = _Dispatch.model_validate(payload)
    said = str(delivery.inputs.get("pull-request") or delivery.inputs.get("pull_request") or "").strip().lstrip("#")
    if said and not (
        said.isascii() and said.isdecimal() and int(said[:18]) > 0 and len(said) < len(str(LARGEST_NUMBER))
    ):
        msg = "the workflow's input pull-request is no number of a pull request; write it as 7"
        raise Misconfigured(msg)
    branch = delivery.ref.removeprefix(_HEADS) if delivery.ref.startswith(_HEADS) else ""
    return Asked(repository=delivery.where, number=number or (int(said) if said else None), branch=branch)


def _pushed(payload: Any, _: int | None) -> Occasion:
    delivery = _Push.model_validate(payload)
    if not delivery.ref.startswith(_HEADS):
        return Ignored("a tag was pushed, not a branch")
    if delivery.deleted or not delivery.after.strip("0"):
        return Ignored("the branch was deleted")
    return Pushed(
        repository=delivery.where,
        before=delivery.before if delivery.before.strip("0") else "",
        after=delivery.after,
        branch=delivery.ref.removeprefix(_HEADS),
        sender=delivery.sender.login,
    )


def _collected(payload: Any, _: int | None) -> Occasion:
    delivery = _RunDelivery.model_validate(payload)
    run = delivery.workflow_run
    if delivery.action != "completed":
        return Ignored("the workflow that collects has not ended")
    if run.event != "pull_request":
        return Ignored("the workflow that collects did not run for a pull request")
    if run.conclusion != "success":
        return Ignored("the workflow that collects did not succeed; its own run says why")
    return Collecting(
        repository=delivery.where,
        repository_id=delivery.repository.id,
        head=run.head_sha,
        head_repository_id=run.head_repository.id,
    )

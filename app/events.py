"""What a delivery from GitHub means, as values that survive a queue; made of payloads in ``app.github.webhook``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from app.github.addresses import PullRequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryId:
    """A repository on which the App is installed.

    Attributes:
        installation: GitHub's number of the installation, whose token reads and writes it.
        owner: Login of its owner.
        repo: Its name.
    """

    installation: int
    owner: str
    repo: str

    @property
    def full_name(self) -> str:
        """``owner/repo``."""
        return f"{self.owner}/{self.repo}"

    def pull(self, number: int) -> PullRequestId:
        """One of its pull requests."""
        return PullRequestId(owner=self.owner, repo=self.repo, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestChanged:
    """A pull request was opened, reopened, pushed to, marked ready, labelled or closed.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        repository: Where.
        number: Which.
        action: GitHub's word for it.
        head: Its head at that moment; deliveries come unordered, so this may be an old one.
        base_ref: Name of the branch it goes to.
        head_ref: Name of the branch it comes from.
        draft: Whether it is a draft.
        author: Login of who opened it.
        author_is_bot: Whether that is an App or another machine account.
        labels: Names of its labels.
        label: The label that was added, for ``labeled``.
        sender: Login of who caused the delivery.
        opened_at: When it was opened; None where GitHub does not say.
        closed_at: When it was closed; None while it is open.
        merged_at: When it was merged; None where it was not.
    """

    kind: Literal["pull_request"] = "pull_request"
    repository: RepositoryId
    number: int
    action: Literal["opened", "reopened", "synchronize", "ready_for_review", "closed", "labeled"]
    head: str
    base_ref: str = ""
    head_ref: str = ""
    draft: bool = False
    author: str = ""
    author_is_bot: bool = False
    labels: tuple[str, ...] = ()
    label: str = ""
    sender: str = ""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestReviewed:
    """A person who is not its author has reviewed a pull request.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        repository: Where.
        number: Which.
        at: When.
    """

    kind: Literal["review"] = "review"
    repository: RepositoryId
    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWritten:
    """Somebody wrote on a pull request: in its conversation, or in a thread on the diff.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        repository: Where.
        number: Which pull request.
        comment: GitHub's number of the comment.
        on_diff: Whether it stands in a thread on the diff.
        in_reply_to: For a reply in such a thread, the number of its first comment.
        body: Its text, as it was when it was created.
        author: Login of who wrote it.
        author_is_bot: Whether that is an App or another machine account.
    """

    kind: Literal["comment"] = "comment"
    repository: RepositoryId
    number: int
    comment: int
    on_diff: bool = False
    in_reply_to: int | None = None
    body: str
    author: str
    author_is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadChanged:
    """A thread on the diff was resolved or opened again.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        repository: Where.
        number: Which pull request.
        comment: GitHub's number of the thread's first comment.
        resolved: Whether it was resolved.
        sender: Login of who did it.
        sender_is_bot: Whether that is a machine account, such as our own.
    """

    kind: Literal["thread"] = "thread"
    repository: RepositoryId
    number: int
    comment: int
    resolved: bool
    sender: str
    sender_is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAsked:
    """Somebody pressed a button of a check, or asked for all of them again.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        repository: Where.
        head: The commit it stands on.
        numbers: Its pull requests, as far as GitHub says: for those of forks it says none.
        action: What was asked: ``review`` again, or the identifier of a button.
        sender: Login of who asked.
        sender_is_bot: Whether that is a machine account.
    """

    kind: Literal["check"] = "check"
    repository: RepositoryId
    head: str
    numbers: tuple[int, ...] = ()
    action: str = "review"
    sender: str = ""
    sender_is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeGroupAsked:
    """A merge queue wants its checks on a commit that combines pull requests which were reviewed one by one."""

    kind: Literal["merge_group"] = "merge_group"
    repository: RepositoryId
    head: str
    head_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationChanged:
    """The App was installed, removed, suspended, or given other repositories.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        installation: GitHub's number of it.
        account: Login of whose it is.
        action: GitHub's word: ``created``, ``deleted``, ``suspend``, ``unsuspend``, ``new_permissions_accepted``,
            ``added``, ``removed``.
        repositories: Full names of those that were added or removed; of all for ``created`` and ``deleted``.
    """

    kind: Literal["installation"] = "installation"
    installation: int
    account: str = ""
    action: str
    repositories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRenamed:
    """A repository has another name now.

    Attributes:
        kind: Tells it from the other events when it is read back from the queue.
        repository: Under its new name.
        former: Full name that it had before.
    """

    kind: Literal["repository"] = "repository"
    repository: RepositoryId
    former: str


Event = (
    PullRequestChanged
    | PullRequestReviewed
    | CommentWritten
    | ThreadChanged
    | CheckAsked
    | MergeGroupAsked
    | InstallationChanged
    | RepositoryRenamed
)

_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def to_data(event: Event) -> dict[str, Any]:
    """An event as JSON takes it."""
    data: dict[str, Any] = _EVENTS.dump_python(event, mode="json")
    return data


def from_data(data: object) -> Event:
    """The event that ``to_data`` made this of."""
    return _EVENTS.validate_python(data)

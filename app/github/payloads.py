"""The parts of GitHub's webhook payloads that are read, with the shapes they must have.

Whatever GitHub may leave out or send as null has a default; whatever ends up in a path, a log or a name of a job has a
pattern. Fields that are not named here are not looked at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

LARGEST_NUMBER = 2**63 - 1

Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Sha = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
Owner = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,98}$")]
RepositoryName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}(?:\[bot\])?$")]


def _words(value: object) -> object:
    # Half a surrogate pair, which JSON can escape, can be stored and sent nowhere.
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return "" if value is None else value


def _entries(value: object) -> object:
    return [] if value is None else value


def _moment(value: object) -> datetime | None:
    # What happened counts, whenever it was: a time that cannot be read keeps no delivery back.
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Words = Annotated[str, BeforeValidator(_words)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Account(_Part):
    """A user, an organisation or a machine account."""

    login: Login
    type: Words = ""

    @property
    def is_bot(self) -> bool:
        """Whether it is an App or another machine account."""
        return self.type == "Bot" or self.login.endswith("[bot]")


Nobody = Account | None
"""GitHub sends null for an account that is gone."""


class RepositoryOwner(_Part):
    """Whose a repository is."""

    login: Owner


class Repository(_Part):
    """The repository that a delivery is about."""

    id: int = 0
    name: RepositoryName
    owner: RepositoryOwner


class Installation(_Part):
    """The installation of the App that a delivery is for."""

    id: Number
    account: Nobody = None


class InRepository(_Part):
    """What every delivery about a repository has."""

    action: str
    installation: Installation
    repository: Repository
    sender: Nobody = None


class Branch(_Part):
    """An end of a pull request."""

    sha: Sha
    ref: Words = ""


class Label(_Part):
    """A label."""

    name: Words = ""


class PullRequest(_Part):
    """A pull request, in deliveries about it."""

    number: Number
    head: Branch
    base: Branch
    draft: bool | None = None
    user: Nobody = None
    labels: Annotated[list[Label], BeforeValidator(_entries)] = []
    created_at: Moment = None
    closed_at: Moment = None
    merged_at: Moment = None


class PullRequestDelivery(InRepository):
    """``pull_request``."""

    pull_request: PullRequest
    label: Label | None = None


class Numbered(_Part):
    """Anything that has a number in its repository."""

    number: Number


class AuthoredPull(Numbered):
    """A pull request, as far as who opened it."""

    user: Nobody = None


class SubmittedReview(_Part):
    """A review that somebody has submitted."""

    user: Nobody = None
    submitted_at: Moment = None


class ReviewDelivery(InRepository):
    """``pull_request_review``."""

    pull_request: AuthoredPull
    review: SubmittedReview


class Issue(Numbered):
    """An issue or a pull request; for the latter GitHub adds where it is."""

    pull_request: dict[str, object] | None = None


class Comment(_Part):
    """A comment in a conversation or on a diff."""

    id: Number
    body: Words = ""
    user: Nobody = None
    in_reply_to_id: Number | None = None


class IssueCommentDelivery(InRepository):
    """``issue_comment``."""

    issue: Issue
    comment: Comment


class ReviewCommentDelivery(InRepository):
    """``pull_request_review_comment``."""

    pull_request: Numbered
    comment: Comment


class Identified(_Part):
    """Anything that has GitHub's own number."""

    id: Number


class Thread(_Part):
    """A thread on a diff."""

    comments: Annotated[list[Identified], Field(min_length=1)]


class ReviewThreadDelivery(InRepository):
    """``pull_request_review_thread``."""

    pull_request: Numbered
    thread: Thread


class BaseRepository(_Part):
    """Where a pull request is."""

    id: int = 0


class CheckedBase(_Part):
    """The base of a pull request that a check belongs to."""

    repo: BaseRepository = BaseRepository()


class CheckedPull(Numbered):
    """A pull request that a check belongs to; it may be one of another repository."""

    base: CheckedBase = CheckedBase()


class Check(_Part):
    """A check run or a check suite."""

    head_sha: Sha
    pull_requests: Annotated[list[CheckedPull], BeforeValidator(_entries)] = []


class RequestedAction(_Part):
    """Which button of a check run was pressed."""

    identifier: Words = ""


class CheckRunDelivery(InRepository):
    """``check_run``."""

    check_run: Check
    requested_action: RequestedAction | None = None


class CheckSuiteDelivery(InRepository):
    """``check_suite``."""

    check_suite: Check


class MergeGroup(_Part):
    """A commit that a merge queue wants to merge."""

    head_sha: Sha
    head_ref: Words = ""


class MergeGroupDelivery(InRepository):
    """``merge_group``."""

    merge_group: MergeGroup


class NamedRepository(_Part):
    """A repository in a list of an installation's."""

    full_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,98}/[A-Za-z0-9._-]{1,100}$")]


class Former(_Part):
    """What something was called before."""

    former: RepositoryName = Field(alias="from")


class RenamedRepository(_Part):
    """What of a repository has changed."""

    name: Former


class Renaming(_Part):
    """What has changed."""

    repository: RenamedRepository


class RepositoryDelivery(InRepository):
    """``repository``, where it was renamed."""

    changes: Renaming


_NamedRepositories = Annotated[list[NamedRepository], BeforeValidator(_entries)]


class InstallationDelivery(_Part):
    """``installation`` and ``installation_repositories``."""

    action: str
    installation: Installation
    repositories: _NamedRepositories = []
    repositories_added: _NamedRepositories = []
    repositories_removed: _NamedRepositories = []

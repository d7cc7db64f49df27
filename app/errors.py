"""Everything that keeps the product from doing what it was asked; each class knows the exit status it leads to.

AppError                        exit status 3: the review could not be done or is incomplete
├── Misconfigured               exit status 2: usage or configuration
│   ├── NothingToReview         the change that was named is empty
│   └── NotAPullRequest         the text names no pull request, or one on another host
├── QueueDown                   Redis does not answer, or not as a queue; what was to be queued is not
├── StoreDown                   the database of the product does not answer, is full or is locked
│   └── StoreRefused            it answers, and does not take what it was given
├── TurnLost                    another worker has taken over the pull request; what is not posted is not ours to post
├── ExportFailed                Langfuse cannot be read to the end; what came before is there
├── OutputLost                  the report could not be written where it was wanted
├── NotCollected                what a workflow without secrets has left is not what it should be
└── GitHubError                 GitHub did not do what it was asked; carries the HTTP status
    ├── GitHubMisconfigured     exit status 2: a person has to change a setting first
    │   ├── WrongToken          the token is wrong, expired or revoked (401)
    │   ├── NotVisible          it does not exist, or this token cannot see it (404)
    │   ├── NotPermitted        the token, or the state of the repository, does not allow it (403)
    │   ├── InstallationSuspended  the App's installation is suspended (403)
    │   ├── InstallationGone    the App is not installed there, or not any more (404)
    │   └── NotGitHub           the address does not answer as GitHub does
    ├── GitHubRateLimited       the wait that GitHub asks for is longer than we are willing to wait
    ├── GitHubUnreachable       no connection, or no answer in time
    ├── GitHubFailed            GitHub broke down (5xx)
    ├── GraphQLRefused          a query was answered with errors, or not at all
    ├── Unprocessable           GitHub understood the request and refuses its content (422)
    ├── HeadMoved               the pull request got new commits while it was reviewed
    └── PostFailed              posting stopped half-way; says what is posted and what is not
"""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """Root of this package's errors; its text is one line that names the cure."""

    exit_status: ClassVar[int] = 3


class Misconfigured(AppError):
    """What was asked for, or how the program is set up, cannot be meant."""

    exit_status = 2


class NothingToReview(Misconfigured):
    """The change that was named is empty."""


class OutputLost(AppError):
    """The report could not be written where it was wanted; it was shown instead."""


class NotCollected(AppError):
    """What a workflow without secrets has left for the one that reviews is missing, or not what it should be."""


class ExportFailed(AppError):
    """Langfuse cannot be read to the end; what came before is there, and the next export goes on from it."""


class QueueDown(AppError):
    """Redis does not answer, or not as a queue; what was to be queued is not."""


class StoreDown(AppError):
    """The database of the product does not answer, is full or is locked for too long."""


class StoreRefused(StoreDown):
    """The database answers, and does not take what it was given; another try of the same is refused again."""


class TurnLost(AppError):
    """Another worker has taken over the pull request: what is not posted by now is not ours to post."""


class NotAPullRequest(Misconfigured):
    """The text names no pull request, or one on another host than the API's."""


class GitHubError(AppError):
    """GitHub did not do what it was asked.

    Attributes:
        status: HTTP status of the answer, or None where there was none.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class GitHubMisconfigured(GitHubError):
    """A person has to change a token, a permission or an address first."""

    exit_status = 2


class WrongToken(GitHubMisconfigured):
    """The token is wrong, expired or revoked."""


class NotVisible(GitHubMisconfigured):
    """It does not exist, or this token cannot see it: GitHub tells the two apart for nobody."""


class NotPermitted(GitHubMisconfigured):
    """The token's permissions, or the state of the repository or conversation, do not allow it."""


class InstallationSuspended(GitHubMisconfigured):
    """The owner, or GitHub, has suspended the App's installation; nothing can be read or written until that ends."""


class InstallationGone(GitHubMisconfigured):
    """The App is not installed there, or not any more."""


class NotGitHub(GitHubMisconfigured):
    """The address does not answer as GitHub does."""


class GitHubRateLimited(GitHubError):
    """GitHub asks to wait longer than we are willing to.

    Attributes:
        wait: Seconds until GitHub takes requests again.
    """

    def __init__(self, message: str, *, status: int | None = None, wait: float) -> None:
        super().__init__(message, status=status)
        self.wait = wait


class GitHubUnreachable(GitHubError):
    """No connection, or no complete answer in time; a write may have happened all the same."""


class GitHubFailed(GitHubError):
    """GitHub broke down while answering; a write may have happened all the same."""


class GraphQLRefused(GitHubError):
    """A GraphQL query was answered with errors or with something else than was asked for."""


class Unprocessable(GitHubError):
    """GitHub understood the request and refuses its content.

    Attributes:
        reasons: GitHub's own words, for decisions and for people.
    """

    def __init__(self, message: str, *, status: int | None = None, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message, status=status)
        self.reasons = reasons


class HeadMoved(GitHubError):
    """The pull request got new commits while it was reviewed."""


class PostFailed(GitHubError):
    """Posting stopped half-way."""

"""When a repository's last pull requests were opened, reviewed and merged: what a comparison with today needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import GraphQLRefused
from app.github.addresses import Named
from app.github.client import GitHubClient
from app.store.values import FirstReviewBy, PullTimes

MOST = 100
"""As many as GitHub tells in one answer; medians of more would not be much surer."""

_QUERY = """
query PullTimes($owner: String!, $repo: String!, $most: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequests(first: $most, states: [CLOSED, MERGED], orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes {
        number
        createdAt
        mergedAt
        closedAt
        author { login }
        reviews(first: 20) { nodes { submittedAt viewerDidAuthor author { __typename login } } }
      }
    }
  }
}
"""


def fetch_pull_times(client: GitHubClient, repository: Named) -> tuple[PullTimes, ...]:
    """The times of the hundred closed pull requests that were opened last, in one request.

    Raises:
        GraphQLRefused: GitHub does not tell, for example because the token may not read pull requests.
        WrongToken: The token is not accepted.
        GitHubRateLimited: GitHub asks to wait too long.
    """
    about = f"the closed pull requests of {repository.owner}/{repository.repo}"
    variables = {"owner": repository.owner, "repo": repository.repo, "most": MOST}
    data = client.graphql_in_part(_QUERY, variables, about=about)
    try:
        return tuple(_times(node) for node in data["repository"]["pullRequests"]["nodes"] if node is not None)
    except (KeyError, TypeError, ValueError) as error:
        raise GraphQLRefused(f"GraphQL does not tell {about}") from error


def _times(node: Mapping[str, Any]) -> PullTimes:
    reviews = [(_moment(each["submittedAt"]), by) for each in node["reviews"]["nodes"] if (by := _by(each, node))]
    first = min(((at, by) for at, by in reviews if at is not None), default=(None, None))
    return PullTimes(
        number=int(node["number"]),
        opened_at=_moment(node["createdAt"]),
        first_review_at=first[0],
        first_review_by=first[1],
        merged_at=_moment(node["mergedAt"]),
        closed_at=_moment(node["closedAt"]),
    )


def _by(review: Mapping[str, Any], pull: Mapping[str, Any]) -> FirstReviewBy | None:
    """Whose review it is; None for one of its author, of another machine, or of an account that is gone."""
    if review["viewerDidAuthor"]:
        return "quartet"
    author = review["author"] or {}
    if author.get("__typename") != "User" or author["login"] == (pull["author"] or {}).get("login"):
        return None
    return "person"


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

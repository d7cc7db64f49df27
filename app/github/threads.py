"""What is done to threads on the diff: answered, and ended: resolved, or told in our comment, which is then hidden.

Resolving needs ``contents: write``, which is much to ask of an owner for a tick mark; the other way is the usual one.
"""

from __future__ import annotations

import re
from typing import Literal

from app.errors import GraphQLRefused, NotGitHub, NotPermitted, NotVisible
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.reviews import signed
from app.github.thread_reading import Reply, Thread, fetch_threads

__all__ = [
    "Reply",
    "Thread",
    "edit_remark",
    "fetch_threads",
    "fixed",
    "mark_fixed",
    "mark_withdrawn",
    "minimise",
    "not_fixed",
    "reply",
    "resolve",
    "unresolve",
    "withdrawn",
]

Classifier = Literal["RESOLVED", "OUTDATED", "DUPLICATE", "OFF_TOPIC"]

_RESOLVE = """
mutation Resolve($thread: ID!) { resolveReviewThread(input: {threadId: $thread}) { thread { isResolved } } }
"""
_UNRESOLVE = """
mutation Unresolve($thread: ID!) { unresolveReviewThread(input: {threadId: $thread}) { thread { isResolved } } }
"""
_MINIMISE = """
mutation Minimise($subject: ID!, $classifier: ReportedContentClassifiers!) {
  minimizeComment(input: {subjectId: $subject, classifier: $classifier}) { minimizedComment { isMinimized } }
}
"""
_HIDDEN = re.compile(r"(?:<!-- quartet:[^\n]*-->\s*)*")
_WITHDRAWN = "↩️ Withdrawn: a second look refuted it"
_FIXED = re.compile(r"✅ Fixed in [0-9a-f]+[^\n]*(?:\n\n|\Z)")


def reply(client: GitHubClient, pull: PullRequestId, comment: int, body: str) -> int:
    """Answer in the thread that begins with a comment; the answer's number.

    Raises:
        NotVisible: Somebody deleted the comment.
        GitHubFailed: It may have been written all the same.
        GitHubUnreachable: It may have been written all the same.
        GitHubError: Another of its subclasses.
    """
    about = f"an answer on {pull}"
    path = f"{pull.path}/comments/{comment}/replies"
    made = client.write("POST", path, {"body": signed(client, pull, body)}, about=about)
    number = made.get("id") if isinstance(made, dict) else None
    if not isinstance(number, int):
        raise NotGitHub(f"what answers for {about} is not GitHub's API; check GITHUB_API_URL")
    return number


def edit_remark(client: GitHubClient, pull: PullRequestId, comment: int, body: str) -> None:
    """Replace the text of one of our comments on the diff.

    Raises:
        NotVisible: Somebody deleted it.
        GitHubError: Another of its subclasses.
    """
    path = f"{pull.repository_path}/pulls/comments/{comment}"
    text = {"body": signed(client, pull, body)}
    client.write("PATCH", path, text, about=f"a remark on {pull}", repeatable=True)


def resolve(client: GitHubClient, thread: Thread) -> None:
    """Resolve a thread.

    Raises:
        NotPermitted: The App has no ``contents: write`` there.
        GraphQLRefused: GraphQL does not answer, or the thread is known by REST alone.
        GitHubError: Another of its subclasses.
    """
    _change(client, _RESOLVE, thread)


def unresolve(client: GitHubClient, thread: Thread) -> None:
    """Open a thread again. It raises what ``resolve`` does."""
    _change(client, _UNRESOLVE, thread)


def minimise(client: GitHubClient, node_id: str, classifier: Classifier) -> None:
    """Hide a comment, which people can still open.

    Args:
        client: Writes under its token.
        node_id: GitHub's name of the comment for GraphQL.
        classifier: The reason that is shown.
    """
    variables = {"subject": node_id, "classifier": classifier}
    client.mutate(_MINIMISE, variables, about="a hidden comment")


def mark_fixed(client: GitHubClient, pull: PullRequestId, thread: Thread, head: str) -> bool:
    """Show that what one of our threads is about is gone; doing it twice comes to the same.

    Args:
        client: Writes under its token.
        pull: Where.
        thread: One that our account began.
        head: The commit in which it is gone.

    Returns:
        Whether the thread is resolved; otherwise our comment says that it is fixed, and is hidden where that works.

    Raises:
        NotVisible: Somebody deleted the comment.
        GitHubError: Another of its subclasses.
    """
    if thread.resolved:
        return True
    try:
        resolve(client, thread)
    except (NotPermitted, GraphQLRefused, NotVisible):
        pass  # NotVisible is what GitHub says of a thread in a repository that the token may not change
    else:
        return True
    _say(client, pull, thread, fixed(thread.body, head))
    _hide(client, thread)
    return False


def mark_withdrawn(client: GitHubClient, pull: PullRequestId, thread: Thread) -> None:
    """Take back what one of our threads says, in its comment, and end it as far as the App may; twice is as good.

    It raises what ``mark_fixed`` does.
    """
    _say(client, pull, thread, withdrawn(thread.body))
    try:
        resolve(client, thread)
    except (NotPermitted, GraphQLRefused, NotVisible):
        _hide(client, thread)


def fixed(body: str, head: str) -> str:
    """A remark with a line on top that it is fixed, once; hidden lines keep their places.

    >>> fixed("Name reaches the query.", "0123456789abcdef")
    '✅ Fixed in 0123456789ab\\n\\nName reaches the query.'
    """
    hidden = _HIDDEN.match(body)
    split = hidden.end() if hidden else 0
    if _FIXED.match(body, split):
        return body
    return f"{body[:split]}✅ Fixed in {head[:12]}\n\n{body[split:]}"


def withdrawn(body: str) -> str:
    """A remark with a line on top that it does not hold, once; hidden lines keep their places.

    >>> withdrawn("Name reaches the query.")
    '↩️ Withdrawn: a second look refuted it\\n\\nName reaches the query.'
    """
    hidden = _HIDDEN.match(body)
    split = hidden.end() if hidden else 0
    return body if body.startswith(_WITHDRAWN, split) else f"{body[:split]}{_WITHDRAWN}\n\n{body[split:]}"


def not_fixed(body: str) -> str:
    """The same without that line, where the code is back."""
    hidden = _HIDDEN.match(body)
    split = hidden.end() if hidden else 0
    return body[:split] + _FIXED.sub("", body[split:], count=1) if _FIXED.match(body, split) else body


def _say(client: GitHubClient, pull: PullRequestId, thread: Thread, text: str) -> None:
    if text != thread.body:
        edit_remark(client, pull, thread.comment, text)


def _hide(client: GitHubClient, thread: Thread) -> None:
    if not thread.node_id or thread.minimised:
        return
    try:
        minimise(client, thread.node_id, "RESOLVED")
    except (NotPermitted, GraphQLRefused):
        return  # the comment says it already


def _change(client: GitHubClient, mutation: str, thread: Thread) -> None:
    if not thread.id:
        raise GraphQLRefused("this thread is known by REST alone")
    client.mutate(mutation, {"thread": thread.id}, about="a thread")

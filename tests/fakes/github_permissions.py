"""Which permission of an App each REST request needs, and what GitHub says to an App that lacks it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.fakes.github_replies import refused
from tests.fakes.server import Incoming, Reply

LEVELS = {"read": 1, "write": 2, "admin": 3}
DEFAULT = {
    "metadata": "read",
    "contents": "read",
    "pull_requests": "write",
    "issues": "write",
    "checks": "write",
}

# docs.github.com/en/rest/authentication/permissions-required-for-github-apps; any one of the named is enough.
_NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"/check-runs(/.*)?|/commits/[^/]+/check-runs|/check-suites.*", ("checks",)),
    (r"/collaborators/.*", ("metadata",)),
    (r"", ("metadata",)),
    (r"/commits/[^/]+/pulls", ("pull_requests", "contents")),
    (r"/pulls.*", ("pull_requests",)),
    (r"/issues.*", ("issues", "pull_requests")),
    (r"/(contents|git|compare|commits).*", ("contents",)),
)


def allowed(permissions: Mapping[str, str], name: str, level: str) -> bool:
    return LEVELS.get(permissions.get(name, ""), 0) >= LEVELS[level]


def lacking(request: Incoming, place: str, permissions: Mapping[str, str]) -> Reply | None:
    """The refusal of a request, or None; ``place`` is the path below the repository's."""
    level = "read" if request.method in {"GET", "HEAD"} else "write"
    names = next((names for pattern, names in _NEEDED if re.fullmatch(pattern, place)), ("metadata",))
    if any(allowed(permissions, name, level) for name in names):
        return None
    needed = {"x-accepted-github-permissions": "; ".join(f"{name}={level}" for name in names)}
    return refused(403, "Resource not accessible by integration", **needed)

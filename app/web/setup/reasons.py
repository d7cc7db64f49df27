"""Why the App wants each of its permissions, for people."""

from __future__ import annotations

from app.web.setup.manifest import PERMISSIONS

_REASONS = {
    "metadata": "GitHub gives it to every App; it says who may write to a repository, and so who may command.",
    "contents": "Reads the changed files, the rules of your house and .quartet.yml. It can write no code.",
    "pull_requests": "Reads pull requests; posts reviews, comments and answers.",
    "issues": "A pull request's conversation is an issue's to GitHub: the summary, answers and 👀 go there.",
    "checks": "Shows what is under way and how it ended, beside the other checks.",
    "merge_queues": "Hears that a merge queue waits for a check, so that it never waits in vain.",
}

PERMISSION_REASONS = tuple(
    (name.replace("_", " ").capitalize(), level, _REASONS[name]) for name, level in PERMISSIONS.items()
)
"""Name, level and reason of each."""

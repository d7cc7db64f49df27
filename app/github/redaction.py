"""Text in, the same text without GitHub tokens out."""

from __future__ import annotations

import re

# Formats: github.blog/engineering/behind-githubs-new-authentication-token-formats; installation tokens carry a JWT
# with dots since 2026-04-27.
_TOKENS = re.compile(r"(?:gh[opusr]_[A-Za-z0-9._-]{16,}|github_pat_[A-Za-z0-9_]{16,}|v1\.[0-9a-f]{40})")
_MARK = "[token]"


def redact(text: str, *secrets: str) -> str:
    """``text`` with everything that looks like a GitHub token, and each of ``secrets``, replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, _MARK)
    return _TOKENS.sub(_MARK, text)

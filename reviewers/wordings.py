"""The name and version of the words that a question is put in, for those who compare wordings."""

from __future__ import annotations

import hashlib

from llm_runtime.messages import PromptVariant

_DIGITS = 12


def wording(name: str, *texts: str) -> PromptVariant:
    """What a wording goes by: its name, and a digest of all the words that do not depend on the change.

    Args:
        name: What it is for.
        texts: The words.

    >>> wording("security", "Look for injections.").version == wording("security", "Look for leaks.").version
    False
    """
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    return PromptVariant(name, digest[:_DIGITS])

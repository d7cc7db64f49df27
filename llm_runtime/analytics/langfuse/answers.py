"""An answer of Langfuse to what it was sent comes in, what is to be done about it goes out."""

from __future__ import annotations

from llm_runtime.analytics.langfuse.errors import KeysRefused, WritingRefused
from llm_runtime.analytics.outbox import NotDelivered

TOO_LARGE = WritingRefused("Langfuse takes no observation of that size; switch QUARTET_KEEP_CONTENT off")
"""What came of a request that is too large; less at once may do."""

_PASSING = frozenset({408, 409, 425, 429})


def not_arrived(reason: int | str) -> NotDelivered | KeysRefused | WritingRefused:
    """Why something has not arrived: ``NotDelivered`` where a later try may do.

    Args:
        reason: The status of the answer, or the name of the error's class where there was none.

    >>> not_arrived(503)
    NotDelivered('Langfuse does not take what is sent (503)')
    >>> not_arrived(401)
    KeysRefused('Langfuse does not take the keys (401); check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY')
    """
    if isinstance(reason, str):
        return NotDelivered(f"Langfuse does not answer ({reason})")
    if reason == 413:  # noqa: PLR2004 - the content is too large
        return TOO_LARGE
    if reason in {401, 403}:
        return KeysRefused(
            f"Langfuse does not take the keys ({reason}); check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY"
        )
    if reason in _PASSING or reason >= 500:  # noqa: PLR2004 - the server's fault
        return NotDelivered(f"Langfuse does not take what is sent ({reason})")
    return WritingRefused(f"Langfuse takes nothing of the kind ({reason}); check LANGFUSE_BASE_URL")

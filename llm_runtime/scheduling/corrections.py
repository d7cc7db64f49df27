"""What a vendor says of its limits corrects an account: rejections, headers, a quota that is used up."""

from __future__ import annotations

from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.scheduling.account import Amounts, Book, Entry
from llm_runtime.scheduling.admission import current_caps, respace
from llm_runtime.scheduling.ledger import Ask
from llm_runtime.scheduling.limits import Caps, RateLimits, burst_of, capped_requests, capped_tokens
from llm_runtime.scheduling.projection import trusted_burst

_FULL = 0.8
_STRICT_BELOW = 0.1
_BUNCHED_SLOTS = 4
_BUNCHED_CALLS = 5.5
_SLOWER = 0.75
_BELIEVED_WINDOWS = 10
_WORTH_CORRECTING = 0.05
_MINUTELY = 1.5


def reject(book: Book, ask: Ask, retry_after: float | None, now: float) -> None:
    """The vendor answered 429. The call keeps its place among the requests: some vendors count it, none minds.

    What follows depends on what our own log says. With the window not nearly full there is a limit below the minute,
    so the burst halves, once for all calls that were sent before we knew; each quiet hour doubles it again. If the last
    calls were spaced already, or the window is nearly full, the limit itself is lower than we believe (or somebody else
    uses it): what was accepted in this window is the limit from now on. With less than half a window to judge by, it
    may as well be the burst that has just been paid for; only when there is no burst left to halve, three quarters of
    what we believed is the limit.
    """
    account, limits, window = book.account, ask.limits, ask.limits.shape.window_seconds
    caps = current_caps(account, limits, now)
    entry = book.entry(ask.ticket)
    if retry_after is not None:
        account.blocked_until = max(account.blocked_until, now + retry_after)
    if entry is None or entry.rejected:
        return
    fullness = _fullness(book.used(now - window), caps)
    news = entry.at > account.halved_at
    back = Amounts(0, -entry.amounts.input_tokens, -entry.amounts.output_tokens)
    moved = respace(account, entry.moved, back, caps, window)
    book.put(entry._replace(amounts=Amounts(entry.amounts.requests), rejected=True, moved=moved))
    if caps.requests is None or not news:
        return
    unit = window / caps.requests
    bunched = book.accepted(now - _BUNCHED_SLOTS * unit) + 1 > _BUNCHED_CALLS
    trusted = trusted_burst(account, window, now)
    strict = int(burst_of(caps.requests, limits.shape) * trusted) <= 1
    if fullness < _FULL:
        trusted = trusted / 2 if trusted > _STRICT_BELOW else 0.0
    account.burst_scale = trusted
    account.halved_at = now
    account.slots[0] = max(account.slots[0], now + unit)
    if bunched and fullness < _FULL:
        return
    since = next((entry.at for entry in book.oldest(now - window)), now)
    known = book.accepted(now - window)
    if now - since < window / 2 and fullness < _FULL:
        if not strict:
            return
        known = int(caps.requests * _SLOWER)
    learned = capped_requests(max(1, known), limits.shape)
    account.learned_requests = min(caps.requests, learned or 1)
    account.learned_until = now + _BELIEVED_WINDOWS * window


def observe(book: Book, limits: RateLimits, feedback: RateLimitFeedback, now: float) -> None:
    """Correct the account by the vendor's word.

    Its limits replace ours. What it counts beyond our own log was used by somebody else with the same key, and counts
    until the vendor says that it is gone.
    """
    account, window = book.account, limits.shape.window_seconds
    used = book.used(now - window)
    allowances = (feedback.requests, feedback.input_tokens, feedback.output_tokens)
    for index, allowance in enumerate(allowances):
        if not _is_of_the_window(allowance, window):
            continue
        assert allowance.limit is not None  # noqa: S101 - _is_of_the_window has seen to it
        account.told[index] = (capped_tokens if index else capped_requests)(allowance.limit, limits.shape)
        if allowance.remaining is None:
            continue
        foreign = allowance.limit - allowance.remaining - used[index]
        if foreign > max(1, allowance.limit * _WORTH_CORRECTING):
            reset = min(window, window if allowance.reset_seconds is None else allowance.reset_seconds)
            amounts = Amounts(*(foreign if index == other else 0 for other in range(3)))
            book.put(Entry(f"others:{index}", now - window + reset, amounts))


def trip(book: Book, error: str, seconds: float, now: float) -> None:
    """Open the circuit breaker; one that is open longer stays so."""
    if now + seconds > book.account.broken_until:
        book.account.broken_until, book.account.broken_by = now + seconds, error


def _fullness(used: Amounts, caps: Caps) -> float:
    limits = (caps.requests, caps.input_tokens, caps.output_tokens)
    return max(amount / cap if cap else 0.0 for amount, cap in zip(used, limits, strict=True))


def _is_of_the_window(allowance: Allowance, window: float) -> bool:
    """Whether a limit is one per window: some vendors tell of their limits per day in the same headers."""
    if not allowance.limit:
        return False
    return allowance.reset_seconds is None or allowance.reset_seconds <= _MINUTELY * window

"""The rules of a rate ledger as functions over an open book: may a call be sent, and what becomes of its room."""

from __future__ import annotations

from llm_runtime.errors import RequestTooLarge
from llm_runtime.scheduling.account import NEVER, Account, Amounts, Book, Entry, Waiting
from llm_runtime.scheduling.ledger import Answer, Ask, Broken, Granted, Wait
from llm_runtime.scheduling.limits import DAY, Caps, Demand, RateLimits, burst_of
from llm_runtime.scheduling.projection import Meter, Projection

ROUNDING = 1e-6
"""Added to every wait, once for each call ahead too, so that nobody wakes a rounding error too early."""
_GRACE = 1 / 30


def reserve(book: Book, ask: Ask, now: float, unix: float) -> Answer:
    """Grant the call, or say when to ask again.

    A ticket that was granted already is granted again and counts once: its holder has not heard the answer.

    Args:
        book: The key's account.
        ask: The call.
        now: Seconds on the ledger's clock, which never goes back.
        unix: Seconds since 1970, for the vendor's day.

    Raises:
        RequestTooLarge: Its limits can never admit a call of that size.
    """
    account, window = book.account, ask.limits.shape.window_seconds
    if account.broken_until > now:
        return Broken(error=account.broken_by, seconds=account.broken_until - now)
    held = book.entry(ask.ticket)
    if held is not None and held.at > now - window and not held.rejected:
        return Granted(place=max(0, account.next_place - 1) if ask.place is None else ask.place)
    caps = current_caps(account, ask.limits, now)
    amounts = _amounts(ask.demand)
    refuse_too_large(ask, caps)
    midnight = _day_is_full(account, ask.limits, unix)
    if midnight is not None:
        return _later(book, ask, amounts, now, midnight)
    place = account.next_place if ask.place is None else ask.place
    projection = Projection(book, _meters(caps, ask.limits), window, now)
    before = [other for other in book.ahead(ask.priority, place, now - _GRACE * window) if other.ticket != ask.ticket]
    for other in before:
        projection.take(other.amounts, projection.earliest(other.amounts))
    at = projection.earliest(amounts)
    if at > now:
        return _later(book, ask, amounts, now, at - now + ROUNDING * (len(before) + 1))
    if before:
        # They keep their places; there is room for them as well, but they have not been sent.
        projection = Projection(book, _meters(caps, ask.limits), window, now)
        projection.earliest(amounts)
    moved = projection.take(amounts, now)
    account.slots, account.day_count = projection.slots, account.day_count + 1
    book.dequeue(ask.ticket)
    book.put(Entry(ask.ticket, now, amounts, moved=moved))
    account.next_place = max(account.next_place, place + 1)
    return Granted(place=place)


def settle(book: Book, ask: Ask, used: Demand, now: float) -> None:
    """Count what the call really took: its input since it was sent, its output from now on; the output only once."""
    caps, window = current_caps(book.account, ask.limits, now), ask.limits.shape.window_seconds
    output = f"{ask.ticket}:output"
    counts_output = bool(used.output_tokens) and caps.output_tokens is not None
    if counts_output and book.entry(output) is not None:
        return
    entry = book.entry(ask.ticket)
    if entry is not None and entry.at > now - window:
        more = Amounts(
            0, used.input_tokens - entry.amounts.input_tokens, used.output_tokens - entry.amounts.output_tokens
        )
        amounts = Amounts(entry.amounts.requests, used.input_tokens, 0)
        book.put(entry._replace(amounts=amounts, moved=respace(book.account, entry.moved, more, caps, window)))
    if counts_output:
        book.put(Entry(output, now, Amounts(0, 0, used.output_tokens)))


def release(book: Book, ask: Ask) -> None:
    """The call will not be sent: give back its place in the queue, or all that it was granted.

    Each slot goes back by what the call has moved it, wider spacing after a burst included; so a key that nobody else
    asked meanwhile is as it was.
    """
    book.dequeue(ask.ticket)
    entry = book.entry(ask.ticket)
    if entry is None:
        return
    book.drop(ask.ticket)
    book.account.slots = [slot - moved for slot, moved in zip(book.account.slots, entry.moved, strict=True)]
    book.account.day_count = max(0, book.account.day_count - 1)


def current_caps(account: Account, limits: RateLimits, now: float) -> Caps:
    """What is sent at most: the vendor's word where there is one, else what is configured, less what a 429 taught."""
    caps = limits.caps
    requests, inputs, outputs = account.told
    requests = caps.requests if requests is None else requests
    if account.learned_requests is not None and now < account.learned_until:
        requests = min(account.learned_requests, requests or account.learned_requests)
    return Caps(
        requests=requests,
        input_tokens=caps.input_tokens if inputs is None else inputs,
        output_tokens=caps.output_tokens if outputs is None else outputs,
        requests_per_day=caps.requests_per_day,
    )


def refuse_too_large(ask: Ask, caps: Caps) -> None:
    """Raise ``RequestTooLarge`` for a demand that no empty window could take."""
    for wanted, cap, what in (
        (ask.demand.input_tokens, caps.input_tokens, "input"),
        (ask.demand.output_tokens, caps.output_tokens, "output"),
    ):
        if cap is not None and wanted > cap:
            raise RequestTooLarge(
                f"{ask.key.provider}/{ask.key.model}: about {wanted:,} {what} tokens, but its rate limit admits "
                f"{cap:,} a minute; ask about less at once, take another model, or set the limits of your tier",
                provider=ask.key.provider,
                model=ask.key.model,
            )


def respace(account: Account, moved: Amounts, more: Amounts, caps: Caps, window: float) -> Amounts:
    """Move the slots by the share of the window that a call takes more; how far it has moved them by now."""
    limits = (caps.requests, caps.input_tokens, caps.output_tokens)
    seconds = [
        amount * window / cap if cap and slot != NEVER else 0.0
        for slot, amount, cap in zip(account.slots, more, limits, strict=True)
    ]
    account.slots = [slot + later for slot, later in zip(account.slots, seconds, strict=True)]
    return Amounts(*(before + later for before, later in zip(moved, seconds, strict=True)))


def _later(book: Book, ask: Ask, amounts: Amounts, now: float, seconds: float) -> Wait:
    account = book.account
    if seconds > ask.patience:
        book.dequeue(ask.ticket)
        return Wait(seconds=seconds, place=None)
    place = ask.place
    if place is None:
        place, account.next_place = account.next_place, account.next_place + 1
    book.enqueue(Waiting(ask.ticket, ask.priority, place, amounts, now + seconds))
    return Wait(seconds=seconds, place=place)


def _meters(caps: Caps, limits: RateLimits) -> tuple[Meter, Meter, Meter]:
    shape = limits.shape
    return (
        Meter(caps.requests, burst_of(caps.requests, shape) if caps.requests else 1),
        Meter(caps.input_tokens, shape.token_burst, 1 - shape.token_margin),
        Meter(caps.output_tokens, shape.token_burst, 1 - shape.token_margin),
    )


def _day_is_full(account: Account, limits: RateLimits, unix: float) -> float | None:
    """Seconds until the vendor's midnight, if its requests of today are used up."""
    day = int((unix + limits.shape.day_offset_seconds) // DAY)
    if day > account.day:
        account.day, account.day_count = day, 0
    full = limits.requests_per_day is not None and account.day_count >= limits.requests_per_day
    return limits.shape.seconds_to_midnight(unix) if full else None


def _amounts(demand: Demand) -> Amounts:
    return Amounts(demand.requests, demand.input_tokens, demand.output_tokens)

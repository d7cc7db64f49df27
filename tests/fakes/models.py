"""What the three fake vendors have in common: a question and its answer in words that belong to no vendor.

A fake is a server that speaks one vendor's wire format and refuses what the vendor would refuse. It is scripted with
``answers``: a function from what was asked to an answer, a list of answers that are given in turn (the last one stays),
or one answer for everything::

    with FakeOpenAI(answers=says({"findings": []})) as openai:          # everybody gets the same
        run(OPENAI_BASE_URL=openai.base_url, OPENAI_API_KEY="any-key")
        assert "SELECT" in openai.asked[0].prompt

    def answer(asked: Asked) -> Answer:                                  # by what was asked
        return says({"findings": []}) if "security" in asked.system else RateLimited(retry_after=2)

    FakeAnthropic(answers=[RateLimited(), says("fine")])                 # in turn

``asked`` lists every question that was well-formed and allowed; ``requests`` lists everything that came.
``key`` and ``models``, when given, are the only ones the fake takes; by default it takes any key that is not empty
and any model. Models are described one by one and listed, as the vendors do; ``catalogue`` says which of the two a
lesser server has, and ``looks`` is what it answers instead to whoever looks at its models. ``headers`` are added to
every answer: what the vendor tells of the account's limits.

A review asks twice: its reviewers, then another model about what they found. A script is for the first; the second look
is answered by ``looks_again``, which confirms every claim unless told otherwise, and is listed in ``looked_again``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it arrived.

    ``prompt`` is all of it, whoever was asked; ``context`` and ``question`` are its parts where the vendor's wire
    format has parts (with OpenAI all of it is the question). ``rounds`` are earlier (answer, reply) pairs. ``cached``
    says whether a cache entry was asked for.
    """

    model: str
    system: str
    context: tuple[str, ...]
    question: str
    rounds: tuple[tuple[str, str], ...]
    schema: dict[str, Any] | None
    max_output_tokens: int
    effort: str | None
    cached: bool = False

    @property
    def prompt(self) -> str:
        return "\n\n".join((*self.context, self.question))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Tokens in our own counting: ``input`` includes ``cached`` and ``cache_write``, ``output`` the ``reasoning``."""

    input: int = 100
    cached: int = 0
    cache_write: int = 0
    output: int = 20
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Says:
    """A complete answer. An empty text is an answer without content."""

    text: str
    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Truncated:
    """Cut by the output limit."""

    text: str = '{"findings": ['
    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Refuses:
    """The model or a filter says no, in the vendor's way of a 200."""

    spent: Spent = Spent(output=0)


@dataclass(frozen=True, slots=True)
class CallsTool:
    """A tool call instead of an answer."""

    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Garbled:
    """A 200 whose body is this instead of the vendor's JSON."""

    body: str = "<html><title>Bad gateway</title></html>"


@dataclass(frozen=True, slots=True)
class BadRequest:
    """400 with these words; ``parameter`` is named where the vendor has a field for that."""

    message: str = "Invalid value."
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class ContextTooLong:
    """400 as the vendor puts it."""

    sent: int = 1_200_345
    allowed: int = 1_000_000


@dataclass(frozen=True, slots=True)
class WrongKey:
    """The answer to a key that nobody issued. Vendors echo parts of it."""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """403: the key is good, but not for this."""


@dataclass(frozen=True, slots=True)
class NoSuchModel:
    """404."""


@dataclass(frozen=True, slots=True)
class RateLimited:
    """429, with the seconds to wait in the vendor's place for them, or without."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class QuotaExhausted:
    """429 that waiting does not help against."""


@dataclass(frozen=True, slots=True)
class Fails:
    """500, 503, 529 or whichever status."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Hangs:
    """Nothing comes until the client gives up."""


@dataclass(frozen=True, slots=True)
class Stalls:
    """The head of an answer comes, and nothing after it until the client gives up."""


@dataclass(frozen=True, slots=True)
class Dribbles:
    """An answer of which a byte comes now and then, after so many seconds each."""

    pause: float = 0.05


@dataclass(frozen=True, slots=True)
class CutShort:
    """A complete answer whose connection breaks in the middle of the body."""

    text: str = '{"findings": []}'


Answer = (
    Says
    | Truncated
    | Refuses
    | CallsTool
    | Garbled
    | BadRequest
    | ContextTooLong
    | WrongKey
    | Forbidden
    | NoSuchModel
    | RateLimited
    | QuotaExhausted
    | Fails
    | Hangs
    | Stalls
    | Dribbles
    | CutShort
)


class Catalogue(Flag):
    """How a server tells of its models."""

    NONE = 0
    SINGLE = auto()
    LIST = auto()
    WHOLE = SINGLE | LIST


Answers = Callable[[Asked], Answer] | Sequence[Answer] | Answer


_CLAIM = re.compile(r"^(C[0-9]+): [^\n]*(?:\nQuoted code:\n([^\n]*))?", re.MULTILINE)


def asks_again(asked: Asked) -> bool:
    """Whether this is a second look, or a debate, and not a reviewer's question."""
    return "\nYour speciality now: a second look." in f"\n{asked.prompt}" or _in_debate(asked)


def claims_of(asked: Asked) -> dict[str, str]:
    """The claims of a second look: the first line of the code of each, by its id."""
    _, _, claims = asked.prompt.rpartition("Your speciality now: a second look.")
    return {match[1]: match[2] or "" for match in _CLAIM.finditer(claims)}


def confirms(asked: Asked) -> Answer:
    """Every claim is confirmed, by its own code; in a debate, the other side is right."""
    if _in_debate(asked):
        return says({"stance": "yield", "quote": "", "reason": "The other side is right."})
    return verdicts(asked, "confirmed")


def verdicts(asked: Asked, verdict: str, *, quote: str | None = None, **tokens: int) -> Answer:
    """One verdict for every claim, by its own first line unless another quote is given."""
    return says(
        {
            "verdicts": [
                {
                    "claim": name,
                    "verdict": verdict,
                    "quote": code if quote is None else quote,
                    "reason": f"It is {verdict}, as the line says.",
                    "suggestion_holds": True,
                }
                for name, code in claims_of(asked).items()
            ]
        },
        **tokens,
    )


def _in_debate(asked: Asked) -> bool:
    return "\nYour speciality now: one dispute." in f"\n{asked.prompt}"


def says(value: object, **tokens: int) -> Says:
    """A complete answer: text as it is, anything else as JSON; ``tokens`` are fields of ``Spent``."""
    return Says(value if isinstance(value, str) else json.dumps(value), Spent(**tokens))

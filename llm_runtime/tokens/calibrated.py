"""Requests and the usage of their answers come in, estimates that are right for each model go out."""

from __future__ import annotations

from llm_runtime import forks
from llm_runtime.messages import Completion, Request
from llm_runtime.tokens.characters import CharacterBasedEstimator
from llm_runtime.tokens.lessons import Lessons
from llm_runtime.tokens.remembered import RememberedCounts
from llm_runtime.tokens.requests import TokenEstimator, estimate_request


class CalibratedEstimator:
    """Corrects an estimate by what the provider counted in earlier calls of the same model.

    One for all layers of a runtime; safe to share between threads. Nothing is kept beyond the process, and no text.

    Example:
        >>> from llm_runtime.messages import StopReason, Usage
        >>> asked = Request(system="", question="def add(left, right):")
        >>> usage = Usage(input_tokens=46, output_tokens=300)
        >>> answer = Completion(text="", stop_reason=StopReason.END, usage=usage, provider="openai", model="m")
        >>> estimator = CalibratedEstimator()
        >>> estimator.estimate(asked, "openai/m")
        23
        >>> for _ in range(5):
        ...     estimator.observe(asked, "openai/m", answer)
        >>> estimator.estimate(asked, "openai/m"), estimator.expected_output("openai/m", 8_192)
        (46, 300)
    """

    def __init__(self, base: TokenEstimator | None = None) -> None:
        """Know nothing of any model yet.

        Args:
            base: Counts the tokens that are then corrected; by default by their characters.
        """
        self._base = RememberedCounts(base or CharacterBasedEstimator())
        self._lock = forks.Lock()
        self._lessons: dict[str, Lessons] = {}

    def estimate(self, request: Request, model: str) -> int:
        """Tokens of the input as the model will count them: as often too few as too many, once it is known."""
        return round(estimate_request(request, self._base) * self.factor(model))

    def upper_estimate(self, request: Request, model: str) -> int:
        """The same, but never corrected downwards: for what must not be passed, such as a cap on the cost."""
        return round(estimate_request(request, self._base) * max(1.0, self.factor(model)))

    def expected_output(self, model: str, cap: int) -> int:
        """Tokens of the output as they will probably be, at most ``cap``: for room in a limit, never for money."""
        with self._lock:
            return self._lessons.get(model, Lessons()).expected_output(cap)

    def observe(self, request: Request, model: str, completion: Completion) -> None:
        """Learn from an answer; where its provider counted nothing, there is nothing to learn.

        Args:
            request: What was asked.
            model: The model that was asked, ``provider/name``, as it is estimated for.
            completion: What it answered; the input of its usage has what a cache served in it.
        """
        usage = completion.usage
        estimated = estimate_request(request, self._base) if usage.input_tokens > 0 else 0
        with self._lock:
            lessons = self._lessons.setdefault(model, Lessons())
            if estimated > 0:
                lessons.learn_input(estimated, usage.input_tokens)
            if usage.output_tokens > 0:
                lessons.learn_output(usage.output_tokens)

    def factor(self, model: str) -> float:
        """What is counted is multiplied by this for the model, between 1/3 and 3; 1 where little is known of it."""
        with self._lock:
            lessons = self._lessons.get(model)
            return 1.0 if lessons is None else lessons.factor

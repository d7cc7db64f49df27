"""The port of metrics: events come in, figures are kept, shown or sent."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llm_runtime.events import Event


class MetricsStrategy(ABC):
    """Figures about latency, errors, fallbacks, waits, tokens, cost and breakers. It is an ``Observer``.

    ``record`` runs in the thread of a call: it is quick, it never waits for a network, and it never raises because
    of one. Labels are of few values (provider, model, class of error, reason); texts and identities are none.
    """

    @abstractmethod
    def record(self, event: Event) -> None:
        """Count an event."""

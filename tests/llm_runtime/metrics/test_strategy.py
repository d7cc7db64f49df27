from __future__ import annotations

import pytest

from llm_runtime.events import LedgerLost
from llm_runtime.messages import Call
from llm_runtime.metrics.local import LocalMetrics
from tests.llm_runtime.metrics.happenings import EVENTS


class Full(LocalMetrics):
    """A strategy whose disk is full for as long as its test wants."""

    error: Exception | None = OSError(28, "No space left on device")

    def record_call(self, call: Call) -> None:
        if self.error is not None:
            raise self.error
        super().record_call(call)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(OSError(28, "No space left on device"), "No space left on device", id="full disk"),
        pytest.param(ValueError("mmap closed or invalid"), "ValueError", id="closed file"),
    ],
)
def test_figures_that_cannot_be_kept_do_not_reach_the_call_and_are_said_in_the_log(
    error: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Full()
    metrics.error = error

    metrics.record(EVENTS["an answered call"])

    assert caplog.messages == [f"figures of Full are lost ({reason}); calls are not affected"]


def test_lost_figures_are_said_once_until_they_can_be_kept_again(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Full()
    full = metrics.error

    for metrics.error in (full, full, None, full, full):
        metrics.record(EVENTS["an answered call"])

    assert len(caplog.messages) == 2


def test_a_fault_of_the_program_is_not_hidden() -> None:
    metrics = Full()
    metrics.error = TypeError("a bug")

    with pytest.raises(TypeError):
        metrics.record(EVENTS["an answered call"])


def test_other_events_are_kept_while_one_cannot_be() -> None:
    metrics = Full()

    metrics.record(EVENTS["an answered call"])
    metrics.record(LedgerLost(detail=""))

    assert metrics.snapshot().ledger_losses == 1

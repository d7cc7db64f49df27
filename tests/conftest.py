"""What every test starts from: no key, no address and no git habit of the machine it runs on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.repositories import IDENTITY

# The default deadline of 200 ms is a timed test in disguise: it fails on a busy machine.
settings.register_profile("quartet", deadline=None)
settings.load_profile("quartet")

# A shell starts what runs in the background deaf to Ctrl-C, and so would be the programs that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_OURS = (
    *("OPENAI_", "ANTHROPIC_", "GEMINI_", "GOOGLE_", "GITHUB_", "GH_", "QUARTET_", "GIT_"),
    *("REDIS_", "DATABASE_", "LANGFUSE_", "XDG_STATE_"),
)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """RQ's workers, which some tests run in this process, leave their handlers behind."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith(_OURS) and name != "QUARTET_SHARED":
            monkeypatch.delenv(name)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    # Every test has limits of its own, and none waits for a model that its script lets fail.
    monkeypatch.setenv("QUARTET_STATE_DIR", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("QUARTET_MAX_RETRIES", "0")
    monkeypatch.setenv("QUARTET_DEADLINE_SECONDS", "60")

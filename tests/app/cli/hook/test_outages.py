"""Whatever breaks, a commit is made, and one line says what was not done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.hooks.budget import Budget, InTime
from tests.app.cli.conftest import Models
from tests.app.cli.hook.conftest import COMMIT, Quartet
from tests.fakes.models import Answer, Asked, Fails, Garbled, Hangs, RateLimited, Refuses, WrongKey
from tests.repositories import Repository

if TYPE_CHECKING:
    from llm_runtime.llm import LLM

# A shell starts what runs in the background deaf to Ctrl-C.
STOPPABLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"

OUTAGES = [
    pytest.param(Fails(500), "500", id="a broken vendor"),
    pytest.param(RateLimited(), "too many requests", id="a limit"),
    pytest.param(WrongKey(), "key", id="a wrong key"),
    pytest.param(Garbled(), "", id="an answer that is none"),
    pytest.param(Refuses(), "", id="a refusal"),
]


@pytest.mark.parametrize(("answer", "word"), OUTAGES)
def test_an_outage_is_one_line_and_lets_pass(
    staged: Repository, models: Models, quartet: Quartet, answer: Answer, word: str
) -> None:
    models.openai(answer)

    ended = quartet(*COMMIT)

    lines = [line for line in ended.err.splitlines() if "was reviewed" in line]
    assert ended.status == 0
    assert len(lines) == 1
    assert lines[0].startswith(
        "quartet: not all of what is staged on feature was reviewed: no answer from security, bugs: "
    )
    assert word in lines[0]


def test_an_outage_blocks_where_that_is_wanted(staged: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(Fails(503))

    ended = quartet(*COMMIT, "--strict")

    assert ended.status == 1
    assert "; blocked, as --strict says; git commit --no-verify goes on all the same\n" in ended.err


def test_a_vendor_that_does_not_answer_is_a_gap_and_what_evidence_found_is_told(
    faulty: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hurried(llm: LLM, budget: Budget) -> InTime:
        """Half a second from when the models can be asked, however long this machine took until then."""
        return InTime(llm, Budget(seconds=0, ends=budget.clock.monotonic() + 0.5, clock=budget.clock))

    monkeypatch.setattr("app.hooks.reviewing.InTime", hurried)
    models.openai(Hangs())

    ended = quartet(*COMMIT)

    assert ended.status == 1
    assert "security/injection" in ended.err
    assert "was reviewed: no answer from security, bugs: " in ended.err


def test_a_time_that_ends_while_the_models_think_leaves_what_evidence_found(
    faulty: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rings(asked: Asked) -> Answer:
        # One of the two, as an alarm rings once.
        if "Your speciality now: Security auditor" in asked.prompt:
            os.kill(os.getpid(), signal.SIGALRM)
        return Hangs()

    models.openai(rings)

    ended = quartet(*COMMIT)

    assert ended.status == 1
    assert "security/injection" in ended.err
    assert "was reviewed: no answer from security, bugs: not ready within the 60 s that the hook has" in ended.err


def test_no_network_lets_pass(staged: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-the-tests")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

    ended = quartet(*COMMIT)

    assert ended.status == 0
    assert "no answer from security, bugs: " in ended.err
    assert "no connection" in ended.err
    assert ended.err.count("\n") == 1


def test_a_configuration_that_is_broken_lets_pass_unless_that_is_not_wanted(
    staged: Repository, quartet: Quartet
) -> None:
    staged.write({".quartet.yml": "reviewers: [nobody]\n"})

    lenient, strict = quartet(*COMMIT), quartet(*COMMIT, "--strict")

    assert (lenient.status, strict.status) == (0, 1)
    assert lenient.err.startswith("quartet: nothing was reviewed: .quartet.yml")
    assert lenient.err.count("\n") == 1


def test_a_setting_that_is_broken_lets_pass(
    staged: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTET_MAX_RETRIES", "many")

    ended = quartet(*COMMIT)

    assert ended.status == 0
    assert "nothing was reviewed: the environment variable QUARTET_MAX_RETRIES cannot be used" in ended.err


def test_a_fault_of_our_own_lets_pass(staged: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("app.hooks.reviewing.prepare", broken)

    ended = quartet(*COMMIT)

    assert ended.status == 0
    assert ended.err.startswith(
        "quartet: nothing was reviewed: internal error: RuntimeError; QUARTET_DEBUG=1 shows where"
    )


def test_ctrl_c_blocks_and_says_so(staged: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.hooks.reviewing.prepare", interrupted)

    ended = quartet(*COMMIT)

    assert (ended.status, ended.err) == (1, "quartet: stopped; git commit --no-verify goes on all the same\n")


def test_ctrl_c_while_a_model_thinks_ends_the_process_cleanly(staged: Repository, models: Models) -> None:
    asked = threading.Event()

    def thinks(_: Asked) -> Answer:
        asked.set()
        return Hangs()

    models.openai(thinks)
    with subprocess.Popen(
        [sys.executable, "-c", f"{STOPPABLE}; from app.cli.main import entry_point; entry_point()", *COMMIT],
        cwd=staged.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (1, "")
    assert err == "quartet: stopped; git commit --no-verify goes on all the same\n"


def test_outside_a_repository_nothing_is_blocked(
    tmp_path: Path, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = quartet(*COMMIT)

    assert ended.status == 0
    assert "is not in a git repository" in ended.err

"""What a hook says and decides: in this process, over real repositories and vendors faked on the wire."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.hooks.budget import Budget, InTime
from tests.app.cli.conftest import AFTER, Ended, Models, by_reviewer, findings, remark
from tests.fakes.models import Answer, Asked, Fails, Garbled, Hangs, RateLimited, Refuses, WrongKey
from tests.repositories import Repository

if TYPE_CHECKING:
    from llm_runtime.llm import LLM

Quartet = Callable[..., Ended]
# However busy the machine is, these are ready in time.
COMMIT = ("hook", "run", "pre-commit", "--budget-seconds", "60")
# A shell starts what runs in the background deaf to Ctrl-C.
STOPPABLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
CLEAN = "def names(rows):\n    return [row.name for row in rows]\n"


@pytest.fixture(autouse=True)
def _just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git starts a process for each hook; the one of these tests is older than any budget."""
    monkeypatch.setattr("app.hooks.budget.started_ago", lambda: 0.0)


@pytest.fixture
def staged(shop: Repository) -> Repository:
    """The shop with a change in its index that evidence has nothing to say of."""
    shop.write({"names.py": CLEAN})
    shop.git("add", "--all")
    return shop


@pytest.fixture
def faulty(shop: Repository) -> Repository:
    """The shop with an injection in its index."""
    shop.git("checkout", "--quiet", "main")
    shop.write({"orders.py": AFTER})
    shop.git("add", "--all")
    return shop


def test_without_a_key_evidence_reviews_alone_and_says_nothing_where_it_finds_nothing(
    staged: Repository, quartet: Quartet
) -> None:
    assert quartet(*COMMIT) == Ended(0, "", "")


def test_a_finding_blocks_and_is_told_with_its_place_and_the_way_round(faulty: Repository, quartet: Quartet) -> None:
    ended = quartet(*COMMIT)

    assert ended.status == 1
    assert "    orders.py:5: high security/injection: " in ended.err
    assert ended.err.endswith(
        "quartet: blocked by 1 finding at high or above; git commit --no-verify goes on all the same\n"
    )


def test_a_finding_below_the_threshold_is_told_and_lets_pass(faulty: Repository, quartet: Quartet) -> None:
    ended = quartet(*COMMIT, "--fail-on", "critical")

    assert ended.status == 0
    assert "security/injection" in ended.err
    assert "blocked" not in ended.err


def test_two_questions_go_to_the_cheapest_model_at_once(staged: Repository, models: Models, quartet: Quartet) -> None:
    models.anthropic(findings())

    ended = quartet(*COMMIT)

    assert ended == Ended(0, "", "")
    assert [asked.model for asked in models.asked] == ["claude-haiku-5-5"] * 2
    assert {"Security auditor" in asked.prompt for asked in models.asked} == {True, False}


def test_what_a_model_finds_blocks_too(staged: Repository, models: Models, quartet: Quartet) -> None:
    fault = remark(path="names.py", quote="    return [row.name for row in rows]", line=2, rule="logic-error")
    models.openai(by_reviewer(bugs=findings(fault)))

    ended = quartet(*COMMIT)

    assert ended.status == 1
    assert "names.py:2: high bugs/logic-error: A customer's name reaches the query" in ended.err


def test_only_what_is_staged_is_sent(staged: Repository, models: Models, quartet: Quartet) -> None:
    staged.write({"names.py": CLEAN + "SECRET_IDEA = 1\n", "draft.py": "DRAFT = 1\n"})
    models.openai(findings())

    quartet(*COMMIT)

    assert all("row.name" in asked.prompt for asked in models.asked)
    assert not any("SECRET_IDEA" in asked.prompt or "DRAFT" in asked.prompt for asked in models.asked)


def test_models_that_the_repository_names_are_asked_and_no_others(
    staged: Repository, models: Models, quartet: Quartet
) -> None:
    staged.commit({".quartet.yml": "models: {default: openai/gpt-6.1-terra}\n"})
    staged.write({"names.py": CLEAN.replace("names", "titles")})
    staged.git("add", "--all")
    models.openai(findings())
    models.anthropic(findings())

    quartet(*COMMIT)

    assert {asked.model for asked in models.asked} == {"gpt-6.1-terra"}


def test_a_model_can_be_named_and_none_be_asked(staged: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    quartet(*COMMIT, "--model", "openai/gpt-6.1-terra")
    quartet(*COMMIT, "--no-llm")

    assert [asked.model for asked in models.asked] == ["gpt-6.1-terra"] * 2


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
    def rings(_: Asked) -> Answer:
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


def test_a_dismissed_finding_does_not_block(faulty: Repository, quartet: Quartet) -> None:
    told = quartet(*COMMIT).err
    identity = told.partition("[")[2].partition("]")[0]
    assert quartet("dismiss", identity, "The name is ours.").status == 0

    assert quartet(*COMMIT).status == 0


def test_outside_a_repository_nothing_is_blocked(
    tmp_path: Path, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = quartet(*COMMIT)

    assert ended.status == 0
    assert "is not in a git repository" in ended.err


def test_in_the_middle_of_a_merge_nothing_is_reviewed_unless_that_is_wanted(
    faulty: Repository, quartet: Quartet
) -> None:
    (faulty.root / ".git" / "MERGE_HEAD").write_text(faulty.git("rev-parse", "feature") + "\n")

    assert quartet(*COMMIT) == Ended(0, "", "")
    assert quartet(*COMMIT, "--always").status == 1


def test_a_push_of_a_fault_is_blocked(shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    _is_told(monkeypatch, f"refs/heads/feature {shop.git('rev-parse', 'feature')} refs/heads/feature {'0' * 40}\n")
    shop.git("update-ref", "refs/remotes/origin/main", "main")

    ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60", "--", "origin", "/there")

    assert ended.status == 1
    assert "1 high" in ended.err
    assert "in feature → feature" in ended.err
    assert "git push --no-verify goes on all the same" in ended.err


def test_a_push_that_only_deletes_says_nothing(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    _is_told(monkeypatch, f"(delete) {'0' * 40} refs/heads/old {shop.git('rev-parse', 'main')}\n")

    assert quartet("hook", "run", "pre-push", "--budget-seconds", "60", "--", "origin", "/there") == Ended(0, "", "")


def test_a_push_hook_that_a_person_runs_says_what_it_expects(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, terminal = os.openpty()
    with open(leader, "rb"), open(terminal, encoding="utf-8") as stdin:  # noqa: PTH123 - descriptors
        monkeypatch.setattr("sys.stdin", stdin)

        ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60")

    assert ended.status == 0
    assert "what is pushed is expected on standard input, as git gives it to the hook; run git push" in ended.err


def test_the_pre_commit_framework_tells_what_is_pushed_in_the_environment(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "main")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "feature")

    ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60")

    assert ended.status == 1
    assert "in what is pushed" in ended.err


def test_a_change_that_is_too_large_is_not_reviewed_and_says_so(shop: Repository, quartet: Quartet) -> None:
    shop.write({f"m{number}.py": "x = 1\n" for number in range(201)})
    shop.git("add", "--all")

    ended = quartet(*COMMIT)

    assert ended == Ended(
        0,
        "",
        "quartet: what is staged on feature was not reviewed: 201 files and 201 lines are too many for a hook; "
        "quartet review takes them\n",
    )


def _is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

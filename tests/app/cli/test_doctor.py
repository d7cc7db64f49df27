"""``quartet doctor`` as a user gives it: the whole chain of each reviewer, checked, with a cure for each fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.cli.conftest import Ended, Models, findings
from tests.fakes.redis_server import own_redis

Quartet = Callable[..., Ended]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, so that no configuration around the tests counts."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_key_it_says_which_to_set(quartet: Quartet) -> None:
    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ no key is set, so only tools review; set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY" in ended.out
    assert ended.out.endswith("1 to mend; each ✗ says how\n")


def test_the_chain_of_each_reviewer_is_shown_and_every_model_checked(models: Models, quartet: Quartet) -> None:
    models.openai(findings())
    models.anthropic(findings())

    ended = quartet("doctor")

    assert ended.status == 0, ended.out
    assert "✓ security     anthropic/claude-opus-5-5 → openai/gpt-6.1-sol → anthropic/claude-sonnet-5-5" in ended.out
    assert "✓ bugs         openai/gpt-6.1-sol → " in ended.out
    assert (
        "1,000 requests a minute, 2,000,000 input tokens a minute, 400,000 output tokens a minute (tier1)" in ended.out
    )
    assert "window 1,050,000, output 128,000; $2 and $10 a million tokens in and out" in ended.out
    assert ended.out.endswith("all is well\n")
    assert models.asked == []


def test_a_key_that_is_refused_is_named_with_its_cure(models: Models, quartet: Quartet) -> None:
    models.openai(findings(), key="another-key")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ openai/gpt-6.1-sol: the key is refused, or may not use this model; check OPENAI_API_KEY" in ended.out
    assert "✗ bugs" in ended.out
    assert "\n✗ openai/gpt-6.1-terra\n" in ended.out
    assert "a-key-of-the-tests" not in ended.out + ended.err


def test_offline_asks_nobody(models: Models, quartet: Quartet) -> None:
    vendor = models.openai(findings(), key="another-key")

    ended = quartet("doctor", "--offline")

    assert ended.status == 0
    assert "models, not asked whether they take the key" in ended.out
    assert vendor.requests == []


def test_a_model_that_no_server_has_is_named(models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    models.openai(findings(), models=["gpt-6.1-sol"])
    monkeypatch.setenv("QUARTET_MODELS", "openai/gpt-6.1-sol,openai/gpt-6.1-terra")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ openai/gpt-6.1-terra: no such model here" in ended.out
    assert "! bugs         openai/gpt-6.1-sol → openai/gpt-6.1-terra" in ended.out


def test_a_chain_that_could_not_be_built_says_why(
    models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("QUARTET_MODELS", "openai/gpt-6.1-sol,openai/gpt-6.1-sol")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ openai/gpt-6.1-sol is named twice" in ended.out
    assert "\n✗ bugs         openai/gpt-6.1-sol → " in ended.out


def test_tiers_limits_and_order_are_shown_as_they_are_set(
    models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("QUARTET_TIER", "openai=tier3")
    monkeypatch.setenv("QUARTET_LIMITS", "openai/gpt-6.1-terra: rpm=7 tpm=none")
    monkeypatch.setenv("QUARTET_FALLBACK", "smart")
    monkeypatch.setenv("QUARTET_MAX_COST_PER_DAY", "2.50")

    ended = quartet("doctor")

    assert "5,000 requests a minute, 2,000,000 tokens a minute (tier3)" in ended.out
    assert "    7 requests a minute (as configured)" in ended.out
    assert "✓ stand-ins are asked in the order 'smart'" in ended.out
    assert "✓ a repository's reviews of a day may cost $2.50\n" in ended.out
    assert "! nothing caps the cost of all reviews of a month\n" in ended.out


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("QUARTET_TIER", "opnai=tier1", "QUARTET_TIER cannot be used: 'opnai=tier1' is not such as tier2"),
        ("QUARTET_LIMITS", "openai: rpm=-3", "QUARTET_LIMITS cannot be used: "),
        ("QUARTET_FALLBACK", "dearest", "QUARTET_FALLBACK cannot be used: it must be one of sequential, smart, "),
        ("REDIS_URL", "redys://x", "no ledger is kept at an address that begins with 'redys'"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    quartet: Quartet, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, line: str
) -> None:
    monkeypatch.setenv(variable, value)

    ended = quartet("doctor")

    assert ended.status == 2
    assert line in ended.err
    assert ended.err.count("\n") == 1


def test_a_ledger_that_does_not_answer_is_a_fault(
    quartet: Quartet, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("REDIS_URL", "redis://:a-secret-password@127.0.0.1:1/0")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ limits and caps: " in ended.out
    assert "a-secret-password" not in ended.out + ended.err


def test_the_place_of_the_ledger_is_shown_without_a_password(
    quartet: Quartet, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    with own_redis() as server:
        monkeypatch.setenv("REDIS_URL", server.url.replace("//", "//default:a-secret-password@"))
        ended = quartet("doctor")

    assert f"✓ limits and caps are accounted for in redis at 127.0.0.1:{server.port}/0\n" in ended.out
    assert "a-secret-password" not in ended.out + ended.err


def test_a_file_that_the_ledger_is_in_is_shown(
    quartet: Quartet, models: Models, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models.openai(findings())
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/shared.db")

    ended = quartet("doctor")

    assert f"✓ limits and caps are accounted for in sqlite at {tmp_path}/shared.db" in ended.out


def test_what_nobody_has_described_at_a_vendor_is_said_to_be_a_guess(
    quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-the-tests")
    monkeypatch.setenv("QUARTET_MODELS", "openai/gpt-99")
    monkeypatch.setenv("QUARTET_MAX_COST_PER_MONTH", "0.0125")

    ended = quartet("doctor", "--offline")

    assert "requests a minute" in ended.out
    assert "(a cautious guess)\n" in ended.out
    assert "! openai/gpt-99: its limits are not known, so cautious ones are kept; set yours\n" in ended.out
    assert "✓ all reviews of a month may cost $0.0125\n" in ended.out

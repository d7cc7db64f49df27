from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from docs.generate.parts import DOCS
from llm_runtime import errors
from llm_runtime.catalog import find
from llm_runtime.providers import anthropic_errors, gemini_errors, openai_errors
from llm_runtime.providers.failures import Address

SPECS = {"openai": "gpt-6.1-sol", "anthropic": "claude-opus-5-5", "gemini": "gemini-4-argon"}
COLUMNS = {"openai": 2, "anthropic": 3, "gemini": 4}


def rows() -> dict[str, list[str]]:
    table = (DOCS / "how-it-works.md").read_text().partition("## When something fails")[2]
    cells = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return {re.findall(r"`(\w+)`", row[0])[0]: row for row in cells}


def signs(vendor: str) -> list[tuple[str, str]]:
    """Each status and code in a vendor's column with the error of its row; reasons of answers are tested elsewhere."""
    return [
        (error, sign)
        for error, row in rows().items()
        for sign in re.findall(r"`([\w]+)`", row[COLUMNS[vendor] - 1].split(", or ")[0])
        if sign not in {"refusal", "SAFETY"}
    ]


def address(vendor: str) -> Address:
    return Address(provider=vendor, model=SPECS[vendor], key_variable="K", base_url_variable="U", secret="")


def openai(sign: str) -> Any:
    status, code = (int(sign), None) if sign.isdigit() else (400, sign)
    return SimpleNamespace(
        code=code, type=None, param=None, status_code=status, body={}, response=SimpleNamespace(headers={})
    )


def anthropic(sign: str) -> Any:
    status = int(sign) if sign.isdigit() else 400
    return SimpleNamespace(
        status_code=status,
        type=None if sign.isdigit() else sign,
        error_code=None if sign.isdigit() or sign.endswith("_error") else sign,
        api_message="",
        response=SimpleNamespace(headers={}),
    )


def gemini(sign: str) -> Any:
    details = [] if sign.isdigit() else [{"reason": sign}]
    status = int(sign) if sign.isdigit() else 400
    return SimpleNamespace(
        code=status,
        status="",
        message="",
        details={"error": {"details": details}},
        response=SimpleNamespace(headers={}),
    )


CASES = [
    *(pytest.param("openai", openai, openai_errors, *each, id=f"openai {each[1]}") for each in signs("openai")),
    *(
        pytest.param("anthropic", anthropic, anthropic_errors, *each, id=f"claude {each[1]}")
        for each in signs("anthropic")
    ),
    *(pytest.param("gemini", gemini, gemini_errors, *each, id=f"gemini {each[1]}") for each in signs("gemini")),
]


@pytest.mark.parametrize(("vendor", "answered", "module", "error", "sign"), CASES)
def test_what_a_vendor_answers_is_the_error_that_the_table_says(
    vendor: str, answered: Callable[[str], Any], module: Any, error: str, sign: str
) -> None:
    raised = module.translated_status(answered(sign), None, find(SPECS[vendor]), address(vendor))

    assert type(raised).__name__ == error


def test_every_error_of_a_call_has_a_row() -> None:
    before_the_call = {"WouldWaitTooLong", "CircuitOpen", "RequestTooLarge"}
    leaves = {
        kind.__name__
        for branch in (errors.ModelUnavailable, errors.RequestRejected, errors.AnswerUnusable)
        for kind in branch.__subclasses__()
    }

    assert leaves - before_the_call <= set(rows())

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from llm_runtime.providers.loading import load


def test_naming_the_providers_imports_no_sdk() -> None:
    heavy = "{'openai', 'anthropic', 'google.genai', 'genai_prices', 'httpx2', 'pydantic'}"
    code = (
        "import sys, llm_runtime.builder, llm_runtime.catalog, llm_runtime.providers\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"


def test_the_collector_runs_again_after_an_import() -> None:
    sys.modules.pop("colorsys", None)

    module = load("colorsys")

    assert module.__name__ == "colorsys"
    assert gc.isenabled()


def test_a_collector_that_rested_before_rests_on() -> None:
    sys.modules.pop("colorsys", None)
    gc.disable()
    try:
        load("colorsys")

        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_loaded_is_not_loaded_again() -> None:
    assert load("sys") is sys


def test_an_sdk_that_is_not_installed_is_an_import_error() -> None:
    with pytest.raises(ModuleNotFoundError):
        load("a_module_that_nobody_wrote")

    assert gc.isenabled()

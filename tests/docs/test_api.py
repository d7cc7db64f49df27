"""Pages on the interface are made of docstrings. That all of them are made without a complaint, ``make docs`` shows."""

from __future__ import annotations

from pathlib import Path

from docs.api import main, write_api


def test_a_package_is_documented_without_a_complaint(tmp_path: Path) -> None:
    assert write_api(tmp_path, ["llm_runtime.context"], repository="https://example.com/octo/app") == []

    page = (tmp_path / "llm_runtime" / "context" / "strategy.html").read_text("utf-8")
    assert "https://example.com/octo/app/blob/main/llm_runtime/context/strategy.py" in page


def test_what_pdoc_complains_of_is_told(tmp_path: Path) -> None:
    (tmp_path / "crooked.py").write_text("def run(what: 'Nowhere') -> None: ...\n", encoding="utf-8")

    (complaint,) = write_api(tmp_path / "api", [str(tmp_path / "crooked.py")])

    assert "Nowhere" in complaint


def test_it_is_told_where_to_write() -> None:
    assert main([]) == 2

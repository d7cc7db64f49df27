"""The version is said in one place, and what a tag releases is told in the changelog."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from app import __version__
from docs.changelog import CHANGELOG, main, refusal, sections
from tests.release.conftest import ROOT, listed

TEXT = """\
# Changelog

## [Unreleased]

- Soon.

## [1.2.0] - 2026-12-01

- New.

## [1.1.0] - 2026-11-01

- Old.
"""


def test_the_version_is_read_from_the_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {"path": "app/__init__.py"}
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", __version__)


def test_the_changelog_begins_with_what_is_not_released_or_with_this_version() -> None:
    newest = next(iter(sections(CHANGELOG.read_text("utf-8"))))

    assert newest in {"Unreleased", __version__}


def test_the_notes_of_a_release_are_its_own_section() -> None:
    assert sections(TEXT) == {"Unreleased": "- Soon.", "1.2.0": "- New.", "1.1.0": "- Old."}


@pytest.mark.parametrize(
    ("tag", "version", "why"),
    [
        pytest.param("v1.2.0", "1.2.0", None, id="as it should be"),
        pytest.param("1.2.0", "1.2.0", "the tag is 1.2.0, and app/__init__.py says 1.2.0", id="without v"),
        pytest.param("v1.3.0", "1.2.0", "the tag is v1.3.0, and app/__init__.py says 1.2.0", id="another version"),
        pytest.param("v1.3.0", "1.3.0", "CHANGELOG.md says nothing below a heading [1.3.0]", id="no section"),
    ],
)
def test_a_tag_is_released_only_if_code_and_changelog_agree(tag: str, version: str, why: str | None) -> None:
    refused = refusal(tag, version, TEXT)

    assert refused is None if why is None else str(refused).startswith(why)


def test_a_tag_of_another_version_ends_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["v0.0.0"]) == 1
    assert f"app/__init__.py says {__version__}" in capsys.readouterr().err


def test_the_tag_that_moves_is_the_one_that_every_example_names() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    (moving,) = (
        step["env"]["MOVING"] for step in workflow["jobs"]["announce"]["steps"] if "Move" in step.get("name", "")
    )

    named = [found for path in listed() for found in re.findall(r"uses: \S*/quartet@([\w.-]+)", _text(ROOT / path))]
    assert named
    assert set(named) == {moving}


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.suffix in {".md", ".yml", ".yaml", ".py", ".jinja"} else ""


def test_a_release_of_another_tag_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    command = [str(ROOT / ".ci" / "release"), "v0.0.0", str(tmp_path / "dist")]

    ended = subprocess.run(command, env={**os.environ, "VENV": sys.prefix}, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert f"app/__init__.py says {__version__}" in ended.stderr
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["notes.md"]


_IMAGE = r"(?:quartet-review:|quartet-review, newTag: |VERSION=)([\w.-]*\d[\w.-]*)"


def test_images_in_examples_are_of_this_version() -> None:
    named = [found for path in listed() for found in re.findall(_IMAGE, _text(ROOT / path))]

    assert named
    assert set(named) == {__version__}

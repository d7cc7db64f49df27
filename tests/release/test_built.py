"""What is built holds all that it needs, and the same bytes each time."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from app import __version__
from tests.release.conftest import Built, build, listed, run

PACKAGES = ("app/", "reviewers/", "llm_runtime/")


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(built: Built) -> None:
    held = zipfile.ZipFile(built.wheel).namelist()

    described = f"quartet_review-{__version__}.dist-info/"
    assert {name for name in held if not name.startswith(described)} == {
        path for path in listed() if path.startswith(PACKAGES)
    }
    assert f"{described}licenses/LICENSE" in held


@pytest.mark.parametrize(
    "ending",
    [".py", ".css", ".jinja", ".js", ".lua", ".mako", ".yml"],
)
def test_the_wheel_has_data_of_each_kind(built: Built, ending: str) -> None:
    assert any(name.endswith(ending) for name in zipfile.ZipFile(built.wheel).namelist())


def test_the_sdist_holds_all_that_the_project_is_made_of(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        held = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}

    assert held == listed() | {"PKG-INFO"}


def test_the_wheel_of_the_tree_is_the_wheel_of_the_sdist_to_the_byte(
    built: Built, checkout: Path, tmp_path: Path
) -> None:
    build(checkout, tmp_path, "--wheel")

    assert (tmp_path / built.wheel.name).read_bytes() == built.wheel.read_bytes()


def test_what_is_built_is_described_as_an_index_wants_it(built: Built, tmp_path: Path) -> None:
    said = run([sys.executable, "-m", "twine", "check", "--strict", str(built.wheel), str(built.sdist)], tmp_path)

    assert said.count("PASSED") == 2

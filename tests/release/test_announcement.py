"""The last job of a release: what it asks of GitHub, through a ``gh`` that writes down what it is asked."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.release.conftest import ROOT

SHA = "4f" * 20


@pytest.fixture
def gh(tmp_path: Path) -> Path:
    """A folder with a ``gh`` that knows the tags in ``TAGS``, and no tag to move where ``NO_TAG`` is set."""
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\ncase "$*" in *matching-refs*) printf "%s\\n" $TAGS; exit ;; esac\n'
        'echo "$@" >>"$ASKED"\ncase "$*" in *PATCH*) [ -z "$NO_TAG" ] ;; esac\n',
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program.parent


def asked(gh: Path, step: str, tag: str, **more: str) -> list[str]:
    """What a step asks of GitHub, a line each."""
    workflow: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    (found,) = (each for each in workflow["jobs"]["announce"]["steps"] if each.get("name") == step)
    log = gh / "asked"
    log.touch()
    given = {name: text for name, text in found["env"].items() if "${{" not in text}
    environment = {
        "PATH": f"{gh}{os.pathsep}{os.environ['PATH']}",
        "ASKED": str(log),
        "GITHUB_REF_NAME": tag,
        "GITHUB_REPOSITORY": "octo/quartet",
        "GITHUB_SHA": SHA,
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]]
    subprocess.run(shell, env=environment | given | more, cwd=gh, check=True)
    return log.read_text("utf-8").splitlines()


def test_a_release_has_the_notes_and_both_files(gh: Path) -> None:
    (gh / "dist").mkdir()
    for name in ("a.whl", "a.tar.gz", "notes.md"):
        (gh / "dist" / name).touch()

    (line,) = asked(gh, "Make the release", "v1.2.0")

    assert line.startswith("release create v1.2.0 --repo octo/quartet --verify-tag ")
    assert line.endswith(" --notes-file dist/notes.md dist/a.whl dist/a.tar.gz")


def test_the_tag_of_the_workflows_moves_to_a_release(gh: Path) -> None:
    assert asked(gh, "Move the tag that workflows name", "v1.2.0") == [
        f"api --method PATCH repos/octo/quartet/git/refs/tags/v1 -f sha={SHA} -F force=true"
    ]


def test_the_tag_of_the_workflows_is_made_where_there_is_none(gh: Path) -> None:
    assert asked(gh, "Move the tag that workflows name", "v1.0.0", NO_TAG="1")[1:] == [
        f"api --method POST repos/octo/quartet/git/refs -f ref=refs/tags/v1 -f sha={SHA}"
    ]


@pytest.mark.parametrize("tag", ["v1.2.0rc1", "v2.0.0"])
def test_what_is_still_tried_or_would_break_workflows_moves_no_tag(gh: Path, tag: str) -> None:
    assert asked(gh, "Move the tag that workflows name", tag) == []


@pytest.mark.parametrize("tags", ["v1.0.0 v1.2.0", "v1 v1.9.0 v1.10.0rc1 v1.10.0", "v0.9.0 v1.10.0 v2.0.0 vnext"])
def test_the_newest_release_moves_the_tag_whatever_else_is_tagged(gh: Path, tags: str) -> None:
    newest = "v1.2.0" if "v1.2.0" in tags else "v1.10.0"

    assert len(asked(gh, "Move the tag that workflows name", newest, TAGS=tags)) == 1


def test_a_fix_of_an_older_release_does_not_take_the_newer_one_away(gh: Path) -> None:
    assert asked(gh, "Move the tag that workflows name", "v1.9.4", TAGS="v1 v1.9.3 v1.9.4 v1.10.0") == []

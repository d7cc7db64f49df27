"""Where shell blocks of the pages are run: a shop with a faulty change, a shell, fakes of a vendor and of GitHub."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from docs.validate.pages import Fence, pages
from docs.validate.shell import SHELLS, Step, steps
from tests.app.cli.conftest import AFTER, BEFORE, by_reviewer, findings, remark
from tests.fakes.github import TOKEN, FakeGitHub, FakePull
from tests.fakes.openai import FakeOpenAI
from tests.repositories import IDENTITY, Repository

ROOT = Path(__file__).parents[2]

_NOT_RUN = re.compile(r"not run:\s*(.*)", re.DOTALL)
_ENDS_WITH = re.compile(r"ends with (\d+)")
_PATIENCE_SECONDS = 40
_MARK = "\x1e"
_REPORT = {
    "schema": "quartet.review/1",
    "findings": [
        {
            "id": "0f1e2d3c4b5a6978",
            "aliases": [],
            "reviewer": "security",
            "rule": "injection",
            "title": "A name",
            "models": [],
        }
    ],
}
_SARIF = {
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "ESLint", "rules": []}}, "results": []}],
}
_BESIDE = {"report.json": _REPORT, "eslint.sarif": _SARIF, "semgrep.sarif": _SARIF}
"""Files that other tools, or an earlier review, have left in the shop; git is told to overlook them."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of shell text on a page, and what the remarks before it say of running it."""

    path: str
    fence: Fence

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps(self.fence)

    @property
    def excuse(self) -> str | None:
        """Why it is not run; None where it is."""
        found = [match.group(1) for remark in self.fence.remarks if (match := _NOT_RUN.match(remark))]
        return found[0] if found else None

    @property
    def status(self) -> int:
        """What its last command ends with."""
        found = [match.group(1) for remark in self.fence.remarks if (match := _ENDS_WITH.fullmatch(remark))]
        return int(found[0]) if found else 0

    def __str__(self) -> str:
        return f"{self.path}:{self.fence.line}"


def blocks() -> list[Block]:
    """Every block of shell text, page by page."""
    return [Block(page.path, fence) for page in pages(ROOT) for fence in page.fences if fence.language in SHELLS]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a step printed, both streams together, and how it ended."""

    step: Step
    status: int
    output: tuple[str, ...]


@contextmanager
def surroundings(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The shop and the environment of somebody who has installed Quartet and has the key of one model."""
    shop = Repository.create(folder / "shop")
    shop.commit({"orders.py": BEFORE})
    shop.git("checkout", "--quiet", "-b", "feature")
    shop.commit({"orders.py": AFTER})
    (shop.root / ".git" / "info" / "exclude").write_text("\n".join(_BESIDE), encoding="utf-8")
    for name, text in _BESIDE.items():
        (shop.root / name).write_text(json.dumps(text), encoding="utf-8")
    pull = FakePull(number=7, base_files={"orders.py": BEFORE}, head_files={"orders.py": AFTER}, title="Find orders")
    with FakeGitHub([pull]) as github, FakeOpenAI(by_reviewer(security=findings(remark()))) as openai:
        yield (
            shop.root,
            IDENTITY
            | {
                "HOME": str(folder),
                "PATH": os.pathsep.join([str(_programs(folder)), str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
                "LANG": "C.UTF-8",
                "NO_PROXY": "127.0.0.1,localhost",
                "PIP_NO_INDEX": "1",
                "OPENAI_API_KEY": "a-key-of-the-tests",
                "OPENAI_BASE_URL": openai.base_url,
                "GITHUB_TOKEN": TOKEN,
                "GITHUB_API_URL": github.api_url,
                "QUARTET_STATE_DIR": str(folder / "state"),
            },
        )


def run(block: Block, folder: Path) -> list[Ran]:
    """Each step of a block in turn, in one shell, as far as it comes."""
    with surroundings(folder) as (shop, environment):
        script = "set -eu -o pipefail\n" + "\n".join(_marked(step) for step in block.steps)
        status, output = _of_shell(script, shop, environment)
    printed = output.split(f"{_MARK}\n")
    ended = [0] * (len(printed) - 1) + [status]
    # Behind the mark of the last step there is nothing, unless the shell itself complained.
    return [
        Ran(step, status, tuple(text.rstrip("\n").splitlines()))
        for step, status, text in zip(block.steps, ended, printed, strict=False)
    ]


def _of_shell(script: str, shop: Path, environment: dict[str, str]) -> tuple[int, str]:
    """The status of a script and what it printed; with it ends all that it has started."""
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=shop,
        env=environment,
        stdin=subprocess.DEVNULL,  # nobody sits at the keyboard
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            output, _ = shell.communicate(timeout=_PATIENCE_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    return shell.returncode, output


def agrees(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether what a page shows is what was printed; ``…`` stands for anything, alone on a line for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def _marked(step: Step) -> str:
    return f"{step.command}\nprintf '\\036\\n'"


def _programs(folder: Path) -> Path:
    """``quartet`` of this checkout, whatever else is installed."""
    programs = folder / "bin"
    programs.mkdir()
    quartet = programs / "quartet"
    call = shlex.join([sys.executable, "-c", "from app.cli.main import entry_point; entry_point()"])
    quartet.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {call} "$@"\n', encoding="utf-8")
    quartet.chmod(quartet.stat().st_mode | stat.S_IXUSR)
    return programs

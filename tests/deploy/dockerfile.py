"""The Dockerfile, read as far as the tests need it: its last stage, instruction by instruction."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of them, its continued lines joined.

    Attributes:
        name: In capitals.
        value: What follows.
    """

    name: str
    value: str


def stages(text: str) -> list[list[Instruction]]:
    """The instructions of each stage, its ``FROM`` first.

    >>> [[one.name for one in stage] for stage in stages("FROM a AS b\\nRUN x \\\\\\n  && y\\nFROM c\\nUSER 1\\n")]
    [['FROM', 'RUN'], ['FROM', 'USER']]
    """
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found: list[list[Instruction]] = []
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        if not line.strip():
            continue
        name, _, value = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append(Instruction(name, value.strip()))
    return found


class Image:
    """What the last stage says of the processes that are started from it."""

    def __init__(self) -> None:
        self.stages = stages(DOCKERFILE.read_text())
        self._last = {instruction.name: instruction.value for instruction in self.stages[-1]}

    @property
    def environment(self) -> dict[str, str]:
        """Variables, not expanded."""
        return dict(re.findall(r"(\w+)=(\S+)", self._last["ENV"]))

    @property
    def user(self) -> int:
        """Number of the user; that of the group is the same."""
        user, group = self._last["USER"].split(":")
        assert user == group
        return int(user)

    @property
    def folder(self) -> str:
        """Where processes are started."""
        return self._last["WORKDIR"]

    @property
    def entry_point(self) -> list[str]:
        """Words before the arguments."""
        words: list[str] = json.loads(self._last["ENTRYPOINT"])
        return words

    @property
    def arguments(self) -> list[str]:
        """What is run where nothing is said."""
        words: list[str] = json.loads(self._last["CMD"])
        return words

    @property
    def health_check(self) -> list[str]:
        """The command that asks whether all is well."""
        words: list[str] = json.loads(self._last["HEALTHCHECK"].partition("CMD ")[2])
        return words

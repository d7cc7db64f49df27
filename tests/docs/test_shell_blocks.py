"""Every block of shell text in the README and in the docs runs as it stands there, or says why it cannot run here.

The remark is an HTML comment on the line before the block: ``not run: needs a container engine``. A block whose last
command ends with another status than 0 says so with ``ends with 1``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.validate.pages import Fence
from tests.docs.blocks import Block, agrees, blocks, run

BLOCKS = blocks()
RUN = [block for block in BLOCKS if block.excuse is None]


def test_there_are_blocks_of_both_kinds() -> None:
    assert RUN
    assert len(RUN) < len(BLOCKS)


@pytest.mark.parametrize("block", RUN, ids=str)
def test_a_block_does_and_prints_what_its_page_says(block: Block, tmp_path: Path) -> None:
    ran = run(block, tmp_path)

    last = ran[-1]
    assert len(ran) == len(block.steps), "\n".join(last.output)
    assert last.status == block.status, "\n".join(last.output)
    for each in ran:
        if each.step.output:
            assert agrees(each.step.output, each.output), "\n".join(each.output)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.excuse is not None], ids=str)
def test_a_block_that_is_not_run_says_why(block: Block) -> None:
    assert len((block.excuse or "").split()) >= 3


def block(text: str, *remarks: str) -> Block:
    return Block("a.md", Fence(1, "console", text, remarks))


def test_a_command_that_fails_ends_a_block(tmp_path: Path) -> None:
    ran = run(block("$ echo one\n$ false\n$ echo two\n"), tmp_path)

    assert [(each.status, each.output) for each in ran] == [(0, ("one",)), (1, ())]


def test_a_block_is_one_shell(tmp_path: Path) -> None:
    ran = run(block("$ cd .git && NAME=shop\n$ echo $NAME; basename $PWD\n"), tmp_path)

    assert ran[-1].output == ("shop", ".git")


def test_remarks_tell_the_status_and_the_excuse() -> None:
    assert block("$ false\n", "ends with 1").status == 1
    assert block("$ docker run x\n", "not run: needs a container engine").excuse == "needs a container engine"
    assert block("$ true\n", "something else").excuse is None


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        pytest.param(["one"], ["one"], True, id="the same"),
        pytest.param(["one"], ["two"], False, id="another"),
        pytest.param(["one"], ["one", "two"], False, id="more than is shown"),
        pytest.param(["took … s"], ["took 1.5 s"], True, id="a part that changes"),
        pytest.param(["one", "…", "four"], ["one", "two", "three", "four"], True, id="lines left out"),
        pytest.param(["one", "…"], ["one"], True, id="no line left out"),
        pytest.param(["a.b"], ["axb"], False, id="marks are themselves"),
    ],
)
def test_what_is_shown_is_compared(shown: list[str], printed: list[str], same: bool) -> None:
    assert agrees(shown, printed) is same

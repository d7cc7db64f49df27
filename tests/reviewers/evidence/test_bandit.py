from __future__ import annotations

import pytest

from reviewers.diff import FileDiff
from reviewers.evidence.bandit import BANDIT
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered, never


@pytest.mark.parametrize(
    ("file", "told"),
    [
        pytest.param(added_file("a.py", "import torch\nm = torch.load(p)  # nosec\n"), [(2, 2, "B614")], id="weights"),
        pytest.param(
            added_file("a.py", "from transformers import AutoModel\nm = AutoModel.from_pretrained('a/b')\n"),
            [(2, 2, "B615")],
            id="a model without a revision",
        ),
        pytest.param(
            added_file(
                "a.py",
                f"from transformers import AutoModel\nm = AutoModel.from_pretrained('a/b', revision='{'a' * 40}')\n",
            ),
            [],
            id="a model with its revision",
        ),
        pytest.param(added_file("tests/a.py", "import torch\nm = torch.load(p)\n"), [], id="a test"),
    ],
)
def test_models_from_strangers_are_told(file: FileDiff, told: list[tuple[int, int, str]]) -> None:
    assert codes(gathered(file, sources=[BANDIT])) == told


def test_a_part_of_a_file_is_read_where_it_imports() -> None:
    part = hunk(" x = 1", "+import torch", "+m = torch.load(p)", old_start=9, new_start=9)

    facts = gathered(file_diff("a.py", part), sources=[BANDIT]).facts

    assert [(fact.start_line, fact.confidence) for fact in facts] == [(11, 0.48)]


def test_bandit_is_not_started_for_code_that_cannot_hold_such_a_fault() -> None:
    evidence = gathered(added_file("a.py", "import pickle\n"), sources=[BANDIT], run=never)

    assert evidence.facts == ()


def test_a_file_that_is_no_python_is_no_gap() -> None:
    evidence = gathered(added_file("a.py", "torch.load(\n"), sources=[BANDIT])

    assert (evidence.facts, evidence.gaps, evidence.note) == ((), (), "")

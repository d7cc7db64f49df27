from __future__ import annotations

import pytest

from reviewers.evidence.ruff import RUFF
from tests.builders import file_diff, hunk
from tests.reviewers.evidence.gathered import gathered

LIST = "subprocess.call(f'ls {name}', shell=True)"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((" def f(name):", "+    subprocess.call('ls ' + name, shell=True)"), id="a function"),
        pytest.param(("     x = 1", "+    subprocess.call('ls ' + name, shell=True)", "     return x"), id="a body"),
        pytest.param(
            ("             x = 1", f"+            {LIST}", "     except OSError:", "         pass"),
            id="the end of a try",
        ),
        pytest.param(
            ("     else:", f"+        {LIST}", " ", " def g():"), id="a branch, a function"
        ),
        pytest.param(
            ("         return", "     elif x:", "+        os.system(f'ls {name}')", "     finally:", "         if y:"),
            id="the beginning of another block",
        ),
        pytest.param(
            ("     finally:", "+        os.system(f'ls {name}')"), id="what comes in the end",
        ),
        pytest.param(
            ("     'x',", " )", f"+{LIST}", " other = call("), id="between cut statements"
        ),
    ],
)  # fmt: skip
def test_part_of_a_file_is_read_as_far_as_it_goes(rows: tuple[str, ...]) -> None:
    added = next(number for number, row in enumerate(rows, start=31) if row.startswith("+"))

    evidence = gathered(file_diff("ls.py", hunk(*rows, old_start=31, new_start=31)), sources=[RUFF])

    assert [(f.start_line, f.rule) for f in evidence.facts] == [(added, "command-injection")]
    assert evidence.note == ""


def test_part_of_a_file_says_nothing_of_names_and_dangling_expressions() -> None:
    rows = ("+    'colour',", "+    shade,", "+    key: value", "+unknown(here)")

    evidence = gathered(file_diff("x.py", hunk(*rows, new_start=40)), sources=[RUFF])

    assert evidence.facts == ()


def test_part_of_a_file_that_is_no_python_by_itself_is_said_to_be_unread() -> None:
    rows = ("     'first': 1,", "+    'second': open(,", "     'third': 3,")

    evidence = gathered(file_diff("shop/x.py", hunk(*rows)), sources=[RUFF])

    assert evidence.facts == ()
    assert evidence.note.startswith("ruff did not read 1 changed line in shop/x.py (only a part of the file is known")


def test_code_in_the_middle_of_a_known_docstring_is_no_code() -> None:
    rows = (" def f():", '     """Never do this:', "+    subprocess.call(x, shell=True)", '     """')

    assert gathered(file_diff("x.py", hunk(*rows)), sources=[RUFF]).facts == ()

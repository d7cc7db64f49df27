from __future__ import annotations

import json

import pytest

from reviewers.diff import FileStatus
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence.ruff import RUFF
from reviewers.evidence_source import Printed
from reviewers.findings import Severity
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered

SHELL = "import subprocess\n\n\ndef list_folder(name):\n    return subprocess.call('ls ' + name, shell=True)\n"
SLEEP = "import time\n\n\nasync def rest():\n    time.sleep(1)\n"


@pytest.mark.parametrize(
    ("text", "line", "reviewer", "rule", "cwe"),
    [
        pytest.param(SHELL, 5, "security", "command-injection", "CWE-78", id="a shell"),
        pytest.param("import yaml\nx = yaml.load(y)\n", 2, "security", "unsafe-deserialization", "CWE-502", id="yaml"),
        pytest.param("db.execute(f'select * from t where n = {n}')\n", 1, "security", "injection", "CWE-89", id="sql"),
        pytest.param("def f(a=[]):\n    return a\n", 1, "bugs", "mutable-default", None, id="mutable default"),
        pytest.param("def f():\n    return nmae\n", 2, "bugs", "undefined-name", None, id="undefined name"),
        pytest.param("assert (1 == 2, 'differ')\n", 1, "bugs", "broken-test", None, id="assert on a tuple"),
        pytest.param("'%s %s' % ('a',)\n", 1, "bugs", "wrong-argument", None, id="format arguments"),
        pytest.param(SLEEP, 5, "performance", "blocking-call", None, id="sleep in a coroutine"),
        pytest.param("def f(:\n    pass\n", 1, "bugs", "syntax-error", None, id="broken syntax"),
        pytest.param(
            f"def f({', '.join(f'a{n}' for n in range(12))}):\n    pass\n",
            1,
            "architecture",
            "excessive-complexity",
            None,
            id="a dozen arguments",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_to_the_reviewer_it_concerns(
    text: str, line: int, reviewer: str, rule: str, cwe: str | None
) -> None:
    evidence = gathered(added_file("shop/orders.py", text), sources=[RUFF])

    assert (line, reviewer, rule, cwe) in [(f.start_line, f.reviewer, f.rule, f.cwe) for f in evidence.facts]


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        pytest.param("try:\n    f()\nexcept Exception:\n    pass\n", "BLE001", "exception-swallowed", id="any error"),
        pytest.param(
            "def f():\n    try:\n        return 1\n    finally:\n        return 2\n",
            "SIM107",
            "exception-swallowed",
            id="finally",
        ),
        pytest.param(
            "import logging\nlogging.info('x', extra={'name': 1})\n",
            "G101",
            "error-path",
            id="a record's own attribute",
        ),
        pytest.param("def f():\n    from os import *\n", "F406", "syntax-error", id="a star within a function"),
        pytest.param("def f(a: 'in t') -> None:\n    return a\n", "F722", "syntax-error", id="an annotation"),
        pytest.param("for a in b:\n    f(a)\nelse:\n    g()\n", "PLW0120", "logic-error", id="else without break"),
        pytest.param("if a == None:\n    f()\n", "E711", "wrong-comparison", id="equal to None"),
        pytest.param("if type(a) == type(b):\n    f()\n", "E721", "wrong-comparison", id="equal types"),
        pytest.param(
            "from datetime import datetime\nx = datetime.utcnow()\n",
            "DTZ003",
            "type-confusion",
            id="a time without zone",
        ),
        pytest.param("x = '\\d'\n", "W605", "api-misuse", id="an escape that is none"),
        pytest.param(
            "from django import forms\nclass F(forms.ModelForm):\n    class Meta:\n        fields = '__all__'\n",
            "DJ007",
            "missing-authorization",
            id="a form of all fields",
        ),
        pytest.param(
            "from django.dispatch import receiver\n@other\n@receiver(s)\ndef f():\n    pass\n",
            "DJ013",
            "logic-error",
            id="a receiver that is wrapped",
        ),
    ],
)
def test_faults_of_the_smaller_families_are_told(text: str, code: str, rule: str) -> None:
    facts = gathered(added_file("shop/orders.py", text), sources=[RUFF]).facts

    assert (code, rule) in [(fact.code, fact.rule) for fact in facts]


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: S602", "# nosec", "# ruff: noqa", "# ruff: ignore[S602]", "# type: ignore"]
)
def test_a_comment_of_the_change_does_not_silence_ruff(comment: str) -> None:
    text = SHELL.replace("shell=True)", f"shell=True)  {comment}")

    evidence = gathered(added_file("shop/orders.py", f"{comment}\n{text}"), sources=[RUFF])

    assert "S602" in [fact.code for fact in evidence.facts]


def test_configuration_of_the_change_does_not_silence_ruff() -> None:
    evidence = gathered(
        added_file("ruff.toml", "exclude = ['*']\n"),
        added_file("pyproject.toml", "[tool.ruff]\nexclude = ['*']\n"),
        added_file("shop/orders.py", SHELL),
        sources=[RUFF],
    )

    assert codes(evidence) == [(5, 5, "S602")]


def test_a_fault_on_an_unchanged_line_is_not_told() -> None:
    changed = file_diff("shop/orders.py", hunk(" import subprocess", "+import sys", " "))
    text = SHELL.replace("import subprocess\n", "import subprocess\nimport sys\n")

    evidence = gathered(changed, contents={"shop/orders.py": text}, sources=[RUFF])

    assert evidence.facts == ()


def test_a_changed_argument_of_a_call_is_a_changed_call() -> None:
    text = "import subprocess\n\nsubprocess.run(\n    f'ls {name}',\n    shell=True,\n)\n"
    rows = (" import subprocess", " ", " subprocess.run(", "     f'ls {name}',", "+    shell=True,", " )")

    evidence = gathered(file_diff("ls.py", hunk(*rows)), contents={"ls.py": text}, sources=[RUFF])

    assert codes(evidence) == [(5, 5, "S602")]


@pytest.mark.parametrize(
    ("text", "rows", "line"),
    [
        pytest.param(
            "x = 1\ny = (x\nz = 2\nw = 3\n", (" x = 1", "+y = (x", " z = 2", " w = 3"), 2, id="before another statement"
        ),
        pytest.param("x = 1\ny = call(\n", (" x = 1", "+y = call("), 2, id="at the end of the file"),
    ],
)
def test_an_open_bracket_is_told_where_it_was_opened(text: str, rows: tuple[str, ...], line: int) -> None:
    evidence = gathered(file_diff("x.py", hunk(*rows)), contents={"x.py": text}, sources=[RUFF])

    assert codes(evidence) == [(line, line, "invalid-syntax")]


def test_a_file_that_was_broken_elsewhere_is_not_held_against_the_change() -> None:
    text = "x = 1\n\n\n\n\n\ny = (\n"

    evidence = gathered(file_diff("x.py", hunk("+x = 1", " ")), contents={"x.py": text}, sources=[RUFF])

    assert evidence.facts == ()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["name,"] * 60, 2, id="longer than we look"),
        pytest.param(["first(),", "(second),", "*[third],"], 2, id="within a list of other calls"),
    ],
)
def test_a_call_counts_as_far_as_it_is_looked_at(arguments: list[str], line: int) -> None:
    text = "\n".join(["import subprocess", "subprocess.call(", *arguments, "shell=True)", ""])
    added = [f"+{row}" for row in text.split("\n")[1:-1]]

    evidence = gathered(
        file_diff("ls.py", hunk(" import subprocess", *added)), contents={"ls.py": text}, sources=[RUFF]
    )

    assert [fact.start_line for fact in evidence.facts if fact.code == "S602"] == [line]


def test_only_the_first_broken_line_of_a_file_is_told() -> None:
    evidence = gathered(added_file("old.py", "print 'a'\nprint 'b'\nexec 'c'\n"), sources=[RUFF])

    assert codes(evidence) == [(1, 1, "invalid-syntax")]


def test_current_syntax_is_not_broken() -> None:
    text = "type Pair[T] = tuple[T, T]\nmatch Pair:\n    case _:\n        print(f'{Pair!r:{'>'}20}')\n"

    assert gathered(added_file("new.py", text), sources=[RUFF]).facts == ()


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        pytest.param("shop/orders.py", {"S602", "S324", "B006", "PERF401"}, id="the product"),
        pytest.param("tests/test_orders.py", {"S602", "B006"}, id="a test"),
        pytest.param("tests/fixtures/orders.py", {"S602"}, id="what a test reads"),
        pytest.param("{{ package }}/orders.py", set(), id="a template"),
        pytest.param("shop/orders.txt", set(), id="another kind of file"),
    ],
)
def test_how_much_is_told_depends_on_what_the_file_is_for(path: str, rules: set[str]) -> None:
    text = (
        SHELL
        + "\n\ndef f(items, a=[]):\n    import hashlib\n    for item in items:\n        a.append(hashlib.md5(item))\n"
        "    found = []\n    for item in items:\n        found.append(str(item))\n    return a, found\n"
    )

    assert {fact.code for fact in gathered(added_file(path, text), sources=[RUFF]).facts} == rules


def test_a_stub_is_read_for_bugs_alone() -> None:
    text = "import subprocess\nsubprocess.call(x, shell=True)\n"

    evidence = gathered(added_file("x.pyi", text), sources=[RUFF])

    assert {fact.reviewer for fact in evidence.facts} == {"bugs"}


def test_a_constant_command_is_a_minor_matter() -> None:
    text = "import subprocess\nsubprocess.call('ls -l', shell=True)\n"

    (fact,) = gathered(added_file("x.py", text), sources=[RUFF]).facts

    assert (fact.code, fact.severity) == ("S602", Severity.LOW)


def test_dependencies_of_fastapi_are_no_mutable_defaults() -> None:
    text = "from fastapi import Depends\n\n\ndef f(db=Depends(dict)):\n    return db\n"

    assert gathered(added_file("x.py", text), sources=[RUFF]).facts == ()


def test_one_file_that_breaks_ruff_down_does_not_silence_it_for_the_others() -> None:
    bomb = added_file("bomb.py", "x" + ".a" * 100_000 + "\n")
    others = [added_file(f"shop/part_{number}.py", SHELL) for number in range(5)]

    evidence = gathered(*others[:2], bomb, *others[2:], sources=[RUFF])

    assert [fact.path for fact in evidence.facts] == [file.path for file in others]
    assert [(gap.reviewer, gap.path) for gap in evidence.gaps] == [("evidence: ruff", "bomb.py")]
    assert evidence.gaps[0].reason == "ruff was ended by SIGABRT: pip install --upgrade ruff"


def test_a_file_that_is_too_large_is_said_to_be_unread() -> None:
    evidence = gathered(added_file("big.py", "x = 1\n" * 170_000), sources=[RUFF])

    assert [(each.path, each.lines) for each in evidence.unread] == [("big.py", 170_000)]


def test_line_ends_of_other_systems_do_not_move_a_fact() -> None:
    text = "a = 1\r\nb = 'x\ry'\r\n" + SHELL.replace("\n", "\r\n")

    evidence = gathered(added_file("x.py", text), sources=[RUFF])

    assert codes(evidence) == [(7, 7, "S602")]


def test_a_file_whose_changes_were_not_delivered_is_not_taken_for_whole() -> None:
    file = file_diff("x.py", hunk("+def f(a=nothing):"), status=FileStatus.ADDED, unseen_lines=7)

    assert gathered(file, sources=[RUFF]).facts == ()


@pytest.mark.parametrize(
    "output",
    [
        pytest.param("", id="nothing"),
        pytest.param("ruff failed", id="no JSON"),
        pytest.param('{"violations": []}', id="another shape"),
        pytest.param('[{"code": "S602"}]', id="fields are missing"),
        pytest.param(json.dumps([{"code": "S602", "filename": "/other/place.py"}]), id="a file it was not given"),
    ],
)
def test_an_answer_of_another_shape_is_not_guessed_at(output: str) -> None:
    with pytest.raises(ToolAnswerUnreadable):
        RUFF.parse(Printed(output), {})

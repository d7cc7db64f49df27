from __future__ import annotations

from reviewers.evidence.mypy import MYPY
from reviewers.evidence_source import Evidence
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import gathered, never

SET_UP = {"mypy.ini": "[mypy]\n"}
CALL = "def f(a: int) -> int:\n    return a\n\n\nf(1, 2)\n"


def _read(text: str, settings: dict[str, str] | None = None) -> Evidence:
    return gathered(added_file("shop/a.py", text), sources=[MYPY], settings=SET_UP if settings is None else settings)


def test_what_does_not_fit_is_told_under_our_rule() -> None:
    text = (
        "import json\n"
        "import re\n"
        "async def g() -> None: ...\n"
        "async def h(found: re.Match[str] | None) -> str:\n"
        "    g()\n"
        "    json.lods('{}')\n"
        "    print(re.match('a', 'b').group())\n"
        "    return 1\n"
    )

    assert [(fact.start_line, fact.code, fact.rule) for fact in _read(text).facts] == [
        (5, "unused-coroutine", "concurrency"),
        (6, "attr-defined", "undefined-name"),
        (7, "union-attr", "none-dereference"),
        (8, "return-value", "type-confusion"),
    ]


def test_what_is_imported_is_unknown_and_fits_everywhere() -> None:
    text = (
        "from shop.models import Order, total\n"
        "from ..prices import price\n"
        "from . import rates\n"
        "import numpy as np\n"
        "class Big(Order):\n"
        "    def size(self) -> int:\n"
        "        return self.lines + total(self, 1, 2)\n"
        "Big(1, 2).anything(np.zeros(3).shape, price(1) + rates.of('EUR'))\n"
    )

    assert _read(text).facts == ()


def test_a_repository_that_does_not_set_mypy_up_is_not_checked() -> None:
    evidence = gathered(added_file("shop/a.py", CALL), sources=[MYPY], run=never, settings={})

    assert (evidence.facts, evidence.note) == ((), "")


def test_a_plugin_that_the_repository_names_is_never_loaded() -> None:
    settings = {"mypy.ini": "[mypy]\nplugins = no_such_plugin, /tmp/evil.py\nmypy_path = /\ncustom_typeshed_dir = /x\n"}

    evidence = _read(CALL, settings)

    assert ([fact.code for fact in evidence.facts], evidence.gaps) == (["call-arg"], ())


def test_kinds_of_error_that_the_repository_switches_off_are_off() -> None:
    assert _read(CALL, {"mypy.ini": "[mypy]\ndisable_error_code = call-arg, no-such-code\n"}).facts == ()


def test_only_what_the_change_touches_is_told() -> None:
    change = file_diff("shop/a.py", hunk(" f(1, 2)", "+f(1, 2, 3)", old_start=5, new_start=5))

    evidence = gathered(change, contents={"shop/a.py": CALL + "f(1, 2, 3)\n"}, sources=[MYPY], settings=SET_UP)

    assert [fact.start_line for fact in evidence.facts] == [6]


def test_a_file_that_does_not_parse_does_not_silence_the_others() -> None:
    evidence = gathered(
        added_file("shop/broken.py", "def (:\n"),
        added_file("other/a.py", CALL),
        added_file("shop/a.py", CALL),
        sources=[MYPY],
        settings=SET_UP,
    )

    assert [(fact.path, fact.start_line) for fact in evidence.facts] == [("other/a.py", 5), ("shop/a.py", 5)]
    assert evidence.gaps == ()


def test_a_file_at_which_mypy_stops_does_not_silence_the_others() -> None:
    evidence = gathered(
        added_file("shop/lost.py", f"from {'.' * 40} import x\n"),
        added_file("shop/a.py", CALL),
        sources=[MYPY],
        settings=SET_UP,
    )

    assert ([fact.path for fact in evidence.facts], evidence.gaps) == (["shop/a.py"], ())

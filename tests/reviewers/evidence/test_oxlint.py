from __future__ import annotations

import pytest

from reviewers.diff import FileDiff
from reviewers.evidence.oxlint import OXLINT
from reviewers.evidence_source import Evidence
from reviewers.findings import Severity
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered


def _read(*files: FileDiff, contents: dict[str, str] | None = None) -> Evidence:
    return gathered(*files, contents=contents, sources=[OXLINT])


def _told(text: str, path: str = "shop/a.ts") -> list[tuple[int, str, str]]:
    return [(fact.start_line, fact.code, fact.rule) for fact in _read(added_file(path, text)).facts]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("f(\nif (a === NaN) b();\n", [(2, "syntax", "syntax-error")], id="no script"),
        pytest.param("if (a === NaN) b();\n", [(1, "use-isnan", "wrong-comparison")], id="equal to NaN"),
        pytest.param('if (typeof a === "strnig") b();\n', [(1, "valid-typeof", "wrong-comparison")], id="typeof"),
        pytest.param("const o = {\n  a: 1,\n  a: 2,\n};\nuse(o);\n", [(3, "no-dupe-keys", "logic-error")], id="keys"),
        pytest.param(
            "const { a } = b?.c;\nuse(a);\n", [(1, "no-unsafe-optional-chaining", "none-dereference")], id="?."
        ),
        pytest.param("const r = eval(text);\nuse(r);\n", [(1, "no-eval", "code-injection")], id="eval"),
        pytest.param("if (a = 3) b();\n", [(1, "no-cond-assign", "logic-error")], id="assignment in a condition"),
        pytest.param(
            "const b = a.reduce((sum, x) => ({ ...sum, [x]: 1 }), {});\nuse(b);\n",
            [(1, "no-accumulating-spread", "quadratic-time")],
            id="spread in a reduction",
        ),
        pytest.param("while (a = next()) use(a);\n", [], id="assignment in the condition of a loop"),
        pytest.param("console.log(a == b);\nvar c = 1;\nuse(c);\n", [], id="style"),
        pytest.param("for (const x of xs) {\n  use(x);\n}\n", [], id="sound"),
    ],
)
def test_a_fault_is_told_where_it_stands_under_our_rule(text: str, told: list[tuple[int, str, str]]) -> None:
    assert _told(text) == told


def test_a_comment_silences_nothing() -> None:
    assert _told("// eslint-disable-next-line\ndebugger;\n/* oxlint-disable */\n") == [(2, "no-debugger", "api-misuse")]


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        pytest.param(
            "a.tsx", "export const A = () => xs.map((x) => <b>{x}</b>);\n", ["jsx-key"], id="JSX without a key"
        ),
        pytest.param("a.ts", "use(shop);\n", [], id="a function that is called as a hook is"),
        pytest.param(
            "a.vue",
            "<template><a/></template>\n<script>\nexport default { a: x === NaN };\n</script>\n",
            ["use-isnan"],
            id="Vue",
        ),
        pytest.param("a.test.ts", "it.only('adds', () => { use(1); });\n", ["no-focused-tests"], id="one test alone"),
        pytest.param("a.test.ts", "const r = eval(text);\nuse(r);\n", [], id="minor weaknesses in tests"),
        pytest.param("lib/a.min.js", "debugger;\n", [], id="minified"),
        pytest.param("types/a.d.ts", "debugger;\n", [], id="declarations"),
    ],
)
def test_what_counts_depends_on_the_kind_of_file(path: str, text: str, told: list[str]) -> None:
    assert [code for _, code, _ in _told(text, path)] == told


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([" const n = total();", "+if (n === NaN) stop();"], id="statements"),
        pytest.param(["+  if (this.n === NaN) return;", "+  await this.stop();"], id="the inside of a method"),
        pytest.param(["+  stop(n) {", "+    return n === NaN;", "+  }"], id="a method"),
        pytest.param([" import { n } from 'n';", "+export const bad = n === NaN;"], id="an export"),
        pytest.param(["   }", " ", "+  if (n === NaN) stop();"], id="lines after a bracket that closes"),
    ],
)
def test_parts_of_a_file_are_read_by_themselves(rows: list[str]) -> None:
    change = file_diff("shop/a.ts", hunk(*rows, old_start=40, new_start=40))

    assert [(fact.code, fact.confidence) for fact in _read(change).facts] == [("use-isnan", 0.72)]


def test_a_part_that_is_no_script_is_unread_and_not_wrong() -> None:
    evidence = _read(file_diff("shop/a.ts", hunk("+  }, [a, b", "+  c) => {", old_start=7, new_start=7)))

    assert evidence.facts == ()
    assert "oxlint did not read 2 changed lines in shop/a.ts" in evidence.note


@pytest.mark.parametrize(
    ("before", "told"),
    [
        pytest.param("f(1);\ng(2);\n", [("syntax", Severity.HIGH)], id="it parsed before"),
        pytest.param("f(1: any);\ng(2);\n", [], id="it is in a dialect"),
    ],
)
def test_a_change_is_to_blame_for_what_parsed_before(before: str, told: list[tuple[str, Severity]]) -> None:
    first, second = before.removesuffix("\n").split("\n")
    change = file_diff("a.js", hunk(f" {first}", f"-{second}", "+g(2;"))

    facts = _read(change, contents={"a.js": f"{first}\ng(2;\n"}).facts

    assert [(fact.code, fact.severity) for fact in facts] == told


def test_a_new_file_that_does_not_parse_may_be_something_else() -> None:
    (fact,) = _read(added_file("a.js", "g(2;\n")).facts

    assert (fact.code, fact.severity, fact.confidence) == ("syntax", Severity.MEDIUM, 0.5)
    assert _read(added_file("a.js", "// @flow\nf(1: any);\n")).facts == ()


def test_a_part_says_nothing_that_only_the_whole_file_can_tell() -> None:
    text = "function f() {\n  return 1;\n  g();\n}\n"
    change = file_diff("a.js", hunk("   return 1;", "+  g();", " }", old_start=2, new_start=2))

    assert codes(_read(change)) == []
    assert codes(_read(change, contents={"a.js": text})) == [(3, 3, "no-unreachable")]


def test_bytes_before_a_fault_do_not_move_it() -> None:
    assert _told("const s = 'äöü€🎉';\nuse(s, `é\n${s === NaN}`);\n") == [(3, "use-isnan", "wrong-comparison")]


def test_what_breaks_a_program_is_worse_than_what_may() -> None:
    facts = _read(added_file("a.ts", "if (a === NaN) b();\nfor (const x of xs) await f(x);\n")).facts

    assert [fact.severity for fact in facts] == [Severity.HIGH, Severity.LOW]

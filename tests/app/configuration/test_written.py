from __future__ import annotations

import contextlib
import time

import pytest

from app.configuration.faults import ConfigRejected
from app.configuration.written import MAX_CONFIG_CHARACTERS, read


def _bomb(one: str, row: str) -> str:
    rows = (row.format(name=chr(98 + index), before=chr(97 + index)) for index in range(9))
    return one + "".join(f"{line}\n" for line in rows)


LAUGHS = _bomb("a: &a [x, x]\n", "{name}: &{name} [" + ", ".join(["*{before}"] * 10) + "]")
MERGES = _bomb(
    "a: &a {{k: 1}}\n".replace("{{", "{").replace("}}", "}"),
    "{name}: &{name} {{<<: [" + ", ".join(["*{before}"] * 10) + "]}}",
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [1\n", "line 2: not valid YAML", id="broken"),
        pytest.param("a: 'b\n", "not valid YAML", id="an open quote"),
        pytest.param("\ta: 1", "line 1: not valid YAML", id="a tab"),
        pytest.param("a: *b", "line 1: not valid YAML: found undefined alias", id="an alias of nothing"),
        pytest.param("a: 1\n---\nb: 1\n", "line 2: not valid YAML", id="two documents"),
        pytest.param("- a\n", "line 1: expected keys and values", id="a list"),
        pytest.param("approve", "line 1: expected keys and values", id="a word"),
        pytest.param("x: 1\na: !!python/object/apply:os.system [id]\n", "line 2: tags such as", id="a foreign tag"),
        pytest.param("a: !!int x\n", "line 1: tags such as", id="a tag of YAML's own"),
        pytest.param("a: !x y\n", "line 1: tags such as", id="a local tag"),
        pytest.param("a: 1\nb: 2\na: 3\n", "line 3: 'a' stands here for a second time, first on line 1", id="twice"),
        pytest.param("? [a]\n: 1\n", "line 1: a key must be a word", id="a list as key"),
        pytest.param("<<: 1\n", "line 1: not valid YAML", id="nothing to merge"),
        pytest.param("[" * 50_000, "line 1: lists and keys are nested more than 16 deep", id="lists in lists"),
        pytest.param("? " * 40_000, "line 1: lists and keys are nested more than 16 deep", id="keys of keys"),
        pytest.param("- " * 40_000, "line 1: lists and keys are nested more than 16 deep", id="items of items"),
        pytest.param("{a: " * 20_000, "line 1: lists and keys are nested more than 16 deep", id="keys in keys"),
        pytest.param("a: &a [*a]\n", "line 1: an alias stands inside of what it means", id="an endless alias"),
        pytest.param(LAUGHS, "line 5: more than 20,000 values with its aliases", id="a billion laughs"),
        pytest.param(MERGES, "line 5: more than 20,000 values with its aliases", id="a billion merges"),
        pytest.param('a: "\\U99999999"\n', "line 1: not valid YAML: an escape", id="no character"),
        pytest.param("\x00", "line 1: not valid YAML", id="control characters"),
        pytest.param("#" * (MAX_CONFIG_CHARACTERS + 1), "line 1: it is larger than 100,000", id="too large"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ConfigRejected) as caught:
        read(text, ".quartet.yml")

    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("no", "no", id="Norwegian"),
        pytest.param("on", "on", id="a word"),
        pytest.param("2026-01-01", "2026-01-01", id="a branch that looks like a day"),
        pytest.param("1:30", "1:30", id="no sexagesimal number"),
        pytest.param("0x10", "0x10", id="no hexadecimal number"),
        pytest.param("true", True, id="a switch"),
        pytest.param("12", 12, id="a number"),
        pytest.param("0.50", 0.5, id="a fraction"),
        pytest.param("~", None, id="nothing"),
        pytest.param("", None, id="left empty"),
        pytest.param("'1'", "1", id="quoted"),
        pytest.param("9" * 5_000, float("inf"), id="five thousand digits"),
    ],
)
def test_plain_words_are_what_they_look_like(written: str, meant: object) -> None:
    assert read(f"key: {written}\n", "x").data == {"key": meant}


def test_aliases_within_reason_are_written_out() -> None:
    text = "a: &globs ['*.md']\nb: *globs\nc: &more {d: 1}\ne: {<<: *more, f: 2}\n"

    assert read(text, "x").data == {"a": ["*.md"], "b": ["*.md"], "c": {"d": 1}, "e": {"d": 1, "f": 2}}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: [" + "x, " * 33_000 + "]", id="a long list"),
        pytest.param("a:\n" + "".join(f"  k{number}: v\n" for number in range(9_000)), id="many keys"),
        pytest.param("a: |\n" + "  x\n" * 24_000, id="a long text"),
        pytest.param(LAUGHS, id="a billion laughs"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(ConfigRejected):
        read(text, "x")

    # Measured: 0.9 s for the longest list. A bomb that went off would take minutes, and all memory.
    assert time.process_time() - begun < 10


def test_the_line_of_what_is_not_there_is_that_of_what_holds_it() -> None:
    written = read("a: 1\nb:\n  c:\n    - d\n    - e: 1\n", "x")

    places = [("a",), ("b", "c"), ("b", "c", 1), ("b", "c", 1, "e"), ("b", "c", 9), ("b", "zzz"), ("nothing",)]
    assert [written.line(place) for place in places] == [1, 3, 5, 5, 3, 2, 1]

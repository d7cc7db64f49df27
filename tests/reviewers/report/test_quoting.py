from dataclasses import replace

import pytest

from reviewers.diff import Diff, FileStatus, Side
from reviewers.findings import Finding
from reviewers.report.quoting import Quotes, replaced, suggested
from reviewers.review import Untold
from tests.builders import diff, file_diff, finding, hunk, location, review

RENAMED = file_diff(
    "new.py",
    hunk(" a", "-b", "+B", " c", old_start=1, new_start=1),
    hunk(" x", "-y", " z", old_start=50, new_start=50),
    old_path="old.py",
    status=FileStatus.RENAMED,
)


def test_context_stays_within_the_hunk() -> None:
    rows = Quotes(diff(RENAMED)).around(finding(at=location("new.py", 2)), context=9)

    assert [(row.marker, row.line.text, row.number, row.flagged) for row in rows] == [
        (" ", "a", 1, False),
        ("-", "b", 2, False),
        ("+", "B", 2, True),
        (" ", "c", 3, False),
    ]


@pytest.mark.parametrize("path", [pytest.param("old.py", id="old path"), pytest.param("new.py", id="new path")])
def test_a_removed_line_is_found_under_either_path(path: str) -> None:
    rows = Quotes(diff(RENAMED)).around(finding(at=location(path, 51, side=Side.LEFT)), context=0)

    assert [(row.line.text, row.flagged) for row in rows] == [("y", True)]


def test_lines_of_one_side_are_flagged_with_what_stands_between_them_shown() -> None:
    rows = Quotes(diff(RENAMED)).around(finding(at=location("new.py", 1, 3)), context=0)

    assert [(row.line.text, row.flagged) for row in rows] == [("a", True), ("b", False), ("B", True), ("c", True)]


@pytest.mark.parametrize(
    "remark",
    [
        pytest.param(finding(placed=False), id="no place"),
        pytest.param(finding(at=location("other.py", 1)), id="another file"),
        pytest.param(finding(at=location("new.py", 30)), id="between the hunks"),
        pytest.param(finding(at=location("old.py", 1)), id="the old path on the right side"),
    ],
)
def test_what_is_not_on_the_diff_has_no_code(remark: Finding) -> None:
    assert Quotes(diff(RENAMED)).around(remark, context=3) == ()
    assert Quotes(Diff()).header(remark) == ""


def test_the_header_is_that_of_the_hunk() -> None:
    assert Quotes(diff(RENAMED)).header(finding(at=location("new.py", 50))) == "@@ -50,3 +50,2 @@"


def test_the_first_of_two_patches_of_a_file_counts() -> None:
    quotes = Quotes(diff(file_diff("a.py", hunk("+first")), file_diff("a.py", hunk("+second"))))

    assert [row.line.text for row in quotes.around(finding(at=location("a.py", 1)), context=0)] == ["first"]


def test_a_suggestion_replaces_the_flagged_lines_of_the_new_file() -> None:
    rows = Quotes(diff(file_diff("a.py", hunk("-x\r", "+y\r", " z")))).around(
        finding(at=location("a.py", 1)), context=2
    )

    assert replaced(rows) == ("y",)


@pytest.mark.parametrize(
    ("suggestion", "lines"),
    [
        pytest.param("a", ("a",), id="a line"),
        pytest.param("a\r\nb\r\n", ("a", "b"), id="two with CRLF"),
        pytest.param("", (), id="a deletion"),
        pytest.param("\n", ("",), id="an empty line"),
        pytest.param("a\n\n", ("a", ""), id="an empty line at the end"),
    ],
)
def test_a_suggestion_has_lines(suggestion: str, lines: tuple[str, ...]) -> None:
    assert suggested(suggestion) == lines


@pytest.mark.parametrize(
    ("line", "rule", "shown"),
    [
        pytest.param("k = 'ghp_" + "a1B2" * 9 + "'", "injection", "k = 'ghp_…[masked 36]'", id="by its form"),
        pytest.param(
            "password = 'tr0ub4dor'", "hardcoded-secret", "password = '…[masked 9]'", id="by what is said of it"
        ),
        pytest.param("password = 'tr0ub4dor'", "injection", "password = 'tr0ub4dor'", id="what nobody calls a secret"),
    ],
)
def test_a_report_shows_no_secret(line: str, rule: str, shown: str) -> None:
    change = diff(file_diff("a.py", hunk(" a", f"+{line}")))

    rows = Quotes(change).around(finding(at=location("a.py", 2), rule=rule), context=1)

    assert [row.line.text for row in rows] == ["a", shown]


def test_a_report_shows_no_private_key() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
    change = diff(file_diff("a.pem", hunk("+-----BEGIN PRIVATE KEY-----", f"+{body}", f"+{body}")))

    rows = Quotes(change).around(finding(at=location("a.pem", 1)), context=2)

    assert [row.line.text for row in rows[1:]] == ["…[masked 52]"] * 2


def test_a_report_shows_no_secret_beside_another_finding_either() -> None:
    password = "tr0ub4dor" + "&3x9"
    changed = diff(file_diff("a.py", hunk("+x = eval(y)", f'+PASSWORD = "{password}"', "+z = 1")))
    secret = finding(at=location("a.py", 2), rule="hardcoded-secret")
    told = replace(review(finding(at=location("a.py", 1))), below_threshold=(Untold(finding=secret, reason="weak"),))

    rows = Quotes.of(told, changed).around(told.findings[0], context=2)

    assert [row.line.text for row in rows] == ["x = eval(y)", 'PASSWORD = "…[masked 13]"', "z = 1"]

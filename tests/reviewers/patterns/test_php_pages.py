"""Pages of PHP: what is code, and on which line."""

from __future__ import annotations

import pytest

from reviewers.patterns.php_pages import code_of
from reviewers.patterns.scanner import scan
from reviewers.syntax.tree import faults, parse

PAGE = """<html>
<?php if ($open): ?>
  <p><?= $_GET['name'] ?></p>
<?php endif; ?>
<a href="<?php echo htmlspecialchars($_GET['next']); ?>">on</a>
</html>
"""


def test_a_fault_in_a_page_is_told_on_its_line() -> None:
    found = scan({"page.php": PAGE})["remarks"]

    assert {line for _, rule, line, _ in found if rule.startswith("php-")} == {3}


def test_code_keeps_its_line_and_parses() -> None:
    code = code_of(PAGE)

    root = parse(code, "php")
    assert root is not None
    assert faults(root) == 0
    assert code.count("\n") == PAGE.count("\n")
    assert "echo $_GET['name']" in " ".join(code.split("\n")[2].split())


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("$a = 1;\n$b = 'x';\n", id="a part without a tag"),
        pytest.param("$less = $a <$b;\n", id="a comparison"),
    ],
)
def test_what_has_no_tag_is_code(code: str) -> None:
    assert code_of(code) == code


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("""echo '<?xml version="1.0"?>' . $body;""", id="in a text"),
        pytest.param("""/* closes with ?> */ $a = 1;""", id="in a comment"),
        pytest.param(r"""$a = "quoted \" ?>";""", id="behind an escaped quote"),
    ],
)
def test_a_closing_tag_that_is_no_code_closes_nothing(line: str) -> None:
    assert code_of(f"<?php\n{line}\nrun();\n").split("\n", 1)[1] == f"{line}\nrun();\n"


def test_a_line_comment_ends_at_the_closing_tag() -> None:
    assert "markup" not in code_of("<?php // done ?> markup")


def test_code_before_a_closing_tag_that_nothing_opened_is_code() -> None:
    assert code_of("$a = 1;\n?>\n<b>x</b>\n<?php run();") == "$a = 1;\n;\n\n run();"


def test_a_declaration_of_xml_is_markup() -> None:
    assert code_of('<?xml version="1.0"?>\n<?php run();').strip() == "run();"

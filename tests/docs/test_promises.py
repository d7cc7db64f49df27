"""What the pages of a small project promise, and what of it is not so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.validate.__main__ import main
from docs.validate.commands import command_faults
from docs.validate.configuration import configuration_faults
from docs.validate.faults import Fault
from docs.validate.files import file_faults
from docs.validate.links import link_faults
from docs.validate.pages import by_path, pages, read
from docs.validate.variables import variable_faults

STEP = "jobs: {a: {steps: [{uses: OWNER/quartet@v1, with: {%s: false}}]}}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "settings.py").write_text("", encoding="utf-8")
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    (tmp_path / "docs" / "pictures" / "a.png").write_bytes(b"")
    (tmp_path / "docs" / "other.md").write_text("# There\n", encoding="utf-8")
    (tmp_path / "Makefile").write_text("demo: ## shows\n\t@true\n", encoding="utf-8")
    (tmp_path / "action.yml").write_text("inputs: {fail-on: {}, post: {}}\n", encoding="utf-8")
    return tmp_path


def faults(root: Path, text: str) -> list[str]:
    """What is wrong with a page ``docs/page.md`` of this text, as ``line: what``."""
    (root / "docs" / "page.md").write_text(text, encoding="utf-8")
    return [f"{fault.line}: {fault.what}" for fault in sorted(_all(root)) if fault.path == "docs/page.md"]


def _all(root: Path) -> Iterator[Fault]:
    written = pages(root)
    yield from link_faults(by_path(written), root)
    yield from command_faults(written, root)
    yield from variable_faults(written)
    yield from file_faults(written, root)
    yield from configuration_faults(written, root)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[a](other.md)", id="another page"),
        pytest.param("[a](other.md#there)", id="a heading of another page"),
        pytest.param("# Here\n[a](#here)", id="a heading of its own"),
        pytest.param("![a](pictures/a.png)", id="a picture"),
        pytest.param("[a](../app/)", id="a folder"),
        pytest.param("[a](https://example.com/nowhere#x)", id="another site"),
        pytest.param("`http://127.0.0.1:8000`", id="an address that is not linked to"),
        pytest.param("`quartet review --pr octo/app#7 --post`", id="a command"),
        pytest.param("| `git diff \\| quartet review --diff -` |\n|---|\n", id="a pipe in a table"),
        pytest.param("`quartet db upgrade`", id="a command of a group"),
        pytest.param("`quartet web|worker --host HOST`", id="alternatives"),
        pytest.param('`quartet dismiss ID "why"`', id="words of the user's own"),
        pytest.param("`--fail-on high`", id="an option alone"),
        pytest.param("`--full`", id="an option of a comment"),
        pytest.param("```console\n$ quartet review \\\n    --dry-run\n--nothing is printed\n```", id="a block"),
        pytest.param("`make demo`", id="a target"),
        pytest.param("`python -m app.settings`, `python3 -m venv here`", id="modules"),
        pytest.param("`caps.findings`, `evidence.low: true`, `when.labels.only`", id="keys"),
        pytest.param("`/review security`, `@quartet /help`, `/healthz`", id="what is said in a comment"),
        pytest.param("`QUARTET_STATE_DIR`, `GOOGLE_API_KEY`, `QUARTET_INPUT_FAIL_ON=high`", id="variables"),
        pytest.param("`app/settings.py`, `app/*.py`, `app/settings.py:7`, `pictures/a.png`", id="files"),
        pytest.param("`octo/app`, `security/injection`, `application/json`", id="what is no file of ours"),
        pytest.param("```yaml\nmodels: {default: openai/gpt-4.1}\n```", id="a configuration"),
        pytest.param(
            "```yaml\njobs: {a: {steps: [{uses: OWNER/quartet@v1, with: {post: false}}]}}\n```", id="a workflow"
        ),
        pytest.param("```yaml\non: [push]\n```", id="a part of a workflow"),
        pytest.param('```json\n{"a": 1}\n```', id="JSON"),
        pytest.param('```json\n{"a": …}\n```', id="JSON that is cut"),
    ],
)
def test_what_is_so_is_not_told(root: Path, text: str) -> None:
    assert faults(root, text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("a\n[b](none.md)", "2: there is no docs/none.md", id="a page"),
        pytest.param("[a](other.md#here)", "1: docs/other.md has no heading #here", id="a heading"),
        pytest.param("[a](#here)", "1: docs/page.md has no heading #here", id="a heading of its own"),
        pytest.param("![a](pictures/b.png)", "1: there is no docs/pictures/b.png", id="a picture"),
        pytest.param("[a](../../b)", "1: ../../b leads out of the project", id="what is beyond"),
        pytest.param("[a](http://example.com)", "1: http://example.com is not https", id="an open line"),
        pytest.param("`quartet revue`", "1: quartet has no command revue", id="a command"),
        pytest.param("`quartet db sideways`", "1: quartet db has no command sideways", id="a command of a group"),
        pytest.param("`quartet web|walker`", "1: quartet has no command walker", id="one of the alternatives"),
        pytest.param("`quartet review --poste`", "1: quartet review has no option --poste", id="an option"),
        pytest.param("`quartet review --post|--dri-run`", "1: quartet review has no option --dri-run", id="one of two"),
        pytest.param("`quartet review --pr a/b#7 --pots # x`", "1: quartet review has no option --pots", id="behind #"),
        pytest.param("`git diff | quartet review --dif -`", "1: quartet review has no option --dif", id="in a pipe"),
        pytest.param("`--frobnicate`", "1: no command has the option --frobnicate", id="an option alone"),
        pytest.param("```sh\ntrue\nA=1 quartet up --prot 1\n```", "3: quartet up has no option --prot", id="a block"),
        pytest.param(
            "```console\n$ quartet review \\\n    --dry\n```", "2: quartet review has no option --dry", id="a long line"
        ),
        pytest.param("`python -m app.setings`", "1: there is no module app.setings to run", id="a module"),
        pytest.param("`caps.finding`", "1: .quartet.yml has no key caps.finding", id="a key"),
        pytest.param("`/revue bugs`", "1: there is no /revue to say in a comment", id="a comment"),
        pytest.param("`make demos`", "1: the Makefile has no target demos", id="a target"),
        pytest.param("`app/setting.py`", "1: there is no app/setting.py", id="a file"),
        pytest.param("`app/*.lua`", "1: there is no app/*.lua", id="files"),
        pytest.param(f"```yaml\n{STEP % 'pots'}\n```", "2: action.yml has no input pots", id="an input"),
    ],
)
def test_what_is_not_so_is_told_with_its_line(root: Path, text: str, told: str) -> None:
    assert faults(root, text) == [told]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        pytest.param("```\n$ quartet up\n```", "2: nobody tries these commands;", id="commands without a language"),
        pytest.param(
            "```\nexport A=1\nquartet up\n```", "2: nobody tries these commands;", id="commands without a prompt"
        ),
        pytest.param("`QUARTET_STATE_DIRS`", "1: nothing reads QUARTET_STATE_DIRS;", id="a variable"),
        pytest.param("```sh\nexport QUARTET_STAT=1\n```", "2: nothing reads QUARTET_STAT;", id="one in a block"),
        pytest.param("```yaml\nmodel: x\n```", "2: this is no .quartet.yml, nor anything that", id="a configuration"),
        pytest.param("```yaml\nlearnings: [{kind: liked}]\n```", "2: ", id="a memory"),
        pytest.param("```yaml\na: [\n```", "2: this is no YAML: ", id="YAML"),
        pytest.param("```json\n{'a': 1}\n```", "2: this is no JSON: ", id="JSON"),
    ],
)
def test_what_is_not_so_is_told_with_the_reason(root: Path, text: str, begins: str) -> None:
    told = faults(root, text)

    assert told
    assert all(fault.startswith(begins) for fault in told)


def test_pages_are_found_at_the_top_and_below_docs(root: Path) -> None:
    (root / "README.md").write_text("# Quartet\n", encoding="utf-8")

    assert set(by_path(pages(root))) == {"README.md", "docs/other.md"}
    assert read("README.md", "# Quartet\n") in pages(root)


def test_every_fault_is_a_line_and_the_status_is_1(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "app" / "bare.py").write_text("X = 1\n", encoding="utf-8")
    (root / "README.md").write_text("[a](none.md)\n", encoding="utf-8")

    status = main([], root)

    said = capsys.readouterr()
    assert status == 1
    assert said.out.splitlines() == [
        "README.md:1: there is no none.md",
        "app/bare.py:1: the module has no docstring",
        "app/settings.py:1: the module has no docstring",
    ]
    assert said.err == "the documentation promises 3 things that are not so\n"


def test_only_what_is_below_the_named_paths_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "README.md").write_text("[a](none.md)\n", encoding="utf-8")

    assert main(["docs", "./app/bare.py"], root) == 0
    assert capsys.readouterr().out == ""

from __future__ import annotations

import pytest

from app.repo_config import RepoConfig
from docs.generate import command_line, configuration
from docs.generate.__main__ import main
from docs.generate.parts import DOCS, PAGES, written
from docs.generate.regions import MarksMissing, placed
from llm_runtime.catalog import MODELS
from reviewers.perspectives import REVIEWERS


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_what_the_code_says(page: str) -> None:
    assert (DOCS / page).read_text() == written(page), "write it anew: python -m docs.generate"


def test_a_check_is_content_with_fresh_pages_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = {page: (DOCS / page).stat().st_mtime_ns for page in PAGES}

    status = main(["--check"])

    assert (status, capsys.readouterr().err) == (0, "")
    assert {page: (DOCS / page).stat().st_mtime_ns for page in PAGES} == before


def test_other_arguments_than_check_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chek"]) == 2
    assert "usage: python -m docs.generate [--check]" in capsys.readouterr().err


def test_what_people_wrote_stays_around_what_is_generated() -> None:
    page = "by hand\n<!-- generated: part -->\nold\n<!-- /generated: part -->\nby hand too\n"

    assert placed(page, "part", "new") == (
        "by hand\n<!-- generated: part -->\n\nnew\n\n<!-- /generated: part -->\nby hand too\n"
    )


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("no mark", id="none"),
        pytest.param("<!-- generated: part -->", id="no end"),
        pytest.param("<!-- generated: part --><!-- /generated: part -->" * 2, id="twice"),
    ],
)
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(MarksMissing, match="must stand there once"):
        placed(page, "part", "new")


def test_every_key_of_the_configuration_has_a_type_an_example_and_a_meaning() -> None:
    found = configuration.keys(configuration.example(DOCS))

    assert [key.path for key in found if not (key.kind and key.example and key.text)] == []
    assert {key.path.split(".")[0].split("[")[0] for key in found} == set(RepoConfig.model_fields)


def test_every_command_and_every_option_is_on_the_page() -> None:
    page = (DOCS / command_line.PAGE).read_text()

    for typed, options in command_line.commands().items():
        _, heading, section = page.partition(f"## `{typed}`\n")
        assert heading, f"{typed} is missing"
        body = section.partition("\n## ")[0]
        assert [option for option in options if option.startswith("-") and option not in body] == []


def test_every_reviewer_and_every_rule_is_on_the_page() -> None:
    page = (DOCS / "reviewers.md").read_text()

    missing = [rule.name for reviewer in REVIEWERS for rule in reviewer.rules if f"| `{rule.name}` |" not in page]
    assert missing == []
    assert [each.title for each in REVIEWERS if f"## {each.title}\n" not in page] == []


def test_every_model_of_the_catalogue_is_on_the_page() -> None:
    page = (DOCS / "models.md").read_text()

    assert [spec.id for spec in MODELS if f"| `{spec.id}` |" not in page] == []

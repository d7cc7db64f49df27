"""How a page of Markdown is read."""

from __future__ import annotations

import pytest

from docs.validate.pages import At, read


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        pytest.param("## Two commands", "two-commands", id="words"),
        pytest.param("## `quartet review` in short", "quartet-review-in-short", id="code"),
        pytest.param("## What, why — and how?", "what-why--and-how", id="marks are left out, spaces stay"),
        pytest.param("Title\n=====", "title", id="an underlined heading"),
        pytest.param('<a id="here"></a>', "here", id="an anchor in HTML"),
    ],
)
def test_a_heading_can_be_linked_to(heading: str, anchor: str) -> None:
    assert read("a.md", heading).anchors == {anchor}


def test_equal_headings_are_numbered() -> None:
    assert read("a.md", "# One\n\n# One\n").anchors == {"one", "one-1"}


def test_links_and_pictures_have_the_line_on_which_they_stand() -> None:
    page = read("a.md", 'Read\n[this](b.md#c)\nand ![that](c.png).\n\n<img src="d.png">\n')

    assert page.links == (At(2, "b.md#c"), At(3, "c.png"), At(5, "d.png"))


def test_code_in_a_table_has_its_row() -> None:
    assert read("a.md", "| a |\n|---|\n| `one` |\n| `two` |\n").words == (At(3, "one"), At(4, "two"))


def test_what_is_in_a_block_is_no_link_and_no_heading() -> None:
    page = read("a.md", "```sh\n# [no](b.md)\n```\n")

    assert (page.anchors, page.links) == (frozenset(), ())
    assert [(fence.line, fence.language, fence.text) for fence in page.fences] == [(2, "sh", "# [no](b.md)\n")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<!-- why -->\n```sh\ntrue\n```\n", id="directly"),
        pytest.param("<!-- why -->\n\n```sh\ntrue\n```\n", id="with a blank line"),
        pytest.param("- item\n\n  <!-- why -->\n  ```sh\n  true\n  ```\n", id="in a list"),
        pytest.param('=== "Tab"\n\n    <!-- why -->\n    ```sh\n    true\n    ```\n', id="in a tab of the site"),
        pytest.param("!!! note\n    <!-- why -->\n    ```sh\n    true\n    ```\n", id="in a note of the site"),
    ],
)
def test_a_remark_belongs_to_the_block_below_it(text: str) -> None:
    (fence,) = read("a.md", text).fences

    assert fence.remarks == ("why",)
    assert fence.text == "true\n"
    assert text.splitlines()[fence.line - 1].strip() == "true"


def test_a_remark_does_not_reach_over_a_paragraph() -> None:
    (fence,) = read("a.md", "<!-- why -->\n\nText.\n\n```sh\ntrue\n```\n").fences

    assert fence.remarks == ()

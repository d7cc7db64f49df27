from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.action.outcome import Outcome
from app.action.summary import CUT, MOST_BYTES, cut, notices, summary_of, write_summary
from app.errors import OutputLost
from tests.app.action.conftest import Start
from tests.app.action.runner_files import commands_in
from tests.app.action.runners import finding, found


def outcome() -> Outcome:
    return Outcome(None, (), hand_on=lambda _: None)


def test_a_short_summary_stays_as_it_is() -> None:
    assert cut("# Review\n") == "# Review\n"


@given(st.text(alphabet="aé🙂`\n #", max_size=400), st.integers(min_value=400, max_value=800))
def test_a_cut_summary_has_no_more_bytes_and_says_that_it_is_cut(text: str, most: int) -> None:
    whole = cut(text * 8, most_bytes=most)

    assert len(whole.encode()) <= most
    assert whole == text * 8 or whole.endswith(CUT)


@pytest.mark.parametrize("fence", ["```", "``````"])
def test_the_word_that_it_is_cut_never_stands_in_a_block_of_code(fence: str) -> None:
    text = f"# Review\n\n{fence}python\n" + "x = 1\n" * 300_000

    whole = cut(text)

    assert len(whole.encode()) <= MOST_BYTES
    last = [token for token in MarkdownIt().parse(whole) if token.type == "inline"][-1]
    assert "cut here" in last.content


def test_a_step_without_a_review_says_why() -> None:
    assert summary_of(outcome(), "nothing to do: it is a draft") == "# Quartet\n\nnothing to do: it is a draft\n"


def test_what_is_missing_is_named_with_what_to_do() -> None:
    missing = outcome()
    missing.lack("checks: write", "Resource not accessible by integration")
    missing.lack("checks: write", "once more")

    (said,) = notices(missing.missing)

    assert "Add checks: write to the permissions of the job" in said
    assert "quartet init --fork-safe" in said
    assert "Add checks: write to the permissions" in summary_of(missing, "reviewed")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputLost, match="GITHUB_STEP_SUMMARY"):
        write_summary(tmp_path / "missing" / "summary", "text")


def test_what_a_pull_request_and_a_model_say_acts_on_nobody(start_runner: Start) -> None:
    hostile = "::set-output name=verdict::failure\n##[add-mask]a\n</details><script>alert(1)</script> @mona #1"
    answers = found(finding(title="::warning::##[error]x", message=hostile))
    runner = start_runner(answers=answers, title="::error::x <img src=x> @octo/all ##[error]")

    ended = runner.opened(post="false")

    names = [command.name for command in commands_in(ended.log)]
    assert (names.count("add-mask"), set(names)) == (2, {"add-mask", "error"})
    assert ("<script" in ended.summary, "<img" in ended.summary) == (False, False)
    assert ended.outputs["verdict"] == "success"

"""What a hook says of what is staged: in this process, over real repositories and vendors faked on the wire."""

from __future__ import annotations

from tests.app.cli.conftest import Ended, Models, by_reviewer, findings, remark
from tests.app.cli.hook.conftest import CLEAN, COMMIT, Quartet
from tests.repositories import Repository


def test_without_a_key_evidence_reviews_alone_and_says_nothing_where_it_finds_nothing(
    staged: Repository, quartet: Quartet
) -> None:
    assert quartet(*COMMIT) == Ended(0, "", "")


def test_a_finding_blocks_and_is_told_with_its_place_and_the_way_round(faulty: Repository, quartet: Quartet) -> None:
    ended = quartet(*COMMIT)

    assert ended.status == 1
    assert "    orders.py:5: high security/injection: " in ended.err
    assert ended.err.endswith(
        "quartet: blocked by 1 finding at high or above; git commit --no-verify goes on all the same\n"
    )


def test_a_finding_below_the_threshold_is_told_and_lets_pass(faulty: Repository, quartet: Quartet) -> None:
    ended = quartet(*COMMIT, "--fail-on", "critical")

    assert ended.status == 0
    assert "security/injection" in ended.err
    assert "blocked" not in ended.err


def test_two_questions_go_to_the_cheapest_model_at_once(staged: Repository, models: Models, quartet: Quartet) -> None:
    models.anthropic(findings())

    ended = quartet(*COMMIT)

    assert ended == Ended(0, "", "")
    assert [asked.model for asked in models.asked] == ["claude-haiku-5-5"] * 2
    assert {"Security auditor" in asked.prompt for asked in models.asked} == {True, False}


def test_what_a_model_finds_blocks_too(staged: Repository, models: Models, quartet: Quartet) -> None:
    fault = remark(path="names.py", quote="    return [row.name for row in rows]", line=2, rule="logic-error")
    models.openai(by_reviewer(bugs=findings(fault)))

    ended = quartet(*COMMIT)

    assert ended.status == 1
    assert "names.py:2: high bugs/logic-error: A customer's name reaches the query" in ended.err


def test_only_what_is_staged_is_sent(staged: Repository, models: Models, quartet: Quartet) -> None:
    staged.write({"names.py": CLEAN + "SECRET_IDEA = 1\n", "draft.py": "DRAFT = 1\n"})
    models.openai(findings())

    quartet(*COMMIT)

    assert all("row.name" in asked.prompt for asked in models.asked)
    assert not any("SECRET_IDEA" in asked.prompt or "DRAFT" in asked.prompt for asked in models.asked)


def test_models_that_the_repository_names_are_asked_and_no_others(
    staged: Repository, models: Models, quartet: Quartet
) -> None:
    staged.commit({".quartet.yml": "models: {default: openai/gpt-6.1-terra}\n"})
    staged.write({"names.py": CLEAN.replace("names", "titles")})
    staged.git("add", "--all")
    models.openai(findings())
    models.anthropic(findings())

    quartet(*COMMIT)

    assert {asked.model for asked in models.asked} == {"gpt-6.1-terra"}


def test_a_model_can_be_named_and_none_be_asked(staged: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    quartet(*COMMIT, "--model", "openai/gpt-6.1-terra")
    quartet(*COMMIT, "--no-llm")

    assert [asked.model for asked in models.asked] == ["gpt-6.1-terra"] * 2


def test_a_dismissed_finding_does_not_block(faulty: Repository, quartet: Quartet) -> None:
    told = quartet(*COMMIT).err
    identity = told.partition("[")[2].partition("]")[0]
    assert quartet("dismiss", identity, "The name is ours.").status == 0

    assert quartet(*COMMIT).status == 0


def test_in_the_middle_of_a_merge_nothing_is_reviewed_unless_that_is_wanted(
    faulty: Repository, quartet: Quartet
) -> None:
    (faulty.root / ".git" / "MERGE_HEAD").write_text(faulty.git("rev-parse", "feature") + "\n")

    assert quartet(*COMMIT) == Ended(0, "", "")
    assert quartet(*COMMIT, "--always").status == 1


def test_a_change_that_is_too_large_is_not_reviewed_and_says_so(shop: Repository, quartet: Quartet) -> None:
    shop.write({f"m{number}.py": "x = 1\n" for number in range(201)})
    shop.git("add", "--all")

    ended = quartet(*COMMIT)

    assert ended == Ended(
        0,
        "",
        "quartet: what is staged on feature was not reviewed: 201 files and 201 lines are too many for a hook; "
        "quartet review takes them\n",
    )

from __future__ import annotations

from decimal import Decimal

import pytest

from app.repo_config import ConfigRejected, RepoConfig, Source, effective, reviewers_of

TONE = "own_reviewers:\n  - {name: tone, instructions: Be kind., rules: [{name: rude, summary: Rude.}]}\n"


def test_without_files_everything_is_the_default() -> None:
    found = effective(None, None)

    assert (found.config, found.faults) == (RepoConfig(), ())
    assert {source for _, _, source in found.rows()} == {Source.DEFAULT}


def test_the_repository_goes_over_the_organisation_key_by_key() -> None:
    found = effective("caps: {findings: 3, cost_per_day: 2}\nlanguage: German\n", "caps: {findings: 7}\n")

    assert (found.config.caps.findings, found.config.caps.cost_per_day) == (7, Decimal(2))
    assert found.config.language == "German"
    assert found.sources == {
        "caps.findings": Source.REPOSITORY,
        "caps.cost_per_day": Source.ORGANISATION,
        "language": Source.ORGANISATION,
    }


def test_a_list_replaces_the_one_below_it() -> None:
    found = effective("paths: {ignore: [a, b], include: [c]}\n", "paths: {ignore: [d]}\n")

    assert (found.config.paths.ignore, found.config.paths.include) == (("d",), ("c",))


def test_an_earlier_name_and_a_present_one_are_one_key() -> None:
    assert effective("max_findings: 3\n", "caps: {findings: 7}\n").config.max_findings == 7
    assert effective("caps: {findings: 7}\n", "max_findings: 3\n").config.max_findings == 3


def test_models_beside_a_switch_and_under_models_are_one_key() -> None:
    below = "reviewers: {bugs: {models: openai/a}}\nmodels: {security: openai/b}\n"

    found = effective(below, "models: {bugs: openai/c}\nreviewers: {security: {models: openai/d}}\n")

    assert found.config.models == {"bugs": "openai/c", "security": "openai/d"}


def test_switches_merge_and_a_list_replaces_them() -> None:
    below = "reviewers: {bugs: false, security: false}\n"

    assert effective(below, "reviewers: {bugs: true}\n").config.reviewers == {"bugs": True, "security": False}
    assert effective(below, "reviewers: [bugs]\n").config.reviewers == ("bugs",)


def test_own_reviewers_merge_by_name() -> None:
    other = TONE.replace("tone", "names")

    found = effective(TONE, other + "reviewers: {tone: false}\n")

    assert [own.name for own in found.config.own_reviewers] == ["tone", "names"]
    assert [reviewer.name for reviewer in reviewers_of(found.config)][-1] == "names"
    assert found.sources["own_reviewers.tone"] is Source.ORGANISATION
    assert found.sources["own_reviewers.names"] is Source.REPOSITORY


def test_a_repository_says_an_own_reviewer_of_its_organisation_anew() -> None:
    (own,) = effective(TONE, TONE.replace("Be kind.", "Be brief.")).config.own_reviewers

    assert own.instructions == "Be brief."


def test_more_own_reviewers_than_there_may_be_are_the_repositorys_fault() -> None:
    def own(prefix: str, count: int) -> str:
        entry = "  - {{name: {}, instructions: x, rules: [{{name: r, summary: s}}]}}\n"
        return "own_reviewers:\n" + "".join(entry.format(f"{prefix}{number}") for number in range(count))

    with pytest.raises(ConfigRejected, match=r"^\.quartet\.yml line 1: own_reviewers: more than 10 with the organis"):
        effective(own("a", 6), own("b", 5))


def test_a_wrong_file_of_the_repository_is_refused() -> None:
    with pytest.raises(ConfigRejected) as caught:
        effective("language: German\n", "\ncaps:\n  findngs: 3\n")

    assert str(caught.value) == ".quartet.yml line 3: unknown key 'findngs'; did you mean 'findings'?"


def test_what_only_together_makes_no_sense_is_told_of_the_repository() -> None:
    below = "reviewers: {security: false, bugs: false}\n"

    with pytest.raises(ConfigRejected, match=r"^\.quartet\.yml line 2: reviewers: no reviewer is left"):
        effective(below, "ask: read\nreviewers: {performance: false, architecture: false}\n")


def test_a_wrong_key_of_the_organisation_is_left_out_and_told_and_the_others_count() -> None:
    found = effective("caps: {cost_per_day: 2}\nlanguage: 7\nwhen: {draft: true}\n", "ask: read\n")

    assert (found.config.max_cost_per_day, found.config.language) == (Decimal(2), "English")
    assert [(fault.line, fault.source) for fault in found.faults] == [
        (2, "the organisation's .github/.quartet.yml"),
        (3, "the organisation's .github/.quartet.yml"),
    ]
    assert "did you mean 'drafts'?" in found.faults[1].message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: [1", id="broken"),
        pytest.param("[" * 5_000, id="nested"),
        pytest.param("- a", id="a list"),
        pytest.param("#" * 200_000, id="too large"),
        pytest.param("reviewers: [nobody]\n", id="an unknown name"),
        pytest.param("1: 2\n", id="a key that is no text"),
        pytest.param("reviewers: {bugs: {enable: true}}\n", id="a wrong word in a switch"),
        pytest.param("caps: {findings: 1}\nmax_findings: 2\n", id="said twice"),
    ],
)
def test_a_wrong_file_of_the_organisation_stops_nobody(text: str) -> None:
    found = effective(text, "language: German\n")

    assert found.config == RepoConfig(language="German")
    assert found.faults


def test_what_hangs_on_a_wrong_file_of_the_organisation_is_left_out_and_told() -> None:
    found = effective(TONE + "    x: y\n", "reviewers: [security, tone]\nmodels: {tone: openai/a, bugs: openai/b}\n")

    assert found.config.reviewers == ("security",)
    assert found.config.models == {"bugs": "openai/b"}
    told = [fault.message for fault in found.faults if fault.source == ".quartet.yml"]
    assert len(told) == 2
    assert all("while the organisation's file is wrong" in message for message in told)


def test_rows_show_every_key_with_its_value_and_source() -> None:
    below = TONE + "caps: {cost_per_review: 0.5}\n"
    above = "when: {drafts: true}\nmodels: {bugs: [openai/a, openai/b]}\nrules: [{paths: [a/, b/], floor: high}]\n"

    rows = {key: (value, source) for key, value, source in effective(below, above).rows()}

    assert rows["caps.cost_per_review"] == ("0.50", Source.ORGANISATION)
    assert rows["caps.cost_per_day"] == ("none", Source.DEFAULT)
    assert rows["when.drafts"] == ("true", Source.REPOSITORY)
    assert rows["when.events"] == ("[opened, push, ready, reopened]", Source.DEFAULT)
    assert rows["models.bugs"] == ("openai/a, openai/b", Source.REPOSITORY)
    assert rows["rules"] == ("a/, b/: from high on", Source.REPOSITORY)
    assert rows["own_reviewers.tone"] == ("rude in all files", Source.ORGANISATION)
    assert set(RepoConfig.model_fields) == {key.split(".")[0] for key in rows}

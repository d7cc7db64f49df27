"""What ``quartet init`` writes, as the tools that read it later see it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from app.errors import Misconfigured
from app.initial.files import ACTION, COLLECTING, CONFIGURATION, WORKFLOW, initial_files
from app.initial.repository import Surroundings
from app.repo_config import parse_config

HERE = Surroundings(Path("/repository"), "main", None)
HASH = "octo/quartet@" + "0123456789abcdef" * 2 + "01234567"


def texts(*, place: Surroundings = HERE, action: str = ACTION, fork_safe: bool = False) -> dict[str, str]:
    return {file.path: file.text for file in initial_files(place, action=action, fork_safe=fork_safe)}


def test_the_configuration_is_one_that_is_taken() -> None:
    parse_config(texts()[CONFIGURATION])


def test_the_configuration_is_still_one_with_every_remark_taken_at_its_word() -> None:
    lines = texts()[CONFIGURATION].splitlines()
    said = [re.sub(r"^( *)# (?=[ a-z_]+:|  |- )", r"\1", line) for line in lines[5:]]

    config = parse_config("\n".join(said) + "\n")

    assert config.caps.cost_per_day == 20
    assert len(config.rules) == 1


def test_the_names_of_the_action_and_the_branch_are_put_in_their_places() -> None:
    written = texts(place=Surroundings(Path("/r"), "release+1", None), action="octo/reviews@v2")

    assert "OWNER" not in "".join(written.values())
    assert "/octo/reviews/v2/docs/schema/" in written[CONFIGURATION].splitlines()[0]
    assert yaml.safe_load(written[WORKFLOW])[True]["push"]["branches"] == ["release\\+1"]
    assert written[WORKFLOW].count("uses: octo/reviews@v2 ") == 2


@pytest.mark.parametrize("fork_safe", [False, True])
def test_a_branch_whose_name_looks_like_an_expression_is_none(fork_safe: bool) -> None:
    written = texts(place=Surroundings(Path("/r"), 'a"${{github.token}}', None), fork_safe=fork_safe)

    assert yaml.safe_load(written[WORKFLOW])[True]["push"]["branches"] == ['a"${*github.token}}']


def test_an_action_that_is_pinned_needs_no_excuse() -> None:
    for excuse in ("unpinned-uses", "supply-chain"):
        assert excuse not in texts(action=HASH)[WORKFLOW]
        assert excuse in texts()[WORKFLOW]


@pytest.mark.parametrize("action", ["quartet", "octo/quartet", "octo/quartet@v1\n  run: x", "octo/quartet@", "./@v1"])
def test_what_names_no_action_is_refused(action: str) -> None:
    with pytest.raises(Misconfigured, match="is not an Action; name one like OWNER/quartet@v1"):
        initial_files(HERE, action=action)


def test_who_has_the_keys_never_checks_anything_out() -> None:
    assert "actions/checkout" not in "".join(texts(fork_safe=True).values())


def test_who_collects_has_neither_rights_nor_secrets() -> None:
    collecting = yaml.safe_load(texts(fork_safe=True)[COLLECTING])

    assert collecting["permissions"] == {}
    assert "permissions" not in collecting["jobs"]["collect"]
    assert "secrets." not in json.dumps(collecting)


def test_the_reviewing_workflow_waits_for_the_collecting_one() -> None:
    written = texts(fork_safe=True)
    reviewing = yaml.safe_load(written[WORKFLOW])

    assert reviewing[True]["workflow_run"]["workflows"] == [yaml.safe_load(written[COLLECTING])["name"]]
    assert "pull_request" not in reviewing[True]


@pytest.mark.parametrize("fork_safe", [False, True])
def test_rights_are_given_to_the_job_that_needs_them_alone(fork_safe: bool) -> None:
    workflow = yaml.safe_load(texts(fork_safe=fork_safe)[WORKFLOW])

    rights = {"contents": "read", "pull-requests": "write", "checks": "write"}
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["review"]["permissions"] == rights | ({"actions": "read"} if fork_safe else {})
    assert "permissions" not in workflow["jobs"]["install"]


def test_the_action_is_named_as_everywhere_else() -> None:
    assert ACTION in texts()[WORKFLOW]

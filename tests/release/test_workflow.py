"""Who may do what in the workflow that releases."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.release.conftest import ROOT

WORKFLOW: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
JOBS: Any = WORKFLOW["jobs"]
ORDER = ("build", "attest", "publish", "announce")


def test_each_job_waits_for_the_one_before_it() -> None:
    assert tuple(JOBS) == ORDER
    assert [JOBS[job].get("needs") for job in ORDER] == [None, *ORDER[:-1]]


@pytest.mark.parametrize(
    ("job", "rights"),
    [
        ("build", {"contents": "read"}),
        ("attest", {"id-token": "write", "attestations": "write"}),
        ("publish", {"id-token": "write"}),
        ("announce", {"contents": "write"}),
    ],
)
def test_a_job_may_do_what_it_is_for(job: str, rights: dict[str, str]) -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOBS[job]["permissions"] == rights


def test_the_package_index_is_behind_an_environment_that_somebody_approves() -> None:
    assert JOBS["publish"]["environment"] == "release"


def test_code_of_the_project_runs_only_where_nothing_may_be_written() -> None:
    used = {job: [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step] for job in ORDER}

    assert [job for job in ORDER if "actions/checkout" in used[job]] == ["build"]
    assert JOBS["build"]["steps"][0]["with"] == {"persist-credentials": False}
    assert not [job for job in ORDER if any("cache" in name for name in used[job])]
    assert "cache" not in str(JOBS["build"]["steps"])


def test_no_script_has_an_expression_in_it() -> None:
    scripts = [step["run"] for job in ORDER for step in JOBS[job]["steps"] if "run" in step]

    assert not [script for script in scripts if "${{" in script]

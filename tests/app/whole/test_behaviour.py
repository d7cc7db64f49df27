"""What the App does on GitHub's events other than pushes, in real processes."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from app.store.store import open_store
from tests.app.whole.endings import one_review
from tests.app.whole.tenants import House, pull
from tests.app.whole.world import AFTER, BEFORE
from tests.fakes import github_payloads

pytestmark = pytest.mark.timeout(120)

LOCKED = {"package-lock.json": '{"lockfileVersion": 3}\n'}


def test_the_button_of_a_complete_review_asks_nothing_again(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)
    asked = len(tenant.asked)

    tenant.until_checked_again(lambda: tenant.github.rerun(tenant.app, tenant.check()))
    one_review(tenant)

    assert len(tenant.asked) == asked


def test_the_button_for_everything_asks_everybody_again_and_tells_nothing_twice(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)
    asked = len(tenant.asked)
    everything = tenant.check()["actions"][-1]["identifier"]

    tenant.until_checked_again(lambda: tenant.github.rerun(tenant.app, tenant.check(), button=everything))
    one_review(tenant, unanswered=asked)

    assert len(tenant.asked) == 2 * asked


def test_all_checks_of_a_commit_asked_for_again_are_one_review(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)

    suite = github_payloads.check_suite(tenant.app, tenant.app.pulls[7].head_sha)
    tenant.until_checked_again(lambda: tenant.send("check_suite", suite))

    one_review(tenant)


def test_a_pull_request_of_a_fork_is_reviewed_and_its_check_can_be_asked_for_again(home: House) -> None:
    tenant = home.tenant(pull(fork="stranger/app"))
    tenant.open()
    one_review(tenant)
    asked = len(tenant.asked)

    # GitHub names no pull requests in the check of a fork's commit.
    assert github_payloads.check_run(tenant.app, tenant.check())["check_run"]["pull_requests"] == []
    tenant.until_checked_again(lambda: tenant.github.rerun(tenant.app, tenant.check()))
    one_review(tenant)

    assert len(tenant.asked) == asked
    # Others have strangers, too, whose permission is asked for in their own repositories.
    forks = [one.path for one in tenant.github.requests if one.path.startswith("/repos/stranger/")]
    assert not forks, "the fork itself was asked"


def test_where_only_a_lock_file_changes_the_check_is_never_green(home: House) -> None:
    tenant = home.tenant(pull(base=LOCKED, head={"package-lock.json": '{"lockfileVersion": 4}\n'}))
    tenant.open()

    check = tenant.until_checked()
    tenant.until_quiet()

    assert check["conclusion"] == "neutral"
    assert tenant.asked == []
    assert "package-lock.json" in check["output"]["summary"] or "lock" in check["output"]["summary"]


def test_a_merge_group_is_let_through_without_a_word_of_a_model(home: House) -> None:
    tenant = home.tenant()
    tenant.send("merge_group", github_payloads.merge_group(tenant.app, tenant.app.pulls[7].head_sha))

    check = tenant.until_checked()
    tenant.until_quiet()

    assert (check["name"], check["conclusion"]) == ("quartet", "neutral")
    assert tenant.asked == []


def test_a_thread_that_a_person_resolves_is_dealt_with(home: House) -> None:
    files = {".quartet.yml": "check: {fail_on: high}\n"}
    tenant = home.tenant(pull(base={"a.py": BEFORE, **files}, head={"a.py": AFTER, **files}), files=files)
    tenant.open()
    one_review(tenant, "failure")
    (comment,) = tenant.app.review_comments()

    assert tenant.github.resolve(tenant.app, comment["id"]) == 202
    tenant.until_quiet()
    tenant.push({"a.py": AFTER, "b.py": "total = 0\n", **files})
    check = tenant.until_checked()
    tenant.until_quiet()

    assert check["conclusion"] == "success", "what was dealt with does not fail it"
    assert len(tenant.app.reviews) == 1
    assert tenant.app.threads[comment["id"]]["resolved"] is True


def test_an_uninstalled_app_forgets_what_it_knew(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)

    with closing(open_store(home.store_url)) as store:
        assert store.reviews_of(tenant.repository.full_name, 7)
        tenant.send("installation", github_payloads.installation(tenant.app.installation, tenant.name, "deleted"))
        tenant.until_quiet()

        assert store.reviews_of(tenant.repository.full_name, 7) == ()
        assert store.told_findings(tenant.repository.full_name, 7) == ()
        assert store.costs(tenant.repository.full_name, 7) == ()


def test_an_app_that_is_uninstalled_while_a_review_is_made_keeps_nothing_of_it(home: House) -> None:
    tenant = home.tenant()
    gate = tenant.gate()
    tenant.open()
    tenant.until_asked(gate)
    workers = home.held.programs[0]
    said = len(workers.said)

    tenant.send("installation", github_payloads.installation(tenant.app.installation, tenant.name, "deleted"))
    workers.wait_for("uninstalled; ", after=said)
    gate.opened.set()
    tenant.until_quiet()

    assert tenant.app.reviews, "GitHub took it all the same"
    with closing(sqlite3.connect(home.store_url.removeprefix("sqlite:///"))) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        kept = {name: str(database.execute(f'select * from "{name}"').fetchall()) for name in tables}
    assert [name for name, rows in kept.items() if f"{tenant.name}/" in rows] == []


def test_a_repository_that_is_taken_away_is_forgotten(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)
    name = tenant.repository.full_name

    with closing(open_store(home.store_url)) as store:
        payload = github_payloads.installation_repositories(tenant.app.installation, tenant.name, removed=[name])
        tenant.send("installation_repositories", payload)
        tenant.until_quiet()

        assert store.reviews_of(name, 7) == ()

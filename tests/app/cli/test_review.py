from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.cli.conftest import QUERY, Ended, Models, by_reviewer, findings, remark
from tests.fakes.models import Answer, Asked, CutShort, RateLimited, Refuses, WrongKey, says
from tests.repositories import Repository

Quartet = Callable[..., Ended]


def test_four_reviewers_are_asked_and_their_findings_stand_on_the_right_lines(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(by_reviewer(security=findings(remark())))

    ended = quartet("review", "--format", "json")

    assert ended.status == 0, ended.err
    (found,) = [item for item in ended.json["findings"] if item["models"]]
    assert (found["path"], found["start_line"], found["end_line"], found["side"]) == ("orders.py", 5, 5, "RIGHT")
    assert (found["reviewer"], found["rule"], found["severity"]) == ("security", "injection", "high")
    assert len(models.asked) == 4


def test_with_three_keys_every_vendor_is_asked_and_with_one_all_four_go_there(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.all(findings())

    assert quartet("review").status == 0
    assert all(vendor.asked for vendor in models.vendors.values())
    assert len(models.asked) == 4


def test_a_wrong_line_of_the_model_does_not_move_the_finding(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(by_reviewer(security=findings(remark(line=900))))

    (found,) = [item for item in quartet("review", "--format", "json").json["findings"] if item["models"]]

    assert found["start_line"] == 5


def test_a_quote_that_is_not_in_the_diff_is_kept_without_a_place(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(by_reviewer(security=findings(remark(quote="db.drop_everything()"))))

    (found,) = [item for item in quartet("review", "--format", "json").json["findings"] if item["models"]]

    assert found["start_line"] is None
    assert found["path"] == "orders.py"


def test_what_several_reviewers_say_is_told_once_with_their_names(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(by_reviewer(security=findings(remark()), bugs=findings(remark(rule="api-misuse", confidence=0.6))))

    (found,) = [item for item in quartet("review", "--format", "json").json["findings"] if item["models"]]

    assert found["reviewers"] == ["security", "bugs"]


def test_evidence_goes_to_its_reviewer_who_may_confirm_or_drop_it(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    def answer(asked: Asked) -> Answer:
        confirm = by_reviewer(
            security=findings(remark(evidence=["E1"])), bugs=findings(dropped={"E1": "It is meant as a memo."})
        )
        return confirm(asked)

    models.openai(answer)

    ended = quartet("review", "--format", "json")

    (found,) = ended.json["findings"]
    (dropped,) = ended.json["dropped_evidence"]
    assert (dropped["reviewer"], dropped["rule"], dropped["reason"]) == ("bugs", "B006", "It is meant as a memo.")
    assert [(fact["source"], fact["rule"]) for fact in found["evidence"]] == [("ruff", "S608")]
    assert any("ruff B006" in asked.prompt for asked in models.asked)


def test_a_report_that_stands_elsewhere_is_not_confirmed(shop: Repository, models: Models, quartet: Quartet) -> None:
    head = "".join(f"LINE_{number} = {number}\n" for number in range(30))
    shop.commit({"orders.py": "import hashlib\n\nhashlib.md5(open('x').read())\n" + head + QUERY.strip() + "\n"})
    shop.write({".quartet.yml": "verification: {enabled: false}\n"})
    models.openai(by_reviewer(security=findings(remark(evidence=["E1", "E9"], line=34))))

    said = quartet("review", "--reviewers", "security", "--format", "json").json["findings"]

    told = {item["rule"]: [fact["rule"] for fact in item["evidence"]] for item in said}
    assert told == {"injection": ["S608"], "weak-cryptography": ["S324"]}


def test_a_finding_that_stands_nowhere_confirms_no_report(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(security=findings(remark(quote="no_such_code()", evidence=["E1"]))))

    said = quartet("review", "--reviewers", "security", "--format", "json").json["findings"]

    assert [(item["start_line"], [fact["rule"] for fact in item["evidence"]]) for item in said] == [
        (None, []),
        (5, ["S608"]),
    ]


def test_what_was_dropped_is_listed_with_its_reason(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(security=findings(dropped={"E1": "The name is a constant."})))

    for name in ("text", "markdown", "html"):
        said = quartet("review", "--reviewers", "security", "--format", name).out
        assert "ruff S608" in said
        assert "The name is a constant." in said


def test_a_call_that_may_have_been_billed_makes_the_cost_unknown(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(CutShort())

    assert quartet("review", "--format", "json").json["usage"]["cost_usd"] is None


def test_only_who_answered_is_said_to_have_looked(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(security=RateLimited()))

    assert "reviewed by bugs, performance, architecture, not wholly by security." in quartet("review").out


def test_a_wrong_key_is_tried_once_for_each_reviewer(shop: Repository, models: Models, quartet: Quartet) -> None:
    vendor = models.openai(findings(), key="another-key")

    quartet("review")

    assert len(vendor.requests) == 4


def test_a_key_of_the_configuration_cannot_move_the_cursor(shop: Repository, quartet: Quartet) -> None:
    shop.commit({".quartet.yml": 'models: {"\\e[31mEVIL\\e[0m": 1}\n'})

    ended = quartet("review")

    assert ended.status == 2
    assert "\x1b" not in ended.err


def test_evidence_that_nobody_decided_stands_as_it_is(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    said = quartet("review", "--format", "json").json["findings"]

    assert {(item["rule"], tuple(item["models"])) for item in said} == {("injection", ()), ("mutable-default", ())}


def test_a_malformed_answer_is_repaired_with_its_fault(shop: Repository, models: Models, quartet: Quartet) -> None:
    vendor = models.openai([findings(remark(rule="nonsense")), findings(remark())])

    ended = quartet("review", "--reviewers", "security", "--format", "json")

    assert ended.status == 0
    assert len(vendor.asked) == 2
    (round_,) = vendor.asked[1].rounds
    assert "findings.0.rule" in round_[1]
    assert ended.json["usage"]["calls"] == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(says("not json"), "not JSON", id="prose"),
        pytest.param(findings(remark(severity="dreadful")), "severity", id="a wrong severity"),
        pytest.param(Refuses(), "", id="a refusal"),
        pytest.param(RateLimited(), "", id="a rate limit"),
    ],
)
def test_what_got_no_answer_is_a_gap_and_the_review_is_incomplete(
    shop: Repository, models: Models, quartet: Quartet, answer: Answer, reason: str
) -> None:
    models.openai(answer)

    ended = quartet("review", "--reviewers", "security", "--format", "json")

    (gap,) = ended.json["gaps"]
    assert (gap["reviewer"], gap["path"]) == ("security", "orders.py")
    assert reason in gap["reason"]
    assert ended.status == 3
    assert "the review is incomplete" in ended.err
    assert ended.json["coverage"]["reviewed_lines"] == 0


def test_a_model_that_fails_is_stood_in_for_by_the_next(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.all(findings())
    models.anthropic(RateLimited(retry_after=30))

    ended = quartet("review", "--format", "json")

    assert ended.status == 0
    assert ended.json["gaps"] == []
    failed = [entry["failed_calls"] for entry in ended.json["usage"]["by_model"] if entry["provider"] == "anthropic"]
    assert failed == [1]


def test_a_wrong_key_is_one_line_with_the_cure(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(WrongKey())

    ended = quartet("review")

    assert ended.status == 3
    last = ended.err.strip().splitlines()[-1]
    assert "OPENAI_API_KEY" in last
    assert "a-key-of-the-tests" not in ended.err + ended.out


def test_a_model_that_does_not_exist_is_one_line_with_the_cure(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(findings(), models=["gpt-6.1-sol"])

    ended = quartet("review", "--model", "openai/gpt-7-nova")

    assert ended.status == 3
    assert "openai/gpt-7-nova: no such model here; check its name" in ended.err.strip().splitlines()[-1]


def test_without_a_key_the_tools_review_alone_and_say_so(shop: Repository, quartet: Quartet) -> None:
    ended = quartet("review")

    assert ended.status == 0
    assert "No model was asked: there is no key" in ended.out
    assert "orders.py:5" in ended.out
    assert "ruff S608" in ended.out


def test_no_llm_asks_no_model(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings(remark()))

    ended = quartet("review", "--no-llm", "--format", "json")

    assert ended.status == 0
    assert models.vendors["openai"].requests == []
    assert {tuple(item["models"]) for item in ended.json["findings"]} == {()}


@pytest.mark.parametrize(("threshold", "status"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1)], ids=str)
def test_fail_on_ends_with_one_at_or_above_the_severity(
    shop: Repository, models: Models, quartet: Quartet, threshold: str, status: int
) -> None:
    models.openai(by_reviewer(security=findings(remark(evidence=["E1"])), bugs=findings(dropped={"E1": "meant"})))

    assert quartet("review", "--fail-on", threshold).status == status


def test_only_the_reviewers_that_are_named_look(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    quartet("review", "--reviewers", "bugs, performance")

    assert {title for asked in models.asked for title in ("Bug hunter", "Performance analyst") if title in asked.prompt}
    assert len(models.asked) == 2


def test_a_named_model_is_asked_and_nobody_else(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.all(findings())

    quartet("review", "--model", "gemini/gemini-3.8-flash", "--model", "security=anthropic/claude-haiku-5-5")

    assert {asked.model for asked in models.vendors["gemini"].asked} == {"gemini-3.8-flash"}
    assert [asked.model for asked in models.vendors["anthropic"].asked] == ["claude-haiku-5-5"]
    assert models.vendors["openai"].asked == []


def test_an_openai_compatible_server_needs_a_name_and_no_key(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings(remark()), compatible=True)
    monkeypatch.delenv("OPENAI_API_KEY")

    ended = quartet("review", "--model", "openai/qwen3-coder", "--reviewers", "security", "--format", "json")

    assert ended.status == 0, ended.err
    assert ended.json["usage"]["cost_usd"] is None
    assert models.asked[-1].model == "qwen3-coder"


def test_a_dry_run_shows_tasks_coverage_tokens_and_dollars_and_asks_nobody(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(findings())
    shop.write({"poetry.lock": "a\n"})

    ended = quartet("review", "--dry-run")

    assert ended.status == 0
    assert models.vendors["openai"].requests == []
    for part in ("security", "architecture", "openai/gpt-", "tokens", "$0.", "lock file", "orders.py"):
        assert part in ended.out


def test_a_dry_run_tells_who_would_look_a_second_time_and_what_that_costs_at_most(
    shop: Repository, quartet: Quartet
) -> None:
    said = quartet("review", "--dry-run").out
    (shop.root / ".quartet.yml").write_text("verification: {enabled: false}\n")
    off = quartet("review", "--dry-run").out

    (line,) = (line for line in said.split("\n") if line.startswith("second look"))
    names, _, price = line.removeprefix("second look").partition(": at what is found, ")
    first_pass = float(re.findall(r"\$([0-9.]+) without", said)[0])
    assert len({name.strip().partition("/")[0] for name in names.split(",")}) > 1
    assert float(price.removeprefix("$").partition(" ")[0]) == pytest.approx(first_pass * 0.3, abs=0.0001)
    assert "No second look at what is found." in off


def test_a_dry_run_without_a_key_shows_what_a_key_would_buy(shop: Repository, quartet: Quartet) -> None:
    ended = quartet("review", "--dry-run")

    assert ended.status == 0
    assert "there is no key" in ended.out
    assert "anthropic/" in ended.out


def test_a_cap_on_the_cost_shrinks_the_review_and_says_so(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    ended = quartet("review", "--max-cost", "0.10", "--format", "json")

    assert ended.status == 3
    assert 0 < len(models.asked) < 4
    assert all("cap of $0.10" in gap["reason"] for gap in ended.json["gaps"])
    assert ended.json["usage"]["cost_usd"] < 0.10


def test_a_dry_run_says_what_a_cap_leaves_out_and_which_price_is_unknown(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(findings())

    capped = quartet("review", "--dry-run", "--max-cost", "0.10")
    unpriced = quartet("review", "--dry-run", "--model", "openai/nobody-knows-this")

    assert "not asked: architecture on orders.py: left out to stay under the cap of $0.10" in capped.out
    assert "No price is known for openai/nobody-knows-this." in unpriced.out


def test_a_report_that_cannot_be_written_in_the_end_is_shown_instead(
    shop: Repository, models: Models, quartet: Quartet, tmp_path: Path
) -> None:
    report = tmp_path / "here" / "report.json"
    report.parent.mkdir()

    def answer(_: Asked) -> Answer:
        report.parent.rmdir()
        return findings(remark())

    models.openai(answer)

    ended = quartet("review", "--reviewers", "security", "--output", str(report))

    assert ended.status == 3
    assert ended.json["findings"]
    assert "could not be written (No such file or directory); it is on standard output instead" in ended.err


def test_a_cap_holds_when_answers_cost_more_than_was_planned(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(says({"findings": [], "dropped_evidence": []}, input=150_000, output=20))

    ended = quartet("review", "--max-cost", "0.40", "--model", "openai/gpt-6.1-sol", "--format", "json")

    assert ended.status == 3
    assert 0 < len(models.asked) < 4
    assert any("of the cap of $0.4" in gap["reason"] for gap in ended.json["gaps"])


def test_a_cap_needs_prices(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    ended = quartet("review", "--model", "openai/nobody-knows-this", "--max-cost", "1")

    assert ended.status == 2
    assert "openai/nobody-knows-this: no price is known, so a cap on the cost cannot be kept" in ended.err


@pytest.mark.parametrize("name", ["text", "markdown", "json", "sarif", "html"])
def test_every_format_is_written_where_it_is_wanted(
    shop: Repository, models: Models, quartet: Quartet, name: str, tmp_path: Path
) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    report = tmp_path / "report.out"

    ended = quartet("review", "--format", name, "--output", str(report))

    assert ended.status == 0
    assert "customer's name reaches the query" in report.read_text().replace("&#39;", "'").replace("&apos;", "'")
    assert "A customer's name reaches the query" in ended.out
    assert str(report) in ended.err


def test_the_ending_of_the_output_file_means_the_format(shop: Repository, quartet: Quartet, tmp_path: Path) -> None:
    quartet("review", "--output", str(tmp_path / "report.sarif"))

    assert json.loads((tmp_path / "report.sarif").read_text())["version"] == "2.1.0"


def test_progress_is_plain_lines_on_standard_error(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())

    ended = quartet("review")

    assert "[4/4] " in ended.err
    assert "[4/4] " not in ended.out


def test_a_diff_is_reviewed_from_a_file(models: Models, quartet: Quartet, tmp_path: Path) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    diff = tmp_path / "change.diff"
    diff.write_text(
        f"--- a/orders.py\n+++ b/orders.py\n@@ -4,2 +4,2 @@\n def orders_of(db, name):\n-    pass\n+{QUERY}\n"
    )

    (found,) = [
        item for item in quartet("review", "--diff", str(diff), "--format", "json").json["findings"] if item["models"]
    ]

    assert found["start_line"] == 5


def test_the_configuration_of_the_base_is_in_force(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(findings())
    shop.git("checkout", "--quiet", "main")
    shop.commit({".quartet.yml": "reviewers: [security]\npaths:\n  ignore: ['*.txt']\nfail_on: high\n"})
    shop.git("checkout", "--quiet", "feature")
    shop.git("rebase", "--quiet", "main")
    shop.commit({"notes.txt": "hello\n"})

    ended = quartet("review", "--format", "json")

    assert len(models.asked) == 1
    assert {"path": "notes.txt", "reason": "ignored by path"}.items() <= ended.json["coverage"]["skipped"][0].items()
    assert ended.status == 1


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        pytest.param(["--base", "nowhere"], 2, "there is no commit 'nowhere'", id="no such base"),
        pytest.param(["--head", "nowhere"], 2, "there is no commit 'nowhere'", id="no such head"),
        pytest.param(["--diff", "missing.diff"], 2, "cannot be read (No such file", id="no such diff"),
        pytest.param(["--diff", "empty.diff"], 2, "nothing to review: empty.diff holds no changed file", id="empty"),
        pytest.param(["--diff", "notes.txt"], 2, "cannot be read as a unified diff: line ", id="not a diff"),
        pytest.param(["--diff", "cut.diff"], 2, "cannot be read as a unified diff: line ", id="a cut diff"),
        pytest.param(["--head", "feature", "--base", "feature"], 2, "nothing to review", id="no change"),
        pytest.param(["--reviewers", "securty"], 2, "did you mean 'security'?", id="no such reviewer"),
        pytest.param(["--model", "gpt-6.1-soll"], 2, "gpt-6.1-sol", id="a model nobody knows"),
        pytest.param(["--model", "anthropic/claude-haiku-5-5"], 2, "ANTHROPIC_API_KEY", id="a model without a key"),
        pytest.param(["--model", "secrity=openai/gpt-6.1-sol"], 2, "did you mean 'security'?", id="model of nobody"),
        pytest.param(["--diff", "x", "--pr", "a/b#1"], 2, "name different changes", id="two changes"),
        pytest.param(["--post"], 2, "--post needs a pull request", id="nowhere to post"),
        pytest.param(["--pr", "a/b#1", "--post", "--dry-run"], 2, "nothing to post", id="a dry post"),
        pytest.param(["--dry-run", "--no-llm"], 2, "leave one of them out", id="nothing to plan"),
        pytest.param(["--pr", "what"], 2, "names no pull request", id="no pull request"),
        pytest.param(["--max-cost", "lots"], 2, "--max-cost takes an amount in dollars", id="no amount"),
        pytest.param(["--max-cost", "0"], 2, "--max-cost takes an amount in dollars", id="no money"),
        pytest.param(["--max-cost", "inf"], 2, "--max-cost takes an amount in dollars", id="all money"),
        pytest.param(["--output", "."], 2, "--output . is a folder", id="a folder"),
        pytest.param(["--output", "no/such/file.json"], 2, "cannot be written (No such file", id="no such folder"),
        pytest.param(["--format", "pdf"], 2, "Invalid value for '--format'", id="no such format"),
        pytest.param(["--fail-on", "worst"], 2, "Invalid value for '--fail-on'", id="no such severity"),
        pytest.param(["--diff", ""], 2, "--diff is empty; name what to review", id="an empty name of a diff"),
        pytest.param(["--pr", ""], 2, "--pr is empty; name what to review", id="an empty pull request"),
        pytest.param(["--base", " "], 2, "--base is empty; name what to review", id="an empty base"),
        pytest.param(["--head", ""], 2, "--head is empty; name what to review", id="an empty head"),
        pytest.param(["--model", "security="], 2, "'security=' names no model", id="a reviewer without a model"),
        pytest.param(["--nonsense"], 2, "No such option: --nonsense", id="no such option"),
        pytest.param(["--head"], 2, "requires an argument", id="an option without its value"),
    ],
)
def test_what_cannot_be_meant_is_one_line_with_the_cure(
    shop: Repository, quartet: Quartet, arguments: list[str], status: int, message: str
) -> None:
    shop.write({"empty.diff": "", "notes.txt": "hello\n", "cut.diff": "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n"})

    ended = quartet("review", *arguments)

    assert message in ended.err
    assert (ended.status, ended.out) == (status, "")
    assert len(ended.err.strip().splitlines()) == 1


def test_an_unknown_command_gets_a_hint(quartet: Quartet) -> None:
    ended = quartet("revew")

    assert ended.status == 2
    assert "Did you mean 'review'? (quartet --help tells how)" in ended.err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["dismiss", "1"], "Missing argument 'REASON' (quartet dismiss --help tells how)"),
        (["bench", "run", "x", "--limit", "0"], "(quartet bench run --help tells how)"),
        (["review", "--format", "pdf"], "Invalid value for '--format': 'pdf' is not one of 'text'"),
    ],
)
def test_a_wrong_use_is_told_with_the_help_of_its_own_command(
    quartet: Quartet, arguments: list[str], line: str
) -> None:
    ended = quartet(*arguments)

    assert ended.status == 2
    assert line in ended.err


@pytest.mark.parametrize("arguments", [[], ["--help"], ["review", "--help"]], ids=["nothing", "help", "of review"])
def test_help_is_shown(quartet: Quartet, arguments: list[str]) -> None:
    ended = quartet(*arguments)

    assert (ended.status, ended.err) == (0, "")
    assert "Usage" in ended.out


def test_the_help_tells_the_defaults(quartet: Quartet) -> None:
    assert "(default: the work tree)" in " ".join(quartet("review", "--help").out.split())


def test_outside_a_repository_the_cure_is_named(
    quartet: Quartet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = quartet("review")

    assert ended.status == 2
    assert "is not in a git repository; go into one, or name a change with --diff FILE or --pr URL" in ended.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("reviwers: [bugs]\n", "line 1: unknown key 'reviwers'; did you mean 'reviewers'?", id="key"),
        pytest.param("a: [\n", "not valid YAML", id="not YAML"),
    ],
)
def test_a_faulty_configuration_is_one_line_with_the_cure(
    shop: Repository, quartet: Quartet, text: str, message: str
) -> None:
    shop.commit({".quartet.yml": text})

    ended = quartet("review")

    assert ended.status == 2
    assert message in ended.err


def test_a_variable_that_cannot_be_used_is_named_without_its_value(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTET_TIMEOUT_SECONDS", "s3cret")

    ended = quartet("review")

    assert ended.status == 2
    assert "QUARTET_TIMEOUT_SECONDS" in ended.err
    assert "s3cret" not in ended.err


def test_the_version_is_printed(quartet: Quartet) -> None:
    assert quartet("--version").out.startswith("quartet 0.")


def test_hostile_text_cannot_steer_the_terminal(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(by_reviewer(security=findings(remark(title="\x1b[2J\x1b]0;owned\x07 gone", message="a\u202eb"))))

    ended = quartet("review")

    assert not {"\x1b", "\x07", "\u202e"} & set(ended.out + ended.err)


def test_the_configuration_names_stand_ins_as_the_command_line_does(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    models.openai(findings())
    models.anthropic(RateLimited(retry_after=30))
    shop.write({".quartet.yml": "models:\n  default: anthropic/claude-haiku-5-5, openai/gpt-6.1-sol\n"})

    ended = quartet("review", "--reviewers", "bugs")

    assert ended.status == 0, ended.err
    assert [asked.model for asked in models.vendors["openai"].asked] == ["gpt-6.1-sol"]


def test_certificates_that_are_not_there_are_one_line(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")

    ended = quartet("review")

    assert ended.status == 2
    assert "no connection to openai can be prepared (FileNotFoundError); check SSL_CERT_FILE" in ended.err

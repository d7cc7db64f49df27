"""What is masked before a model reads it, and what is left for it to judge."""

from __future__ import annotations

import pytest

from reviewers.diff import Diff
from reviewers.diff_parser import parse_diff
from reviewers.findings import Fact
from reviewers.firewall.secrets import MASK, masked, secret_values, values_on
from tests.builders import added_file, fact

GITHUB = "ghp_" + "a1B2c3D4e" * 4
NAMED = "tr0ub4dor" + "&3x9"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        pytest.param(GITHUB, "ghp_…[masked 36]", id="GitHub"),
        pytest.param("ghs_" + "4711_eyJhbGciOi.eyJpc3Mi.c2ln" * 3, "ghs_…[masked 87]", id="an installation's JWT"),
        pytest.param("github_pat_" + "1A" * 30, "github_pat_…[masked 60]", id="GitHub, fine-grained"),
        pytest.param("sk-ant-api03-" + "Zq_7Xw9Kp" * 10, "sk-ant-api03-…[masked 90]", id="Anthropic"),
        pytest.param("sk-proj-" + "Zq_7Xw9Kp" * 5, "sk-proj-…[masked 45]", id="OpenAI"),
        pytest.param("AKIA" + "Q3EGRTY7UPLM2X4Z", "AKIA…[masked 16]", id="AWS"),
        pytest.param("xoxb-" + "2911-4471-a9Bc7d", "xoxb-…[masked 16]", id="Slack"),
        pytest.param("sk_" + "live_" + "51Hx9Qa7Zm2Lk4Pw", "sk_live_…[masked 16]", id="Stripe"),
    ],
)
def test_a_value_in_its_vendors_form_is_masked_wherever_it_stands(secret: str, shown: str) -> None:
    assert masked(f'key = "{secret}"  # {secret}') == f'key = "{shown}"  # {shown}'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AKIA" + "IOSFODNN7EXAMPLE", id="the vendor's example"),
        pytest.param("ghp_" + "x" * 36, id="crosses"),
        pytest.param("sha256 " + "9f86d081884c7d65" * 4, id="a hash"),
        pytest.param("from shop.orders import orders_of", id="code"),
        pytest.param("task-proj-" + "a" * 20, id="a longer word"),
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


def test_a_private_key_is_masked_between_its_lines_as_a_prompt_shows_them() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
    shown = (
        f"  1 + -----BEGIN RSA PRIVATE KEY-----\n  2 + {body}\n  3 + {body[:40]}\n  4 + -----END RSA PRIVATE KEY-----"
    )

    text = masked(shown)

    assert body[:20] not in text
    assert len(MASK.findall(text)) == 2
    assert text.startswith("  1 + -----BEGIN RSA PRIVATE KEY-----\n  2 + …[masked 52]")


def test_a_known_value_is_masked_and_a_short_one_is_not() -> None:
    assert masked("a hunter2-Hunter2 b word", ("hunter2-Hunter2", "word")) == "a …[masked 15] b word"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        pytest.param('PASSWORD = "tr0ub4dor&3"', "tr0ub4dor&3", id="in quotes"),
        pytest.param('os.environ["DB_PASSWORD"] = "tr0ub4dor&3"', "tr0ub4dor&3", id="beside its name in quotes"),
        pytest.param("DB_PASSWORD=tr0ub4dor&3", "tr0ub4dor&3", id="without quotes"),
        pytest.param('url = "postgres://shop:tr0ub4dor3@db/shop"', "tr0ub4dor3", id="in an address"),
        pytest.param('dsn = "Server=db;Password=tr0ub4dor3;"', "tr0ub4dor3", id="in a connection string"),
        pytest.param('connect(password="correcthorse")', "correcthorse", id="a pass phrase"),
    ],
)
def test_the_value_on_a_line_that_a_tool_reports_is_a_secret(line: str, value: str) -> None:
    change = Diff((added_file("shop/db.py", f"import os\n{line}\n"),))

    assert secret_values(change, [_reported(2)]) == (value,)
    assert secret_values(change, [_reported(1)]) == ()


def test_what_tools_report_for_another_rule_gives_no_secret() -> None:
    change = Diff((added_file("shop/db.py", 'PASSWORD = "tr0ub4dor&3"\n'),))

    assert secret_values(change, [fact(path="shop/db.py", start_line=1)]) == ()


def _reported(line: int) -> Fact:
    return fact(
        source="detect-secrets", code="Secret Keyword", path="shop/db.py", start_line=line, rule="hardcoded-secret"
    )


@pytest.mark.parametrize(
    ("path", "line", "values"),
    [
        pytest.param("a.py", f'DB_PASSWORD = "{NAMED}"', (NAMED,), id="a constant"),
        pytest.param("a.py", f'connect(host, password="{NAMED}")', (NAMED,), id="an argument"),
        pytest.param("a.json", f'"api_key": "{NAMED}",', (NAMED,), id="a key"),
        pytest.param("a.go", f'dsn := "postgres://shop:{NAMED}@db/shop"', (NAMED,), id="an address"),
        pytest.param(".env", f"DB_PASSWORD={NAMED}", (NAMED,), id="an environment file"),
        pytest.param("a.yaml", f"  password: {NAMED}", (NAMED,), id="YAML"),
        pytest.param("a.py", 'token = "access_token"', (), id="a word"),
        pytest.param("a.py", "password = hash_of(entry1, salt2)", (), id="code"),
        pytest.param("a.py", f'colour = "{NAMED}"', (), id="another name"),
    ],
)
@pytest.mark.parametrize("mark", [" ", "-"])
def test_what_is_called_a_secret_on_a_line_that_no_tool_reads_is_one(
    path: str, line: str, values: tuple[str, ...], mark: str
) -> None:
    old, new = (2, 2) if mark == " " else (2, 1)
    diff = parse_diff(f"--- a/{path}\n+++ b/{path}\n@@ -1,{old} +1,{new} @@\n{mark}{line}\n-x = 1\n+x = 2\n")

    assert secret_values(diff, ()) == values


def test_a_short_value_is_masked_with_its_quotes() -> None:
    values = values_on(['password = "s3cr3t"'])

    assert masked('password = "s3cr3t"  # s3cr3t things', values) == "password = …[masked 8]  # s3cr3t things"

from __future__ import annotations

import io
import json
import random
import string
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from reviewers import secret_scanner
from reviewers.secret_scanner import Certainty, main, secrets_in

LETTERS = string.ascii_letters + string.digits
HEX = string.digits + "abcdef"
CAPITALS = string.ascii_uppercase + string.digits


def made_up(length: int, alphabet: str = LETTERS) -> str:
    """Characters that no vendor ever gave to anybody, the same in every run."""
    return "".join(random.Random(length).choices(alphabet, k=length))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"id = 'AKIA{made_up(16, CAPITALS)}'", id="AWS id"),
        pytest.param(f"aws_secret_access_key = '{made_up(40)}'", id="AWS key"),
        pytest.param(f"ghp_{made_up(36)}", id="GitHub"),
        pytest.param(f"x: ghs_{made_up(120)}.{made_up(80)}", id="GitHub installation"),
        pytest.param(f"'github_pat_{made_up(22)}_{made_up(59)}'", id="GitHub, of fine grain"),
        pytest.param(f"'glpat-{made_up(20)}'", id="GitLab"),
        pytest.param(f"'sk_live_{made_up(24)}'", id="Stripe"),
        pytest.param(f"sk-proj-{made_up(80)}", id="OpenAI"),
        pytest.param(f"sk-ant-api03-{made_up(95)}", id="Anthropic"),
        pytest.param(f"key=AIza{made_up(35)}", id="Google"),
        pytest.param(f"xoxb-123456789012-123456789012-{made_up(24)}", id="Slack"),
        pytest.param(f"https://hooks.slack.com/services/T{made_up(8)}/B{made_up(8)}/{made_up(24)}", id="Slack hook"),
        pytest.param(f"SG.{made_up(22)}.{made_up(43)}", id="SendGrid"),
        pytest.param(f"//registry.npmjs.org/:_authToken=npm_{made_up(36)}", id="npm"),
        pytest.param(f"hf_{made_up(34, string.ascii_letters)}", id="Hugging Face"),
        pytest.param(f"AccountKey={made_up(86)}==", id="Azure"),
        pytest.param(f"k = '-----BEGIN PRIVATE KEY-----\\n{made_up(64)}\\n'", id="a private key in one line"),
        pytest.param("x" * 1_990 + f" ghp_{made_up(36)} " + "x" * 3_000, id="in the middle of a long line"),
    ],
)
def test_a_secret_of_a_vendors_form_is_found_in_any_file(line: str) -> None:
    assert [(number, certainty) for number, _, certainty in secrets_in(["", line], "a.txt")] == [(2, Certainty.SHAPE)]


def test_a_private_key_is_found_by_its_head_and_its_body() -> None:
    lines = ["-----BEGIN RSA PRIVATE KEY-----", made_up(64), made_up(63)]

    assert list(secrets_in(lines, "id.txt")) == [(1, "Private Key", Certainty.SHAPE)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param('DB_PASSWORD = "Tr0ub4dor&3"', "a.py", id="Python"),
        pytest.param('password: str = "s3cr3t"', "a.py", id="with a type"),
        pytest.param('d["password"] = safe = "s3cr3t"', "a.py", id="twice assigned"),
        pytest.param('connect("admin", password="Sup3rS3cret!")', "a.py", id="an argument"),
        pytest.param("password: hunter2secure", "a.yml", id="YAML"),
        pytest.param("DB_PASSWORD=hunter2secure", "a.txt", id="dotenv"),
        pytest.param("ENV DB_PASSWORD=Sup3rS3cret1", "a.txt", id="Dockerfile"),
        pytest.param("password = S3cretPassw0rd", "a.ini", id="INI"),
        pytest.param('String password = "P@ssw0rd123";', "a.java", id="Java"),
        pytest.param(f'const apiKey = "{made_up(32)}"', "a.ts", id="TypeScript"),
        pytest.param(f'  "client_secret": "{made_up(32, HEX)}",', "a.json", id="JSON"),
        pytest.param(f'auth_token = "{made_up(40, HEX)}"', "a.py", id="hexadecimal"),
        pytest.param(f'export API_TOKEN="{made_up(32)}"', "a.sh", id="shell"),
        pytest.param(f'"Authorization": "Bearer {made_up(40)}"', "a.py", id="a header"),
        pytest.param(f"postgres://admin:{made_up(12)}7@db.internal:5432/app", "a.txt", id="an address"),
        pytest.param('"Server=db;User Id=sa;Password=Sup3rS3cret!;"', "a.cs", id="a connection string"),
        pytest.param(
            f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{made_up(43)}", "a.py", id="a web token"
        ),
    ],
)
def test_a_value_under_the_name_of_a_secret_is_found(line: str, name: str) -> None:
    assert [(number, certainty) for number, _, certainty in secrets_in([line], name)] == [(1, Certainty.NAME)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param('AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"', "a.py", id="an example"),
        pytest.param(f"ghp_{'x' * 36}", "a.txt", id="crosses"),
        pytest.param("password = 'changeme1'", "a.py", id="change me"),
        pytest.param("password = 'password1'", "a.py", id="the word itself"),
        pytest.param("API_KEY=your-api-key-123", "a.txt", id="yours"),
        pytest.param("password = os.environ['DB_PASSWORD_1']", "a.py", id="from the environment"),
        pytest.param("password: ${{ secrets.DB_PASSWORD_1 }}", "a.yml", id="from the secrets of a workflow"),
        pytest.param("password: ${DB_PASSWORD_1}", "a.yml", id="from a variable"),
        pytest.param("password: '{{ vault.db1 }}'", "a.yml", id="from a template"),
        pytest.param("password = get_secret('db1')", "a.ini", id="from a function"),
        pytest.param("label_password = 'Enter your password, 8 letters'", "a.py", id="a sentence"),
        pytest.param("TOKEN_URL = 'https://example.org/oauth2/token'", "a.py", id="an address without a password"),
        pytest.param("url = 'https://user:pass@example.com/x'", "a.py", id="an address with a made-up password"),
        pytest.param("auth_method = 'client_secret_post'", "a.py", id="a word with underscores"),
        pytest.param(f'"integrity": "sha512-{made_up(86)}=="', "a.json", id="a checksum"),
        pytest.param(f'hash = "{made_up(64, HEX)}"', "a.py", id="a hash"),
        pytest.param(f'commit = "{made_up(40, HEX)}"', "a.py", id="a commit"),
        pytest.param("token_id = '123e4567-e89b-12d3-a456-426614174000'", "a.py", id="a UUID"),
        pytest.param("secret = '********'", "a.py", id="stars"),
        pytest.param("digits = '0123456789abcdef'", "a.py", id="the digits"),
        pytest.param(
            "if line.startswith('-----BEGIN PRIVATE KEY-----'):", "a.py", id="the head of a private key alone"
        ),
        pytest.param(f"blob = '{made_up(30)}AKIA{made_up(16, CAPITALS)}{made_up(30)}'", "a.py", id="in a longer word"),
        pytest.param(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
            ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
            "a.py",
            id="the web token of the manual",
        ),
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(line: str, name: str) -> None:
    assert list(secrets_in([line], name)) == []


def test_a_comment_of_the_change_does_not_silence_the_scan() -> None:
    line = "password = 'Tr0ub4dor&3'  # pragma: allowlist secret"

    assert [number for number, *_ in secrets_in([line], "a.py")] == [1]


def test_a_hostile_line_takes_no_time() -> None:
    lines = ["password" * 30_000, "secret=" + "'" * 100_000, "a" * 500_000, "://" + ":" * 50_000, "key " * 500]

    assert list(secrets_in(lines, "a.yml")) == []


def test_the_program_tells_places_and_never_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "added.py").write_text("x = 1\npassword = 'Tr0ub4dor&3'\n")
    monkeypatch.chdir(tmp_path)

    with redirect_stdout(io.StringIO()) as printed:
        main()

    assert json.loads(printed.getvalue()) == [["3/added.py", 2, "Secret Keyword", "name"]]


def test_as_a_program_it_loads_nothing_that_could_ask_a_vendor(tmp_path: Path) -> None:
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "added.py").write_text(f"id = 'AKIA{made_up(16, CAPITALS)}'\n")
    command = (sys.executable, "-X", "importtime", "-I", secret_scanner.__file__)

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)

    assert json.loads(run.stdout) == [["3/added.py", 1, "AWS Access Key", "shape"]]
    assert "detect_secrets.plugins.aws" in run.stderr
    assert "urllib3" not in run.stderr

"""Secrets are taken out of a review before anybody is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from app.confidential import without_secrets
from app.settings import Settings
from reviewers.review import Gap
from tests.builders import finding, review

TOKEN = "ghs_" + "16C7e42F292c6912E7710c838347Ae178B4a"
KEY = "sk-proj-abc_-DEF_012345"


def test_keys_and_tokens_are_taken_out_of_all_that_was_said() -> None:
    said = f"{KEY} and {TOKEN}"
    told = replace(finding(), title=said, message=said, suggestion=f"key = '{KEY}'")

    done = without_secrets(
        replace(review(), findings=(told,), fixed=(told,), gaps=(Gap(reviewer="bugs", path="a.py", reason=said),)),
        [KEY],
    )

    assert KEY not in repr(done)
    assert TOKEN not in repr(done)
    assert done.findings[0].title == "[token] and [token]"


def test_a_suggestion_with_a_secret_is_left_out_and_another_stays() -> None:
    findings = (replace(finding(), suggestion=f"key = '{TOKEN}'"), replace(finding(), suggestion="key = read()"))

    done = without_secrets(replace(review(), findings=findings), ())

    assert [one.suggestion for one in done.findings] == [None, "key = read()"]


def test_the_identity_of_a_finding_that_has_a_place_stays() -> None:
    made = replace(finding(), anchor=f"token = '{TOKEN}'")

    (told,) = without_secrets(replace(review(), findings=(made,)), ()).findings

    assert told.location is not None
    assert told.fingerprint == made.fingerprint


@pytest.mark.parametrize(
    ("settings", "secrets"),
    [
        pytest.param(Settings(openai_api_key=SecretStr(KEY)), (KEY,), id="a key"),
        pytest.param(Settings(openai_api_key=SecretStr("short")), (), id="what may be a word"),
        pytest.param(Settings(redis_url=SecretStr("redis://localhost:6379/0")), (), id="an address without a password"),
        pytest.param(
            Settings(redis_url=SecretStr("redis://:p%40ssw0rd!@host/0")), ("p%40ssw0rd!", "p@ssw0rd!"), id="a password"
        ),
    ],
)
def test_what_of_a_setting_is_secret(settings: Settings, secrets: tuple[str, ...]) -> None:
    assert settings.secrets == secrets


def test_each_line_of_a_private_key_is_secret() -> None:
    lines = ["MIIEowIBAAKCAQEA7bq", "2mXWvWq0Ckq8Y3zUuQ"]
    pem = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"])

    secrets = Settings(github_app_private_key=SecretStr(pem.replace("\n", "\\n"))).secrets

    assert set(lines) <= set(secrets)
    assert not any(secret.startswith("-----") and "\\n" not in secret for secret in secrets)

from __future__ import annotations

import pytest

from app.github.redaction import redact


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("ghp_" + "a1B2" * 9, id="personal"),
        pytest.param("gho_" + "a1B2" * 9, id="OAuth"),
        pytest.param("ghs_12345_eyJhbGciOi.eyJpc3MiOi-J9.c2ln_bmF0dXJl" + "x" * 60, id="installation with a JWT"),
        pytest.param("github_pat_" + "11ABC_" * 10, id="fine-grained"),
        pytest.param("v1." + "0a" * 20, id="old installation"),
    ],
)
def test_no_token_is_left_in_a_text(token: str) -> None:
    assert redact(f"Bad token {token} in header") == "Bad token [token] in header"


def test_a_secret_that_is_known_is_left_out_whatever_it_looks_like() -> None:
    assert redact("password hunter2 and nothing", "hunter2", "") == "password [token] and nothing"


def test_other_text_stays() -> None:
    assert redact("ghp_ is a prefix, v1.0 a version") == "ghp_ is a prefix, v1.0 a version"

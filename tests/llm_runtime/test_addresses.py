from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.addresses import leads_somewhere, scheme_of, server_of

SECRETS = st.from_regex(r"[A-Za-z0-9@:/?#%&=+._-]{0,12}4711[A-Za-z0-9@:/?#%&=+._-]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param("https://gpu.local", "https://gpu.local", id="nothing to hide"),
        pytest.param("https://gpu.local/", "https://gpu.local", id="the root"),
        pytest.param("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/…", id="a path"),
        pytest.param("https://bot:hunter2@gpu.local:8443", "https://gpu.local:8443", id="a password"),
        pytest.param("https://hunter2@gpu.local/v1", "https://gpu.local/…", id="a key as user"),
        pytest.param("https://gpu.local?key=hunter2", "https://gpu.local/…", id="a key in the query"),
        pytest.param("http://bot:hunter2@[::1]:8000/v1", "http://[::1]:8000/…", id="IPv6"),
        pytest.param("https://bot:hunt/er2@gpu.local/v1", "…", id="a slash in the password"),
        pytest.param("https://bot:12/34@gpu.local/v1", "…", id="a slash behind what could be a port"),
        pytest.param("https://bot:hunt#er2@gpu.local/v1", "…", id="a hash in the password"),
        pytest.param("bot:hunter2@gpu.local/v1", "…", id="no scheme"),
        pytest.param("https://[hunter2", "…", id="half a bracket"),
        pytest.param("hunter2", "…", id="no address"),
        pytest.param("", "…", id="nothing"),
    ],
)
def test_of_an_address_its_server_alone_is_shown(address: str, shown: str) -> None:
    assert server_of(address) == shown


@given(SECRETS)
def test_whatever_stands_before_the_host_is_not_shown(secret: str) -> None:
    assert "4711" not in server_of(f"https://bot:{secret}@gpu.local/v1")


@given(SECRETS)
def test_whatever_stands_behind_the_host_is_not_shown(secret: str) -> None:
    assert "4711" not in server_of(f"https://gpu.local/{secret}")


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("redys://x", "redys"),
        ("postgresql+asyncpg://bot:hunter2@db/limits", "postgresql+asyncpg"),
        ("sk-proj-hunter2:", ""),
        ("sk-proj-hunter2://", ""),
        ("hunter:two", ""),
        ("bot:hunter@redis://cache", ""),
        ("averylongkeythatsomebodypasted://", ""),
        ("", ""),
    ],
)
def test_a_scheme_is_letters_before_two_slashes(address: str, scheme: str) -> None:
    assert scheme_of(address) == scheme


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("HTTPS://bot:p%2Fw@gateway.local/v1/@cf", True),
        ("http://[::1]:8080", True),
        ("http://", False),
        ("http://host:port", False),
        ("http://host:0", False),
        ("http://host name", False),
        ("http://host\n", False),
        ("redis://host", False),
        ("host:8080", False),
    ],
)
def test_a_provider_is_behind_http_and_a_host(address: str, leads: bool) -> None:
    assert leads_somewhere(address) is leads

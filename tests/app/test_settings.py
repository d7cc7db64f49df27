from __future__ import annotations

import pytest

from app.errors import Misconfigured
from app.settings import read_settings


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("nonsense", id="no protocol"),
        pytest.param("http://", id="no host"),
        pytest.param("ftp://models.example", id="another protocol"),
        pytest.param("http://[::1", id="half an IPv6 address"),
        pytest.param("http://127.0.0.1:99999", id="no such port"),
        pytest.param("http://a b", id="a space"),
        pytest.param("http://a\nb", id="a line feed"),
        pytest.param("http://..", id="empty labels"),
        pytest.param(f"http://{'a' * 70}.example", id="too long a label"),
        pytest.param("   ", id="blank"),
    ],
)
@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"])
def test_an_address_that_leads_nowhere_is_refused_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)

    with pytest.raises(Misconfigured, match=rf"the environment variable {variable} cannot be used: it must be an addr"):
        read_settings()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:11434/v1", "https://my_host", "http://[::1]:80/", "https://ünï.example/v1"]
)
def test_every_address_that_can_be_reached_is_taken(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f" {address}\n")

    assert read_settings().base_url("openai") == address


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e308", "soon"])
def test_a_time_that_no_socket_takes_is_refused(monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    monkeypatch.setenv("QUARTET_TIMEOUT_SECONDS", seconds)

    with pytest.raises(Misconfigured, match="the environment variable QUARTET_TIMEOUT_SECONDS cannot be used"):
        read_settings()


@pytest.mark.parametrize(
    ("variable", "proxy", "message"),
    [
        pytest.param("HTTP_PROXY", "ftp://user:s3cret@proxy", "HTTP_PROXY cannot be used", id="another protocol"),
        pytest.param("HTTPS_PROXY", "http://[::1", "HTTPS_PROXY cannot be used", id="half an address"),
        pytest.param("all_proxy", "socks4://proxy:1080", "ALL_PROXY cannot be used", id="old SOCKS, lower case"),
        pytest.param("ALL_PROXY", "socks5h://proxy:1080", "pip install socksio", id="SOCKS without its package"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str, message: str
) -> None:
    monkeypatch.setenv(variable, proxy)

    with pytest.raises(Misconfigured, match=message) as refused:
        read_settings().check_proxies()

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["", "127.0.0.1:3128", "http://user:word@proxy:3128", "https://proxy"])
def test_every_proxy_that_the_sdks_take_is_taken(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    read_settings().check_proxies()


@pytest.mark.parametrize(
    "variable",
    ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "LANGFUSE_BASE_URL", "GITHUB_API_URL"],
)
def test_settings_that_are_shown_keep_the_password_of_an_address(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "https://bot:hunter2@gateway.local/v1")

    assert "hunter2" not in repr(read_settings())

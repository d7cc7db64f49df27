"""The environment, read in this one place."""

from __future__ import annotations

import os
from collections.abc import Container
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from app.errors import Misconfigured
from llm_runtime.fallback import FALLBACK_STRATEGIES

MAX_TIMEOUT_SECONDS = 86_400
"""A day; sockets do not take every larger number."""

_SOCKS = ("socks5", "socks5h")
_LEAST_SECRET = 8
LEAST_DASHBOARD_TOKEN = 24
"""Characters; what is shorter could be tried out by a stranger."""


def _leads_somewhere(url: str, schemes: Container[str]) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        # A name that cannot be encoded cannot be looked up either.
        host.encode("idna")
    except ValueError:
        return False
    return parts.scheme in schemes and bool(host) and port != 0 and url.isprintable() and " " not in url


def _address(text: str) -> str:
    if not _leads_somewhere(text, ("http", "https")):
        msg = "it must be an address such as http://127.0.0.1:8080/v1"
        raise ValueError(msg)
    return text


def _fallback(name: str) -> str:
    if name not in FALLBACK_STRATEGIES:
        msg = f"it must be one of {', '.join(FALLBACK_STRATEGIES)}"
        raise ValueError(msg)
    return name


def _long_enough(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and 0 < len(secret.get_secret_value().strip()) < LEAST_DASHBOARD_TOKEN:
        msg = f"it must have {LEAST_DASHBOARD_TOKEN} characters or more, such as openssl rand -hex 32 prints"
        raise ValueError(msg)
    return secret


Address = Annotated[str, BeforeValidator(str.strip), AfterValidator(_address)]
_HiddenAddress = Annotated[Address | None, Field(repr=False)]
"""Gateways take keys in the address."""


def _secret_parts(text: str) -> tuple[str, ...]:
    if "://" in text:
        _, _, password = text.partition("://")[2].rpartition("@")[0].partition(":")
        return (password, unquote(password))
    lines = (line.strip() for line in text.replace("\\n", "\n").splitlines())
    return (text, *(line for line in lines if not line.startswith("-----")))


class Settings(BaseSettings):
    """What the environment says; an empty variable counts as one that is not set.

    Attributes are named after the variables that ``docs/environment.md`` lists.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True)

    openai_api_key: SecretStr | None = None
    openai_base_url: _HiddenAddress = None
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: _HiddenAddress = None
    gemini_api_key: Annotated[
        SecretStr | None, Field(validation_alias=AliasChoices("gemini_api_key", "google_api_key"))
    ] = None
    google_gemini_base_url: _HiddenAddress = None
    github_token: SecretStr | None = None
    github_api_url: Annotated[str, Field(repr=False)] = "https://api.github.com"
    github_graphql_url: Annotated[str | None, Field(repr=False)] = None
    github_app_id: Annotated[int | None, Field(gt=0)] = None
    github_app_private_key: SecretStr | None = None
    github_app_private_key_path: Path | None = None
    github_webhook_secret: SecretStr | None = None
    github_app_client_id: str = ""
    github_app_client_secret: SecretStr | None = None
    http_proxy: SecretStr | None = None
    https_proxy: SecretStr | None = None
    all_proxy: SecretStr | None = None
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    langfuse_public_key: str | None = None
    langfuse_secret_key: SecretStr | None = None
    langfuse_base_url: Annotated[
        Address | None, Field(validation_alias=AliasChoices("langfuse_base_url", "langfuse_host"), repr=False)
    ] = None
    quartet_analytics: bool = True
    quartet_keep_content: bool = False
    quartet_retention: str = ""
    github_actions: bool = False
    pre_commit_from_ref: str = ""
    pre_commit_to_ref: str = ""
    pre_commit_local_branch: str = ""
    pre_commit_remote_branch: str = ""
    pre_commit_remote_name: str = ""
    quartet_models: str = ""
    quartet_tier: str = ""
    quartet_limits: str = ""
    quartet_fallback: Annotated[str, AfterValidator(_fallback)] = "sequential"
    quartet_max_wait_seconds: Annotated[float | None, Field(ge=0, le=MAX_TIMEOUT_SECONDS)] = None
    quartet_deadline_seconds: Annotated[float, Field(gt=0, le=MAX_TIMEOUT_SECONDS)] = 900.0
    quartet_max_retries: Annotated[int, Field(ge=0, le=10)] = 3
    quartet_max_cost_per_day: Annotated[Decimal | None, Field(gt=0)] = None
    quartet_max_cost_per_month: Annotated[Decimal | None, Field(gt=0)] = None
    quartet_public_url: Address | None = None
    quartet_debounce_seconds: Annotated[float, Field(ge=0, le=3_600)] = 20.0
    quartet_review_deadline_seconds: Annotated[float, Field(gt=0, le=MAX_TIMEOUT_SECONDS)] = 3_600.0
    quartet_seconds_between_writes: Annotated[float, Field(ge=0.01, le=60)] = 1.0
    quartet_grace_seconds: Annotated[float, Field(ge=0, le=3_600)] = 60.0
    quartet_metrics_token: SecretStr | None = None
    quartet_dashboard_token: Annotated[SecretStr | None, AfterValidator(_long_enough)] = None
    quartet_state_dir: Path | None = None
    quartet_secrets_dir: Path | None = None
    xdg_state_home: Path | None = None
    quartet_timeout_seconds: Annotated[float, Field(gt=0, le=MAX_TIMEOUT_SECONDS)] = 120.0
    quartet_debug: bool = False

    def api_key(self, provider: str) -> str | None:
        """The key for a provider, or None."""
        keys = {"openai": self.openai_api_key, "anthropic": self.anthropic_api_key, "gemini": self.gemini_api_key}
        key = keys[provider]
        return key.get_secret_value().strip() if key else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be told to anybody: every secret that is set, of a key each line, of an address the password.

        What is shorter than eight characters is left out: it may be a word.
        """
        values = (getattr(self, name) for name in type(self).model_fields)
        texts = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
        parts = {part for text in texts for part in _secret_parts(text.strip()) if len(part) >= _LEAST_SECRET}
        return tuple(sorted(parts, key=lambda part: (-len(part), part)))

    @property
    def state_dir(self) -> Path:
        """Where this machine keeps what outlives a run: ``QUARTET_STATE_DIR``, else the user's XDG state directory."""
        return self.quartet_state_dir or (self.xdg_state_home or Path.home() / ".local" / "state") / "quartet"

    def check_proxies(self) -> None:
        """Refuse a proxy that the models cannot be reached through.

        Raises:
            Misconfigured: It is no address, or one of a protocol that is not spoken here.
        """
        for name, secret in (("HTTP", self.http_proxy), ("HTTPS", self.https_proxy), ("ALL", self.all_proxy)):
            url = secret.get_secret_value() if secret else ""
            # As the SDKs do: a proxy without a protocol is one for HTTP.
            if url and not _leads_somewhere(url if "://" in url else f"http://{url}", ("http", "https", *_SOCKS)):
                msg = f"the environment variable {name}_PROXY cannot be used: it must be such as http://127.0.0.1:3128"
                raise Misconfigured(msg)
            if url.startswith(_SOCKS) and find_spec("socksio") is None:
                msg = f"{name}_PROXY names a SOCKS proxy, for which a package is missing: pip install socksio"
                raise Misconfigured(msg)

    def base_url(self, provider: str) -> str | None:
        """Where a provider is to be reached, or None for its own address."""
        urls = {
            "openai": self.openai_base_url,
            "anthropic": self.anthropic_base_url,
            "gemini": self.google_gemini_base_url,
        }
        return urls[provider]


def read_settings() -> Settings:
    """The settings in the environment; what it does not say is looked for among the files of ``QUARTET_SECRETS_DIR``.

    Raises:
        Misconfigured: A variable has a value that cannot be used; the message names the variable, not the value.
    """
    folder = _secrets_folder()
    try:
        return Settings(_secrets_dir=folder)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        reason = fault["msg"].removeprefix("Value error, ")
        msg = f"the environment variable {str(fault['loc'][0]).upper()} cannot be used: {reason}"
        raise Misconfigured(msg) from error
    except SettingsError as error:
        # Its cause is a file without permission or one that is no text; its text has the name of the field in quotes.
        name = str(error).partition('"')[2].partition('"')[0].upper()
        msg = f"the file {name} in {folder} cannot be read as text; let the user that Quartet runs as read it"
        raise Misconfigured(msg) from error


def _secrets_folder() -> str | None:
    """Where container engines put secrets as files, each named after a variable; read before all the others."""
    folder = os.environ.get("QUARTET_SECRETS_DIR", "").strip()
    if folder and not Path(folder).is_dir():
        msg = f"QUARTET_SECRETS_DIR names {folder}, which is no folder; mount the secrets there, or leave it out"
        raise Misconfigured(msg)
    return folder or None

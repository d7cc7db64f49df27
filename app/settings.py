"""The environment, read in this one place."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import Misconfigured


class Settings(BaseSettings):
    """What the environment says; an empty variable counts as one that is not set.

    Attributes are named after the variables that ``docs/environment.md`` lists.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True)

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    gemini_api_key: Annotated[
        SecretStr | None, Field(validation_alias=AliasChoices("gemini_api_key", "google_api_key"))
    ] = None
    google_gemini_base_url: str | None = None
    github_token: SecretStr | None = None
    github_api_url: str = "https://api.github.com"
    github_graphql_url: str | None = None
    quartet_models: str = ""
    quartet_timeout_seconds: Annotated[float, Field(gt=0)] = 120.0
    quartet_debug: bool = False

    def api_key(self, provider: str) -> str | None:
        """The key for a provider, or None."""
        keys = {"openai": self.openai_api_key, "anthropic": self.anthropic_api_key, "gemini": self.gemini_api_key}
        key = keys[provider]
        return key.get_secret_value().strip() if key else None

    def base_url(self, provider: str) -> str | None:
        """Where a provider is to be reached, or None for its own address."""
        urls = {
            "openai": self.openai_base_url,
            "anthropic": self.anthropic_base_url,
            "gemini": self.google_gemini_base_url,
        }
        return urls[provider]


def read_settings() -> Settings:
    """The settings in the environment.

    Raises:
        Misconfigured: A variable has a value that cannot be used; the message names the variable, not the value.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        msg = f"the environment variable {str(fault['loc'][0]).upper()} cannot be used: {fault['msg']}"
        raise Misconfigured(msg) from error

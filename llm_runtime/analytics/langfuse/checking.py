"""Keys come in, whose project they open goes out."""

from __future__ import annotations

import importlib
from typing import Any
from urllib.parse import urlsplit

from llm_runtime.analytics.langfuse.errors import KeysRefused, LangfuseError, ReadingFailed
from llm_runtime.analytics.langfuse.loading import prepare_loading

CLOUD = "https://cloud.langfuse.com"

_REGIONS = {
    "cloud.langfuse.com": "EU",
    "us.cloud.langfuse.com": "US",
    "jp.cloud.langfuse.com": "Japan",
    "hipaa.cloud.langfuse.com": "US, HIPAA",
}
_UNAUTHORIZED, _FORBIDDEN = 401, 403


def place(base_url: str | None) -> str:
    """Where a Langfuse is, for people: its host, without a password that an address may have, and its region.

    Source: https://langfuse.com/security/data-regions.

    >>> place(None)
    'cloud.langfuse.com (EU)'
    >>> place("https://user:secret@langfuse.example.org:8443/x")
    'langfuse.example.org'
    """
    host = urlsplit(base_url or CLOUD).hostname or ""
    return f"{host} ({_REGIONS[host]})" if host in _REGIONS else host


def check_keys(*, public_key: str, secret_key: str, base_url: str | None, timeout_seconds: int = 5) -> str:
    """Ask Langfuse once whose the keys are.

    Args:
        public_key: Langfuse's ``pk-lf-…``.
        secret_key: Langfuse's ``sk-lf-…``.
        base_url: Address of a Langfuse of one's own; None is the cloud in the EU.
        timeout_seconds: How long it may take to answer.

    Returns:
        The project's name.

    Raises:
        KeysRefused: They are nobody's there.
        LangfuseError: It does not answer as it should.
        ModuleNotFoundError: The extra is not installed.
    """
    prepare_loading()
    httpx = importlib.import_module("httpx")
    api = importlib.import_module("langfuse.api.client")
    failed = importlib.import_module("langfuse.api.core.api_error").ApiError
    strange = importlib.import_module("pydantic").ValidationError
    where = place(base_url)
    with httpx.Client(timeout=timeout_seconds) as connection:
        client = api.LangfuseAPI(
            base_url=(base_url or CLOUD).rstrip("/"),
            username=public_key,
            password=secret_key,
            x_langfuse_public_key=public_key,
            httpx_client=connection,
        )
        try:
            projects: list[Any] = client.projects.get(request_options={"max_retries": 0}).data
        except failed as error:
            raise _refused(where, error.status_code) from error
        except strange as error:
            raise _refused(where, None) from error
        except httpx.HTTPError as error:
            msg = f"Langfuse at {where} does not answer ({type(error).__name__}); check LANGFUSE_BASE_URL"
            raise ReadingFailed(msg) from error
    if not projects:
        msg = f"the keys for Langfuse at {where} belong to no project; take those of a project's settings"
        raise KeysRefused(msg)
    return str(projects[0].name)


def _refused(where: str, status: int | None) -> LangfuseError:
    if status in {_UNAUTHORIZED, _FORBIDDEN}:
        return KeysRefused(
            f"Langfuse at {where} does not take the keys ({status}); check LANGFUSE_PUBLIC_KEY and "
            "LANGFUSE_SECRET_KEY, and that LANGFUSE_BASE_URL is the region of their project"
        )
    said = f" ({status})" if status else ""
    return ReadingFailed(f"Langfuse at {where} does not answer as it should{said}; check LANGFUSE_BASE_URL")

"""What is needed to ask a provider: a key and an address, with a fingerprint that may be logged and shared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from llm_runtime.addresses import server_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key, and the server that it is for.

    Attributes:
        api_key: Never logged; may be empty for a server of one's own that wants none.
        base_url: Another address than the vendor's; None for the vendor's. It may hold a password, so of it only the
            server is shown.

    Example:
        >>> Credential(api_key="sk-…", base_url="https://user:secret@gateway.local/v1")
        Credential(base_url='https://gateway.local/…')
    """

    api_key: str
    base_url: str | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same key and address; nobody finds the key from it."""
        return hashlib.sha256(f"{self.base_url or ''}|{self.api_key}".encode()).hexdigest()[:12]

    def __repr__(self) -> str:
        shown = None if self.base_url is None else server_of(self.base_url)
        return f"{type(self).__name__}(base_url={shown!r})"

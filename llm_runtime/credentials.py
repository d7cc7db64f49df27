"""What is needed to ask a provider: a key and an address, with a fingerprint that may be logged and shared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key, and the server that it is for.

    Attributes:
        api_key: Never logged; may be empty for a server of one's own that wants none.
        base_url: Another address than the vendor's; None for the vendor's.
    """

    api_key: str = field(repr=False)
    base_url: str | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same key and address; nobody finds the key from it."""
        return hashlib.sha256(f"{self.base_url or ''}|{self.api_key}".encode()).hexdigest()[:12]

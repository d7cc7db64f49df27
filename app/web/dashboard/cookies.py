"""The cookies of the dashboard: random ids, and something sealed on the way to GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """Names of the dashboard's cookies.

    Where browsers come by https the names begin with ``__Host-``, so that no sister domain can set them
    (RFC 6265bis, section 4.1.3.2).

    Attributes:
        secure: Whether they do.
    """

    secure: bool

    @property
    def session(self) -> str:
        """Holds the id of a session."""
        return f"{'__Host-' if self.secure else ''}quartet_session"

    @property
    def browser(self) -> str:
        """Ties the form to a browser that has no session yet."""
        return f"{'__Host-' if self.secure else ''}quartet_browser"

    @property
    def departure(self) -> str:
        """Holds what is remembered of a browser that is at GitHub, sealed."""
        return f"{'__Host-' if self.secure else ''}quartet_departure"

    def put(self, response: Response, name: str, value: str, *, seconds: int) -> None:
        """Set one, for as long."""
        # Lax, because the way back from GitHub is another site's link.
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def drop(self, response: Response, name: str) -> None:
        """Delete one."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="Lax")

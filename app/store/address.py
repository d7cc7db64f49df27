"""Where the store is."""

from __future__ import annotations

from app.settings import Settings


def store_url(settings: Settings) -> str:
    """``DATABASE_URL``, else a file of this machine."""
    url = settings.database_url.get_secret_value().strip() if settings.database_url else ""
    return url or f"sqlite:///{settings.state_dir.absolute() / 'quartet.db'}"

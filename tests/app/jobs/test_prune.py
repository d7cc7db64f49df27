from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.jobs import prune
from app.store.store import open_store


def test_what_is_old_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    with open_store(url) as store:
        for guid, days in (("old", 31), ("new", 29)):
            at = datetime.now(UTC) - timedelta(days=days)
            store.note_delivery(guid, event="comment", received_at=at, state="handled")

    prune()

    with open_store(url) as store:
        assert store.delivery("old") is None
        assert store.delivery("new") is not None

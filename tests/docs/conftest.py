from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.site import built


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as a site."""
    return built(tmp_path_factory.mktemp("site"))

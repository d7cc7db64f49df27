"""``compose.yaml`` and what its page says of it."""

from __future__ import annotations

import re

from tests.deploy.dockerfile import ROOT

TEXT = (ROOT / "compose.yaml").read_text("utf-8")
PAGE = (ROOT / "docs" / "deploy" / "compose.md").read_text("utf-8")


def test_the_page_names_every_variable_that_is_handed_on_and_no_other() -> None:
    told = PAGE[PAGE.index("Of a file `.env`") : PAGE.index("and nothing else")]

    assert set(re.findall(r"`([A-Z_]+)`", told)) | {"QUARTET_IMAGE"} == set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", TEXT))

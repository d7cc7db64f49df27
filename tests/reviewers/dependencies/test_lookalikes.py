from __future__ import annotations

import pytest

from reviewers.dependencies.lookalikes import lookalike, one_slip


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        pytest.param("requests", "reqests", True, id="one less"),
        pytest.param("requests", "reequests", True, id="one more"),
        pytest.param("requests", "rebuests", True, id="one other"),
        pytest.param("requests", "requestss", True, id="one more at the end"),
        pytest.param("requests", "reuqests", True, id="two exchanged"),
        pytest.param("requests", "requests", False, id="the same"),
        pytest.param("requests", "sequestr", False, id="two others"),
        pytest.param("requests", "requests-x", False, id="an extension"),
    ],
)
def test_one_slip_is_one_letter(one: str, other: str, near: bool) -> None:
    assert one_slip(one, other) is near
    assert one_slip(other, one) is near


@pytest.mark.parametrize(
    "name", ["requests", "Django", "jinja2", "redis", "typing", "request", "rich", "psycopg-binary"]
)
def test_real_packages_are_not_suspected(name: str) -> None:
    assert lookalike(name, "pypi") is None


def test_a_name_is_compared_within_its_registry() -> None:
    assert lookalike("expres", "npm") == "express"
    assert lookalike("expres", "pypi") is None

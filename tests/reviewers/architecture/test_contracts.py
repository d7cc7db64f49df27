from __future__ import annotations

import pytest

from reviewers.architecture.contracts import declared

LAYERS = """
[tool.importlinter]
root_packages = ["app"]

[[tool.importlinter.contracts]]
name = "house"
type = "layers"
layers = ["web | cli", "(jobs)", "core"]
containers = ["app"]
ignore_imports = ["app.core.plugins -> app.web.*"]
"""
FORBIDDEN = """
[importlinter]
root_package = app

[importlinter:contract:1]
name = no vendors
type = forbidden
source_modules =
    app.core
forbidden_modules =
    requests
    app.vendors
"""
APART = """
[importlinter:contract:1]
name = apart
type = independence
modules =
    app.parts.*
    app.other
"""


@pytest.mark.parametrize(
    ("path", "text", "importer", "imported", "forbidden"),
    [
        pytest.param("pyproject.toml", LAYERS, "app.core.orders", "app.web.views", True, id="upwards"),
        pytest.param("pyproject.toml", LAYERS, "app.core", "app.jobs", True, id="to an optional layer"),
        pytest.param("pyproject.toml", LAYERS, "app.web.views", "app.core.orders", False, id="downwards"),
        pytest.param("pyproject.toml", LAYERS, "app.web.views", "app.cli", False, id="to a sibling"),
        pytest.param("pyproject.toml", LAYERS, "app.core.plugins", "app.web.views", False, id="ignored"),
        pytest.param("pyproject.toml", LAYERS, "app.corelib", "app.web", False, id="another module"),
        pytest.param("pyproject.toml", LAYERS, "core", "web", False, id="outside the container"),
        pytest.param(".importlinter", FORBIDDEN, "app.core.orders", "requests", True, id="a vendor"),
        pytest.param(".importlinter", FORBIDDEN, "app.core.orders", "requests.adapters", True, id="in a vendor"),
        pytest.param(".importlinter", FORBIDDEN, "app.web", "requests", False, id="not from there"),
        pytest.param("setup.cfg", APART, "app.other.x", "app.parts.a", True, id="apart"),
        pytest.param("setup.cfg", APART.replace("importlinter", "mypy"), "app.other", "app.parts.a", False, id="none"),
    ],
)
def test_a_contract_forbids_what_import_linter_would(
    path: str, text: str, importer: str, imported: str, forbidden: bool
) -> None:
    assert any(each.forbids(importer, imported) for each in declared({path: text})) is forbidden


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"pyproject.toml": "importlinter = ["}, id="broken TOML"),
        pytest.param({"pyproject.toml": "[tool]\nimportlinter = 1"}, id="no table"),
        pytest.param({"pyproject.toml": "tool.importlinter.contracts = [1, {type = 'own'}]"}, id="other kinds"),
        pytest.param({".importlinter": "importlinter"}, id="broken INI"),
        pytest.param({"setup.cfg": "[mypy]\n"}, id="another tool"),
    ],
)
def test_where_nothing_is_declared_nothing_is_forbidden(settings: dict[str, str]) -> None:
    assert declared(settings) == ()


def test_imports_for_types_count_unless_the_repository_says_otherwise() -> None:
    without = LAYERS.replace('["app"]', '["app"]\nexclude_type_checking_imports = true')

    assert [[each.types for each in declared({"pyproject.toml": text})] for text in (LAYERS, without)] == [
        [True],
        [False],
    ]

from __future__ import annotations

import pytest

from reviewers.mypy_settings import MypySettings, mypy_settings

PLAIN = MypySettings()


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        pytest.param({}, None, id="no file"),
        pytest.param(
            {"setup.cfg": "[metadata]\nname = a\n", "pyproject.toml": "[project]\nname = 'a'\n"}, None, id="other tools"
        ),
        pytest.param({"mypy.ini": "[mypy]\n"}, PLAIN, id="mypy.ini"),
        pytest.param({"setup.cfg": "[mypy]\nstrict = True\n"}, PLAIN, id="setup.cfg"),
        pytest.param({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, PLAIN, id="pyproject.toml"),
        pytest.param(
            {"mypy.ini": "[mypy]\nstrict_optional = False\n", "setup.cfg": "[mypy]\nignore_errors = True\n"},
            MypySettings(strict_optional=False),
            id="the first that sets it up counts",
        ),
        pytest.param(
            {"mypy.ini": "[mypy]\npython_version = 3.12\n"}, MypySettings(python_version="3.12"), id="version"
        ),
        pytest.param({"mypy.ini": "[mypy]\npython_version = 3.12 --x\n"}, PLAIN, id="what is no version"),
        pytest.param(
            {"mypy.ini": "[mypy]\ndisable_error_code =\n  arg-type,\n  index\n"},
            MypySettings(disabled=("arg-type", "index")),
            id="kinds of error, over lines",
        ),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\ndisable_error_code = ['index', '--plugins']\n"},
            MypySettings(disabled=("index",)),
            id="kinds of error, as a list, and what is none",
        ),
        pytest.param({"mypy.ini": "[mypy]\nignore_errors = True\n"}, None, id="errors are ignored"),
        pytest.param({"mypy.ini": "[mypy]\n[mypy-shop.*]\nignore_errors = True\n"}, None, id="in a package"),
        pytest.param({"mypy.ini": "[mypy]\n[mypy-other.*,shop.api]\nignore_errors = True\n"}, None, id="in a module"),
        pytest.param({"mypy.ini": "[mypy]\n[mypy-other.*]\nignore_errors = True\n"}, PLAIN, id="in another module"),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\n[[tool.mypy.overrides]]\nmodule = ['shop.api']\nignore_errors = true\n"},
            None,
            id="in a module, in TOML",
        ),
        pytest.param({"mypy.ini": "[mypy]\nexclude = ^src/shop/\n"}, None, id="left out by a pattern"),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\nexclude = ['docs/', 'build']\n"}, PLAIN, id="others are left out"
        ),
        pytest.param({"mypy.ini": "no section\n"}, None, id="no INI file"),
        pytest.param({"pyproject.toml": "[tool.mypy\n"}, None, id="no TOML file"),
        pytest.param({"pyproject.toml": "tool = 3\n"}, None, id="something else under that name"),
        pytest.param({"pyproject.toml": "[tool]\nmypy = 3\n"}, None, id="something else under that key"),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\noverrides = [3]\nexclude = 3\n"}, PLAIN, id="values of a wrong kind"
        ),
    ],
)
def test_what_a_repository_asks_of_mypy_for_a_file(files: dict[str, str], settings: MypySettings | None) -> None:
    assert mypy_settings(files, "src/shop/api.py") == settings


def test_a_pattern_that_would_take_for_ever_is_not_run() -> None:
    files = {"mypy.ini": "[mypy]\nexclude = (a+)+$\n"}

    assert mypy_settings(files, "a" * 5_000 + "/b.py") == PLAIN

"""Secrets as files, as container engines mount them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.settings import read_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTET_SECRETS_DIR", str(tmp_path))
    for name in ("OPENAI_API_KEY", "GITHUB_APP_ID", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_file_stands_for_the_variable_that_it_is_named_after(folder: Path) -> None:
    (folder / "OPENAI_API_KEY").write_text("from-a-file\n")
    (folder / "github_app_id").write_text("12345\n")

    settings = read_settings()

    assert settings.api_key("openai") == "from-a-file"
    assert settings.github_app_id == 12345
    assert "from-a-file" in settings.secrets


def test_a_key_of_many_lines_is_read_whole(folder: Path) -> None:
    (folder / "GITHUB_APP_PRIVATE_KEY").write_text("-----BEGIN-----\nabc\ndef\n-----END-----\n")

    settings = read_settings()

    assert settings.github_app_private_key is not None
    assert settings.github_app_private_key.get_secret_value().splitlines()[1:3] == ["abc", "def"]


def test_what_the_environment_says_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "OPENAI_API_KEY").write_text("from-a-file")
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")

    assert read_settings().api_key("openai") == "from-the-environment"


def test_files_that_no_variable_is_named_after_are_left_alone(folder: Path) -> None:
    (folder / "POSTGRES_PASSWORD").write_text("x")
    (folder / "..data").mkdir()

    assert read_settings().database_url is None


def test_a_folder_that_is_not_there_is_said_to_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_SECRETS_DIR", str(folder / "nowhere"))

    with pytest.raises(Misconfigured, match="nowhere, which is no folder; mount the secrets there"):
        read_settings()


def test_a_file_that_is_no_text_is_named_and_not_shown(folder: Path) -> None:
    (folder / "OPENAI_API_KEY").write_bytes(b"\xff\xfesecret")

    with pytest.raises(Misconfigured, match=r"^the file OPENAI_API_KEY in .* cannot be read as text; let the user"):
        read_settings()


def test_a_wrong_value_in_a_file_is_told_by_its_name(folder: Path) -> None:
    (folder / "GITHUB_APP_ID").write_text("my app")

    with pytest.raises(Misconfigured, match="GITHUB_APP_ID cannot be used"):
        read_settings()

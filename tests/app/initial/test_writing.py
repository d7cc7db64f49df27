"""Files of ``quartet init`` lie in the repository, and nothing that was there is lost without being asked for."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any

import pytest

from app.errors import Misconfigured
from app.initial.files import InitialFile
from app.initial.writing import Fate, write_files

NEW = InitialFile("a/b/new.yml", "new: 1\n", "something new")
OTHER = InitialFile("other.yml", "mine: 1\n", "something else")


def test_folders_are_made_on_the_way(tmp_path: Path) -> None:
    assert write_files(tmp_path, [NEW], force=False) == (Fate.WRITTEN,)

    assert (tmp_path / "a/b/new.yml").read_text() == "new: 1\n"
    assert (tmp_path / "a/b/new.yml").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["new.yml"]


def test_where_one_file_is_there_already_none_is_written(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text("theirs: 1\n")

    with pytest.raises(
        Misconfigured, match=r"^other\.yml is there already, and nothing was written; --dry-run .*--force"
    ):
        write_files(tmp_path, [NEW, OTHER], force=False)

    assert (tmp_path / "other.yml").read_text() == "theirs: 1\n"
    assert not (tmp_path / "a").exists()


def test_force_replaces_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text("theirs: 1\n")

    assert write_files(tmp_path, [OTHER], force=True) == (Fate.REPLACED,)

    assert (tmp_path / "other.yml").read_text() == "mine: 1\n"


def test_what_is_there_as_it_would_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text("mine: 1\n")

    assert write_files(tmp_path, [NEW, OTHER], force=False) == (Fate.WRITTEN, Fate.UNCHANGED)


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yml").write_text("theirs: 1\n")
    (tmp_path / "other.yml").symlink_to("real.yml")

    write_files(tmp_path, [OTHER], force=True)

    assert not (tmp_path / "other.yml").is_symlink()
    assert (tmp_path / "real.yml").read_text() == "theirs: 1\n"


def test_a_link_to_nothing_counts_as_being_there(tmp_path: Path) -> None:
    (tmp_path / "other.yml").symlink_to("nowhere.yml")

    with pytest.raises(Misconfigured, match="is there already"):
        write_files(tmp_path, [OTHER], force=False)


def test_a_folder_that_leads_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a").symlink_to(tmp_path / "outside")

    with pytest.raises(Misconfigured, match="leads out of the repository by a symbolic link"):
        write_files(tmp_path / "inside", [NEW], force=True)

    assert list((tmp_path / "outside").iterdir()) == []


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    with pytest.raises(OSError, match="a"):
        write_files(tmp_path, [OTHER, InitialFile("a/new.yml", "new: 1\n", "something new")], force=True)

    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_disk_that_is_full_for_the_second_file_leaves_nothing_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.yml").write_text("theirs: 1\n")
    real = tempfile.mkstemp
    made: list[object] = []

    def mkstemp(**where: Any) -> tuple[int, str]:
        if made:
            raise OSError(errno.ENOSPC, "No space left on device")
        made.append(where)
        return real(**where)

    monkeypatch.setattr("app.initial.writing.tempfile.mkstemp", mkstemp)

    with pytest.raises(OSError, match="No space"):
        write_files(tmp_path, [OTHER, NEW], force=True)

    assert (tmp_path / "other.yml").read_text() == "theirs: 1\n"
    assert not list(tmp_path.rglob(".quartet-*"))


def test_links_in_a_circle_are_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "other.yml").symlink_to("other.yml")

    with pytest.raises(Misconfigured, match=r"^other\.yml is a symbolic link that leads in a circle; take the link"):
        write_files(tmp_path, [OTHER], force=True)


def test_the_line_ends_of_windows_make_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_bytes(b"mine: 1\r\n")

    assert write_files(tmp_path, [OTHER], force=True) == (Fate.UNCHANGED,)

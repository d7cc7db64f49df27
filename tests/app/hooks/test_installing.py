import os
import stat
from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.hooks.installing import install, uninstall
from app.hooks.place import HookPlace, hook_place
from app.hooks.script import Hook, script
from tests.repositories import Repository

OURS = script(Hook.PRE_COMMIT, "/opt/quartet/bin/python")
BOTH = {hook: script(hook, "/opt/quartet/bin/python") for hook in Hook}
MINE = b"#!/bin/sh\n# mine, with no line feed at its end\r\nexit 0"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.create(tmp_path / "a shop's code")
    made.commit({"a.py": "x = 1\n"})
    return made


def test_hooks_are_installed_executable_where_git_looks_for_them(repository: Repository) -> None:
    lines = install(hook_place(repository.root), BOTH)

    folder = repository.root / ".git" / "hooks"
    assert [(folder / hook.value).read_bytes() for hook in Hook] == list(BOTH.values())
    assert all(os.access(folder / hook.value, os.X_OK) for hook in Hook)
    assert lines == [f"{folder / hook.value} is installed" for hook in Hook]


def test_installing_twice_changes_nothing(repository: Repository) -> None:
    place = hook_place(repository.root)
    install(place, {Hook.PRE_COMMIT: OURS})
    before = _state(place.folder)

    lines = install(place, {Hook.PRE_COMMIT: OURS})

    assert _state(place.folder) == before
    assert lines == [f"{place.folder / 'pre-commit'} is installed already"]


def test_installing_again_makes_a_hook_executable_that_is_not(repository: Repository) -> None:
    place = hook_place(repository.root)
    install(place, {Hook.PRE_COMMIT: OURS})
    (place.folder / "pre-commit").chmod(0o644)

    install(place, {Hook.PRE_COMMIT: OURS})

    assert os.access(place.folder / "pre-commit", os.X_OK)


def test_installing_with_other_options_writes_the_hook_anew_and_keeps_the_one_before(repository: Repository) -> None:
    place = hook_place(repository.root)
    _existing(place)
    install(place, {Hook.PRE_COMMIT: OURS})
    other = script(Hook.PRE_COMMIT, "/opt/quartet/bin/python", ["--no-llm"])

    install(place, {Hook.PRE_COMMIT: other})

    assert (place.folder / "pre-commit").read_bytes() == other
    assert (place.folder / "pre-commit.before-quartet").read_bytes() == MINE


@pytest.mark.parametrize("mode", [pytest.param(0o755, id="executable"), pytest.param(0o640, id="that git ignored")])
def test_uninstalling_puts_back_what_was_there_byte_for_byte(repository: Repository, mode: int) -> None:
    place = hook_place(repository.root)
    _existing(place, mode)
    before = _state(place.folder)
    install(place, BOTH)

    lines = uninstall(place)

    assert _state(place.folder) == before
    assert lines == [
        f"{place.folder / 'pre-commit'} is the hook again that was there before",
        f"{place.folder / 'pre-push'} is removed",
    ]


def test_uninstalling_puts_back_the_chained_hook_as_its_owner_changed_it(repository: Repository) -> None:
    place = hook_place(repository.root)
    _existing(place)
    install(place, {Hook.PRE_COMMIT: OURS})
    (place.folder / "pre-commit.before-quartet").write_bytes(MINE + b"\n# and more")

    uninstall(place)

    assert (place.folder / "pre-commit").read_bytes() == MINE + b"\n# and more"
    assert not (place.folder / "pre-commit.before-quartet").exists()


def test_a_hook_that_is_a_link_is_kept_as_one(repository: Repository) -> None:
    place = hook_place(repository.root)
    (repository.root / "tools.sh").write_bytes(MINE)
    place.folder.mkdir(exist_ok=True)
    (place.folder / "pre-commit").symlink_to("../../tools.sh")
    install(place, {Hook.PRE_COMMIT: OURS})

    uninstall(place)

    assert (place.folder / "pre-commit").readlink() == Path("../../tools.sh")
    assert (repository.root / "tools.sh").read_bytes() == MINE


def test_uninstalling_what_is_not_there_says_nothing(repository: Repository) -> None:
    assert uninstall(hook_place(repository.root)) == []


def test_a_hook_that_somebody_changed_is_neither_overwritten_nor_removed(repository: Repository) -> None:
    place = hook_place(repository.root)
    install(place, {Hook.PRE_COMMIT: OURS})
    changed = OURS + b"make lint\n"
    (place.folder / "pre-commit").write_bytes(changed)

    with pytest.raises(Misconfigured, match="was changed since it was installed"):
        install(place, BOTH)
    with pytest.raises(Misconfigured, match="was changed since it was installed"):
        uninstall(place)

    assert (place.folder / "pre-commit").read_bytes() == changed
    assert not (place.folder / "pre-push").exists()


def test_a_hook_that_another_program_wrote_over_ours_is_left_with_the_one_before(repository: Repository) -> None:
    place = hook_place(repository.root)
    _existing(place)
    install(place, {Hook.PRE_COMMIT: OURS})
    (place.folder / "pre-commit").write_bytes(b"#!/bin/sh\n# another's\n")

    (line,) = uninstall(place)

    assert line.endswith("is not Quartet's, so pre-commit.before-quartet is left beside it")
    assert (place.folder / "pre-commit").read_bytes() == b"#!/bin/sh\n# another's\n"
    with pytest.raises(Misconfigured, match="only one can be run first"):
        install(place, {Hook.PRE_COMMIT: OURS})


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        pytest.param(
            b"#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n",
            r"pre-commit manages .* `- id: quartet` .* \.pre-commit-config\.yaml",
            id="the pre-commit framework",
        ),
        pytest.param(
            b'#!/bin/sh\ncall_lefthook()\n{\n  :\n}\ncall_lefthook run "pre-commit" "$@"\n',
            r"lefthook manages .* under pre-commit, commands: `quartet: \{run: quartet hook run pre-commit\}`",
            id="lefthook",
        ),
        pytest.param(
            b"#!/usr/bin/env ruby\nhook_type = File.basename($0)\nrequire 'overcommit'\n",
            r"Overcommit manages .* `command: \['quartet', 'hook', 'run', 'pre-commit'\]`",
            id="Overcommit, whose hooks go by their own names",
        ),
    ],
)
def test_hooks_that_a_manager_writes_are_left_to_it_with_what_to_do(
    repository: Repository, written: bytes, advice: str
) -> None:
    place = hook_place(repository.root)
    _existing(place, data=written)

    with pytest.raises(Misconfigured, match=advice):
        install(place, BOTH)

    assert _state(place.folder).keys() == {"pre-commit"}


@pytest.mark.parametrize("folder", [pytest.param(".husky/_", id="version 9"), pytest.param(".husky", id="version 8")])
def test_husky_is_known_by_its_folder(repository: Repository, folder: str) -> None:
    repository.git("config", "core.hooksPath", folder)

    with pytest.raises(Misconfigured, match=r"husky manages .* to \.husky/pre-commit"):
        install(hook_place(repository.root), BOTH)

    assert not (repository.root / ".husky").exists()


def test_a_relative_hooks_path_counts_from_the_top_and_is_told_not_to_be_committed(repository: Repository) -> None:
    repository.git("config", "core.hooksPath", "my hooks")
    (repository.root / "deep").mkdir()

    lines = install(hook_place(repository.root / "deep"), {Hook.PRE_COMMIT: OURS})

    assert (repository.root / "my hooks" / "pre-commit").read_bytes() == OURS
    assert "do not commit it" in lines[-1]


def test_an_absolute_hooks_path_is_used_as_it_is(repository: Repository, tmp_path: Path) -> None:
    repository.git("config", "core.hooksPath", str(tmp_path / "elsewhere"))

    lines = install(hook_place(repository.root), {Hook.PRE_COMMIT: OURS})

    assert lines == [f"{tmp_path / 'elsewhere' / 'pre-commit'} is installed"]


def test_a_hooks_path_for_all_repositories_is_used_only_if_that_is_meant(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[core]\n\thooksPath = {tmp_path / 'shared'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    place = hook_place(repository.root)
    with pytest.raises(Misconfigured, match="would run in every repository"):
        install(place, {Hook.PRE_COMMIT: OURS})
    assert not (tmp_path / "shared").exists()

    install(place, {Hook.PRE_COMMIT: OURS}, everywhere=True)

    assert (tmp_path / "shared" / "pre-commit").read_bytes() == OURS


def test_hooks_that_are_switched_off_are_not_switched_on(repository: Repository) -> None:
    repository.git("config", "core.hooksPath", os.devnull)

    with pytest.raises(Misconfigured, match="is no folder"):
        install(hook_place(repository.root), BOTH)


def test_a_hooks_path_that_is_empty_is_said_to_switch_hooks_off(repository: Repository) -> None:
    repository.git("config", "core.hooksPath", "")

    with pytest.raises(Misconfigured, match=r"core\.hooksPath is empty, so git runs no hook"):
        hook_place(repository.root)


@pytest.mark.parametrize("name", ["pre-push", "pre-push.before-quartet"])
def test_a_folder_with_the_name_of_a_hook_is_named_before_anything_is_done(repository: Repository, name: str) -> None:
    place = hook_place(repository.root)
    (place.folder / name).mkdir(parents=True)

    with pytest.raises(Misconfigured, match=f"{name} is a folder, which git cannot run; remove it"):
        install(place, BOTH)

    assert not (place.folder / "pre-commit").exists()


def test_a_link_in_a_circle_is_kept_as_one(repository: Repository) -> None:
    place = hook_place(repository.root)
    place.folder.mkdir(exist_ok=True)
    (place.folder / "pre-commit").symlink_to("pre-commit")

    install(place, {Hook.PRE_COMMIT: OURS})

    assert (place.folder / "pre-commit").read_bytes() == OURS
    uninstall(place)
    assert (place.folder / "pre-commit").readlink() == Path("pre-commit")


def test_an_installation_that_fails_leaves_nothing_behind(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = hook_place(repository.root)
    _existing(place)
    before = _state(place.folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(OSError, match="No space"):
        install(place, {Hook.PRE_COMMIT: OURS})

    assert _state(place.folder) == before


def test_worktrees_share_their_hooks(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", str(tmp_path / "other"))

    assert hook_place(tmp_path / "other").folder == hook_place(repository.root).folder


def test_a_submodule_has_hooks_of_its_own(repository: Repository, tmp_path: Path) -> None:
    outer = Repository.create(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository.root), "inner")

    folder = hook_place(outer.root / "inner").folder

    assert folder.resolve() == outer.root / ".git" / "modules" / "inner" / "hooks"


def test_where_there_is_no_repository_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="is not in a git repository"):
        hook_place(tmp_path)


def _existing(place: HookPlace, mode: int = 0o755, data: bytes = MINE) -> None:
    place.folder.mkdir(exist_ok=True)
    for sample in place.folder.iterdir():
        sample.unlink()
    (place.folder / "pre-commit").write_bytes(data)
    (place.folder / "pre-commit").chmod(mode)


def _state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        path.name: (stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
    }

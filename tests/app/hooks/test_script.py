"""The script in real shells, with a program in the interpreter's place that notes how it was called."""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest

from app.hooks.script import ENDING, Hook, Whose, script, whose

SHELLS = [shell for shell in ("sh", "dash", "bash") if which(shell)]
PUSHED = "refs/heads/a 1111 refs/heads/a 0000\nrefs/tags/it's 2222 refs/tags/it's 0000\n"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of hooks whose name needs quoting, and an interpreter in another such folder."""

    path: Path
    python: Path

    def install(self, hook: Hook, *options: str, strict: bool = False) -> None:
        self._executable(self.path / hook.value, script(hook, str(self.python), options, strict=strict))

    def interpreter(self, status: int = 0) -> None:
        notes = shlex.quote(str(self.path / "called"))
        text = f"""#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word" >> {notes}.words; done
cat > {notes}.stdin
exit {status}
"""
        self._executable(self.python, text.encode())

    def before(self, hook: Hook, text: str) -> None:
        self._executable(self.path / f"{hook.value}{ENDING}", text.encode())

    def run(self, hook: Hook, *arguments: str, shell: str = "sh", stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [which(shell) or shell, str(self.path / hook.value), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.defpath},
        )

    @property
    def words(self) -> list[str]:
        """What the interpreter was given, behind its program."""
        noted = (self.path / "called.words").read_text().split("\n")
        return noted[noted.index("hook") : -1]

    @property
    def stdin(self) -> str:
        return (self.path / "called.stdin").read_text()

    @property
    def called(self) -> bool:
        return (self.path / "called.words").exists()

    @staticmethod
    def _executable(path: Path, data: bytes) -> None:
        path.write_bytes(data)
        path.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path, programs = tmp_path / 'it\'s my "$code"' / "hooks", tmp_path / "pro grams'"
    path.mkdir(parents=True)
    programs.mkdir()
    made = Folder(path, programs / "python")
    made.interpreter()
    return made


every_shell = pytest.mark.parametrize("shell", SHELLS)


@every_shell
def test_it_runs_quartet_with_the_options_and_gits_arguments_as_they_are(folder: Folder, shell: str) -> None:
    folder.install(Hook.PRE_COMMIT, "--model", "openai/it's $HOME")

    done = folder.run(Hook.PRE_COMMIT, "two words", "$(x)", shell=shell)

    assert done.returncode == 0
    assert folder.words == [
        *("hook", "run", "pre-commit", "--model", "openai/it's $HOME", "--", "two words", "$(x)"),
    ]


@every_shell
@pytest.mark.parametrize("status", [0, 1, 130])
def test_what_quartet_decides_is_what_git_hears(folder: Folder, shell: str, status: int) -> None:
    folder.interpreter(status)
    folder.install(Hook.PRE_COMMIT)

    assert folder.run(Hook.PRE_COMMIT, shell=shell).returncode == status


@pytest.mark.parametrize("status", [pytest.param(2, id="usage"), pytest.param(3, id="internal"), 137])
def test_a_quartet_that_breaks_lets_pass_unless_that_is_not_wanted(folder: Folder, status: int) -> None:
    folder.interpreter(status)
    folder.install(Hook.PRE_COMMIT)
    lenient = folder.run(Hook.PRE_COMMIT).returncode

    folder.install(Hook.PRE_COMMIT, "--strict", strict=True)

    assert (lenient, folder.run(Hook.PRE_COMMIT).returncode) == (0, 1)


@every_shell
@pytest.mark.parametrize("status", [97, 126, 127, None])
def test_a_quartet_that_has_gone_is_one_line_and_lets_pass(folder: Folder, shell: str, status: int | None) -> None:
    if status is None:
        folder.python.unlink()
    else:
        folder.interpreter(status)
    folder.install(Hook.PRE_PUSH)

    done = folder.run(Hook.PRE_PUSH, "origin", "/there", shell=shell, stdin=PUSHED)

    assert done.returncode == 0
    assert done.stderr == (
        f"quartet: it is not at {folder.python} any more, so nothing is reviewed; run quartet hook install where it is "
        "now, or quartet hook uninstall\n"
    )


def test_a_quartet_that_has_gone_blocks_where_it_is_strict(folder: Folder) -> None:
    folder.python.unlink()
    folder.install(Hook.PRE_COMMIT, strict=True)

    done = folder.run(Hook.PRE_COMMIT)

    assert done.returncode == 1
    assert "which --strict does not let pass" in done.stderr


@every_shell
def test_the_hook_before_runs_first_with_the_same_arguments(folder: Folder, shell: str) -> None:
    folder.before(Hook.PRE_COMMIT, '#!/bin/sh\n[ ! -e "${0%/*}/called.words" ] && echo "first $1"\n')
    folder.install(Hook.PRE_COMMIT)

    done = folder.run(Hook.PRE_COMMIT, "an argument", shell=shell)

    assert (done.returncode, done.stdout) == (0, "first an argument\n")
    assert folder.called


@every_shell
@pytest.mark.parametrize("hook", list(Hook))
def test_the_hook_before_blocks_as_it_did(folder: Folder, shell: str, hook: Hook) -> None:
    folder.before(hook, "#!/bin/sh\necho no >&2\nexit 7\n")
    folder.install(hook)

    done = folder.run(hook, shell=shell, stdin=PUSHED)

    assert (done.returncode, done.stderr) == (7, "no\n")
    assert not folder.called


def test_a_hook_before_that_git_would_ignore_is_ignored(folder: Folder) -> None:
    folder.before(Hook.PRE_COMMIT, "#!/bin/sh\nexit 7\n")
    (folder.path / f"pre-commit{ENDING}").chmod(0o644)
    folder.install(Hook.PRE_COMMIT)

    assert folder.run(Hook.PRE_COMMIT).returncode == 0


@every_shell
@pytest.mark.parametrize(
    "pushed",
    [
        pytest.param(PUSHED, id="several refs"),
        pytest.param("", id="nothing"),
        pytest.param("refs/heads/a 1 refs/heads/a 0", id="no line feed at the end"),
        pytest.param("%s\\n 'x' `y`\n\n\n", id="what a shell might take for its own"),
    ],
)
def test_both_hooks_of_a_push_read_all_of_standard_input(folder: Folder, shell: str, pushed: str) -> None:
    folder.before(Hook.PRE_PUSH, '#!/bin/sh\ncat > "${0%/*}/first.stdin"\n')
    folder.install(Hook.PRE_PUSH)

    done = folder.run(Hook.PRE_PUSH, "origin", "/there", shell=shell, stdin=pushed)

    assert done.returncode == 0
    assert (folder.path / "first.stdin").read_text() == pushed
    assert folder.stdin == pushed
    assert folder.words[-3:] == ["--", "origin", "/there"]


@every_shell
def test_a_hook_before_that_does_not_read_is_no_fault(folder: Folder, shell: str) -> None:
    long = "refs/heads/a 1 refs/heads/a 0\n" * 10_000
    folder.before(Hook.PRE_PUSH, "#!/bin/sh\nexit 0\n")
    folder.install(Hook.PRE_PUSH)

    done = folder.run(Hook.PRE_PUSH, shell=shell, stdin=long)

    assert (done.returncode, done.stderr) == (0, "")
    assert folder.stdin == long


@pytest.mark.parametrize("hook", list(Hook))
def test_a_folder_beside_it_is_no_hook(folder: Folder, hook: Hook) -> None:
    folder.install(hook)
    (folder.path / f"{hook.value}{ENDING}").mkdir()

    done = folder.run(hook)

    assert (done.returncode, done.stderr) == (0, "")
    assert folder.called


@every_shell
def test_nothing_is_said_of_what_nobody_read_even_where_broken_pipes_are_ignored(folder: Folder, shell: str) -> None:
    folder.install(Hook.PRE_PUSH)
    folder.before(Hook.PRE_PUSH, "#!/bin/sh\nexit 0\n")
    folder.python.write_text("#!/bin/sh\nexit 0\n")

    done = subprocess.run(
        ["sh", "-c", 'trap "" PIPE; exec "$@"', "sh", which(shell) or shell, str(folder.path / "pre-push")],
        input="x" * 1_000_000,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_what_lies_in_the_repository_is_not_imported(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "pre-commit").write_bytes(script(Hook.PRE_COMMIT, sys.executable, strict=True))
    (tmp_path / "app").mkdir()
    for name in ("app/__init__.py", "typer.py", "re.py"):
        (tmp_path / name).write_text("print('run from the repository')\n")

    done = subprocess.run(
        ["sh", str(folder.path / "pre-commit")], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "run from the repository" not in done.stdout
    assert "is not in a git repository" in done.stderr


@pytest.mark.parametrize("hook", list(Hook))
def test_a_script_knows_itself_and_every_change_to_it(hook: Hook) -> None:
    ours = script(hook, "/opt/python", ["--no-llm"])

    assert whose(ours) is Whose.OURS
    assert whose(ours + b"make\n") is Whose.OURS_CHANGED
    assert whose(ours.replace(b"--no-llm", b"--strict")) is Whose.OURS_CHANGED
    assert whose(ours.replace(b"# quartet-hook", b"# another")) is Whose.SOMEBODYS
    assert whose(None) is Whose.NOBODYS

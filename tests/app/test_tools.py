from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.tools import program_folders, run_tools
from reviewers.evidence_source import Failed, Job, Printed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    programs = tmp_path / "programs"
    programs.mkdir()
    return programs


def tool(folder: Path, code: str, *, name: str = "tool", mode: int = 0o755) -> str:
    path = folder / name
    path.write_text(f"#!{sys.executable} -I\n{code}\n")
    path.chmod(mode)
    return name


def job(program: str, *arguments: str, files: tuple[tuple[str, str], ...] = (), seconds: float = 20) -> Job:
    return Job(program=program, arguments=arguments, package="tool-package", files=files, seconds=seconds)


def ends(pid: int) -> bool:
    """Whether a process that was killed is gone in the end; the system takes its moment."""
    status = Path(f"/proc/{pid}/stat")
    patience = time.monotonic() + 10
    while time.monotonic() < patience:
        try:
            if status.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
    return False


def test_what_a_tool_prints_comes_back_apart_from_what_it_logs(folder: Path) -> None:
    program = tool(folder, "import sys; print('facts'); print('progress', file=sys.stderr)")

    assert run_tools([job(program)], folders=[folder]) == (Printed("facts\n", "progress\n"),)


def test_a_tool_finds_its_files_in_the_working_directory(folder: Path) -> None:
    program = tool(folder, "import pathlib; print(pathlib.Path('0/module.py').read_bytes().hex())")

    (answer,) = run_tools([job(program, files=(("0/module.py", "é\udcff"),))], folders=[folder])

    assert answer == Printed("é?".encode().hex() + "\n")


def test_answers_keep_the_order_of_the_jobs_that_run_at_the_same_time(folder: Path, tmp_path: Path) -> None:
    meeting = f"""
import pathlib, sys
mine, other = (pathlib.Path({str(tmp_path)!r}) / name for name in sys.argv[1:])
mine.touch()
while not other.exists():
    pass
print(mine.name)
"""
    program = tool(folder, meeting)

    answers = run_tools([job(program, "a", "b"), job(program, "b", "a")], folders=[folder])

    assert answers == (Printed("a\n"), Printed("b\n"))


def test_a_tool_that_looks_into_no_folder_is_told_its_files_by_name(folder: Path) -> None:
    program = tool(folder, "import sys\nprint(*sys.argv[1:])")
    named = replace(job(program, "-x"), files=(("0/a.txt", ""), ("1/b.txt", "")), named=True)

    assert run_tools([named], folders=[folder]) == (Printed("-x 0/a.txt 1/b.txt\n"),)


def test_a_tool_that_is_missing_names_the_cure(folder: Path) -> None:
    assert run_tools([job("no-such-tool")], folders=[folder]) == (
        Failed("no-such-tool is not installed: pip install tool-package", missing=True),
    )


def test_a_tool_that_cannot_be_started_is_no_exception(folder: Path) -> None:
    program = tool(folder, "", mode=0o644)

    assert run_tools([job(program)], folders=[folder]) == (
        Failed("tool could not be started (Permission denied): pip install --force-reinstall tool-package"),
    )


def test_a_slow_tool_is_ended_with_all_that_it_started(folder: Path, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = tool(
        folder,
        f"""
import pathlib, subprocess
child = subprocess.Popen(["sleep", "1000"])
pathlib.Path({str(note)!r}).write_text(str(child.pid))
child.wait()
""",
    )

    (answer,) = run_tools([job(program, seconds=1)], folders=[folder])

    assert answer == Failed("tool took longer than 1 s: review the change in smaller parts")
    assert ends(int(note.read_text()))


def test_a_tool_that_closes_its_pipes_and_goes_on_is_slow_too(folder: Path) -> None:
    program = tool(folder, "import os, time; os.close(1); os.close(2); time.sleep(1000)")

    (answer,) = run_tools([job(program, seconds=0.5)], folders=[folder])

    assert answer == Failed("tool took longer than 0.5 s: review the change in smaller parts")


def test_what_a_tool_leaves_running_is_ended(folder: Path, tmp_path: Path) -> None:
    program = tool(
        folder,
        """
import subprocess
quiet = subprocess.DEVNULL
print(subprocess.Popen(["sleep", "1000"], stdout=quiet, stderr=quiet).pid)
""",
    )

    (answer,) = run_tools([job(program)], folders=[folder])

    assert isinstance(answer, Printed)
    assert ends(int(answer.output))


def test_a_slow_tool_does_not_take_the_answer_of_another_one(folder: Path) -> None:
    slow = tool(folder, "import time; time.sleep(1000)", name="slow")
    quick = tool(folder, "print('done')", name="quick")

    answers = run_tools([job(slow, seconds=0.5), job(quick)], folders=[folder])

    assert answers == (Failed("slow took longer than 0.5 s: review the change in smaller parts"), Printed("done\n"))


def test_a_tool_that_never_stops_printing_is_ended(folder: Path) -> None:
    program = tool(folder, "while True: print('x' * 10_000)")

    (answer,) = run_tools([job(program)], folders=[folder], most_bytes=1_000_000)

    assert answer == Failed("tool printed more than 1 MB: review the change in smaller parts")


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        pytest.param("raise SystemExit(7)", "ended with status 7", id="a status that is no answer"),
        pytest.param("import os; os.abort()", "was ended by SIGABRT", id="a signal"),
    ],
)
def test_a_broken_tool_is_said_to_have_crashed(folder: Path, code: str, ending: str) -> None:
    answers = run_tools([job(tool(folder, code))], folders=[folder])

    assert answers == (Failed(f"tool {ending}: pip install --upgrade tool-package", crashed=True),)


def test_a_tool_sees_no_key_and_no_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    program = tool(folder, "import os, sys; print(sorted(os.environ), repr(sys.stdin.read()))")

    (answer,) = run_tools([job(program)], folders=[folder])

    assert isinstance(answer, Printed)
    assert answer.output.replace("'LC_CTYPE', ", "") == "['HOME', 'LANG', 'PATH', 'TMPDIR'] ''\n"


def test_nothing_is_left_on_the_disk(folder: Path) -> None:
    program = tool(folder, "import os, pathlib; pathlib.Path('more').mkdir(); print(os.environ['HOME'])")

    (answer,) = run_tools([job(program, files=(("0/module.py", "x = 1"),))], folders=[folder])

    assert isinstance(answer, Printed)
    assert not Path(answer.output.strip()).exists()


def test_a_module_of_the_change_is_not_imported_by_the_interpreter() -> None:
    hostile = (("json.py", "raise SystemExit(9)"), ("detect_secrets/__init__.py", "raise SystemExit(9)"))

    answers = run_tools([job("python", "-I", "-c", "import json, detect_secrets; print('ours')", files=hostile)])

    assert answers == (Printed("ours\n"),)


def test_the_interpreter_goes_by_the_name_of_what_it_runs() -> None:
    (answer,) = run_tools([job("python", "-I", "-c", "raise SystemExit(3)")])

    assert answer == Failed("tool-package ended with status 3: pip install --upgrade tool-package", crashed=True)


def test_programs_are_not_looked_for_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, "print('hostile')", name="quartet-test-tool")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    (answer,) = run_tools([job("quartet-test-tool")])

    assert isinstance(answer, Failed)


def test_programs_are_looked_for_beside_the_interpreter_first() -> None:
    assert program_folders()[0] == Path(sys.executable).parent


def test_something_else_can_be_done_while_the_tools_work(folder: Path, tmp_path: Path) -> None:
    signal_file = tmp_path / "go"
    # The tool ends only once it is told to, so that it was certainly at work meanwhile.
    name = tool(
        folder, f"import os, time\nwhile not os.path.exists({str(signal_file)!r}): time.sleep(0.01)\nprint('done')"
    )

    (printed,) = run_tools([job(name)], meanwhile=signal_file.touch, folders=[folder])

    assert printed == Printed("done\n")

"""Jobs in, what the tools printed out: each runs alone in a fresh folder, for a limited time, with a bare environment.

What the tools read is hostile. The folder holds nothing but the files of the job, under names that the program chose;
nothing in it is executed. The environment holds no key of ours, standard input is closed, what is printed and how long
it takes is bounded, and the whole process group is killed in the end.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from reviewers.evidence_source import Failed, Job, Printed


def program_folders() -> tuple[Path, ...]:
    """Where programs that were installed with this one are: beside the interpreter, or among the user's scripts.

    The ``PATH`` is not asked: it may lead into the checkout that is being reviewed.
    """
    user = sysconfig.get_path("scripts", scheme=sysconfig.get_preferred_scheme("user"))
    return tuple(dict.fromkeys((Path(sys.executable).parent, Path(sysconfig.get_path("scripts")), Path(user))))


def run_tools(
    jobs: Sequence[Job],
    *,
    meanwhile: Callable[[], object] = lambda: None,
    folders: Sequence[Path] | None = None,
    most_bytes: int = 64_000_000,
) -> tuple[Printed | Failed, ...]:
    """What each tool printed, or why it gave no answer, in the order of the jobs; they run at the same time.

    Args:
        jobs: What to run.
        meanwhile: Called while the tools work, for what would otherwise be done after them; a second or two at most,
            because their time runs on.
        folders: Where the programs are; by default ``program_folders()``.
        most_bytes: A tool that prints more is ended.
    """
    looked_up = program_folders() if folders is None else tuple(folders)
    with ExitStack() as cleaning:
        started = [_start(job, looked_up, cleaning) for job in jobs]
        meanwhile()
        _read([each for each in started if isinstance(each, _Running)], most_bytes)
        return tuple(_outcome(each, most_bytes) if isinstance(each, _Running) else each for each in started)


def is_installed(job: Job, folders: Sequence[Path] | None = None) -> bool:
    """Whether the program of a job is there.

    Args:
        job: What would be run.
        folders: Where programs are; by default ``program_folders()``.
    """
    program = _found(job.program, program_folders() if folders is None else tuple(folders))
    return program is not None and (not job.needs or find_spec(job.needs) is not None)


@dataclass(slots=True, kw_only=True)
class _Running:
    """A process and what it printed so far."""

    job: Job
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    log: IO[bytes]
    deadline: float
    printed: bytearray = field(default_factory=bytearray)
    logged: bytearray = field(default_factory=bytearray)

    def take(self, pipe: IO[bytes]) -> bool:
        """Read what is there; False at the end."""
        chunk = os.read(pipe.fileno(), _CHUNK_BYTES)
        (self.printed if pipe is self.output else self.logged).extend(chunk)
        return bool(chunk)

    def flooded(self, most_bytes: int) -> bool:
        return len(self.printed) + len(self.logged) > most_bytes

    @property
    def late(self) -> bool:
        return time.monotonic() >= self.deadline


_CHUNK_BYTES = 1 << 16


def _start(job: Job, folders: tuple[Path, ...], cleaning: ExitStack) -> _Running | Failed:
    program = _found(job.program, folders)
    if program is None or not is_installed(job, folders):
        return Failed(f"{job.needs or job.program} is not installed: pip install {job.package}", missing=True)
    try:
        home = Path(cleaning.enter_context(tempfile.TemporaryDirectory(prefix="quartet-", ignore_cleanup_errors=True)))
        files = _written(job, home / "files")
        process = subprocess.Popen(
            (program, *job.words),
            cwd=files,
            env={"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Failed(
            f"{job.program} could not be started ({error.strerror}): pip install --force-reinstall {job.package}"
        )
    cleaning.callback(_end, process)
    if process.stdout is None or process.stderr is None:  # pragma: no cover - both were asked for
        return Failed(f"{job.program} could not be heard: try again")
    return _Running(
        job=job,
        process=process,
        output=process.stdout,
        log=process.stderr,
        deadline=time.monotonic() + job.seconds,
    )


def _found(program: str, folders: tuple[Path, ...]) -> str | None:
    if program == "python":
        return sys.executable
    paths = (folder / name for folder in folders for name in (program, f"{program}.exe"))
    return next((str(path) for path in paths if path.is_file()), None)


def _written(job: Job, folder: Path) -> Path:
    folder.mkdir()
    for place, text in job.files:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "replace"))
    return folder


def _read(running: Sequence[_Running], most_bytes: int) -> None:
    """Until each has closed its pipes, used up its time or printed too much."""
    with selectors.DefaultSelector() as selector:
        for each in running:
            selector.register(each.output, selectors.EVENT_READ, each)
            selector.register(each.log, selectors.EVENT_READ, each)
        while keys := list(selector.get_map().values()):
            patience = min(key.data.deadline for key in keys) - time.monotonic()
            ended = {key.fd for key, _ in selector.select(max(patience, 0)) if not key.data.take(key.fileobj)}
            for key in keys:
                if key.fd in ended or key.data.late or key.data.flooded(most_bytes):
                    selector.unregister(key.fileobj)


def _outcome(running: _Running, most_bytes: int) -> Printed | Failed:
    name = running.job.program if running.job.program != "python" else running.job.needs or running.job.package
    if running.flooded(most_bytes):
        return Failed(f"{name} printed more than {most_bytes // 1_000_000} MB: review the change in smaller parts")
    try:
        status = running.process.wait(timeout=max(running.deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        return Failed(f"{name} took longer than {running.job.seconds:g} s: review the change in smaller parts")
    if status not in running.job.statuses:
        return Failed(f"{name} {_ending(status)}: pip install --upgrade {running.job.package}", crashed=True)
    return Printed(running.printed.decode("utf-8", "replace"), running.logged.decode("utf-8", "replace"))


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing that the tool started is left behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with process:
        process.kill()

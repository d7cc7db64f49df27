"""The image's processes without a container engine: Linux's own namespaces, and what the Dockerfile says of them.

A new root with nothing but the system's folders, this checkout and its virtual environment, all of it read-only; `/tmp`
and `/state` in memory; process numbers, mounts and the host's name of its own; the image's user, without capabilities.
What it shares with the tests is the network, because that is where the fakes are. The image's own files are not here:
programs come from the environment that the tests run in.
"""

from __future__ import annotations

import functools
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tests.deploy.dockerfile import ROOT, Image

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib64", "/usr", "/etc", "/dev")
_NAMESPACES = ("unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child")
_SECONDS = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an engine is told beside the image.

    Attributes:
        name: Of the host.
        user: Number of the user; 0 for the image's.
        folder: Where the process is started; empty for the image's.
        volumes: Folders of this machine that are seen there, by where; read-only.
        environment: Variables beside the image's.
    """

    name: str = "quartet-test"
    user: int = 0
    folder: str = ""
    volumes: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@functools.lru_cache(maxsize=1)
def why_not() -> str:
    """Why there are no containers here; empty where there are."""
    tried = subprocess.run((*_NAMESPACES, "chroot", "/", "setpriv", "--version"), capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"namespaces are not to be had: {tried.stderr.decode()[:200]}"


def _needed() -> dict[Path, Path]:
    """Folders beside the system's, and what is to be seen there: of this checkout also where it is installed from."""
    origin = json.loads(distribution("quartet-review").read_text("direct_url.json") or "{}").get("url", "")
    folders = {Path(path): Path(path) for path in (ROOT, sys.prefix, sys.base_prefix)}
    if origin:
        folders[Path(url2pathname(urlsplit(origin).path))] = ROOT
    outermost = [one for one in folders if not any(one.is_relative_to(other) for other in folders.keys() - {one})]
    return {one: folders[one] for one in sorted(outermost) if not one.is_relative_to("/usr")}


def _variables(image: Image, given: Mapping[str, str]) -> dict[str, str]:
    """The image's, with the programs of the tests in place of its own, and those that are given."""
    return {**image.environment, "PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), **given}


def _set_up(image: Image, command: list[str], given: Given) -> str:
    """The script that makes the new root, and becomes the command within it."""
    new, name, folder = "/mnt", given.name, given.folder or image.folder
    lines = ["set -eu", f"hostname {shlex.quote(name)}", f"mount -t tmpfs -o mode=755 tmpfs {new}"]
    for system in _SYSTEM:
        path = Path(system)
        if path.is_symlink():
            lines.append(f"ln -s {shlex.quote(str(path.readlink()))} {new}{system}")
        elif path.exists():
            lines.append(f"mkdir {new}{system}; mount --rbind {system} {new}{system}")
    lines += [
        f"mkdir {new}/proc {new}/tmp {new}/state",
        f"mount -t proc proc {new}/proc",
        # Docker's own for --tmpfs.
        f"mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs {new}/tmp",
        f"mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs {new}/state",
    ]
    for seen, source in (_needed() | {Path(seen): source for seen, source in given.volumes.items()}).items():
        place = shlex.quote(f"{new}{seen}")
        lines += [
            f"mkdir -p {place}; mount --bind {shlex.quote(str(source))} {place}",
            f"mount -o remount,bind,ro {place}",
        ]
    lines.append(f"mount -o remount,ro {new}")
    variables = _variables(image, given.environment)
    user = str(given.user or image.user)
    become = [
        *("chroot", new, "env", "-i", "-C", folder, *(f"{key}={value}" for key, value in variables.items())),
        *("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--bounding-set=-all", "--no-new-privs"),
        *command,
    ]
    return "\n".join((*lines, f"exec {shlex.join(become)}"))


def started(*arguments: str, given: Given) -> list[str]:
    """What is to be run for ``docker run --read-only --tmpfs /tmp --tmpfs /state quartet-review ARGUMENTS``."""
    image = Image()
    # An init is of use where processes are left behind; the tests' machine need not have one.
    command = [word for word in image.entry_point if word not in ("tini", "--")]
    return [*_NAMESPACES, "sh", "-c", _set_up(image, [*command, *arguments], given)]


def run(*arguments: str, given: Given | None = None, text: str = "") -> subprocess.CompletedProcess[str]:
    """A container that ends by itself."""
    command = started(*arguments, given=given or Given())
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=_SECONDS, check=False)


@contextmanager
def running(*arguments: str, until: str, given: Given) -> Iterator[Container]:
    """A container that has said something, and is killed in the end."""
    command = started(*arguments, given=given)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            container = Container(process, given.environment)
            container.wait_for(until)
            yield container
        finally:
            process.kill()


class Container:
    """One that runs."""

    def __init__(self, process: subprocess.Popen[str], environment: Mapping[str, str]) -> None:
        self._process = process
        self._environment = environment
        self.said: list[str] = []

    @property
    def pid(self) -> int:
        """Number of its process 1, as it is known outside."""
        outer = self._process.pid
        return int(Path(f"/proc/{outer}/task/{outer}/children").read_text().split()[0])

    def wait_for(self, words: str) -> str:
        """The next line with these words."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(f"it never said {words!r}, but: {''.join(self.said)}")

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """``docker exec``: another process beside those that there are."""
        image = Image()
        variables = _variables(image, self._environment)
        user = str(image.user)
        inside = ("nsenter", "--target", str(self.pid), "--mount", "--pid", "--uts", "--root", "--wd")
        become = (
            "setpriv",
            "--reuid",
            user,
            "--regid",
            user,
            "--clear-groups",
            "--bounding-set=-all",
            "--no-new-privs",
        )
        assignments = (f"{key}={value}" for key, value in variables.items())
        return subprocess.run(
            (*inside, "env", "-i", *assignments, *become, *command),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def stop(self) -> int:
        """``docker stop``: SIGTERM to process 1, and its exit status."""
        os.kill(self.pid, 15)
        return self._process.wait(_SECONDS)

"""A runner of GitHub's as far as a composite action needs one: its folders, files and variables, a cache, artifacts.

Steps that are scripts are run by bash as the runner does; the few actions of others that ours uses are played here.
Sources: docs.github.com/en/actions/reference/workflows-and-actions (metadata syntax, workflow commands, variables),
the README files of actions/cache and actions/upload-artifact.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.action.expressions import as_text, evaluate, filled, truth

ROOT = Path(__file__).parent.parent.parent
_STATUS = re.compile(r"\b(always|success|failure|cancelled)\(\)")
_HEREDOC = re.compile(r"(?P<name>[^=<\n]+)<<(?P<end>[^\n]+)\n(?P<value>.*?)\n?(?P=end)(?:\n|\Z)", re.DOTALL)
_PLAIN = re.compile(r"(?P<name>[^=<\n]+)=(?P<value>[^\n]*)(?:\n|\Z)")


@dataclass
class Step:
    """What became of a step: ``outcome`` is success, failure or skipped; one that is ``tolerated`` fails nothing."""

    name: str
    outcome: str
    outputs: dict[str, str] = field(default_factory=dict)
    said: str = ""
    summary: str = ""
    status: int = 0
    process: int = 0
    tolerated: bool = False

    @property
    def errors(self) -> list[str]:
        return [line for line in self.said.splitlines() if line.startswith("::error")]


@dataclass
class Job:
    """What became of the Action."""

    steps: dict[str, Step]
    outputs: dict[str, str]

    @property
    def failed(self) -> bool:
        return _failed(self.steps)

    def __getitem__(self, name: str) -> Step:
        return self.steps[name]


@dataclass
class Runner:
    """One repository's runners: each job has empty folders, and all share the cache.

    Attributes:
        home: Everything lies below.
        path: ``PATH`` of the steps.
        variables: Others that they see.
        read_only_cache: As GitHub has it for comments and for ``pull_request_target``.
        sets_up: The Python that ``actions/setup-python`` brings.
        takes_artifacts: Whether uploads are possible; a GitHub Enterprise Server refuses those of today's version.
    """

    home: Path
    path: str = os.defpath
    variables: dict[str, str] = field(default_factory=dict)
    read_only_cache: bool = False
    takes_artifacts: bool = True
    sets_up: Path | None = None
    caches: dict[str, Path] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    artifacts: dict[str, Path] = field(default_factory=dict)
    runs: int = 0

    @property
    def temp(self) -> Path:
        return self.home / "_temp"

    @property
    def workspace(self) -> Path:
        return self.home / "the repository"

    def environment(self, event_name: str, event: Mapping[str, Any]) -> dict[str, str]:
        """What each step sees, with folders that are new."""
        self.runs += 1
        shutil.rmtree(self.temp, ignore_errors=True)
        for folder in (self.temp, self.workspace, self.home / "_tool"):
            folder.mkdir(parents=True, exist_ok=True)
        event_file = self.temp / "event.json"
        event_file.write_text(json.dumps(event), encoding="utf-8")
        return {
            "PATH": self.path,
            "HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_RUN_ID": str(1000 + self.runs),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_TOOL_CACHE": str(self.home / "_tool"),
            **self.variables,
        }

    def script(self, name: str, environment: Mapping[str, str], *, action: Path = ROOT) -> Step:
        """Run one of the Action's scripts alone, as its step calls it."""
        (line,) = [step["run"] for step in _described()["runs"]["steps"] if f"/{name}" in step.get("run", "")]
        return self._shell(name, line, {**environment, "GITHUB_ACTION_PATH": str(action)})

    def action(self, inputs: Mapping[str, str], event_name: str, event: Mapping[str, Any], token: str = "") -> Job:
        """Run ``action.yml`` from its first step to its last."""
        described = _described()
        environment = self.environment(event_name, event)
        contexts: dict[str, Any] = {
            "github": {"token": token, "event_name": event_name, "action_path": str(ROOT), "event": event},
            "runner": {"temp": str(self.temp)},
        }
        contexts["inputs"] = {
            name: inputs.get(name, filled(str(about.get("default", "")), contexts))
            for name, about in described["inputs"].items()
        }
        contexts["steps"] = {}
        steps: dict[str, Step] = {}
        for about in described["runs"]["steps"]:
            step = self._step(about, contexts, steps, environment)
            step.tolerated = bool(about.get("continue-on-error"))
            steps[step.name] = step
            if "id" in about:
                contexts["steps"][about["id"]] = {"outputs": step.outputs, "outcome": step.outcome}
        outputs = {name: filled(about["value"], contexts) for name, about in described["outputs"].items()}
        return Job(steps, outputs)

    def _step(
        self, about: Mapping[str, Any], contexts: dict[str, Any], before: Mapping[str, Step], env: Mapping[str, str]
    ) -> Step:
        failed = _failed(before)
        status = {"always": lambda: True, "success": lambda: not failed, "failure": lambda: failed}
        wanted = str(about.get("if", "success()"))
        if not truth(evaluate(wanted, contexts, status)) or (failed and not _STATUS.search(wanted)):
            return Step(about["name"], "skipped")
        if "run" in about:
            own = {name: filled(str(value), contexts) for name, value in about.get("env", {}).items()}
            return self._shell(about["name"], about["run"], {**env, **own})
        given = {name: filled(as_text(value), contexts) for name, value in about.get("with", {}).items()}
        return self._foreign(about["name"], about["uses"].partition("@")[0], given)

    def _shell(self, name: str, script: str, environment: Mapping[str, str]) -> Step:
        files = {
            f"GITHUB_{kind}": self.temp / f"{kind}_file" for kind in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH", "STATE")
        }
        for file in files.values():
            file.write_bytes(b"")
        path = self.temp / "script.sh"
        path.write_text(script, encoding="utf-8")
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(path)],
            cwd=self.workspace,
            env={**environment, **{name: str(file) for name, file in files.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = process.communicate(timeout=120)
        return Step(
            name,
            "failure" if process.returncode else "success",
            outputs_of(files["GITHUB_OUTPUT"].read_text(encoding="utf-8")),
            _masked(said.decode(errors="replace")),
            files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
            process.returncode,
            process.pid,
        )

    def _foreign(self, name: str, action: str, given: Mapping[str, str]) -> Step:
        match action:
            case "actions/cache/restore":
                return Step(name, "success", {"cache-hit": self._restore(given)})
            case "actions/cache/save":
                self._save(given)
            case "actions/upload-artifact" if not self.takes_artifacts:
                return Step(name, "failure")
            case "actions/upload-artifact":
                kept = self.home / "_artifacts" / f"{self.runs}-{given['name']}"
                if any(Path(given["path"]).iterdir()):
                    shutil.copytree(given["path"], kept, dirs_exist_ok=True)
                    self.artifacts[given["name"]] = kept
            case "actions/setup-python":
                return Step(name, "success", {"python-path": str(self.sets_up)})
            case _:
                msg = f"this runner does not know {action}"
                raise LookupError(msg)
        return Step(name, "success")

    def _restore(self, given: Mapping[str, str]) -> str:
        """The output ``cache-hit``: true for the very key, false for one that begins alike, else nothing."""
        prefixes = given.get("restore-keys", "").split()
        exact = given["key"] in self.caches
        # The newest goes first.
        alike = [key for key in reversed(self.caches) for prefix in prefixes if key.startswith(prefix)]
        if not exact and not alike:
            return ""
        kept = self.caches[given["key"] if exact else alike[0]]
        shutil.copytree(kept, given["path"], symlinks=True, dirs_exist_ok=True)
        return str(exact).lower()

    def _save(self, given: Mapping[str, str]) -> None:
        if self.read_only_cache or given["key"] in self.caches or not Path(given["path"]).exists():
            self.warnings.append(given["key"])
            return
        kept = self.home / "_caches" / str(len(self.caches))
        shutil.copytree(given["path"], kept, symlinks=True)
        self.caches[given["key"]] = kept


def _failed(steps: Mapping[str, Step]) -> bool:
    return any(step.outcome == "failure" and not step.tolerated for step in steps.values())


def _masked(said: str) -> str:
    """The log as the runner keeps it: what is masked stands nowhere, and the commands that mask it neither."""
    masks = re.findall(r"^::add-mask::(.+)\n", said, re.MULTILINE)
    said = re.sub(r"^::add-mask::.+\n", "", said, flags=re.MULTILINE)
    for mask in masks:
        said = said.replace(mask, "***")
    return said


@cache
def _described() -> Any:
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def outputs_of(text: str) -> dict[str, str]:
    """What a step wrote to ``GITHUB_OUTPUT``, read as the runner does."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        entry = _HEREDOC.match(text, position) or _PLAIN.match(text, position)
        if entry is None:
            msg = f"the runner cannot read GITHUB_OUTPUT from {text[position:]!r}"
            raise ValueError(msg)
        found[entry["name"]] = entry["value"]
        position = entry.end()
    return found

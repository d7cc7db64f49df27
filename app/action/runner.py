"""What the runner tells a step, read in this one place: GitHub's own variables, and where files go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _is_true(value: object) -> bool:
    """GitHub says ``true``; what others put there makes no runner, and no fault."""
    return value is True or str(value).strip().lower() == "true"


class Runner(BaseSettings):
    """The variables of a step (docs.github.com/en/actions/reference/workflows-and-actions/variables).

    Attributes:
        github_actions: Whether this runs on a runner, which reads what is printed as commands.
        github_event_name: The event that began the workflow.
        github_event_path: Its payload, as a file.
        github_output: Where outputs are written.
        github_step_summary: Where the summary of the step is written.
        github_workspace: Where the repository is checked out, if it is.
        runner_temp: A folder of the job's own.
        quartet_action_out: Where reports are written; by default a folder in ``runner_temp``.
        quartet_collected: The file that a workflow without secrets has left for this one.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    github_actions: Annotated[bool, BeforeValidator(_is_true)] = False
    github_event_name: str = ""
    github_event_path: Path | None = None
    github_output: Path | None = None
    github_step_summary: Path | None = None
    github_workspace: Path | None = None
    runner_temp: Path | None = None
    quartet_action_out: Path | None = None
    quartet_collected: Path | None = None

    @property
    def out(self) -> Path | None:
        """Where reports are written; None where nobody says."""
        return self.quartet_action_out or (self.runner_temp / "quartet" if self.runner_temp else None)

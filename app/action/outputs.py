"""What the step hands on to later ones: names with what they mean, and how a value is written for GitHub to read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from app.errors import OutputLost

OUTPUTS: Mapping[str, str] = {
    "verdict": "How it ended: success, neutral, failure, skipped, cancelled, or failed where it could not be done.",
    "findings": "How many findings there are.",
    "critical": "How many of them are critical.",
    "high": "How many are high.",
    "medium": "How many are medium.",
    "low": "How many are low.",
    "cost-usd": "Dollars that the models cost; empty where a price is not known.",
    "coverage": "Share of the changed lines that were reviewed, in percent.",
    "changed-lines": "How many lines the change has.",
    "reviewed-lines": "How many of them were reviewed.",
    "gaps": "How many questions got no answer.",
    "pull-request": "Number of the pull request; empty where there is none.",
    "report-json": "Path of the JSON report; empty where it was not written.",
    "report-sarif": "Path of the SARIF report, for code scanning.",
    "report-html": "Path of the HTML report.",
    "report-markdown": "Path of the Markdown report.",
}
"""Every output; ``action.yml`` has the same ones."""


def write_outputs(path: Path | None, values: Mapping[str, str]) -> None:
    """Append them to the file that the runner reads; nothing is done where there is none.

    Args:
        path: Of ``GITHUB_OUTPUT``.
        values: By name; each is written between delimiters that nobody can guess, so that no value can name another
            output (docs.github.com/en/actions, workflow commands, multiline strings).

    Raises:
        OutputLost: The file cannot be written.
    """
    if path is None:
        return
    text = "".join(_entry(name, values.get(name, "")) for name in OUTPUTS)
    try:
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        msg = f"the outputs of the step cannot be written to GITHUB_OUTPUT ({reason}); run it on a runner of GitHub's"
        raise OutputLost(msg) from error


def _entry(name: str, value: str) -> str:
    delimiter = f"quartet_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"

"""Names on the pages that are not ours to define: each with whose it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.commands import COMMANDS

OTHERS_OPTIONS = frozenset({"--help"}) | {
    option for command in COMMANDS for option in re.findall(r"--[a-z-]+", command.usage)
}
"""Options that pages speak of and that no command of the command line has: those of comments."""

OTHERS_PAGES: Mapping[str, str] = {
    "docs/deploy/cloud.md": "gcloud",
    "docs/deploy/sizing.md": "the programs that calculate and measure",
}
"""Pages that speak of options of another program without naming it before each of them."""

OTHERS_SLASHES = frozenset({"dashboard", "healthz", "metrics", "readyz", "setup", "state", "tmp", "user", "venv"})
"""Words behind a slash that are no commands of comments: addresses of ours and of GitHub's, folders of a container."""

_OF_ACTIONS = (
    *("GITHUB_ACTION_PATH", "GITHUB_ACTOR", "GITHUB_BASE_REF", "GITHUB_ENV"),
    *("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_HEAD_REF", "GITHUB_OUTPUT"),
    *("GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_REPOSITORY", "GITHUB_RUN_ATTEMPT"),
    *("GITHUB_RUN_ID", "GITHUB_SERVER_URL", "GITHUB_SHA", "GITHUB_STEP_SUMMARY"),
    *("GITHUB_WORKFLOW", "GITHUB_WORKSPACE", "RUNNER_DEBUG", "RUNNER_OS"),
    *("RUNNER_TEMP", "RUNNER_TOOL_CACHE"),
)

OTHERS_VARIABLES: Mapping[str, str] = dict.fromkeys(_OF_ACTIONS, "GitHub Actions") | {
    "API_KEY_INVALID": "a reason that Google gives",
    "BILLING_DISABLED": "a reason that Google gives",
    "DATADOG_TAGS": "Datadog",
    "DD_ENV": "Datadog",
    "DD_SERVICE": "Datadog",
    "DD_VERSION": "Datadog",
    "LANGFUSE_FLUSH_INTERVAL": "the SDK of Langfuse",
    "LANGFUSE_SAMPLE_RATE": "the SDK of Langfuse",
    "LANGFUSE_TRACING_ENABLED": "the SDK of Langfuse",
    "NO_PROXY": "every HTTP client",
    "OTEL_TRACES_SAMPLER": "OpenTelemetry",
    "PIP_INDEX_URL": "pip",
    "PROMETHEUS_MULTIPROC_DIR": "the client of Prometheus",
    "QUARTET_ACTION_OUT": "the Action's steps",
    "QUARTET_COLLECTED": "the Action's steps",
    "QUARTET_DEBUG": "the command line, read before anything else",
    "SERVICE_DISABLED": "a reason that Google gives",
    "TYPE_CHECKING": "Python",
}
"""Names like those of variables that pages speak of, and that ``app/settings.py`` does not read."""

OTHERS_YAML: Mapping[str, str] = {
    "apiVersion": "Kubernetes",
    "flow": "a rule's part (docs/rules.md)",
    "groups": "Prometheus",
    "id": "a rule (docs/rules.md), or a case (docs/bench.md)",
    "jobs": "a workflow",
    "learnings": "a .quartet/learnings.yml (docs/memory.md), which is read, too",
    "on": "a workflow's part",
    "permissions": "a workflow's part",
    "repos": "pre-commit",
    "runs": "an action",
    "steps": "a workflow's part",
    "services": "compose",
}
"""A key at the top that tells a block of YAML from a ``.quartet.yml``, and what it is then."""

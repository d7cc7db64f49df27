"""What the Dockerfile, compose.yaml and the page on Kubernetes name is there, as far as that shows without them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from app.cli.main import cli
from app.settings import Settings

ROOT = Path(__file__).parents[1]
VARIABLES = {name.upper() for name in Settings.model_fields}
GRACE = float(Settings.model_fields["quartet_grace_seconds"].default)


def manifests() -> Iterator[Any]:
    for text in re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "kubernetes.md").read_text(), flags=re.DOTALL):
        yield from yaml.safe_load_all(text)


def pods() -> dict[str, Any]:
    return {
        entry["metadata"]["name"]: entry["spec"]["template"] for entry in manifests() if "template" in entry["spec"]
    }


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return services


def commands() -> Iterator[Any]:
    """Arguments of every container that runs ``quartet``."""
    for name, service in compose().items():
        if "build" in service:
            yield pytest.param(service["command"], id=f"compose: {name}")
    for name, pod in pods().items():
        for container in pod["spec"]["containers"]:
            if "quartet" in container["image"]:
                yield pytest.param(container["args"], id=f"kubernetes: {name}")
    (default,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    yield pytest.param(yaml.safe_load(default), id="Dockerfile")


@pytest.mark.parametrize("arguments", list(commands()))
def test_the_command_line_takes_what_a_container_is_started_with(arguments: list[str]) -> None:
    command: Any = typer.main.get_command(cli)
    with command.make_context("quartet", list(arguments)) as context:
        name, found, rest = command.resolve_command(context, list(arguments))
        # It parses the options, and runs nothing.
        with found.make_context(name, rest):
            pass


def test_every_variable_of_compose_is_one_that_is_read() -> None:
    for service in compose().values():
        if "build" in service:
            assert set(service["environment"]) <= VARIABLES


def test_every_variable_on_the_page_on_kubernetes_is_one_that_is_read() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text()

    named = set(re.findall(r"--from-(?:literal|file)=([A-Z_]+)=", page))
    named |= {
        variable["name"]
        for pod in pods().values()
        for container in pod["spec"]["containers"]
        for variable in container.get("env", ())
    }
    assert "GITHUB_WEBHOOK_SECRET" in named
    assert named <= VARIABLES


def test_workers_have_more_time_to_stop_than_they_give_their_reviews() -> None:
    assert float(compose()["worker"]["stop_grace_period"].removesuffix("s")) > GRACE + 10
    assert pods()["quartet-worker"]["spec"]["terminationGracePeriodSeconds"] > GRACE + 10
    (unit,) = re.findall(r"TimeoutStopSec=(\d+)", (ROOT / "docs" / "operations.md").read_text().partition("```ini")[2])
    assert float(unit) > GRACE + 10


def test_no_container_may_do_more_than_it_needs() -> None:
    for pod in pods().values():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["automountServiceAccountToken"] is False
        for container in pod["spec"]["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_services_and_selectors_lead_to_pods_that_there_are() -> None:
    labels = [pod.get("metadata", {}).get("labels", {}) for pod in pods().values()]

    for manifest in manifests():
        selector = manifest["spec"].get("selector", {})
        wanted = selector.get("matchLabels", selector)
        assert not wanted or wanted in labels
        assert manifest["metadata"]["namespace"] == "quartet"


@pytest.mark.parametrize("image", ["redis", "postgres"])
def test_images_are_of_a_version(image: str) -> None:
    assert re.fullmatch(rf"{image}:\d+(\.\d+)*-alpine", compose()[image]["image"])


@pytest.mark.parametrize("where", ["compose", "kubernetes"])
def test_redis_writes_before_it_answers_and_evicts_nothing(where: str) -> None:
    redis = compose()["redis"]["command"] if where == "compose" else pods()["redis"]["spec"]["containers"][0]["args"]
    options = dict(itertools.pairwise(redis))

    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"

"""What the Dockerfile, compose.yaml and the manifests name is there, as far as that shows without an engine."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from app.cli.main import cli
from app.settings import Settings
from tests.deploy.dockerfile import Image
from tests.deploy.manifests import FOLDER, containers, pods

ROOT = Path(__file__).parents[1]
VARIABLES = {name.upper() for name in Settings.model_fields}
GRACE = float(Settings.model_fields["quartet_grace_seconds"].default)


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return services


def ours() -> dict[str, Any]:
    """The services that run this program."""
    return {name: service for name, service in compose().items() if "build" in service}


def commands() -> Iterator[Any]:
    """Arguments of every container that runs ``quartet``."""
    for name, service in ours().items():
        yield pytest.param(service["command"], id=f"compose: {name}")
    for name, container in containers():
        if container["image"] == "quartet-review":
            yield pytest.param(container["args"], id=f"kubernetes: {name}")
    yield pytest.param(Image().arguments, id="Dockerfile")
    yield pytest.param(Image().health_check[1:], id="Dockerfile: HEALTHCHECK")


@pytest.mark.parametrize("arguments", list(commands()))
def test_the_command_line_takes_what_a_container_is_started_with(arguments: list[str]) -> None:
    parse(typer.main.get_command(cli), "quartet", arguments)


def parse(command: Any, name: str, arguments: list[str]) -> None:
    """Parse the options of a command and of those below it, and run nothing."""
    with command.make_context(name, list(arguments)) as context:
        if hasattr(command, "commands"):
            below, found, rest = command.resolve_command(context, list(arguments))
            parse(found, below, rest)


def test_compose_is_what_its_schema_says() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")

    ended = subprocess.run(
        (checker, "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml"), capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stdout.decode()


def test_every_variable_of_compose_is_one_that_is_read() -> None:
    for service in ours().values():
        assert set(service["environment"]) <= VARIABLES


def test_every_variable_on_kubernetes_is_one_that_is_read() -> None:
    page = (ROOT / "docs" / "deploy" / "kubernetes.md").read_text()
    settings = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["configMapGenerator"][0]["literals"]

    named = set(re.findall(r"--from-(?:literal|file)=([A-Z_]+)=", page))
    named |= {text.partition("=")[0] for text in settings}
    named |= {variable["name"] for _, container in containers() for variable in container.get("env", ())}
    assert "GITHUB_WEBHOOK_SECRET" in named
    assert named <= VARIABLES


@pytest.mark.parametrize("page", ["compose", "kubernetes"])
def test_everything_that_an_app_needs_is_set_on_the_page(page: str) -> None:
    text = (ROOT / "docs" / "deploy" / f"{page}.md").read_text()

    needed = {"GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "DATABASE_URL", "OPENAI_API_KEY"}
    assert {name for name in needed if name in text} == needed


def test_workers_have_more_time_to_stop_than_they_give_their_reviews() -> None:
    assert float(compose()["worker"]["stop_grace_period"].removesuffix("s")) > GRACE + 10
    assert pods()["quartet-worker"]["spec"]["terminationGracePeriodSeconds"] > GRACE + 10
    (unit,) = re.findall(r"TimeoutStopSec=(\d+)", (ROOT / "docs" / "operations.md").read_text().partition("```ini")[2])
    assert float(unit) > GRACE + 10


def test_no_service_of_ours_may_do_more_than_it_needs() -> None:
    for service in ours().values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_service_has_an_end_to_what_it_takes() -> None:
    for name, service in compose().items():
        assert {"cpus", "memory"} == set(service["deploy"]["resources"]["limits"]), name


def test_nothing_of_a_new_version_starts_before_the_tables_are_of_it() -> None:
    for name in ("web", "worker"):
        assert compose()[name]["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
    assert compose()["upgrade"]["command"] == ["db", "upgrade"]


def test_no_secret_is_in_the_environment() -> None:
    secrets = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}

    # The Redis of compose.yaml has no password: nothing but the App reaches it.
    for service in ours().values():
        assert not (secrets - {"REDIS_URL"}) & set(service["environment"])
    assert not (secrets - {"REDIS_URL"}) & {
        variable["name"] for _, container in containers() for variable in container.get("env", ())
    }


@pytest.mark.parametrize("image", ["redis", "postgres"])
def test_images_are_named_by_what_is_in_them(image: str) -> None:
    assert re.fullmatch(rf"{image}:\d+(\.\d+)*-alpine@sha256:[0-9a-f]{{64}}", compose()[image]["image"])


def test_compose_and_kubernetes_run_the_same_redis() -> None:
    assert dict(containers())["redis"]["image"] == compose()["redis"]["image"]


@pytest.mark.parametrize("where", ["compose", "kubernetes"])
def test_redis_writes_before_it_answers_and_evicts_nothing(where: str) -> None:
    redis = compose()["redis"]["command"] if where == "compose" else dict(containers())["redis"]["args"]
    options = dict(itertools.pairwise(redis))

    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"

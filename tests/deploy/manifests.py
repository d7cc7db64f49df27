"""The manifests of docs/deploy/kubernetes, as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.dockerfile import ROOT

FOLDER = ROOT / "docs" / "deploy" / "kubernetes"


def files() -> list[Path]:
    """All but those that only kustomize reads."""
    return sorted(path for path in FOLDER.rglob("*.yaml") if path.name != "kustomization.yaml")


def manifests() -> Iterator[dict[str, Any]]:
    """Every object of every file."""
    for path in files():
        yield from yaml.safe_load_all(path.read_text())


def pods() -> dict[str, dict[str, Any]]:
    """Templates of pods, by what makes them."""
    return {
        entry["metadata"]["name"]: entry["spec"]["template"]
        for entry in manifests()
        if "template" in entry.get("spec", {})
    }


def containers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every container, with the name of what makes its pod."""
    for name, pod in pods().items():
        for container in pod["spec"]["containers"]:
            yield name, container


def kustomizations() -> list[Path]:
    """Folders that kustomize is given."""
    return sorted(path.parent for path in FOLDER.rglob("kustomization.yaml"))

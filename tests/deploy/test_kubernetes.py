"""The manifests are what Kubernetes takes, do no more than they need, and lead to what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app.queue import JobQueue
from app.web.figures import Figures
from tests.deploy.manifests import FOLDER, containers, files, kustomizations, manifests, pods
from tests.fakes.redis_server import own_prefix, redis_server

CUSTOM = "keda.sh/v1alpha1"
"""Whose schema is KEDA's own."""


def built(folder: Path) -> Iterator[dict[str, Any]]:
    """What ``kubectl kustomize`` makes of a folder, done by hand where there is no kubectl."""
    kubectl = shutil.which("kubectl")
    if kubectl:
        ended = subprocess.run((kubectl, "kustomize", folder), capture_output=True, text=True, check=True)
        yield from yaml.safe_load_all(ended.stdout)
        return
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    for name in kustomization["resources"]:
        yield from yaml.safe_load_all((folder / name).read_text())


def test_every_object_is_what_kubernetes_takes(tmp_path: Path) -> None:
    judged = [entry for entry in manifests() if entry["apiVersion"] != CUSTOM]
    file = tmp_path / "all.yaml"
    file.write_text(yaml.safe_dump_all(judged))

    ended = subprocess.run(
        (sys.executable, "-m", "kubernetes_validate", "--strict", file), capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (ended.stdout + ended.stderr).count("passed for resource") == len(judged)


def test_an_object_that_kubernetes_does_not_take_is_found(tmp_path: Path) -> None:
    wrong = next(entry for entry in manifests() if entry["kind"] == "Deployment")
    wrong["spec"]["replica"] = 2
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump(wrong))

    ended = subprocess.run(
        (sys.executable, "-m", "kubernetes_validate", "--strict", file), capture_output=True, text=True, check=False
    )

    assert ended.returncode != 0


@pytest.mark.parametrize("folder", [pytest.param(path, id=path.name) for path in kustomizations()])
def test_a_folder_is_built_for_one_namespace_with_one_image(folder: Path) -> None:
    for entry in built(folder):
        if "template" not in entry.get("spec", {}):
            continue
        for container in entry["spec"]["template"]["spec"]["containers"]:
            assert container["image"].startswith(("redis:", "registry.example.com/quartet-review:", "quartet-review"))
    versions = {image["newTag"] for path in kustomizations() for image in _kustomization(path)["images"]}
    namespaces = {_kustomization(path)["namespace"] for path in kustomizations()}

    assert len(versions) == 1
    assert namespaces == {"quartet"}


def test_every_file_is_built_or_told_apart_by_its_folder() -> None:
    named = {path / name for path in kustomizations() for name in _kustomization(path)["resources"]}

    assert {path for path in files() if path.parent.name != "autoscaling"} == named


@pytest.mark.parametrize("name", list(pods()))
def test_a_pod_is_of_the_restricted_kind(name: str) -> None:
    # https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    pod = pods()[name]["spec"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} == set(container["resources"])


def test_selectors_lead_to_pods_that_there_are() -> None:
    labels = {pod["metadata"]["labels"]["app"] for pod in pods().values()}

    for entry in manifests():
        spec = entry.get("spec", {})
        wanted = [spec.get(key, {}) for key in ("selector", "podSelector")]
        wanted += [
            peer["podSelector"]
            for rule in spec.get("ingress", [])
            for peer in rule.get("from", [])
            if "podSelector" in peer
        ]
        assert {name for selector in wanted for name in _apps(selector)} <= labels


def test_what_is_scaled_and_what_may_be_disrupted_is_there() -> None:
    names = {entry["metadata"]["name"] for entry in manifests() if entry["kind"] in {"Deployment", "StatefulSet"}}

    targets = {
        entry["spec"]["scaleTargetRef"]["name"] for entry in manifests() if "scaleTargetRef" in entry.get("spec", {})
    }
    budgets = {entry["metadata"]["name"] for entry in manifests() if entry["kind"] == "PodDisruptionBudget"}
    assert targets == {"quartet-worker"}
    assert budgets == {"quartet-web", "quartet-worker"}
    assert targets | budgets <= names


def test_workers_are_scaled_by_figures_that_the_web_server_shows() -> None:
    with_queue = Figures().exposition(JobQueue(redis_server().url, prefix=own_prefix())).decode()
    shown = {
        (sample.name, sample.labels["state"])
        for family in text_string_to_metric_families(with_queue)
        for sample in family.samples
        if "state" in sample.labels
    }

    text = "".join((FOLDER / "autoscaling" / name).read_text() for name in ("keda.yaml", "hpa.yaml"))
    asked = set(re.findall(r'(quartet_\w+)\{state="(\w+)"\}', text))
    assert asked == {("quartet_queue_jobs", "background"), ("quartet_queue_jobs", "interactive")}
    assert asked <= shown
    (metric,) = [entry for entry in manifests() if entry["kind"] == "HorizontalPodAutoscaler"]
    external = metric["spec"]["metrics"][0]["external"]["metric"]
    assert (external["name"], external["selector"]["matchLabels"]["state"]) in shown


def test_probes_ask_for_what_there_is() -> None:
    probes = {
        (name, kind): container[kind]
        for name, container in containers()
        for kind in ("readinessProbe", "livenessProbe", "startupProbe")
        if kind in container
    }

    assert probes["quartet-web", "readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert probes["quartet-web", "livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert probes["quartet-worker", "livenessProbe"]["exec"]["command"] == ["quartet", "health"]


def test_every_pod_of_ours_reads_its_secrets_where_they_are_mounted() -> None:
    for name, container in containers():
        if container["image"] != "quartet-review":
            continue
        (mounted,) = [mount for mount in container["volumeMounts"] if mount["name"] == "secrets"]
        told = {variable["name"]: variable["value"] for variable in container.get("env", [])}
        literals = dict(text.split("=", 1) for text in _kustomization(FOLDER)["configMapGenerator"][0]["literals"])
        assert mounted["mountPath"] == (told or literals)["QUARTET_SECRETS_DIR"], name
        assert mounted["readOnly"] is True


def _apps(selector: dict[str, Any]) -> set[str]:
    labels = selector.get("matchLabels", selector if "app" in selector else {})
    expressions = [
        value for one in selector.get("matchExpressions", []) if one["key"] == "app" for value in one["values"]
    ]
    return {*labels.values(), *expressions}


def _kustomization(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "kustomization.yaml").read_text())
    return found

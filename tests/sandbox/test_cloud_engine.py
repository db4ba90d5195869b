"""A world on both clouds under the real engine: made, unchanged, refreshed, edited behind its back, destroyed, made again."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

import toolchain
from sandbox.cloud.daemon import start_daemon, stop_daemon
from sandbox.cloud.database import Store, open_store
from sandbox.cloud.install import install_plugins
from sandbox.shell.environment import environment
from sandbox.shell.layout import Layout

PROGRAM = Path(__file__).with_name("test_cloud_program")
LIMIT_SECONDS = 300
KEPT = {"aws:kms/key:Key", "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"}


@dataclass(frozen=True)
class World:
    """The plain Pulumi CLI on the program, with a sandbox of the test's own."""

    folder: Path
    state: Path
    variables: Mapping[str, str]

    def pulumi(self, *words: str) -> str:
        """Run it; fails the test when it fails."""
        command = ["pulumi", "--non-interactive", "--color", "never", *words]
        done = subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def changed_by_refresh(self) -> set[str]:
        """The names of the resources that a refresh finds other than the state has them."""
        plan: dict[str, Any] = json.loads(self.pulumi("preview", "--refresh", "--json"))
        return {step["urn"].split("::", 2)[2] for step in plan["steps"] if step["op"] not in ("same", "refresh")}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    layout = Layout(folder / "program", folder / "state")
    shutil.copytree(PROGRAM, folder / "program")
    for needed in (layout.backend, layout.pulumi_home):
        needed.mkdir(parents=True)
    layout.passphrase.write_text("rehearsal")
    variables = environment(layout, toolchain.resolve(["pulumi"]).engine, os.environ)
    install_plugins(layout.pulumi_home, layout.state)
    start_daemon(layout.state)
    found = World(folder / "program", layout.state, variables)
    found.pulumi("stack", "init", "dev")
    found.pulumi("up", "--yes", "--skip-preview")
    yield found
    stop_daemon(layout.state)


@pytest.fixture
def store(world: World) -> Iterator[Store]:
    opened = open_store(world.state)
    yield opened
    opened.close()


def test_what_is_made_can_be_used(world: World) -> None:
    outputs = json.loads(world.pulumi("stack", "output", "--json"))
    assert outputs["caller"] == "arn:aws:iam::111111111111:role/deployer"
    assert outputs["endpoint"].endswith(".gr7.eu-west-1.eks.amazonaws.com")
    assert outputs["issuer"].startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/")
    for authority in (outputs["authority"], outputs["gkeAuthority"]):
        certificate = x509.load_pem_x509_certificate(base64.b64decode(authority))
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_no_secret_lies_in_the_state(world: World) -> None:
    assert "hunter2" not in world.pulumi("stack", "export")


def test_a_refresh_and_a_preview_after_it_show_no_changes(world: World) -> None:
    world.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    world.pulumi("preview", "--expect-no-changes")


def test_a_refresh_finds_one_edit_of_every_type(world: World, store: Store) -> None:
    originals = {}
    for stored in store.everything():
        own = sorted(key for key in stored.inputs if not key.startswith("__"))
        key = next((name for name in ("tags", "description", "retentionInDays") if name in own), own[0])
        if stored.type not in originals:
            originals[stored.type] = (stored.id, key, stored.inputs[key])
            store.edit(stored.type, stored.id, [key], {"edited": "yes"} if key == "tags" else "edited")
    found = {name.split("::")[0] for name in world.changed_by_refresh()}
    for type, (id, key, value) in originals.items():
        store.edit(type, id, [key], value)
    assert originals.keys() <= found


def test_what_someone_deleted_is_planned_to_be_made_again(world: World, store: Store) -> None:
    addon = store.one("aws:eks/addon:Addon", "core:vpc-cni")
    store.remove(addon.type, addon.id)
    assert world.changed_by_refresh() == {"aws:eks/addon:Addon::network"}
    store.insert(addon)


def test_what_exists_can_be_imported(world: World, store: Store) -> None:
    subnet = next(item for item in store.all("aws:ec2/subnet:Subnet"))
    identifier = subnet.id
    provider = next(
        line for line in json.loads(world.pulumi("stack", "export"))["deployment"]["resources"] if line["type"] == "pulumi:providers:aws"
    )
    options = ("--yes", "--skip-preview", "--generate-code=false", "--protect=false", "--provider", f"aws={provider['urn']}")
    world.pulumi("import", subnet.type, "adopted", identifier, *options)
    urn = f"urn:pulumi:dev::clouds::{subnet.type}::adopted"
    held = {line["urn"]: line for line in json.loads(world.pulumi("stack", "export"))["deployment"]["resources"]}
    assert held[urn]["id"] == identifier and held[urn]["inputs"]["cidrBlock"] == subnet.inputs["cidrBlock"]
    world.pulumi("state", "delete", urn, "--yes")


def test_a_destroy_leaves_only_what_the_clouds_keep_and_up_works_after_it(world: World, store: Store) -> None:
    world.pulumi("destroy", "--yes", "--skip-preview")
    assert {item.type for item in store.everything()} == KEPT
    assert all(item.kept for item in store.everything())
    world.pulumi("up", "--yes", "--skip-preview")
    world.pulumi("preview", "--expect-no-changes")

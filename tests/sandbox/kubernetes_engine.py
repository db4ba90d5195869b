"""Real API servers under the real engine: a program with a cluster for every kubeconfig it is given, run by the plain Pulumi CLI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import toolchain
from fleet.recover.pulumi import Pulumi
from fleet.recover.report import Line
from fleet.recover.run import Options, recover
from sandbox.cloud.daemon import start_daemon, stop_daemon
from sandbox.cloud.install import install_plugins
from sandbox.kubernetes.runtime.api import Api
from sandbox.shell.environment import environment
from sandbox.shell.layout import Layout
from tests.sandbox.clusters_world import Clusters, open_clusters
from tests.sandbox.kubernetes_client import kubeconfig_of

PROGRAM = Path(__file__).with_name("test_kubernetes_provider_program")
LIMIT_SECONDS = 300
PASSWORD = "correct-horse-battery"
STACK = "dev"


@dataclass(frozen=True)
class World:
    """The plain Pulumi CLI on the program, with clusters and a sandbox of the test's own."""

    folder: Path
    state: Path
    variables: Mapping[str, str]
    clusters: Clusters

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", "--non-interactive", "--color", "never", *words]
        return subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=LIMIT_SECONDS)

    def pulumi(self, *words: str) -> str:
        """Run it; fails the test when it fails."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words}\n{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def refused(self, *words: str) -> str:
        """Run it; fails the test when it succeeds."""
        done = self.run(*words)
        assert done.returncode != 0, done.stdout[-4000:]
        return done.stdout + done.stderr

    def steps(self, *words: str) -> dict[str, str]:
        """What a preview plans: name -> operation, without what stays."""
        plan: dict[str, Any] = json.loads(self.pulumi("preview", "--json", *words))
        return {step["urn"].rpartition("::")[2]: step["op"] for step in plan["steps"] if step["op"] not in ("same", "refresh")}

    def recover(self) -> list[Line]:
        """What `fleet recover` does, with all that it says."""
        return list(recover(Pulumi(self.folder, self.variables), STACK, Options(), lambda line: None).lines)

    def use(self, names: Sequence[str]) -> None:
        """Have the program fill these clusters."""
        kubeconfigs = {name: kubeconfig_of(self.clusters, name) for name in names}
        self.pulumi("config", "set", "kubeconfigs", json.dumps(kubeconfigs))

    def api(self, name: str) -> Api:
        return self.clusters.api(name)

    def kubectl(self, name: str, *words: str) -> None:
        """What somebody does by hand, in the namespace shop."""
        kubectl = str(toolchain.resolve(["kubectl"])["kubectl"].path)
        where = ("--kubeconfig", str(self.clusters.place(name).admin_kubeconfig), "--namespace", "shop")
        subprocess.run([kubectl, *where, *words], check=True, capture_output=True, timeout=LIMIT_SECONDS)


@contextmanager
def open_world(folder: Path, names: Sequence[str]) -> Iterator[World]:
    """The clusters run, with nodes, and nothing is in them yet."""
    layout = Layout(folder / "program", folder / "state")
    shutil.copytree(PROGRAM, folder / "program")
    for needed in (layout.backend, layout.pulumi_home):
        needed.mkdir(parents=True)
    layout.passphrase.write_text("rehearsal")
    clusters = open_clusters(layout.state)
    try:
        for name in names:
            clusters.cluster(name)
            clusters.group(name, "general")
        variables = environment(layout, toolchain.resolve(["pulumi"]).engine, os.environ)
        install_plugins(layout.pulumi_home, layout.state)
        start_daemon(layout.state)
        found = World(folder / "program", layout.state, variables, clusters)
        found.pulumi("stack", "init", STACK)
        found.use(names)
        found.pulumi("config", "set", "--secret", "password", PASSWORD)
        yield found
    finally:
        stop_daemon(layout.state)
        clusters.close()

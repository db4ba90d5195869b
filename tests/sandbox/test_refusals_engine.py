"""The refused kinds under the real engine: one update in which every bad one fails, and one in which every good twin passes.

What the provider refuses by itself (at Check) ends a run with the first one, so of these each has a preview of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from test_refusals_table import Case, cases, references

import toolchain
from sandbox.cloud.daemon import start_daemon, stop_daemon
from sandbox.cloud.install import install_plugins
from sandbox.cloud.models.faults import resolve
from sandbox.shell.environment import environment
from sandbox.shell.layout import Layout

PROGRAM = Path(__file__).with_name("test_refusals_program")
LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Outcome:
    """One `pulumi up`. failures: resource name -> what the engine said of it."""

    exit_code: int
    failures: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Engine:
    """The plain Pulumi CLI in a folder and a sandbox of the test's own."""

    folder: Path
    variables: Mapping[str, str]

    def up(self, stack: str, plan: Sequence[Mapping[str, Any]]) -> Outcome:
        return self._run(plan, "up", "--yes", "--skip-preview", "--continue-on-error", "--stack", stack, "--json")

    def preview(self, stack: str, plan: Sequence[Mapping[str, Any]]) -> Outcome:
        return self._run(plan, "preview", "--stack", stack, "--json")

    def _run(self, plan: Sequence[Mapping[str, Any]], *words: str) -> Outcome:
        (self.folder / "plan.json").write_text(json.dumps(plan))
        done = self._pulumi(*words)
        return Outcome(done.returncode, _failures(done.stdout), f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}")

    def init(self, stack: str) -> None:
        done = self._pulumi("stack", "init", stack)
        assert done.returncode == 0, done.stderr

    def _pulumi(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "-C", str(self.folder), "--non-interactive", *words],
            env=dict(self.variables),
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("refusals")
    layout = Layout(folder / "program", folder / "state")
    tools = toolchain.resolve(["pulumi"]).engine
    layout.pulumi_home.mkdir(parents=True)
    layout.backend.mkdir(parents=True)
    layout.passphrase.write_text("rehearsal")
    install_plugins(layout.pulumi_home, layout.state)
    start_daemon(layout.state)
    shutil.copytree(PROGRAM, folder / "program")
    variables = {
        **environment(layout, tools, os.environ),
        "REFUSALS_PLAN": str(folder / "program" / "plan.json"),
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
    }
    yield Engine(folder / "program", variables)
    stop_daemon(layout.state)


def test_every_bad_one_that_its_cloud_refuses_fails_in_one_update_and_only_they(engine: Engine) -> None:
    table = [case for case in cases("b") if case.phase != "check" and not case.bad_users]
    engine.init("bad")
    prepared = engine.up("bad", _plan(table, {case.name: _start(case, case.bad) for case in table}))
    assert prepared.exit_code == 0, prepared.text
    outcome = engine.up("bad", _plan(table, {case.name: _end(case, case.bad) for case in table}))
    assert outcome.exit_code != 0
    assert set(outcome.failures) == {case.name for case in table}, outcome.text
    for case in table:
        assert case.fault is not None
        assert resolve(case.fault)[0] in outcome.failures[case.name]
        assert f"(property {case.property})" in outcome.failures[case.name]


def test_every_bad_one_that_the_provider_refuses_ends_a_preview(engine: Engine) -> None:
    engine.init("checked")
    for case in cases("c"):
        if case.phase == "check":
            outcome = engine.preview("checked", _plan([case], {case.name: case.bad}))
            assert outcome.exit_code != 0, case.name
            assert set(outcome.failures) == {case.name}, outcome.text
            assert case.property in outcome.failures[case.name]


def test_every_good_twin_passes(engine: Engine) -> None:
    table = [case for case in cases("g") if not case.good_users]
    engine.init("good")
    for stage in (_start, _end):
        outcome = engine.up("good", _plan(table, {case.name: stage(case, case.good) for case in table}))
        assert outcome.exit_code == 0, outcome.text


def _start(case: Case, twin: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What of the case is there before the step that is judged; None for nothing."""
    return {"update": case.before, "delete": twin}.get(case.phase)


def _end(case: Case, twin: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return None if case.phase == "delete" else twin


def _plan(table: Sequence[Case], twins: Mapping[str, Mapping[str, Any] | None]) -> list[dict[str, Any]]:
    resources = []
    for case in table:
        for name, planned in case.scenery.items():
            resources.append((f"{case.name}-{name}", planned.type, _local(planned.inputs, case.name)))
        twin = twins[case.name]
        if twin is not None:
            resources.append((case.name, case.type, _local(twin, case.name)))
    wanted = {tuple(each.split(".", 1)) for _, _, inputs in resources for each in references(inputs)}
    outputs = {name: sorted(output for owner, output in wanted if owner == name and output != "id") for name, _, _ in resources}
    return [{"name": name, "type": type, "inputs": inputs, "outputs": outputs[name]} for name, type, inputs in resources]


def _local(value: Any, name: str) -> Any:
    """References to the scenery as names in the whole program."""
    if isinstance(value, Mapping):
        return {key: _local(each, name) for key, each in value.items()}
    if isinstance(value, list):
        return [_local(each, name) for each in value]
    return f"${{{name}-{value[2:]}" if isinstance(value, str) and value.startswith("${") else value


def _failures(text: str) -> dict[str, str]:
    """What the engine's error diagnostics say, by the name of the resource that they are about."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        event = json.loads(line).get("diagnosticEvent") if line.startswith("{") else None
        if event and event.get("severity") == "error" and event.get("urn"):
            name = event["urn"].rsplit("::", 1)[-1]
            found[name] = found.get(name, "") + event["message"]
    return {name: said for name, said in found.items() if not name.startswith("refusals-")}

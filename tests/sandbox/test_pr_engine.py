"""`fleet pr --engine` on a small fleet: the engine agrees with the plan where nodes are exchanged, and refuses what is protected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rehearsal import Rehearsal, commit, initialised

EXCHANGED = "overrides:\n  - { match: { environment: dev }, set: { nodePools: { general: { size: { vcpu: 8, memoryGiB: 32 } } } } }\n"
MOVED = ("      prod: [eu-west-1]", "      prod: [eu-west-3]")
PLACE = ("jurisdiction: EU } # AWS, Ireland", "jurisdiction: EU }\n  eu-west-3: { jurisdiction: EU }")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], Path]:
    """The comment, the report and the repository: dev's nodes get larger, prod's cluster moves."""
    folder = initialised(tmp_path_factory.mktemp("engine"))
    commit(folder)
    own = Rehearsal(folder / "unused", folder)
    text = (folder / "fleet.yaml").read_text()
    (folder / "fleet.yaml").write_text(text.replace("overrides: []\n", EXCHANGED).replace(*MOVED).replace(*PLACE))
    own.fleet("lock")
    comment = own.fleet("pr", "--base", "HEAD", "--engine", "--output", "report", fails=True).stdout
    return comment, json.loads((folder / "report/report.json").read_text()), folder


def test_the_engine_agrees_where_nodes_are_exchanged(said: tuple[str, dict[str, Any], Path]) -> None:
    comment, report, _ = said
    assert report["disagreements"] == []
    (dev,) = [each for each in report["engine"] if each["stack"] == "dev"]
    replaced = {step["type"] for step in dev["steps"] if step["op"] == "replace"}
    assert replaced == {"aws:eks/nodeGroup:NodeGroup"} and dev["refused"] == []
    assert "**Engine** agrees with the plan in 1 stack; refuses the update of `prod`" in comment


def test_the_engine_refuses_to_delete_what_is_protected(said: tuple[str, dict[str, Any], Path]) -> None:
    comment, report, _ = said
    assert comment.startswith("**STOPPED by the gate")
    (prod,) = [each for each in report["engine"] if each["stack"] == "prod"]
    assert any("protect" in reason for reason in prod["refused"])


def test_nothing_of_the_rehearsal_is_left(said: tuple[str, dict[str, Any], Path]) -> None:
    _, _, folder = said
    assert not (folder / ".sandbox/rehearsal").exists()
    processes = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    assert not [line for line in processes if str(folder).encode() in line]

"""The effects table is what the components do today, and speaks of every leaf of the blueprint."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from components.effects import derive, leaves
from fleet import effects
from fleet.blueprint.json import encode
from fleet.blueprint.model import Stack
from fleet.catalog.replacements import replacement
from tests.components import samples

TABLE = Path(effects.__file__).with_name("effects.json")


def test_the_committed_table_is_what_the_components_do(
    golden: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.freeze()  # the SDKs' half a million objects need not be looked through again and again
    golden(TABLE, encode(derive([samples.stack("aws"), samples.stack("gcp"), *registered(tmp_path, monkeypatch)])))


def registered(directory: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Stack, Stack]:
    """A cluster whose kubeconfig is in the environment, and one whose is in a file; another kubeconfig is wherever a changed leaf says."""
    (directory / "legacy").write_text(samples.kubeconfig())
    (directory / "legacyx").write_text(samples.kubeconfig("https://192.0.2.11:6443"))
    monkeypatch.setenv("another", samples.kubeconfig("https://192.0.2.12:6443"))
    monkeypatch.setenv(f"{samples.KUBECONFIG_VARIABLE}x", samples.kubeconfig("https://192.0.2.13:6443"))
    return samples.registered(), samples.registered(None, str(directory / "legacy"), samples.EMPTY)


def test_every_leaf_moves_something_or_has_a_reason_not_to() -> None:
    moving, still = set(effects.effects()), set(effects.no_resource())
    assert moving | still == set(leaves())
    assert not moving & still


def test_a_leaf_that_moves_nothing_says_why() -> None:
    assert all(len(reason) > 20 for reason in effects.no_resource().values())


def test_a_leaf_moves_what_its_name_says() -> None:
    assert effects.moves("clusters.eks.kubernetes") == {"aws:eks/cluster:Cluster": ("version",)}
    assert effects.moves("clusters.gke.nodePools[general].diskGib") == {"gcp:container/nodePool:NodePool": ("nodeConfig.diskSizeGb",)}


def test_keys_below_a_leaf_and_indices_do_not_matter() -> None:
    assert effects.moves("clusters.eks.nodePools[general].labels.pool") == {"aws:eks/nodeGroup:NodeGroup": ("labels",)}


def test_what_moves_nothing_is_known_too() -> None:
    assert effects.moves("networks.aws.jurisdiction") == {}


def test_a_path_that_is_no_leaf_is_refused() -> None:
    with pytest.raises(KeyError, match="no leaf"):
        effects.moves("clusters.eks.colour")


def test_the_replacement_table_knows_what_the_effects_name() -> None:
    """The two are joined by type and property, so a property written otherwise would be lost in silence."""
    unknown = {
        f"{kind} {name}"
        for moved in effects.effects().values()
        for kind, names in moved.items()
        for name in names
        if kind in replacement() and name not in ("*", "(protect)") and name not in replacement()[kind]
    }
    assert unknown == set()


def test_a_bigger_disk_is_seen_to_renew_the_nodes() -> None:
    assert effects.moves("clusters.eks.nodePools[general].diskGib")["aws:eks/nodeGroup:NodeGroup"] == ("launchTemplate.version",)


def test_what_the_engine_is_told_to_ignore_does_not_move() -> None:
    assert effects.moves("clusters.eks.nodePools[general].groups[euw1-az1].min") == {
        "aws:eks/nodeGroup:NodeGroup": ("scalingConfig.minSize",)
    }

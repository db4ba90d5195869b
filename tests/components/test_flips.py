"""Every safe default has a test that fails when the default is flipped, and only that one."""

from __future__ import annotations

import importlib
import inspect
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.components import (
    samples,
    test_eks_defaults,
    test_gke_defaults,
    test_network_defaults,
    test_platform_defaults,
    test_tiers,
    test_whole_stack,
)
from tests.components.flips import FLIPS

COMPONENTS = Path(__file__).parents[2] / "components"
MODULES = (test_eks_defaults, test_gke_defaults, test_network_defaults, test_platform_defaults, test_tiers, test_whole_stack)
ONE_CLOUD = {
    "network/aws": "aws",
    "cluster/eks": "aws",
    "network/gcp": "gcp",
    "cluster/gke": "gcp",
    "cluster/registered": "registered",
    "keys.py": "aws",
    "account.py": "gcp",
}
UNFLIPPABLE = {
    "test_every_resource_has_an_explicit_aws_provider": "without a provider the program does not run",
    "test_every_resource_has_an_explicit_gcp_provider": "without a provider the program does not run",
}


def named_tests() -> dict[str, Callable[[Any], None]]:
    found = (member for module in MODULES for member in inspect.getmembers(module, inspect.isfunction))
    return {name: function for name, function in found if name.startswith("test_") and needs(function) in samples.SAMPLES}


def test_every_default_has_a_flip() -> None:
    assert set(FLIPS) == set(named_tests()) - set(UNFLIPPABLE)


@pytest.mark.parametrize("name", FLIPS)
def test_exactly_the_named_test_fails(name: str, tmp_path: Path) -> None:
    file, old, new = FLIPS[name]
    text = (COMPONENTS / file).read_text()
    assert old in text, f"components/{file} no longer holds {old!r}"
    shutil.copytree(COMPONENTS, tmp_path / "components", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "components" / file).write_text(text.replace(old, new))
    with imported_from(tmp_path) as rehearsal:
        assert failing(rehearsal, clouds(file)) == {name}


def clouds(file: str) -> set[str]:
    """The clouds, or `registered`, whose stacks a file takes part in."""
    return {cloud for start, cloud in ONE_CLOUD.items() if file.startswith(start)} or {"aws", "gcp", "registered"}


@contextmanager
def imported_from(directory: Path) -> Iterator[ModuleType]:
    """`components.rehearsal` of the copy in a directory; the real one is back afterwards."""
    real = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "components"}
    for name in real:
        del sys.modules[name]
    sys.path.insert(0, str(directory))
    importlib.invalidate_caches()
    try:
        rehearsal = importlib.import_module("components.rehearsal")
        assert str(rehearsal.__file__).startswith(str(directory))
        yield rehearsal
    finally:
        sys.path.remove(str(directory))
        for name in [name for name in sys.modules if name.split(".")[0] == "components"]:
            del sys.modules[name]
        sys.modules.update(real)


def failing(rehearsal: ModuleType, clouds: set[str]) -> set[str]:
    """The names of the tests that fail on what the copy registers."""
    recordings = {name: rehearsal.rehearse(sample()) for name, sample in samples.SAMPLES.items() if name.split("_")[0] in clouds}
    return {name for name, test in named_tests().items() if needs(test) in recordings and not passes(test, recordings[needs(test)])}


def needs(test: Callable[[Any], None]) -> str:
    """The recording a test reads, empty for one that makes its own."""
    return next(iter(inspect.signature(test).parameters), "")


def passes(test: Callable[[Any], None], recording: Any) -> bool:
    try:
        test(recording)
    except (AssertionError, KeyError, LookupError, TypeError):
        return False
    return True

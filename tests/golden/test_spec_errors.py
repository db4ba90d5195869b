"""Every mistake in a fleet file gives one message with its line: golden folders of broken specs and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.compile.fleet import compile_fleet
from fleet.lock.file import read_lock
from fleet.spec.load import load
from fleet.spec.problem import SpecError

FOLDER = Path(__file__).parent / "specs"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def messages(folder: Path) -> str:
    try:
        compile_fleet(load(folder / "fleet.yaml"), read_lock(folder / "fleet.lock.yaml"))
    except SpecError as error:
        return f"{error}\n"
    return "no problem\n"


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_named_with_its_line(case: str, golden: Callable[[Path, bytes], None]) -> None:
    golden(FOLDER / case / "expected.txt", messages(FOLDER / case).encode())


def test_only_the_base_has_no_problem() -> None:
    clean = [case for case in CASES if (FOLDER / case / "expected.txt").read_text() == "no problem\n"]
    assert clean == ["base"]

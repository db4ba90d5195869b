"""What all tests share: golden files with an accept switch."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="Write what differs into the golden files; the run that does so still fails.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take long begin, so that what is left at the end is short: each file is one worker's, for what it sets up once."""
    long = ("sandbox", "components", "policies")
    items.sort(key=lambda item: next((rank for rank, room in enumerate(long) if room in item.path.parts), len(long)))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    """`golden(path, content)`: fail unless the file holds exactly the content; with --accept write it, and fail for having written."""

    def compare(path: Path, content: bytes) -> None:
        found = path.read_bytes() if path.is_file() else b""
        if found == content:
            return
        if request.config.getoption("--accept"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            pytest.fail(f"accepted a new {path}; run again without --accept")
        lines = difflib.unified_diff(found.decode().splitlines(), content.decode().splitlines(), "golden", "now", lineterm="", n=2)
        pytest.fail(f"{path} is not what is made now (accept with --accept):\n" + "\n".join(list(lines)[:60]))

    return compare

"""A killed edit leaves the old files or the new ones, after the next run at the latest."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fleet.edit import journal
from fleet.edit.journal import FOLDER, settle, write_all

ROOT = Path(__file__).parents[2]
OLD = {"fleet.yaml": b"old", "stacks/prod/gone.json": b"old", "stacks/prod/stays.json": b"same"}
NEW = {"fleet.yaml": b"new", "fleet.lock.yaml": b"new", "stacks/dev/a.json": b"new", "stacks/prod/stays.json": b"same"}
KILLED = """
import os, signal, sys
from pathlib import Path
from fleet.edit.journal import settle, write_all
root, left = sys.argv[1], int(sys.argv[2])
def count(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree") and root in str(arguments):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
"""
CHANGED = {path: content for path, content in NEW.items() if OLD.get(path) != content}
WRITE = KILLED + f'write_all(Path(root), {CHANGED}, ("stacks/prod/gone.json",))'
SETTLE = KILLED + "settle(Path(root))"


def put(root: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def found(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def killed_at(root: Path, step: int, program: str = WRITE) -> bool:
    """Run in a process that is killed before its `step`-th act on the files; False when it came to its end."""
    done = subprocess.run([sys.executable, "-c", program, str(root), str(step)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == -9


def test_a_kill_at_any_step_leaves_all_old_or_all_new(tmp_path: Path) -> None:
    outcomes = []
    for step in range(1, 100):
        root = tmp_path / str(step)
        put(root, OLD)
        killed = killed_at(root, step)
        settle(root)
        now = found(root)
        assert now in (OLD, NEW), f"a mixture after a kill at step {step}"
        assert not (root / FOLDER).exists()
        outcomes.append(now == NEW)
        if not killed:
            break
    assert not killed and outcomes == sorted(outcomes), "once it is decided it stays"
    assert outcomes.count(False) >= 5 and outcomes.count(True) >= 5, "kills on either side of the decision were tried"


def test_kills_while_it_is_brought_to_its_end_do_no_harm(tmp_path: Path) -> None:
    step = next(step for step in range(1, 100) if killed_at(_fresh(tmp_path, step), step) and _decided(tmp_path / str(step)))
    root = tmp_path / str(step)
    kills = 0
    while killed_at(root, 3 + kills, SETTLE):
        assert _decided(root) or found(root) == NEW
        kills += 1
    assert kills >= 5 and found(root) == NEW


def _fresh(base: Path, step: int) -> Path:
    put(base / str(step), OLD)
    return base / str(step)


def _decided(root: Path) -> bool:
    return (root / FOLDER / "journal.json").is_file()


def test_nothing_is_left_behind_and_nothing_is_done_without_a_journal(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    assert settle(tmp_path) == "nothing"
    write_all(tmp_path, NEW, ("stacks/prod/gone.json",))
    assert found(tmp_path) == NEW


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, OLD)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "_durable", full)
    with pytest.raises(OSError, match="No space left"):
        write_all(tmp_path, NEW)
    assert found(tmp_path) == OLD and not (tmp_path / FOLDER).exists()


def test_two_edits_at_once_come_one_after_the_other(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    rounds = [{**NEW, "fleet.yaml": str(number).encode(), "fleet.lock.yaml": str(number).encode()} for number in range(8)]
    threads = [threading.Thread(target=write_all, args=(tmp_path, files)) for files in rounds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    now = found(tmp_path)
    assert now["fleet.yaml"] == now["fleet.lock.yaml"] and not (tmp_path / FOLDER).exists()

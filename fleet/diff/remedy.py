"""The way out of a change that was not meant: what to write instead, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fleet.diff.model import ABSENT, Change, Risk
from fleet.diff.rename import Rename


def remedy(change: Change, renames: Iterable[Rename]) -> str:
    """One or two sentences; values and commands stand between backticks."""
    rename = next((rename for rename in renames if change.object == rename.old and change.path == ""), None)
    if rename:
        return f"This looks like a rename to `{rename.new.name}`. {renaming(rename)}"
    special = _special(change)
    if special:
        return special
    line = f" at `{change.cause.file}:{change.cause.line}`" if change.cause else ""
    if change.risk >= Risk.REPLACE and change.path:
        return f"Put {_written(change.before)} back{line}, or add a second {change.object.what} beside it and move."
    if change.before is ABSENT:
        return f"Take it out again{line}."
    if change.after is ABSENT:
        return f"Put it back{line}."
    return f"Put {_written(change.before)} back{line}."


def renaming(rename: Rename) -> str:
    """How to rename a cluster without replacing it."""
    return (
        f"Put `{rename.old_entry}` back; then `fleet cluster rename {rename.old_entry} {rename.new_entry}` writes an alias for its "
        f"resources and keeps its physical name `{rename.physical_name}`, so that nothing is replaced."
    )


def _special(change: Change) -> str:
    """What alarms have as a way out of their own; empty for others."""
    line = f" at `{change.cause.file}:{change.cause.line}`" if change.cause else ""
    if change.path == "name" and change.object.what == "cluster":
        return "Nothing is to be done: it is renamed, and its resources go on under its first name."
    if change.path == "endpoint.publicCidrs" and change.alarm:
        return f"Write `endpoint: private`{line} and say under `deployer.reach` from where it is reached, or name fewer ranges."
    if change.alarm.startswith("access grows") and change.before is not ABSENT:
        return f"Put {_written(change.before)} back{line}, or grant it in one environment only."
    if change.alarm.startswith("access grows"):
        return f"Take the access away{line}, or give a weaker tier."
    if change.alarm.startswith("takes node capacity") and isinstance(change.before, int):
        return f"Put the former maximum back{line}, or drain what runs there first."
    return ""


def _written(value: Any) -> str:
    """A short plain value between backticks; others as words."""
    plain = isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= 40
    return f"`{value}`" if plain and "`" not in str(value) else "what was there"

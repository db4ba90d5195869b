"""The engine's events as a few lines a person can follow.

Source of the events: `pulumi up --json`, one apitype.EngineEvent a line (pulumi 3.259, sdk/go/common/apitype/events.go).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SECONDS_BETWEEN_LINES: Final = 2.0
DONE: Final = {
    "create": "created",
    "create-replacement": "created",
    "update": "updated",
    "delete": "deleted",
    "delete-replaced": "deleted",
    "import": "imported",
    "discard": "dropped",
}
COLOURS: Final = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")


@dataclass
class Progress:
    """Folds events into counts and lines. say: takes a line; now: seconds from any fixed point."""

    say: Callable[[str], None]
    now: Callable[[], float]
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    _started: float = 0.0
    _last: float = 0.0

    def __post_init__(self) -> None:
        self._started = self._last = self.now()

    def follow(self, lines: Iterable[str]) -> None:
        """Take the engine's output to its end; what is no event is passed on as it is."""
        for line in lines:
            event = _event(line)
            if event is None:
                if line.strip():
                    self.say(f"  {line.rstrip()}")
            else:
                self._take(event)

    def _take(self, event: Mapping[str, Any]) -> None:
        if "resOutputsEvent" in event:
            self._count(event["resOutputsEvent"]["metadata"])
        elif "resOpFailedEvent" in event:
            metadata = event["resOpFailedEvent"]["metadata"]
            self.failed.append(metadata["urn"])
            self.say(f"  failed: {_name(metadata['urn'])}")
        elif "diagnosticEvent" in event:
            self._diagnose(event["diagnosticEvent"])

    def _count(self, metadata: Mapping[str, Any]) -> None:
        verb = DONE.get(metadata["op"])
        if verb is None or not metadata.get("provider"):
            return
        self.done[verb] += 1
        if self.now() - self._last >= SECONDS_BETWEEN_LINES:
            self._last = self.now()
            self.say(f"  {self.now() - self._started:4.0f} s  {self.counts()}; now {_name(metadata['urn'])}")

    def _diagnose(self, event: Mapping[str, Any]) -> None:
        """Errors and warnings in full; debug and progress texts not at all."""
        if event.get("ephemeral") or event.get("severity") not in ("error", "warning", "info#err"):
            return
        message = COLOURS.sub("", event.get("message", "")).strip()
        if message:
            where = f"{_name(event['urn'])}: " if event.get("urn") else ""
            self.say(f"  {event['severity'].removesuffix('#err')}: {where}{message}")

    def counts(self) -> str:
        """As `created 12, updated 1`, or `no changes`."""
        return ", ".join(f"{verb} {number}" for verb, number in self.done.items()) or "no changes"


def _event(line: str) -> Mapping[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        event: Mapping[str, Any] = json.loads(line)
    except json.JSONDecodeError:
        return None
    return event


def _name(urn: str) -> str:
    """Type and logical name of a URN."""
    parts = urn.split("::", 3)
    return f"{parts[2].rpartition('$')[2]} {parts[3]}" if len(parts) == 4 else urn

"""A plan as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fleet.diff.fold import by_risk, clusters_hit
from fleet.diff.model import ABSENT, Change, Reason
from fleet.diff.rename import Rename


def as_json(changes: Sequence[Change], base: str, renames: Sequence[Rename] = ()) -> dict[str, Any]:
    """`{"changes": [...], "renames": [...], "summary": {...}}`, plain values; what is absent is null and named in `absent`."""
    return {
        "base": base,
        "changes": [_change(change) for change in changes],
        "renames": [{"old": str(each.old), "new": str(each.new), "physicalName": each.physical_name} for each in renames],
        "summary": {
            "changes": len(changes),
            "clusters": len(clusters_hit(changes)),
            "objectsByWorstRisk": {str(risk): count for risk, count in by_risk(changes).items()},
            "worst": str(max((change.risk for change in changes), default="none")),
        },
    }


def _change(change: Change) -> dict[str, Any]:
    absent = [side for side, found in (("before", change.before), ("after", change.after)) if found is ABSENT]
    return {
        "object": str(change.object),
        "what": change.object.what,
        "environment": change.object.environment,
        "region": change.object.region,
        "path": change.path,
        "before": None if change.before is ABSENT else change.before,
        "after": None if change.after is ABSENT else change.after,
        "absent": absent,
        "risk": str(change.risk),
        "alarm": change.alarm or None,
        "reasons": [_reason(each) for each in change.reasons],
        "clusters": [change.object.name] if change.object.what == "cluster" else [],
        "cause": f"{change.cause.file}:{change.cause.line}" if change.cause else None,
        "steps": list(change.steps),
    }


def _reason(reason: Reason) -> dict[str, str]:
    return {"type": reason.type, "property": reason.property, "risk": str(reason.risk), "source": reason.source}

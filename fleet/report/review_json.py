"""A review as a JSON document: everything, nothing left out."""

from __future__ import annotations

from typing import Any

from fleet.report.gate_json import as_json as gate_json
from fleet.report.plan_json import as_json as plan_json
from fleet.report.review import Review


def as_json(review: Review) -> dict[str, Any]:
    """The plan's document with the gate, the blast radius, the new findings, the address ranges and what the engine says."""
    blast = review.blast
    return {
        **plan_json(review.changes, str(review.base), review.renames),
        "fleet": review.fleet,
        "head": str(review.head),
        "digest": review.digest,
        "gate": gate_json(review.gate),
        "blast": {
            "clusters": list(blast.clusters),
            "teams": list(blast.teams),
            "jurisdictions": list(blast.jurisdictions),
            "environments": {
                name: {"clusters": share.clusters, "ofClusters": share.of_clusters, "nodes": share.nodes, "ofNodes": share.of_nodes}
                for name, share in blast.environments.items()
            },
        },
        "newFindings": [
            {"rule": each.code, "file": each.mark.file, "line": each.mark.line, "message": each.message} for each in review.new_findings
        ],
        "ranges": [
            {"object": str(each.object), "use": each.use, "before": each.before or None, "after": each.after or None}
            for each in review.ranges
        ],
        "stale": review.stale,
        "baseProblem": review.base_problem or None,
        "policiesNotEvaluated": review.unasked or None,
        "engine": [
            {
                "stack": each.stack,
                "steps": [{"op": step.op, "type": step.type, "name": step.name} for step in each.steps],
                "refused": list(each.refused),
                "notAsked": each.unasked or None,
            }
            for each in review.engine
        ]
        or None,
        "disagreements": [{"object": each.object, "riskier": each.riskier, "text": each.text} for each in review.disagreements],
    }

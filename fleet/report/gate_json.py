"""The gate's word as JSON."""

from __future__ import annotations

from typing import Any

from fleet.gate.gather import Gate
from fleet.gate.verdict import Verdict


def as_json(gate: Gate) -> dict[str, Any]:
    """`{"stopped": [...], "waived": [...], "refusedWaivers": [...], "signersChanged": bool}`."""
    return {
        "stopped": [_verdict(verdict) for verdict in gate.stopped],
        "waived": [_verdict(verdict) for verdict in gate.verdicts if not verdict.stopped],
        "refusedWaivers": [{"name": refused.name, "object": refused.object or None, "why": refused.why} for refused in gate.refused],
        "signersChanged": gate.signers_changed,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "object": str(verdict.change.object),
        "path": verdict.change.path,
        "step": verdict.step,
        "waiver": verdict.waiver or None,
        "why": verdict.why,
        "next": verdict.next,
    }

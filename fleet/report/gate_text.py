"""The gate's word as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.gate.gather import Gate
from fleet.gate.verdict import Verdict
from fleet.report.mask import masked_text


def as_text(gate: Gate) -> str:
    """What is stopped first, then what a waiver lets through; empty when the gate has nothing to say."""
    return masked_text("".join(f"{line}\n" for line in _lines(gate)))


def _lines(gate: Gate) -> Iterator[str]:
    if gate.signers_changed:
        yield "SIGNERS CHANGE: waivers/allowed_signers differs from the base, by whose signers waivers were verified. Review it on its own."
    for verdict in gate.stopped:
        yield from _stopped(verdict)
    for verdict in gate.verdicts:
        if not verdict.stopped:
            yield f"waived    {verdict.change.object} {verdict.change.path}: {verdict.why} {verdict.next}".rstrip()
    for refused in gate.refused:
        yield f"waivers/{refused.name} does not count: {refused.why}"


def _stopped(verdict: Verdict) -> Iterator[str]:
    cause = verdict.change.cause
    yield f"STOPPED   {verdict.why}{f' Caused by {cause.file}:{cause.line}.' if cause else ''}"
    yield f"          {verdict.next}"

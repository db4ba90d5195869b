"""Hide what looks like a secret before anything is shown: what a comment showed once stays readable in its history.

The blueprint has no secrets by design; this is for those that people write into tags, labels or URLs by mistake. Hidden are values under
keys that name a secret, the user part of URLs, and tokens of well-known forms; on either side, and wherever else the same text appears.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from fleet.diff.model import Change
from fleet.report.review import Review

HIDDEN = "(hidden)"
_OTHER = "(hidden, another)"
_KEY = re.compile(r"(?i)passw|passphrase|secret|token|credential|api[-_.]?key|private[-_.]?key|access[-_.]?key")
_ITEM = re.compile(r"\[[^\]]*\]")
_FORMS = re.compile(
    r"(?<=://)[^/\s@]+(?=@)"  # https://user:password@host
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # AWS access key ids
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}"
    r"|\bxox[abeoprs]-[\w-]{10,}|\bAIza[\w-]{30,}|\bpul-[0-9a-f]{40}\b|\bsk_live_\w{10,}"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"  # JSON web tokens
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
)
_SHORTEST = 4
"""Shorter texts under a secret's key are hidden there, but not looked for elsewhere."""


def masked_changes(changes: Sequence[Change]) -> list[Change]:
    """The same changes with what looks like a secret hidden."""
    hide = _hider(changes)
    return [_masked(change, hide) for change in changes]


def masked_text(text: str) -> str:
    """A text with tokens of well-known forms hidden."""
    return _FORMS.sub(HIDDEN, text)


def masked(review: Review) -> Review:
    """The same review with what looks like a secret hidden everywhere."""
    hide = _hider(review.changes)
    gate = review.gate
    verdicts = [
        replace(each, change=_masked(each.change, hide), why=hide(each.why), next=hide(each.next), waiver=hide(each.waiver))
        for each in gate.verdicts
    ]
    refused = [msgspec.structs.replace(each, why=hide(each.why), name=hide(each.name)) for each in gate.refused]
    waivers = {
        name: msgspec.structs.replace(each, reason=hide(each.reason), ticket=hide(each.ticket)) for name, each in gate.waivers.items()
    }
    return replace(
        review,
        changes=[_masked(change, hide) for change in review.changes],
        gate=replace(gate, verdicts=verdicts, refused=refused, waivers=waivers),
        new_findings=[replace(each, message=hide(each.message)) for each in review.new_findings],
        base_problem=hide(review.base_problem),
        unasked=hide(review.unasked),
        engine=[replace(each, refused=tuple(map(hide, each.refused)), unasked=hide(each.unasked)) for each in review.engine],
    )


def _masked(change: Change, hide: Callable[[str], str]) -> Change:
    under_key = bool(_KEY.search(_ITEM.sub("", change.path)))
    before, after = _value(change.before, under_key, hide), _value(change.after, under_key, hide)
    if before == after and change.before != change.after:
        after = _OTHER
    return replace(
        change, path=hide(change.path), before=before, after=after, alarm=hide(change.alarm), steps=tuple(map(hide, change.steps))
    )


def _value(value: Any, under_key: bool, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return HIDDEN if under_key and value else hide(value)
    if isinstance(value, dict):
        return {hide(key): _value(below, under_key or bool(_KEY.search(key)), hide) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item, under_key, hide) for item in value]
    return value


def _secrets(change: Change) -> Iterator[str]:
    """The texts under a secret's key, on either side."""
    under_key = bool(_KEY.search(_ITEM.sub("", change.path)))
    for side in (change.before, change.after):
        if under_key or isinstance(side, dict):
            yield from (text for text in _under_key(side, under_key) if len(text) >= _SHORTEST)


def _under_key(value: Any, under_key: bool) -> Iterator[str]:
    if isinstance(value, str) and under_key:
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _under_key(below, under_key or bool(_KEY.search(key)))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _under_key(item, under_key)


def _hider(changes: Sequence[Change]) -> Callable[[str], str]:
    """A function that hides in a text what stands under a secret's key anywhere in the changes, and tokens of well-known forms."""
    found = sorted({text for change in changes for text in _secrets(change)}, key=lambda text: (-len(text), text))
    forms = re.compile("|".join([*map(re.escape, found), _FORMS.pattern]))
    return lambda text: forms.sub(HIDDEN, text)

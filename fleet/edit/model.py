"""What a command means to do to fleet.yaml, before anything is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fleet.edit.operation import Operation
from fleet.spec.load import Document
from fleet.spec.problem import Path, SpecError
from fleet.spec.suggest import did_you_mean

Places = Mapping[str, tuple[str, ...]]
"""Environment -> regions."""


@dataclass(frozen=True)
class Edit:
    """A change of the spec. title: what it does, in a line; notes: what was decided or left alone; next: what to do after it, in order.

    waivable: the gate may stop it for want of a waiver; then the spec and its lock are written, for one to be signed, and stacks/ not.
    """

    title: str
    operations: tuple[Operation, ...]
    notes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    waivable: bool = False


def refusal(document: Document, path: Path, message: str) -> SpecError:
    """The refusal of an edit, with the line of fleet.yaml that it is about."""
    return SpecError([document.problem(path, message)])


def not_widened(document: Document, attribute: str, old: str, new: str) -> Iterator[str]:
    """A note for each selector that names `old` and is left as it is. attribute: of selectors, as `region`."""
    for path, selector in document.spec.selectors():
        if old in selector.named(attribute):
            yield f"{document.mark((*path, attribute))}: names {old} and was not widened to {new}"


def require_known(document: Document, section: str, what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is not among `what` (`environments`, `regions of prod`), with the section's line. Raises SpecError."""
    if name not in set(known):
        raise refusal(document, (section,), f'"{name}" is not among the {what}.{did_you_mean(name, known)}')

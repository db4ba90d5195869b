"""Read fleet.yaml and the files it includes into a Spec with its origins; all mistakes of form and of reference at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fleet.spec.model import FORMS, Spec
from fleet.spec.plain import NOTHING, Plain, depth, descend
from fleet.spec.problem import Mark, Path, Problem, SpecError
from fleet.spec.references import unresolved
from fleet.spec.source import Source, read
from fleet.spec.suggest import did_you_mean, nearest


@dataclass(frozen=True)
class Document:
    """A spec, the same content as plain data (the layers that compile merges), and the sources that know where each value is written."""

    spec: Spec
    data: Mapping[str, Any]
    sources: Sequence[Source]

    def mark(self, path: Path, *, of_key: bool = True) -> Mark:
        """Where a path of the spec is written; the nearest enclosing value when it is not written itself."""
        return _owner(self.sources, path).mark(path, of_key=of_key)

    def problem(self, path: Path, message: str, code: str = "") -> Problem:
        """A problem about the value at `path`."""
        return Problem(self.mark(path, of_key=False), path, message, code)


def load(path: FilePath) -> Document:
    """Read and check a fleet file; raises SpecError with every mistake found."""
    if not path.exists():
        raise SpecError([Problem(Mark(path.name, 1, 1), (), "does not exist. Write one, or name another with --file.")])
    sources = _read_all(path)
    data = _merge_files(sources)
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        raise SpecError(_form_problems(error, data, sources)) from None
    document = Document(spec, data, sources)
    problems = [document.problem(where, message) for where, message in unresolved(spec)]
    if problems:
        raise SpecError(problems)
    return document


def _read_all(path: FilePath) -> list[Source]:
    root = read(path)
    sources = [root]
    names = root.data.get("include", []) if isinstance(root.data, dict) else []
    for index, name in enumerate(names if isinstance(names, list) else []):
        where = ("include", index)
        target = path.parent / str(name)
        if not target.is_file():
            raise SpecError([Problem(root.mark(where), where, f'"{name}" is not a file beside {path.name}.')])
        sources.append(read(target, str(name)))
    return sources


def _merge_files(sources: Sequence[Source]) -> dict[str, Any]:
    """One mapping from all files: maps join by key; a value given in two files is a mistake, for neither is the stronger."""
    merged: dict[str, Any] = {}
    problems: list[Problem] = []
    for source in sources:
        if not isinstance(source.data, dict):
            problems.append(Problem(Mark(source.file, 1, 1), (), "must be a map of keys to values, as `name: acme`."))
            continue
        _join(merged, source.data, (), source, sources, problems)
    if problems:
        raise SpecError(problems)
    return merged


def _join(
    into: dict[str, Any], data: Mapping[str, Plain], path: Path, source: Source, all_: Sequence[Source], problems: list[Problem]
) -> None:
    for key, value in data.items():
        here = (*path, key)
        if key not in into:
            into[key] = dict(value) if isinstance(value, dict) and len(all_) > 1 else value
        elif isinstance(value, dict) and isinstance(into[key], dict):
            _join(into[key], value, here, source, all_, problems)
        else:
            first = _owner([other for other in all_ if other is not source], here).mark(here)
            problems.append(Problem(source.mark(here), here, f'"{key}" is already given at {first}. Keep one of the two.'))


def _owner(sources: Sequence[Source], path: Path) -> Source:
    """The source in which the longest part of `path` is written."""
    return max(sources, key=lambda source: depth(source.data, path)) if len(sources) > 1 else sources[0]


# --- mistakes of form -----------------------------------------------------------------------------------------------------------------


def _form_problems(error: ValidationError, data: Mapping[str, Any], sources: Sequence[Source]) -> Iterator[Problem]:
    seen: set[Path] = set()
    for detail in error.errors(include_url=False):
        path = _written_path(detail["loc"], data)
        owner = _owner(sources, path)
        message = _explain(detail, path, owner)
        if path not in seen:  # a union reports each of its members; the first is the one a person means
            seen.add(path)
            unknown = detail["type"] == "extra_forbidden"
            yield Problem(owner.mark(path, of_key=unknown or depth(owner.data, path) < len(path)), path, message)


def _written_path(loc: tuple[int | str, ...], data: object) -> Path:
    """pydantic's location without the steps it adds for the members of a union, which are not in the document."""
    path: list[int | str] = []
    for position, step in enumerate(loc):
        below = descend(data, step)
        if below is not NOTHING:
            data = below
        elif not (position == len(loc) - 1 and isinstance(step, str) and isinstance(data, dict)):
            continue
        path.append(step)
    return tuple(path)


def _explain(detail: ErrorDetails, path: Path, owner: Source) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    value = detail.get("input")
    if kind == "extra_forbidden":
        known = _keys_at(Spec, detail["loc"][:-1])
        return f'"{path[-1]}" is not a key here.{did_you_mean(str(path[-1]), known)}'
    if kind == "missing":
        return f'"{detail["loc"][-1]}" is missing.'
    if kind == "string_type" and isinstance(value, bool | int | float):
        raw = owner.raw(path) or str(value)
        return f'YAML reads {raw} as a {"boolean" if isinstance(value, bool) else "number"}. Write it in quotes: "{raw}".'
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", '"')
        match = nearest(str(value), [word.strip('" ') for word in expected.replace(" or ", ",").split(",")])
        return f'"{value}" is not one of {expected}.' + (f' Did you mean "{match}"?' if match else "")
    if kind == "string_pattern_mismatch":
        return f'"{value}" is not {FORMS[context["pattern"]]}.'
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"must be a map of keys to values, not {_named(value)}."
    return f"{detail['msg'].replace('Input should', 'should')}, not {_named(value)}."


def _named(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the model found at `loc` knows, by its aliases."""
    current: set[Any] = {model}
    for step in loc:
        current = set().union(*(_step(item, step) for item in current)) or current
    return [field.alias or name for item in current if _is_model(item) for name, field in item.model_fields.items()]


def _step(annotation: Any, step: int | str) -> set[Any]:
    """The annotations that one step of a location leads to."""
    found: set[Any] = set()
    if _is_model(annotation):
        for name, field in annotation.model_fields.items():
            if step in (name, field.alias):
                found |= _unfold(field.annotation)
        return found or ({annotation} if step == annotation.__name__ else set())
    arguments = get_args(annotation)
    return _unfold(arguments[-1]) if arguments and arguments[-1] is not type(None) else set()


def _unfold(annotation: Any) -> set[Any]:
    """A union's members that can hold keys: models, maps and lists."""
    if _is_model(annotation):
        return {annotation}
    origin = getattr(annotation, "__origin__", None)
    if origin in (dict, list):
        return {annotation}
    return set().union(*(_unfold(argument) for argument in get_args(annotation)), set())


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)

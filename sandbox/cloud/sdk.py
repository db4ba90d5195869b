"""What the installed SDKs declare of each resource type, read from their sources without importing them.

Importing `pulumi_gcp.compute` costs 100 MB; its generated source has one regular form, of which only the signatures matter. A module is
scanned once for where its classes lie (40 ms for the largest, 5 MB); of a class only the text in question is read and parsed.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

Kind = Literal["string", "boolean", "integer", "number", "any", "array", "map", "object", "asset", "union"]


@dataclass(frozen=True)
class Shape:
    """What a value must look like. of: element of an array or map, or a union's choices; object: module folder and class of an object."""

    kind: Kind
    of: tuple[Shape, ...] = ()
    object: tuple[Path, str] | None = None


@dataclass(frozen=True)
class Property:
    """One declared property. optional: may be left out (inputs), may be absent (outputs). replaces: its text says a change replaces."""

    name: str
    shape: Shape
    optional: bool
    replaces: bool = False


@dataclass(frozen=True)
class Declaration:
    """One resource type. import_ids: what its documentation shows as ids for import, templates (`{{project}}/..`) or examples."""

    type: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]
    import_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """An installed SDK: the folder it lies in and where each type token's class is."""

    name: str
    version: str
    root: Path
    classes: Mapping[str, tuple[Path, str]] = field(repr=False)


_CLASS = re.compile(rb"^class (\w+)", re.M)
_SIGNATURE = re.compile(r"    def __init__\(__self__(?:, \*,\n(.*?))?\):\n", re.S)
_GETTER = re.compile(
    r'    @pulumi\.getter(?:\(name="(\w+)"\))?\n(?:    @[^\n]*\n)*    def (\w+)\(self\) -> ([^\n]+):\n(?:        """(.*?)""")?', re.S
)
_REPLACES = re.compile(r"forces? (?:a )?new resource|changing this (?:forces|creates)|(?:forces|triggers) (?:a )?replacement", re.I)
_TEMPLATE = re.compile(r"^ *\* `((?:\{\{|[a-z]+/)[^`\n]*\{\{\w+\}\}[^`\n]*)`", re.M)
_IMPORT = re.compile(r"^ *\$ pulumi import (\S+) \S+ (?:\"([^\"]+)\"|'([^']+)'|(.+))$", re.M)
_SIMPLE: Mapping[str, Kind] = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "Any": "any"}


class UnknownType(LookupError):
    """The SDK in use has no such resource type."""


def package(name: str) -> Package:
    """The installed SDK `pulumi_<name>`. Raises ImportError where it is missing."""
    return _package(name)


@lru_cache(maxsize=8)
def _package(name: str) -> Package:
    spec = importlib.util.find_spec(f"pulumi_{name}")
    if spec is None or spec.origin is None:
        raise ImportError(f"pulumi_{name} is not installed beside the sandbox: run `make setup`")
    root = Path(spec.origin).parent
    version = json.loads((root / "pulumi-plugin.json").read_text())["version"]
    return Package(name, version, root, dict(_registered(root, name)))


def _registered(root: Path, name: str) -> list[tuple[str, tuple[Path, str]]]:
    text = (root / "__init__.py").read_text()
    modules = json.loads(re.search(r'resource_modules="""\n(.*?)\n"""', text, re.S)[1])  # type: ignore[index]
    found = []
    for module in modules:
        folder = root.joinpath(*module["fqn"].split(".")[1:])
        found += [(token, (folder, python_class)) for token, python_class in module["classes"].items()]
    return found


@lru_cache(maxsize=512)
def declaration(token: str) -> Declaration:
    """What the SDK declares of this type. Raises UnknownType."""
    owner = package(token.split(":", 1)[0])
    if token not in owner.classes:
        raise UnknownType(f"{token} is no resource type of pulumi-{owner.name} {owner.version}")
    folder, python_class = owner.classes[token]
    file = _file_of(folder, token, python_class)
    inputs = _parse_inputs(file, _arguments_class(file, python_class), folder)
    text = _text(file, python_class)
    outputs = {item.name: item for item in _parse_getters(text, folder, "Output")}
    return Declaration(token, inputs, outputs, _import_ids(text, token))


def _file_of(folder: Path, token: str, python_class: str) -> Path:
    """Mostly the token's module in snake case; names with abbreviations are looked for."""
    module = token.split(":")[1].split("/")[-1]
    guess = folder / (re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", module).lower() + ".py")
    candidates = [guess, *sorted(folder.glob("*.py"))]
    for file in candidates:
        if file.is_file() and python_class in _classes(file) and _arguments_class(file, python_class):
            return file
    raise UnknownType(f"{token}: no source file in {folder.name} declares {python_class}")


def _arguments_class(file: Path, python_class: str) -> str:
    """`XArgs`, or `XInitArgs` where a nested object has that name already; empty where the file has neither."""
    return next((name for name in (f"{python_class}InitArgs", f"{python_class}Args") if name in _classes(file)), "")


@lru_cache(maxsize=256)
def _classes(file: Path) -> Mapping[str, tuple[int, int]]:
    data = file.read_bytes()
    starts = [(match.group(1).decode(), match.start()) for match in _CLASS.finditer(data)]
    ends = [*(start for _, start in starts[1:]), len(data)]
    return {name: (start, end) for (name, start), end in zip(starts, ends, strict=False)}


def _text(file: Path, python_class: str) -> str:
    start, end = _classes(file)[python_class]
    with file.open("rb") as handle:
        handle.seek(start)
        return handle.read(end - start).decode()


def object_inputs(reference: tuple[Path, str]) -> Mapping[str, Property]:
    """The properties of a nested input object. Raises UnknownType where the SDK does not declare it."""
    return _object_inputs(*reference)


@lru_cache(maxsize=4096)
def _object_inputs(folder: Path, python_class: str) -> Mapping[str, Property]:
    file = folder / "_inputs.py"
    if python_class not in _classes(file):
        raise UnknownType(f"{folder.name}: no input class {python_class}")
    return _parse_inputs(file, python_class, folder)


@lru_cache(maxsize=4096)
def _object_outputs(folder: Path, python_class: str) -> Mapping[str, Property]:
    file = folder / "outputs.py"
    if python_class not in _classes(file):
        raise UnknownType(f"{folder.name}: no output class {python_class}")
    return {item.name: item for item in _parse_getters(_text(file, python_class), folder, "")}


def object_outputs(reference: tuple[Path, str]) -> Mapping[str, Property]:
    """The properties of a nested output object. Raises UnknownType where the SDK does not declare it."""
    return _object_outputs(*reference)


def _parse_inputs(file: Path, python_class: str, folder: Path) -> Mapping[str, Property]:
    text = _text(file, python_class)
    match = _SIGNATURE.search(text)
    if match is None or match.group(1) is None:
        return {}
    described = {item.name: item for item in _parse_getters(text, folder, "Input")}
    names = {python_name: name or python_name for name, python_name, *_ in _GETTER.findall(text)}
    found = {}
    for argument in ast.parse(f"def f(*,\n{match.group(1)}): ...").body[0].args.kwonlyargs:  # type: ignore[attr-defined]
        shape, optional = _shape(argument.annotation, folder)
        name = names.get(argument.arg, argument.arg)
        replaces = name in described and described[name].replaces
        found[name] = Property(name, shape, optional, replaces)
    return found


def _parse_getters(text: str, folder: Path, wrapper: str) -> list[Property]:
    found = []
    for name, python_name, annotation, documentation in _GETTER.findall(text):
        shape, optional = _shape(ast.parse(annotation, mode="eval").body, folder)
        found.append(Property(name or python_name, shape, optional, bool(_REPLACES.search(documentation))))
    return found


def _shape(node: ast.expr, folder: Path) -> tuple[Shape, bool]:
    """A type annotation as (shape, optional): `pulumi.Input[..]` and `Optional[..]` are taken off."""
    if isinstance(node, ast.Constant):
        return _reference(str(node.value), folder), False
    if isinstance(node, ast.Attribute | ast.Name):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        if name in ("Asset", "Archive", "AssetOrArchive"):
            return Shape("asset"), False
        return Shape(_SIMPLE.get(name, "any")), False
    if isinstance(node, ast.Subscript):
        return _generic(node, folder)
    return Shape("any"), False


def _generic(node: ast.Subscript, folder: Path) -> tuple[Shape, bool]:
    outer = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer in ("Input", "Output"):
        return _shape(inner[0], folder)
    if outer == "Optional":
        return _shape(inner[0], folder)[0], True
    if outer == "Sequence":
        return Shape("array", (_shape(inner[0], folder)[0],)), False
    if outer == "Mapping":
        return Shape("map", (_shape(inner[1], folder)[0],)), False
    if outer == "Union":
        return Shape("union", tuple(_shape(item, folder)[0] for item in inner)), False
    return Shape("any"), False


def _reference(name: str, folder: Path) -> Shape:
    """A quoted class: `XArgs`, `outputs.X`, `_iam.XArgs` (of another module); any other is an enumeration of strings."""
    parts = name.split(".")
    if len(parts) == 2 and parts[0].startswith("_") and parts[0] != "_builtins":
        folder = folder.parent / parts[0].strip("_")
    if parts[0] == "outputs" or name.endswith("Args") or parts[-1].endswith("Args"):
        return Shape("object", object=(folder, parts[-1]))
    return Shape("string")


def _import_ids(text: str, token: str) -> tuple[str, ...]:
    """Templates where the documentation lists them (GCP), else the examples of `pulumi import` (AWS)."""
    section = text[text.find("## Import") :] if "## Import" in text else text
    templates = list(dict.fromkeys(_TEMPLATE.findall(section[:6000])))
    if templates:
        return tuple(templates)
    examples = [quoted or single or bare for kind, quoted, single, bare in _IMPORT.findall(text) if kind == token]
    return tuple(dict.fromkeys(example.strip() for example in examples))

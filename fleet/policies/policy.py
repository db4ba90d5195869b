"""A policy as its folder describes it: `policy.yaml` says what it is, `policy.rego` decides, `cases/` show both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

import fleet
from fleet.policies.facts import FACTS, Kind
from fleet.policies.problem import PolicyProblem
from fleet.spec.suggest import did_you_mean

FOLDER = "policies"
_DESCRIPTION = "policy.yaml"
_RULES = "policy.rego"
_SHIPPED = Path(fleet.__file__).parents[1] / FOLDER
_ENTRY = ("PulumiPolicy.yaml", "__main__.py")
FILES = (".rego", _DESCRIPTION)
"""How the names of the files end that decide."""

Action = Literal["deny", "warn", "off"]
_TYPES: Mapping[str, tuple[Any, str]] = {
    "boolean": (bool, "true or false"),
    "integer": (int, "a whole number"),
    "string": (str, "a text"),
    "strings": (list[str], "a list of texts"),
}


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fleet may set of a policy. type: boolean, integer, string, or strings (a list)."""

    type: Literal["boolean", "integer", "string", "strings"]
    default: Any
    description: str

    def flaw(self, value: object) -> str | None:
        """Why a value does not fit the type, None where it does."""
        type, words = _TYPES[self.type]
        try:
            msgspec.convert(value, type)
        except msgspec.ValidationError:
            return f"should be {words}, not {value!r}"
        return None


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy. id: its folder's name; action: what a violation does where fleet.yaml says nothing; source: addresses, comma between two.

    facts: the kinds of subject it is about, each with the paths of the facts it reads. It sees no others.
    """

    id: str
    title: str
    rationale: str
    source: str
    action: Literal["deny", "warn"]
    facts: dict[Kind, list[str]]
    parameters: dict[str, Parameter] = {}


def folder(root: Path) -> Path:
    """The policies of the project at `root`: its own, or where it has none those that come with fleet."""
    own = root / FOLDER
    return own if own.is_dir() else _SHIPPED


def first_policies() -> dict[str, bytes]:
    """What a new project's folder of policies begins with: path relative to the project -> content.

    The package that asks them of resources stays where fleet is installed; only its entry comes along, for Pulumi looks for it there.
    """
    found = [_SHIPPED / name for name in _ENTRY]
    found += [path for name in (_DESCRIPTION, _RULES) for path in _SHIPPED.glob(f"*/{name}")]
    found += _library(_SHIPPED)
    return {f"{FOLDER}/{path.relative_to(_SHIPPED).as_posix()}": path.read_bytes() for path in found}


def read_policies(place: Path) -> tuple[Policy, ...]:
    """The policies in the folders of `place`, by id. Raises PolicyProblem for one that is not whole, or where there is no such folder."""
    if not place.is_dir():
        raise PolicyProblem(f"{place} does not exist, so there is no policy to ask. Install fleet with its policies, or make the folder.")
    return tuple(_read(path) for path in sorted(place.glob(f"*/{_DESCRIPTION}")))


def rego_files(place: Path, policies: tuple[Policy, ...]) -> list[Path]:
    """What OPA loads: the library and the rules of the policies."""
    return [*_library(place), *(place / policy.id / _RULES for policy in policies)]


def _library(place: Path) -> list[Path]:
    return sorted(path for path in (place / "lib").glob("*.rego") if not path.name.endswith("_test.rego"))


def _read(path: Path) -> Policy:
    shown = Path(*path.parts[-3:])
    try:
        policy = msgspec.yaml.decode(path.read_bytes(), type=Policy)
    except msgspec.DecodeError as error:
        raise PolicyProblem(f"{shown}: {error}.") from None
    for problem in _flaws(policy, path):
        raise PolicyProblem(f"{shown}: {problem}")
    return policy


def _flaws(policy: Policy, path: Path) -> list[str]:
    flaws = []
    if policy.id != path.parent.name:
        flaws.append(f'id: "{policy.id}" is not the name of its folder, "{path.parent.name}".')
    if not path.with_name(_RULES).is_file():
        flaws.append(f"{_RULES} is missing beside it.")
    for kind, facts in policy.facts.items():
        known = [fact.path for fact in FACTS[kind]]
        flaws += [f'facts.{kind}: "{fact}" is not a fact of it.{did_you_mean(fact, known)}' for fact in facts if fact not in known]
    for name, parameter in policy.parameters.items():
        if flaw := parameter.flaw(parameter.default):
            flaws.append(f"parameters.{name}.default: {flaw}.")
    return flaws

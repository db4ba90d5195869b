"""What a cloud's grant allows inside a cluster: rules as of Kubernetes RBAC, read from rules.yaml, asked about one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

ANY = "*"


@dataclass(frozen=True)
class Asked:
    """One request to an API server, as a SubjectAccessReview has it. resource: with its subresource, as `pods/log`; url: of no resource."""

    verb: str
    group: str = ""
    resource: str = ""
    namespace: str = ""
    url: str = ""


@dataclass(frozen=True)
class Rule:
    """Allows verbs on resources of groups but for the excepted ones, or on URLs that are no resources."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    excepted_groups: tuple[str, ...] = ()

    def allows(self, asked: Asked) -> bool:
        if not _has(self.verbs, asked.verb):
            return False
        if asked.url:
            return any(fnmatchcase(asked.url, pattern) for pattern in self.urls)
        if asked.resource in self.excepted or asked.group in self.excepted_groups:
            return False
        return _has(self.groups, asked.group) and _has(self.resources, asked.resource)


def granted(cloud: Literal["eks", "gke"], name: str, asked: Asked) -> bool:
    """Whether an EKS access policy (its name) or an IAM role allows a request; one that the table does not have allows nothing."""
    return any(rule.allows(asked) for rule in _table()[cloud].get(name, ()))


def _has(names: tuple[str, ...], name: str) -> bool:
    return ANY in names or name in names


@cache
def _table() -> Mapping[str, Mapping[str, tuple[Rule, ...]]]:
    read = yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text())
    return {cloud: {name: _rules(row, read["parts"]) for name, row in read[cloud].items()} for cloud in ("eks", "gke")}


def _rules(row: Mapping[str, Any], parts: Mapping[str, Any]) -> tuple[Rule, ...]:
    rows = [one for part in row.get("of", ()) for one in parts[part]] + list(row.get("rules", ()))
    return tuple(Rule(**{key: tuple(names) for key, names in one.items()}) for one in rows)

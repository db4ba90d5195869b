"""What helm keeps of a release in the cluster: a Secret for each revision (helm documentation, "Storage backends", Secret storage)."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from sandbox.kubernetes.provider.api import Api
from sandbox.kubernetes.provider.objects import at
from sandbox.kubernetes.provider.problem import Values

PENDING = frozenset({"pending-install", "pending-upgrade", "pending-rollback", "uninstalling"})


@dataclass(frozen=True)
class Record:
    """One revision. status: helm's word, as `deployed`, `failed`, `pending-install`; values: what the user gave; manifest: YAML."""

    name: str
    namespace: str
    revision: int
    status: str
    description: str
    chart: str
    version: str
    app_version: str
    values: Values
    manifest: str

    def resource_names(self) -> dict[str, list[str]]:
        """`Kind.group/apiVersion` -> `namespace/name` of what the release holds."""
        found: dict[str, set[str]] = {}
        for item in self.objects():
            api_version, namespace, name = str(item["apiVersion"]), at(item, "metadata", "namespace"), at(item, "metadata", "name")
            group = api_version.rpartition("/")[0]
            key = f"{item['kind']}{'.' + group if group else ''}/{api_version}"
            found.setdefault(key, set()).add(f"{namespace}/{name}" if namespace else str(name))
        return {key: sorted(names) for key, names in sorted(found.items())}

    def objects(self) -> Iterator[Values]:
        """What the release holds, as its manifest says it: with a namespace only where the chart gave one."""
        for item in yaml.load_all(self.manifest, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(item, Mapping) and "kind" in item and "apiVersion" in item:
                yield item


def records(api: Api, namespace: str, name: str) -> list[Record]:
    """All revisions of a release, newest first; empty where there is none. Raises Unreachable, Refused."""
    secrets = api.resource("v1", "Secret")
    assert secrets is not None, "every API server has Secrets"
    found = [_record(secret) for secret in api.search(secrets, namespace, f"owner=helm,name={name}")]
    return sorted(found, key=lambda record: record.revision, reverse=True)


def _record(secret: Values) -> Record:
    """base64 of the Secret, then base64 and gzip of helm."""
    content = json.loads(gzip.decompress(b64decode(b64decode(str(at(secret, "data", "release"))))))
    described = content["chart"]["metadata"]
    return Record(
        name=content["name"],
        namespace=content["namespace"],
        revision=content["version"],
        status=content["info"]["status"],
        description=content["info"].get("description", ""),
        chart=described["name"],
        version=described["version"],
        app_version=described.get("appVersion", ""),
        values=content.get("config") or {},
        manifest=content.get("manifest", ""),
    )

"""From a path of the blueprint back to the line of fleet.yaml (or of the lock) that decides it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from fleet.compile.fleet import Compiled
from fleet.compile.instances import Instance
from fleet.diff.model import Object
from fleet.lock.file import LockFile
from fleet.spec.problem import Mark, Path

_POOL = re.compile(r"nodePools\[(?P<pool>[^\]]+)\](?P<rest>.*)")
_POOL_KEYS = {
    "diskGib": "diskGiB",
    "instanceTypes": "types",
    "machineType": "types",
    "architecture": "types",
    "diskType": "types",
    "physicalName": "types",
    "initialPerZone": "min",
}
_PLAIN: Mapping[str, Path] = {
    "kubernetes": ("kubernetes",),
    "channel": ("channel",),
    "supportType": ("supportType",),
    "logRetentionDays": ("logRetentionDays",),
    "endpoint": ("controlPlane",),
    "maintenance": ("maintenance",),
    "tags": ("tags",),
    "labels": ("tags",),
    "zones": ("zones",),
}


def locator(compiled: Compiled, lock: LockFile) -> Callable[[Object, str], Mark | None]:
    """A function from an object and a path inside it to the line that decides it, in the compiled spec or in its lock."""
    document = compiled.document

    def locate(object: Object, path: str) -> Mark | None:
        if object.what == "cluster":
            return _cluster(compiled, lock, object, path)
        if object.what == "network":
            return _network(compiled, lock, object, path)
        key = ("accounts",) if object.what == "account" and path in ("", "name") else _environment_key(path)
        return document.mark(("environments", object.environment, *key))

    return locate


def _cluster(compiled: Compiled, lock: LockFile, object: Object, path: str) -> Mark | None:
    instance = compiled.instances.get(object.name)
    document = compiled.document
    if instance is None:
        return _gone(compiled, object)
    entry, environment = instance.subject.cluster, instance.subject.environment
    if path == "":
        regions = document.spec.clusters[entry].in_[environment]
        return document.mark(("clusters", entry, "in", environment, regions.index(instance.subject.region)))
    if path == "name":
        return document.mark(("clusters", entry, "aliases"))
    team = re.match(r"access\[([^\]]+)\]", path)
    if team:
        return document.mark(("teams", team[1], "access", environment))
    retired = document.spec.clusters[entry].retire.get(environment, [])
    if path == "protect" and instance.subject.region in retired:
        return document.mark(("clusters", entry, "retire", environment, retired.index(instance.subject.region)))
    if path.split(".")[0] in ("deployer", "protect"):
        return document.mark(("environments", environment, *_environment_key(path)))
    settings = _deciding(instance, _settings_path(path), path)
    if settings is None:
        return lock.mark("clusters", object.name)
    return document.mark(instance.origin(settings), of_key=False)


def _deciding(instance: Instance, settings: Path | None, path: str) -> Path | None:
    """What a pool or an add-on leaves open is decided by the cluster's own minor."""
    if settings and settings[0] == "nodePools" and settings[-1] == "kubernetes":
        pool = instance.settings.node_pools.get(str(settings[1]))
        return settings if pool and pool.kubernetes else ("kubernetes",)
    if settings and settings[0] == "addons" and path.endswith(".version"):
        addon = instance.settings.addons.get(str(settings[1]))
        return settings if addon and addon.version else ("kubernetes",)
    return settings


def _settings_path(path: str) -> Path | None:
    """The setting that decides a path of a cluster's blueprint; None for what only the lock decides."""
    pool = _POOL.fullmatch(path)
    if pool:
        last = re.sub(r"\[[^\]]*\]", "", pool["rest"]).strip(".").removeprefix("groups").strip(".").split(".")[0]
        key = _POOL_KEYS.get(last, last)
        return ("nodePools", pool["pool"], key) if key else ("nodePools", pool["pool"])
    addon = re.match(r"(?:addons|platform\.charts)\[([^\]]+)\]", path)
    if addon:
        return ("addons", addon[1])
    if path == "addons":
        return ("addons",)
    return _PLAIN.get(path.split(".")[0].split("[")[0])


def _network(compiled: Compiled, lock: LockFile, object: Object, path: str) -> Mark | None:
    document = compiled.document
    slot = re.match(r"slots\[([^\]]+)\]$", path)
    if slot:
        return _cluster(compiled, lock, replace(object, what="cluster", name=slot[1]), "")
    if ".nat" in path:
        return document.mark(("environments", object.environment, "network", "natGateways"))
    if path == "flowLogRetentionDays":
        return document.mark(("environments", object.environment, "network", "flowLogRetentionDays"))
    if path.startswith(("tags", "labels")):
        return document.mark(("defaults", "tags"))
    if path.split(".")[0] in ("deployer", "protect"):
        return document.mark(("environments", object.environment, *_environment_key(path)))
    if path == "" and object.name not in compiled.lock.networks:
        return document.mark(("clusters",))
    return lock.mark("networks", object.name)


def _gone(compiled: Compiled, object: Object) -> Mark:
    """Where a cluster that is no more was written: the entry whose name it bears, else the clusters as a whole."""
    document = compiled.document
    for entry in sorted(document.spec.clusters, key=len, reverse=True):
        if object.name.startswith(f"{entry}-{object.environment}-"):
            return document.mark(("clusters", entry, "in", object.environment))
    return document.mark(("clusters",))


def _environment_key(path: str) -> Path:
    if path == "protect":
        return ("protect",)
    if path.startswith("deployer.account"):
        return ("accounts",)
    return ("deployer",) if path.startswith("deployer") else ()

"""Look up in the cloud what the state may have lost: by mark, by name, or by asking a provider function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.recover.cloud import Live, Properties, Provider
from fleet.recover.identity import GENERATED, Identity, filled, fits, id_from_arn, identities, identity
from fleet.recover.wanted import MARK, TAG, UNKNOWN, Wanted, mark

TAGGED = "aws:resourcegroupstaggingapi/getResources:getResources"


@dataclass(frozen=True)
class Tagged:
    """A resource that the cloud lists under our tag. type and name: as the tag says; id: its import id, read from its ARN."""

    type: str
    name: str
    stack: str
    id: str
    tags: Mapping[str, str]

    @property
    def mark(self) -> str:
        return self.tags[TAG]


CLUSTERS = "kubernetes"
"""The package whose provider asks one cluster: one that does not answer keeps nothing else from being recovered."""


@dataclass(frozen=True)
class Sighting:
    """What looking for one wanted resource came to.

    others: ids of more of the same; foreign: one stands in its place that is not ours; silent: why its cluster could not be asked.
    """

    wanted: Wanted
    live: Live | None
    how: str
    others: tuple[str, ...] = ()
    foreign: str | None = None
    silent: str = ""


def tagged(provider: Provider) -> tuple[Tagged, ...]:
    """Everything under our tag in an AWS provider's account and region, whatever the stack."""
    reply = provider.invoke(TAGGED, {"tagFilters": [{"key": TAG}]})
    found = (_tagged(item.get("tags") or {}, item["resourceArn"]) for item in reply.get("resourceTagMappingLists") or [])
    return tuple(item for item in found if item)


def _tagged(tags: Mapping[str, str], arn: str) -> Tagged | None:
    """None for what only inherited the tag: its ARN is not of the type that the tag names."""
    named = MARK.fullmatch(tags.get(TAG, ""))
    identity = identities().get(named["type"]) if named else None
    id = id_from_arn(identity, arn) if identity and identity.how == "tag" else None
    return Tagged(named["type"], named["name"], named["stack"], id, tags) if named and id else None


def look_for(wanted: Wanted, provider: Provider, under_tag: Iterable[Tagged], taken: Callable[[str], bool]) -> Sighting:
    """Look one wanted resource up. taken: whether the state already holds an id of its type.

    A hit must bear the mark that the program gives it; a type that bears none must be just what the program wants, or have its create
    pending in the state. Anything else in its place is foreign: reported, never adopted.
    """
    row = identity(wanted.type)
    if row is None or row.how == "none":
        return Sighting(wanted, None, row.place if row else "add its type to fleet/recover/identity.tsv")
    candidates = [id for id in _candidates(row, wanted, provider, under_tag) if not taken(id)]
    lives = [live for live in (_read(wanted, provider, id) for id in candidates) if live and not taken(live.id)]
    ours = [live for live in lives if _is_ours(row, wanted, provider, live)]
    if ours:
        return Sighting(wanted, ours[0], _how(row), tuple(live.id for live in ours[1:]))
    foreign = lives[0].id if lives and row.how == "name" else None
    return Sighting(wanted, None, _how(row), foreign=foreign)


def _candidates(identity: Identity, wanted: Wanted, provider: Provider, under_tag: Iterable[Tagged]) -> list[str]:
    if identity.how == "tag":
        return [item.id for item in under_tag if item.type == wanted.type and item.mark == wanted.mark]
    values = _values(wanted, provider)
    if identity.how == "name":
        id = filled(identity.id, values)
        return [] if id is None else [id]
    arguments = {key: filled(template, values) for key, template in identity.arguments.items()}
    match = {key: filled(template, values) for key, template in identity.match.items()}
    if None in arguments.values() or None in match.values():
        return []
    listed = provider.invoke(identity.place, dict(arguments)).get(identity.items) or []
    members: list[Properties] = [item if isinstance(item, dict) else {"item": item} for item in listed]
    fitting = [member for member in members if all(fits(str(value), member.get(key)) for key, value in match.items())]
    found = [id for member in fitting if (id := filled(identity.id, {**values, **member})) is not None]
    return [id for id in found if wanted.begun or _holds_nothing(identity, provider, id)]


def _holds_nothing(identity: Identity, provider: Provider, id: str) -> bool:
    """Whether a candidate is too new to be an earlier stack's, where its type says so by what it holds."""
    if " " not in identity.fresh:
        return True
    function, argument, items = identity.fresh.split(" ")
    return not provider.invoke(function, {argument: id}).get(items)


def _values(wanted: Wanted, provider: Provider) -> dict[str, Any]:
    """What templates may name: the inputs, over the provider's own project and region.

    stem: the name without a generated ending; KEY_last: the last part of an input that is a path, as a cluster's id or plain name;
    object: an object of Kubernetes as `namespace/name`, or the name of what is in none.
    """
    ambient = {key: provider.inputs[key] for key in ("project", "region") if key in provider.inputs}
    name = wanted.inputs.get("name")
    last = {f"{key}_last": value.rpartition("/")[2] for key, value in wanted.inputs.items() if isinstance(value, str)}
    stem = {"stem": GENERATED.sub("", name)} if isinstance(name, str) else {}
    return {**ambient, **last, **wanted.inputs, **stem, **_object(wanted.inputs.get("metadata"))}


def _object(metadata: object) -> dict[str, str]:
    """`object` of an object's metadata; nothing where a part of it is not known yet."""
    if not isinstance(metadata, Mapping):
        return {}
    parts = [metadata[key] for key in ("namespace", "name") if key in metadata]
    known = "name" in metadata and all(isinstance(part, str) and part not in ("", UNKNOWN) for part in parts)
    return {"object": "/".join(parts)} if known else {}


def _read(wanted: Wanted, provider: Provider, id: str) -> Live | None:
    """The candidate with the keys the program sets, or, where some are not known yet, with all that are not defaults."""
    return provider.read(wanted.urn, wanted.type, id, wanted.inputs if wanted.settled else {})


def _is_ours(identity: Identity, wanted: Wanted, provider: Provider, live: Live) -> bool:
    if wanted.mark is not None and wanted.mark not in (mark(live.inputs), mark(live.outputs)):
        return False
    if wanted.begun or (wanted.mark is not None and identity.fresh != "same"):
        return True
    return wanted.settled and not provider.differs(wanted.urn, wanted.type, live, _named(wanted, live))


def _named(wanted: Wanted, live: Live) -> Properties:
    """The wanted inputs under the live resource's name where the wanted one was only made up for a preview."""
    generated = {key: live.inputs[key] for key in ("name", "bucket") if _made_up(wanted.inputs.get(key), live.inputs.get(key))}
    return {**wanted.inputs, **generated}


def _made_up(wanted: object, live: object) -> bool:
    return isinstance(wanted, str) and wanted != live and fits(wanted, live)


def _how(identity: Identity) -> str:
    return {"tag": "by its tag", "name": "by its name", "ask": f"among what {identity.place.rpartition(':')[2]} lists"}[identity.how]

"""Add a region to an environment, after the likeness of one that is there, and take one away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fleet.catalog import Region, regions
from fleet.edit.model import Edit, not_widened, refusal, require_known
from fleet.edit.operation import Append, Operation, Put
from fleet.edit.removal import removal
from fleet.spec.load import Document
from fleet.spec.suggest import did_you_mean

_CLOUDS = {"aws": "AWS", "gcp": "GCP"}


def add_region(document: Document, region: str, environment: str, like: str | None, allowed: frozenset[str]) -> Edit:
    """Give `environment` a cluster in `region` for each that it has in `like` (None: chosen here, and said).

    allowed: jurisdictions that entries may enter though none of their clusters is there yet. Raises SpecError.
    """
    spec = document.spec
    require_known(document, "environments", "environments", environment, spec.environments)
    place = catalogued(document, region)
    model, why = (like, "") if like else _most_alike(document, place, environment)
    entries = [name for name, cluster in spec.clusters.items() if model in cluster.in_.get(environment, [])]
    if model == region or not entries:
        here = [name for name in _regions_of(document, environment) if name != region]
        message = f"{environment} has no cluster in {model}, so {region} cannot be made like it.{did_you_mean(model, here)}"
        raise refusal(document, ("environments", environment), message)
    joining = [name for name in entries if region not in spec.clusters[name].in_[environment]]
    if not joining:
        where = ("clusters", entries[0], "in", environment)
        raise refusal(document, where, f"{', '.join(entries)}: in {region} of {environment} already. There is nothing to add.")
    _require_residency(document, joining, environment, place, allowed)
    operations = [*declaration(document, region), *(Append(("clusters", name, "in", environment), region) for name in joining)]
    title = f"{region} ({place.place}, {place.jurisdiction}) in {environment}, like {model}: {', '.join(joining)}"
    return Edit(title, tuple(operations), (*((why,) if why else ()), *_left_alone(document, model, region)))


def remove_region(document: Document, region: str, environment: str) -> Edit:
    """Take all clusters of `environment` in `region` away; in two steps where the environment is protected. Raises SpecError."""
    require_known(document, "environments", "environments", environment, document.spec.environments)
    here = _regions_of(document, environment)
    require_known(document, "regions", f"regions of {environment}", region, here)
    entries = [name for name, cluster in document.spec.clusters.items() if region in cluster.in_.get(environment, [])]
    return removal(document, [(name, environment, region) for name in entries])


def declaration(document: Document, region: str) -> Iterator[Operation]:
    """What puts a region under `regions`, with the catalogue's jurisdiction; nothing where it is there. Raises SpecError."""
    if region not in document.spec.regions:
        place = catalogued(document, region)
        yield Put(("regions",), region, {"jurisdiction": place.jurisdiction}, f"{_CLOUDS[place.cloud]}, {place.place}")


def catalogued(document: Document, region: str) -> Region:
    """A region of the catalogue. Raises SpecError for another."""
    if region not in regions():
        message = f'"{region}" is not a region of AWS or GCP that the catalogue knows.{did_you_mean(region, regions())}'
        raise refusal(document, ("regions",), message)
    return regions()[region]


def _most_alike(document: Document, place: Region, environment: str) -> tuple[str, str]:
    """The region with the most clusters of the environment, on the same cloud where there is one; and why it was chosen."""
    here = _regions_of(document, environment)
    same = {name: count for name, count in here.items() if regions()[name].cloud == place.cloud}
    chosen = max(same or here, key=lambda name: here[name], default="")
    if not chosen:
        message = f'environment "{environment}" has no cluster yet, so there is no region to be like. `fleet cluster add` makes the first.'
        raise refusal(document, ("environments", environment), message)
    if same:
        return chosen, f"like {chosen}, the {_CLOUDS[place.cloud]} region of {environment} with the most clusters; --like names another"
    return chosen, f"{environment} has no cluster on {_CLOUDS[place.cloud]}: like {chosen}, its region with the most clusters"


def _regions_of(document: Document, environment: str) -> Counter[str]:
    """Region -> clusters of the environment, in the order of the file."""
    return Counter(region for cluster in document.spec.clusters.values() for region in cluster.in_.get(environment, []))


def _require_residency(document: Document, entries: Sequence[str], environment: str, place: Region, allowed: frozenset[str]) -> None:
    """Refuse to bring an entry into a jurisdiction in which it has no cluster, unless that is said."""
    for name in entries:
        where = {document.spec.regions[region].jurisdiction for found in document.spec.clusters[name].in_.values() for region in found}
        if place.jurisdiction not in where | allowed:
            inside = [other for other in _regions_of(document, environment) if regions()[other].jurisdiction == place.jurisdiction]
            others = f"; or be like another (--like {' or '.join(inside)})" if inside else ""
            message = (
                f"{name} has clusters in {', '.join(sorted(where))} only, and {place.name} ({place.place}) is in {place.jurisdiction}: its "
                f"data would leave. If it may, say --allow-jurisdiction {place.jurisdiction}{others}."
            )
            raise refusal(document, ("clusters", name), message)


def _left_alone(document: Document, model: str, region: str) -> Iterator[str]:
    """What is said of the region that is the model and does not hold for the new one."""
    given = document.spec.regions[model].settings
    if given is not None and region not in document.spec.regions:
        yield f"{document.mark(('regions', model, 'settings'))}: the settings of {model} are for it alone and were not copied"
    yield from not_widened(document, "region", model, region)

"""Google's names of resources: an id, a self link and a bare name that mean the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.request import Request, Stored
from sandbox.cloud.store import StoreView


def base(link: str) -> str:
    """The bare name at the end of an id or self link."""
    return link.rsplit("/", 1)[-1]


def part(link: str, collection: str) -> str:
    """What follows `projects`, `regions`, `locations`, `zones` ... in an id or self link, empty for a bare name."""
    found = re.search(rf"(?:^|/){collection}/([^/]+)", link)
    return found.group(1) if found else ""


def place(inputs: Mapping[str, object]) -> str:
    """The location that a Google resource names: its `location`, `region` or `zone`; empty for a global one."""
    return text(inputs, "location") or text(inputs, "region") or text(inputs, "zone")


def region_of(location: str) -> str:
    """The region of a location that is a region or a zone: `europe-west4-a` -> `europe-west4`."""
    return location.rsplit("-", 1)[0] if re.fullmatch(r".+-[a-z]", location) else location


def project(request: Request) -> str:
    """The project that a request is for."""
    return text(request.inputs, "project") or request.caller.account


def matches(stored: Stored, link: str, home: str, location: str) -> bool:
    """Whether a link means a stored resource. home and location: what a bare name is taken to be in; empty for anywhere."""
    held = holds(stored)
    if base(link) != base(stored.id):
        return False
    wanted_project = part(link, "projects") or home
    wanted_place = part(link, "regions") or part(link, "locations") or part(link, "zones") or location
    own_place = place(held)
    return wanted_project in ("", stored.caller.account) and (not wanted_place or not own_place or wanted_place == own_place)


def resolve(store: StoreView, type: str, link: str, home: str, location: str = "") -> Stored | None:
    """The resource that a link means, of any project that the link names. home: the project of a bare name."""
    return next((each for each in store.everywhere.all(type) if matches(each, link, home, location)), None)


def all_matching(store: StoreView, type: str, property: str, target: Stored) -> Sequence[Stored]:
    """The resources of a type whose property is a link to the target."""
    return [each for each in store.everywhere.all(type) if _links(each, property, target)]


def _links(stored: Stored, property: str, target: Stored) -> bool:
    held = holds(stored)
    link = text(held, property)
    return bool(link) and matches(target, link, stored.caller.account, place(held))

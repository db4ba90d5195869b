"""Ranges never overlap in a routing domain, and never move."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.blueprint.model import AwsNetwork
from fleet.compile.fleet import Compiled
from fleet.lock.ranges import Range, Space, overlapping, parse_range
from tests.property.compiling import compiled
from tests.property.fleets import clusters, fleet

RESERVED = (parse_range("10.3.0.0/16"), parse_range("100.96.0.0/12"))
few = settings(max_examples=60, deadline=None)


def held(result: Compiled, domain: str) -> list[Range]:
    """Every range that a routing domain routes: networks and pods."""
    networks = {key: network for key, network in result.lock.networks.items() if network.domain == domain}
    pods = [cluster.ranges["pods"] for cluster in result.lock.clusters.values() if cluster.network in networks]
    return [parse_range(text) for text in [*(network.range for network in networks.values()), *pods]]


def disjoint(ranges: Iterable[Range]) -> bool:
    return not any(one.overlaps(other) for one, other in combinations(ranges, 2))


@few
@given(clusters())
def test_no_range_is_used_twice_in_a_routing_domain(entries: dict[str, Any]) -> None:
    result = compiled(fleet(entries))
    for domain in {network.domain for network in result.lock.networks.values()}:
        assert disjoint([*held(result, domain), *RESERVED])


@few
@given(clusters())
def test_joined_environments_share_one_space(entries: dict[str, Any]) -> None:
    result = compiled(fleet(entries, {"corporate": ["dev", "staging", "prod"]}))
    assert disjoint([*held(result, "corporate"), *RESERVED])


@few
@given(clusters())
def test_all_subnets_of_a_network_are_disjoint_and_inside_it(entries: dict[str, Any]) -> None:
    result = compiled(fleet(entries))
    for stack in result.blueprint.stacks:
        for network in stack.networks:
            parts: list[str] = []
            if isinstance(network, AwsNetwork):
                parts += [cidr for zone in network.zones for cidr in (zone.public_cidr, zone.endpoints_cidr)]
                parts += [part.cidr for slot in network.slots for part in (*slot.control_plane_subnets, *slot.node_subnets)]
                assert all(parse_range(network.cidr).contains(parse_range(part)) for part in parts)
                parts += [part.cidr for slot in network.slots for part in slot.pod_subnets]
            else:
                parts += [cidr for slot in network.slots for cidr in (slot.nodes_cidr, slot.pods_cidr, slot.services_cidr)]
                parts += [slot.control_plane_cidr for slot in network.slots]
            assert disjoint(map(parse_range, parts))


@few
@given(clusters(), clusters(), st.randoms())
def test_what_was_allotted_stays_whatever_comes_and_goes(first: dict[str, Any], second: dict[str, Any], random: Any) -> None:
    before = compiled(fleet(first))
    mixed = list({**second, **first}.items())
    random.shuffle(mixed)
    kept = dict(mixed[: max(1, len(mixed) // 2)])
    after = compiled(fleet(kept), before.lock)
    again = compiled(fleet(dict(reversed(mixed))), after.lock)
    for result in (after, again):
        for name, cluster in result.lock.clusters.items():
            if name in before.lock.clusters:
                assert cluster.ranges == before.lock.clusters[name].ranges
        held_now = {**result.lock.retired_clusters, **result.lock.clusters}
        assert set(before.lock.clusters) <= set(held_now)


@given(
    st.integers(8, 16),
    st.lists(st.tuples(st.integers(0, 255), st.integers(12, 24)), max_size=6),
    st.lists(st.integers(14, 26), max_size=12),
)
def test_a_space_gives_aligned_blocks_that_nothing_else_has(pool: int, used: list[tuple[int, int]], wanted: list[int]) -> None:
    block = parse_range(f"10.0.0.0/{pool}")
    taken = [
        Range(
            (10 << 24) + (octet << 16) & -(1 << (32 - prefix)), ((10 << 24) + (octet << 16) & -(1 << (32 - prefix))) + (1 << (32 - prefix))
        )
        for octet, prefix in used
    ]
    space = Space(block, taken)
    given_out = [found for prefix in wanted if (found := space.take(prefix))]
    assert disjoint(given_out)
    for found in given_out:
        assert block.contains(found) and found.start % (found.end - found.start) == 0
        assert not any(found.overlaps(other) for other in taken)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=10))
def test_overlaps_are_found_exactly_when_there_are_some(spans: list[tuple[int, int]]) -> None:
    ranges = [Range(start, start + length) for start, length in spans]
    found = list(overlapping((span, str(index)) for index, span in enumerate(ranges)))
    assert bool(found) == (not disjoint(ranges))
    assert all(one.overlaps(other) for (one, _), (other, _) in found)

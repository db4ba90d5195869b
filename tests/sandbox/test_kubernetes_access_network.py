"""A private endpoint refuses who has no way to it: from outside only the bastion has one, and inside everybody."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import pytest
import urllib3

from sandbox.kubernetes.access import bastion
from sandbox.kubernetes.facts import EKS_CLUSTER
from sandbox.kubernetes.runtime import network, outside
from sandbox.kubernetes.runtime.places import Place
from tests.sandbox.clusters_world import Clusters, open_clusters


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clusters]:
    """One cluster, `one`, with a private endpoint."""
    made = open_clusters(tmp_path_factory.mktemp("network") / "state")
    try:
        made.cluster("one")
        yield made
    finally:
        made.close()


@pytest.fixture
def abroad(clusters: Clusters) -> Iterator[Place]:
    """The cluster as seen from outside; inside again afterwards."""
    outside.follow(clusters.state, "outside", served=True)
    yield clusters.place("one")
    outside.follow(clusters.state, "inside", served=True)


def ready(place: Place, proxy: str = "") -> bool:
    """Whether the API server answers at its endpoint that it is ready, to whom it trusts and who trusts it."""
    context = ssl.create_default_context(cafile=str(place.ca_file))
    context.load_cert_chain(place.folder / "admin.pem")
    pool = urllib3.ProxyManager(proxy, ssl_context=context) if proxy else urllib3.PoolManager(ssl_context=context)
    with pool:
        return pool.request("GET", f"{place.url}/readyz", retries=False, timeout=30.0).status == 200


def test_inside_everybody_reaches_it_directly_and_by_the_bastion(clusters: Clusters) -> None:
    assert network.position(clusters.state) == "inside"
    assert ready(clusters.place("one")) and ready(clusters.place("one"), bastion.url(clusters.state))


def test_outside_nothing_answers_but_through_the_bastion(clusters: Clusters, abroad: Place) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((abroad.address, abroad.port), timeout=5)
    assert ready(abroad, bastion.url(clusters.state))


def test_what_is_in_the_cluster_stays_and_its_controllers_follow(clusters: Clusters, abroad: Place) -> None:
    clusters.group("one", "from-outside", zones="a", count=1)
    assert clusters.api("one").list("Node")


def test_inside_again_it_answers_again(clusters: Clusters) -> None:
    outside.follow(clusters.state, "outside", served=True)
    outside.follow(clusters.state, "inside", served=True)
    assert ready(clusters.place("one"))


def test_a_public_endpoint_answers_from_outside_too(clusters: Clusters) -> None:
    stored = next(item for item in clusters.store.all(EKS_CLUSTER))
    clusters.change(stored, vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ["192.0.2.0/24"]})
    outside.follow(clusters.state, "outside", served=True)
    assert ready(clusters.place("one"))
    outside.follow(clusters.state, "inside", served=True)


@pytest.mark.parametrize("target", ["127.0.0.1:22", "example.org:443"])
def test_the_bastion_leads_to_clusters_and_nowhere_else(clusters: Clusters, target: str) -> None:
    with socket.create_connection(("127.0.0.1", int(bastion.url(clusters.state).rpartition(":")[2])), timeout=5) as visitor:
        visitor.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        assert visitor.recv(100).startswith(b"HTTP/1.1 403")

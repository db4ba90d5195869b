"""What the sample stacks register, recorded once: `aws` and `gcp` are protected and closed, their `_open` twins are neither.

`registered` is a cluster that exists already.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from components.rehearsal import Recording, rehearse
from tests.components import samples


@pytest.fixture(scope="session", autouse=True)
def kubeconfig_of_the_registered_cluster() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(samples.KUBECONFIG_VARIABLE, samples.kubeconfig())
        yield


@pytest.fixture(scope="session")
def aws() -> Recording:
    return rehearse(samples.SAMPLES["aws"]())


@pytest.fixture(scope="session")
def aws_open() -> Recording:
    return rehearse(samples.SAMPLES["aws_open"]())


@pytest.fixture(scope="session")
def gcp() -> Recording:
    return rehearse(samples.SAMPLES["gcp"]())


@pytest.fixture(scope="session")
def gcp_open() -> Recording:
    return rehearse(samples.SAMPLES["gcp_open"]())


@pytest.fixture(scope="session")
def registered() -> Recording:
    return rehearse(samples.SAMPLES["registered"]())

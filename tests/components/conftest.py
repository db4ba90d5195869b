"""What the sample stacks register, recorded once: `aws` and `gcp` are protected and closed, `aws_open` and `gcp_open` are neither."""

from __future__ import annotations

import pytest

from components.rehearsal import Recording, rehearse
from tests.components import samples


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

"""The store behind the simulated API servers: one for all of them."""

from toolchain.kubernetes import WITHOUT
from toolchain.tool import GoModule, Tool

_VERSION = "3.6.16"

TOOL = Tool(
    name="etcd",
    version=_VERSION,
    purpose="keeps what the API servers hold",
    source=GoModule(
        folder="etcd",
        package="go.etcd.io/etcd/server/v3",
        minutes_cold=1,
    ),
    version_arguments=("--version",),
    install_page="https://etcd.io/docs/latest/install/",
    without=WITHOUT,
    version_pattern=r"Version: (\d+\.\d+\.\d+)",
)

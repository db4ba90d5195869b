"""Nodes and pods without machines: it plays the kubelets of the simulated clusters."""

from toolchain.kubernetes import WITHOUT
from toolchain.tool import GoModule, Tool

_VERSION = "0.8.0"

TOOL = Tool(
    name="kwok",
    version=_VERSION,
    purpose="plays the nodes of each simulated cluster",
    source=GoModule(
        folder="kwok",
        package="sigs.k8s.io/kwok/cmd/kwok",
        ldflags=f"-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=v{_VERSION}",
        minutes_cold=1,
    ),
    version_arguments=("--version",),
    install_page="https://kwok.sigs.k8s.io/docs/user/installation/",
    without=WITHOUT,
    same="minor",
)

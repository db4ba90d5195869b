"""The Kubernetes release the sandbox runs by default, the further minors it can be given, and how their binaries are built."""

from toolchain.tool import GoModule, Tool

VERSION = "1.35.4"
OTHER_VERSIONS = ("1.34.4", "1.36.3")
"""Newest patch of each minor that the Go module proxy served when they were pinned (2026-11-24)."""

WITHOUT = "the sandbox has no clusters"
_INSTALL_PAGE = "https://kubernetes.io/releases/download/"


def minor_of(version: str) -> str:
    """'1.35.4' -> '1.35'."""
    return version.rpartition(".")[0]


def component(name: str, purpose: str, minutes_cold: int) -> Tool:
    """A control-plane binary: on PATH it must be of the very minor, as a cluster's minor decides what its API accepts."""
    return Tool(
        name=name,
        version=VERSION,
        purpose=purpose,
        source=module(name, VERSION, minutes_cold),
        version_arguments=("--version",),
        install_page=_INSTALL_PAGE,
        without=WITHOUT,
        same="minor",
        others={minor_of(version): (version, module(name, version, minutes_cold)) for version in OTHER_VERSIONS},
    )


def module(name: str, version: str, minutes_cold: int) -> GoModule:
    """The command `name` of k8s.io/kubernetes; its version is what a release build would set (hack/lib/version.sh)."""
    major, minor, _ = version.split(".")
    facts = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    flags = [f"-X k8s.io/component-base/version.{fact}={value}" for fact, value in facts.items()]
    return GoModule(
        folder=f"kubernetes/{major}.{minor}",
        package=f"k8s.io/kubernetes/cmd/{name}",
        ldflags=" ".join(["-s -w", *flags]),
        minutes_cold=minutes_cold,
    )

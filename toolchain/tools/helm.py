"""Helm, which the simulated kubernetes provider runs for releases, as the real one does with its library."""

from toolchain.tool import GoModule, Tool

_VERSION = "3.21.4"

TOOL = Tool(
    name="helm",
    version=_VERSION,
    purpose="installs charts",
    source=GoModule(
        folder="helm",
        package="helm.sh/helm/v3/cmd/helm",
        ldflags=f"-s -w -X helm.sh/helm/v3/internal/version.version=v{_VERSION}",
        minutes_cold=2,
    ),
    version_arguments=("version", "--short"),
    install_page="https://helm.sh/docs/intro/install/",
    without="the sandbox installs no charts",
)

"""The Pulumi CLI and engine. Its version is that of the Python package `pulumi` in requirements.txt."""

from toolchain.tool import GoModule, Tool

_VERSION = "3.259.0"

TOOL = Tool(
    name="pulumi",
    version=_VERSION,
    purpose="runs the program: preview, up, refresh, destroy",
    source=GoModule(
        folder="pulumi",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        tags=("osusergo", "grpcnotrace"),
        ldflags=f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{_VERSION}",
        minutes_cold=5,
    ),
    version_arguments=("version",),
    install_page="https://www.pulumi.com/docs/iac/download-install/",
)

"""actionlint: checks the CI files that are written for GitHub."""

from toolchain.tool import GoModule, Tool

_VERSION = "1.7.12"

TOOL = Tool(
    name="actionlint",
    version=_VERSION,
    purpose="checks GitHub workflows",
    source=GoModule(
        folder="actionlint",
        package="github.com/rhysd/actionlint/cmd/actionlint",
        ldflags=f"-s -w -X github.com/rhysd/actionlint.version={_VERSION}",
        minutes_cold=1,
    ),
    version_arguments=("-version",),
    install_page="https://github.com/rhysd/actionlint/blob/main/docs/install.md",
    without="the workflows that `fleet export ci` writes are not checked",
)

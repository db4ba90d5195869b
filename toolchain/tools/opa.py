"""Open Policy Agent: evaluates the policies and runs their cases."""

from toolchain.tool import GoModule, Tool

_VERSION = "1.12.0"

TOOL = Tool(
    name="opa",
    version=_VERSION,
    purpose="evaluates the policies",
    source=GoModule(
        folder="opa",
        package="github.com/open-policy-agent/opa",
        minutes_cold=1,
    ),
    version_arguments=("version",),
    install_page="https://www.openpolicyagent.org/docs/latest/#running-opa",
    without="policies are not evaluated",
    version_pattern=r"Version: (\d+\.\d+\.\d+)",
)

"""The Kubernetes command line, for people and for what is shown to them. One of a newer minor does as well."""

from dataclasses import replace

from toolchain.kubernetes import component

TOOL = replace(
    component("kubectl", "asks the API servers", minutes_cold=1),
    version_arguments=("version", "--client"),
    version_pattern=r"Client Version: v(\d+\.\d+\.\d+)",
    without="there is none in the sandbox's shell",
    same="major",
    others={},
)

"""The pinned tools the fleet runs with: found on PATH, kept in a cache, or built from source.

import toolchain
tools = toolchain.resolve_all(print)      # builds what is missing, one line of progress at a time
tools.engine                              # folder with pulumi and its language host: first in PATH
tools["pulumi"].version, tools["pulumi"].origin
"""

from toolchain.failure import ToolchainError
from toolchain.resolve import locate, resolve, resolve_all
from toolchain.tool import Found, Origin, Tool, Toolchain

__all__ = ["Found", "Origin", "Tool", "Toolchain", "ToolchainError", "locate", "resolve", "resolve_all"]

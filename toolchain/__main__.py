"""`python -m toolchain [NAME|NAME@MINOR ...]`: resolves every tool, or those named, building what is missing.

Exit codes: 0 all there, 2 one could not be had.
"""

import sys

from toolchain import ToolchainError, resolve, resolve_all
from toolchain.resolve import to_stderr
from toolchain.tools import every_name


def main(names: list[str]) -> int:
    """Prints where each tool is on stdout, progress and errors on stderr."""
    try:
        tools = resolve(names, to_stderr) if names else resolve_all(to_stderr)
    except ToolchainError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyError as unknown:
        print(f"There is no tool {unknown}; there are: {', '.join(sorted(every_name()))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; run it again to resume.", file=sys.stderr)
        return 2
    for found in tools.found.values():
        print(f"{found.name} {found.version} {found.path} ({found.origin})")
    return 0


sys.exit(main(sys.argv[1:]))

"""Compiles what `make setup` installed to byte code, as far as that pays.

The cloud SDKs hold thousands of modules, of which a program uses a few services: only those are compiled, found in the program's sources.
All of them would take minutes and a gigabyte; none doubles the start of every Pulumi operation where Python may not write byte code.
"""

import ast
import compileall
import re
from collections.abc import Iterator
from pathlib import Path

SDKS = ("pulumi_aws", "pulumi_gcp", "pulumi_kubernetes")
"""Packages too big to compile whole."""


def services(program: Path) -> dict[str, set[str]]:
    """The services of each cloud SDK that the sources under `program` name: {"pulumi_aws": {"ec2", "eks"}, ...}."""
    used: dict[str, set[str]] = {sdk: set() for sdk in SDKS}
    for source in sorted(program.rglob("*.py")):
        for sdk, service in _named(ast.parse(source.read_text(), str(source))):
            used[sdk].add(service)
    return used


def _named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(SDK, service) for each `import sdk as x` with `x.service`, `import sdk.service` and `from sdk import service`."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                sdk, _, service = name.name.partition(".")
                if sdk in SDKS:
                    aliases[name.asname or sdk] = sdk
                    if service:
                        yield sdk, service.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in SDKS:
            sdk, _, service = node.module.partition(".")
            yield from ((sdk, service.partition(".")[0] or name.name) for name in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield aliases[node.value.id], node.attr


def compile_installed(site_packages: Path, program: Path) -> None:
    """Compiles everything in `site_packages` but the services of the SDKs that `program` does not use. What is fresh is left alone."""
    unused = re.compile("|".join(f"/{sdk}/" for sdk in SDKS))
    compileall.compile_dir(str(site_packages), quiet=2, workers=0, rx=unused)
    for sdk, used in services(program).items():
        if not (site_packages / sdk).is_dir():
            continue
        compileall.compile_dir(str(site_packages / sdk), maxlevels=0, quiet=2, workers=0)
        for service in sorted(used):
            if (site_packages / sdk / service).is_dir():
                compileall.compile_dir(str(site_packages / sdk / service), quiet=2, workers=0)

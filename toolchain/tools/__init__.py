"""The pinned tools, one a module: each exposes `TOOL`. A new tool is a new file beside the others."""

import functools
import importlib
import pkgutil

from toolchain.tool import Tool


@functools.cache
def all_tools() -> dict[str, Tool]:
    """Every pinned tool by name, in the order of their names."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    tools: list[Tool] = [module.TOOL for module in modules]
    return {tool.name: tool for tool in sorted(tools, key=lambda tool: tool.name)}


def named(name: str) -> Tool:
    """The tool called `name`, or at another of its minors `name@minor` ('kube-apiserver@1.34'). Raises KeyError where there is none."""
    plain, _, minor = name.partition("@")
    if name not in every_name():
        raise KeyError(name)
    return all_tools()[plain].at(minor) if minor else all_tools()[plain]


def every_name() -> list[str]:
    """All names that `named` takes."""
    return [name for tool in all_tools().values() for name in (tool.name, *_at_minors(tool))]


def _at_minors(tool: Tool) -> list[str]:
    return [f"{tool.name}@{minor}" for minor in (tool.minor, *tool.others)] if tool.others else []

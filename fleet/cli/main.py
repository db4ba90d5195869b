"""The `fleet` command: finds its verbs by file name, and turns every expected failure into one message and an exit code.

Exit codes: 0 ok, 1 findings or changes refused, 2 usage or environment. stdout is data, stderr is progress and errors.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

_HERE = Path(__file__).parent
_GROUPS = {
    "Describe and check": ("validate", "explain", "show", "schema"),
    "Edit": ("init", "region", "cluster", "environment"),
    "Decide and render": ("lock", "generate", "plan", "pr", "waive"),
    "Run": ("sandbox", "recover", "export", "doctor"),
}


class Verbs(click.Group):
    """One verb a module beside this one, imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, by file name."""
        names = (path.stem for path in _HERE.glob("*.py"))
        return sorted(name for name in names if name != "main" and not name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb's `command`; None for a name that is no verb."""
        if name not in self.list_commands(ctx):
            return None
        command = import_module(f"fleet.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one was likely meant."""
        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            from fleet.spec.suggest import did_you_mean

            raise click.UsageError(f'"{args[0]}" is not a verb of fleet.{did_you_mean(args[0], self.list_commands(ctx))}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs by what they are for, with the first line of their modules, importing none."""
        verbs = self.list_commands(ctx)
        grouped = {name for names in _GROUPS.values() for name in names}
        others = tuple(name for name in verbs if name not in grouped)
        for title, names in {**_GROUPS, "More": others}.items():
            rows = [(name, _summary(name)) for name in names if name in verbs]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fleet", message="fleet %(version)s")
def root() -> None:
    """Create, change and prove whole fleets of Kubernetes clusters from one fleet.yaml."""


_COLLECT_AFTER = 200_000
"""Objects between two searches for garbage; Python's 700 are for long lives, and cost half of the time of a plan of 10,000 clusters."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_COLLECT_AFTER, 50, 1000)
    try:
        code = root.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("fleet: interrupted; nothing is half-written, run it again.", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        click.echo(f"fleet: {_disk_trouble(error)}", err=True)
        code = 2
    sys.exit(code or 0)


def _disk_trouble(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"the disk is full{where}. Files written before are whole; free some space and run it again."
    return f"{error.strerror or error}{where}."


def _summary(name: str) -> str:
    with (_HERE / f"{name}.py").open(encoding="utf-8") as lines:
        return lines.readline().strip().strip('"').rstrip(".")

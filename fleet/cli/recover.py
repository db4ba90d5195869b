"""`fleet recover`: bring a stack back after an update that was killed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click


@click.command(name="recover", short_help="Bring a stack back after an update that was killed.")
@click.option("-s", "--stack", required=True, help="The stack to recover.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be done.")
@click.option("--break-lock", is_flag=True, help="Clear the lock of an engine on another host, which you know is dead.")
@click.option("--delete-duplicates", is_flag=True, help="Delete second copies in a protected stack too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print what was done.")
def command(stack: str, dry_run: bool, break_lock: bool, delete_duplicates: bool, form: str) -> None:
    """Bring STACK back after an update whose engine or provider was killed.

    Clears the lock of a dead engine, looks in the cloud for everything that the update may have made without the state knowing, takes it
    into the state, settles pending operations and deletes second copies. The next `pulumi up` then goes on where the killed one stopped.
    Run it in the project's folder, with the environment that `pulumi up` has there. Exit code 1: something is left for you to decide.
    """
    from fleet.recover.problem import RecoverProblem
    from fleet.recover.pulumi import Pulumi
    from fleet.recover.report import Line
    from fleet.recover.run import Options, recover

    def say(line: Line) -> None:
        click.echo(line.text(dry_run), err=form == "json")

    options = Options(dry_run=dry_run, break_lock=break_lock, delete_duplicates=delete_duplicates)
    try:
        report = recover(Pulumi(Path.cwd(), os.environ), stack, options, say)
    except RecoverProblem as problem:
        click.echo(f"fleet recover: {problem}", err=True)
        raise SystemExit(2) from problem
    if form == "json":
        click.echo(json.dumps(asdict(report), indent=2))
    raise SystemExit(1 if report.refused else 0)

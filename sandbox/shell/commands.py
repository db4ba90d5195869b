"""`fleet sandbox`: the verbs, each one call and its printing."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from sandbox.shell.layout import DEFAULT_STATE, STATE_VARIABLE, Layout, find
from sandbox.shell.problem import ShellProblem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
PATH_STEP: Final = re.compile(r'\.?(?:\["(?P<quoted>[^"]+)"\]|\[(?P<index>\d+)\]|(?P<key>[^.\[\]]+))')
with_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")


@click.group(name="sandbox", short_help="Rehearse on simulated clouds with the real Pulumi engine.")
@click.option(
    "--state", metavar="DIR", envvar=STATE_VARIABLE, help=f"Where this sandbox lives (default: {DEFAULT_STATE} in the repository)."
)
@click.pass_context
def command(context: click.Context, state: str | None) -> None:
    """Rehearse on simulated clouds with the real Pulumi engine, the real SDKs and this repository's own program.

    Nothing leaves this machine and nothing tracked is written: configuration, state and clouds live in one directory.
    """
    context.obj = find(state, Path.cwd())


def say(line: str) -> None:
    click.echo(line, err=True)


@command.command()
@click.argument("stack", default="dev")
@with_format
@click.pass_obj
def up(layout: Layout, stack: str, form: str) -> None:
    """Bring STACK (default: dev) up by a real `pulumi up`. Exit code 1: the engine could not do all of it."""
    from sandbox.shell import access, answers, summary
    from sandbox.shell.update import up as bring_up

    session, update = bring_up(layout, stack, say)
    if form == "json":
        click.echo(json.dumps(dataclasses.asdict(update), indent=2))
    elif update.succeeded:
        written = access.kubeconfig(session, stack) if summary.has_clusters(layout.repository, stack) else None
        asked = answers.ask(session, written.path, written.contexts) if written else []
        told = summary.lines(layout.repository, session.checkpoint(stack), update, {answer.cluster: answer for answer in asked})
        reached = summary.reached(written, _called_as()) if written else ()
        for line in [*told, *reached, *summary.next_steps(stack, _called_as())]:
            click.echo(line)
    if not update.succeeded:
        say(f"{stack} is not up: {update.changes}, {len(update.failed)} failed. Mend what is named above, then run this again.")
        raise SystemExit(1)


@command.command()
@click.option("--purge", is_flag=True, help="Remove the sandbox's state too.")
@click.pass_obj
def down(layout: Layout, purge: bool) -> None:
    """Stop the simulated clouds and their clusters; what is in them stays, unless --purge."""
    from sandbox.shell.shutdown import down as shut_down

    shut_down(layout, purge, say)


@command.command()
@with_format
@click.pass_obj
def status(layout: Layout, form: str) -> None:
    """Show the clouds, the clusters, the stacks with their resources, and the armed faults."""
    from sandbox.shell import status as state

    found = state.status(layout)
    if form == "json":
        click.echo(json.dumps(dataclasses.asdict(found), indent=2))
    else:
        for line in state.lines(found):
            click.echo(line)


@command.command(name="exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND [ARGUMENT]...")
@click.pass_obj
def execute(layout: Layout, words: tuple[str, ...]) -> None:
    """Run a command in the sandbox: its pulumi, its backend, no cloud credentials; in the shadow project's folder."""
    from sandbox.shell.session import open_session

    session = open_session(layout, say)
    os.chdir(session.layout.project)
    try:
        os.execvpe(words[0], list(words), session.environment)
    except FileNotFoundError as missing:
        raise ShellProblem(f"there is no command {words[0]!r} on the sandbox's PATH ({session.environment['PATH']}).") from missing


@command.command()
@click.argument("stack", default="dev")
@click.option("--as", "principals", multiple=True, metavar="PRINCIPAL", help="Log in as this one; `principals` lists them; one per cloud.")
@click.pass_obj
def kubeconfig(layout: Layout, stack: str, principals: tuple[str, ...]) -> None:
    """Write a kubeconfig of STACK (default: dev) that any kubectl on this machine can use, and print its path."""
    from sandbox.shell import access
    from sandbox.shell.session import open_session

    written = access.kubeconfig(open_session(layout, say), stack, principals)
    for name, why in written.left_out.items():
        say(f"without {name}: {why}")
    click.echo(written.path)


@command.command()
@click.argument("position", required=False, type=click.Choice(["inside", "outside"]))
@click.pass_obj
def network(layout: Layout, position: str | None) -> None:
    """Say from where you reach the clusters, or go `inside` their networks (as a runner there) or `outside`.

    From outside nothing answers at a private endpoint, but through the proxy that `deployer.reach` declares.
    """
    from sandbox.shell import access

    click.echo(access.moved(layout, position))


@command.group(invoke_without_command=True)
@click.pass_context
def principals(context: click.Context) -> None:
    """Who there is in the clouds' directories: to log in as, with `kubeconfig --as`."""
    if context.invoked_subcommand is None:
        context.invoke(list_principals)


@principals.command(name="list")
@with_format
@click.pass_obj
def list_principals(layout: Layout, form: str) -> None:
    """List IAM roles, Google accounts and Google groups: those that the clouds' contents name, and those that were added."""
    from sandbox.shell import access

    found = access.principals(layout)
    if form == "json":
        click.echo(json.dumps([dataclasses.asdict(item) for item in found], indent=2))
    else:
        for item in found:
            click.echo(f"{item.name}{'  in ' if item.groups else ''}{', '.join(item.groups)}")


@principals.command(name="add")
@click.argument("principal")
@click.option("--group", "groups", multiple=True, metavar="EMAIL", help="A Google group that it is in.")
@click.pass_obj
def add_principal(layout: Layout, principal: str, groups: tuple[str, ...]) -> None:
    """Add PRINCIPAL, the ARN of an IAM role or the e-mail of a Google account. It has access to nothing by that."""
    from sandbox.shell import access

    access.add(layout, principal, groups)
    click.echo(f"added: {principal}")


@command.group()
def cluster() -> None:
    """Take one cluster's API server away, and bring it back."""


@cluster.command(name="stop")
@click.argument("name")
@click.pass_obj
def stop_cluster(layout: Layout, name: str) -> None:
    """Stop the control plane of cluster NAME: it stays down, over restarts of the sandbox too, until it is started."""
    from sandbox.shell import clusters

    found = clusters.stop(layout, name)
    click.echo(f"{found.name}: {found.phase}; nothing answers at {found.endpoint}")


@cluster.command(name="start")
@click.argument("name")
@click.pass_obj
def start_cluster(layout: Layout, name: str) -> None:
    """Start the control plane of cluster NAME and wait until it is ready."""
    from sandbox.shell import clusters

    found = clusters.start(layout, name)
    click.echo(f"{found.name}: {found.phase} at {found.endpoint}")


@command.group()
def fault() -> None:
    """Make the simulated clouds fail, to see what a failure does."""


@fault.command(name="arm")
@click.argument("kind")
@click.option("--type", "token", default="", help="Only for this type, as aws:eks/cluster:Cluster.")
@click.option("--operation", default="create", show_default=True, help="Only for this operation; empty for any.")
@click.option("--skip", default=0, help="Matching calls to let pass first.")
@click.option("--times", default=1, show_default=True, help="How many calls it hits then.")
@click.option("--seconds", default=0.0, help="For a delay: how long.")
@click.pass_obj
def arm(layout: Layout, kind: str, token: str, operation: str, skip: int, times: int, seconds: float) -> None:
    """Arm a fault of KIND; an unknown kind is answered with the list."""
    from sandbox.shell import clouds

    click.echo(f"armed: {clouds.arm(layout, kind, token, operation, skip, times, seconds)}")


@fault.command(name="list")
@click.pass_obj
def list_faults(layout: Layout) -> None:
    """List the armed faults."""
    from sandbox.shell import clouds

    for line in [str(item) for item in clouds.faults(layout)] or ["none armed"]:
        click.echo(line)


@fault.command(name="clear")
@click.pass_obj
def clear_faults(layout: Layout) -> None:
    """Take all faults away."""
    from sandbox.shell import clouds

    clouds.clear_faults(layout)


@command.command()
@click.argument("token", metavar="TYPE")
@click.argument("id")
@click.argument("path", required=False)
@click.argument("value", required=False)
@click.pass_obj
def edit(layout: Layout, token: str, id: str, path: str | None, value: str | None) -> None:
    """Change a resource behind the engine's back, as someone in the cloud's console would.

    PATH is a property as scalingConfig.minSize or tags["a.b"], VALUE is JSON (or plain text); without VALUE the property goes, without
    PATH the whole resource. `pulumi refresh` then finds it.
    """
    from sandbox.shell import clouds

    if path is None:
        clouds.remove(layout, token, id)
    else:
        clouds.edit(layout, token, id, steps(path), None if value is None else _value(value))
    click.echo(f"{token} {id}: {'removed' if path is None else f'{path} {chr(61)} {value}' if value is not None else f'{path} removed'}")


def steps(path: str) -> list[str | int]:
    """A property path as keys and indexes. Raises ShellProblem where it is none."""
    found: list[str | int] = []
    position = 0
    while position < len(path):
        match = PATH_STEP.match(path, position)
        if match is None or match.end() == position:
            raise ShellProblem(f'{path!r} is not a property path; write it as scalingConfig.minSize, subnetIds[0] or tags["a.b"].')
        found.append(int(match["index"]) if match["index"] else match["quoted"] or match["key"])
        position = match.end()
    return found


def _value(text: str) -> object:
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value


def _called_as() -> str:
    """How a person here calls this command: by its name where that is on PATH, else by its path from this folder."""
    return "fleet" if shutil.which("fleet") else os.path.relpath(sys.argv[0])

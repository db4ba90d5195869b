"""Write one kubeconfig with a context per cluster of a stack."""

from __future__ import annotations

import os
from pathlib import Path

import click

from fleet.cli._project import format_option, show_json


@click.command()
@click.option("-s", "--stack", required=True, help="The stack whose clusters to reach.")
@click.option("--as", "principals", multiple=True, metavar="PRINCIPAL", help="Log in as this IAM role or Google account; one per cloud.")
@click.option("--proxy", envvar="FLEET_PROXY", metavar="URL", help="Instead of the proxy that the deployer uses.  [env: FLEET_PROXY]")
@click.option("-o", "--output", "path", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@format_option
def command(stack: str, principals: tuple[str, ...], proxy: str | None, path: Path | None, output: str) -> None:
    """Write one kubeconfig with a context per cluster of a stack, and print its path.

    It holds no secret: the clouds' own programs (`aws`, `gke-gcloud-auth-plugin`) get a short-lived token at each use, as the stack's
    deployer or as the PRINCIPALs of --as. Run it where `pulumi stack output` shows the stack.
    """
    from fleet.kubeconfig import stack as stacks
    from fleet.kubeconfig.merge import merge
    from fleet.kubeconfig.problem import KubeconfigProblem
    from fleet.recover.pulumi import Pulumi

    try:
        merged = merge(stacks.clusters(Pulumi(Path.cwd(), os.environ), stack), principals, proxy)
    except KubeconfigProblem as problem:
        click.echo(f"fleet kubeconfig: {problem}", err=True)
        raise SystemExit(2) from problem
    target = path or stacks.default_path(stack, principals, os.environ)
    stacks.write(merged.document, target)
    for cluster, why in merged.left_out.items():
        click.echo(f"without {cluster}: {why}", err=True)
    if output == "json":
        show_json({"path": str(target), "contexts": merged.contexts, "leftOut": merged.left_out})
    else:
        click.echo(target)

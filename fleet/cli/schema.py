"""Print the JSON Schema of fleet.yaml, for editors."""

from __future__ import annotations

import click

from fleet.cli._project import show_json
from fleet.spec.model import Spec


@click.command()
def command() -> None:
    """Print the JSON Schema; in an editor with yaml-language-server: `# yaml-language-server: $schema=PATH`."""
    schema = Spec.model_json_schema(by_alias=True)
    show_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})

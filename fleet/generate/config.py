"""The stack configuration `Pulumi.<stack>.yaml`: Pulumi's file, into which fleet merges one key and touches nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from fleet.spec.problem import Mark, Problem, SpecError
from fleet.spec.source import parse

_KEY = "pulumi:disable-default-providers"
_VALUE = ["*"]
"""A resource without an explicit provider is refused, so none can land in the wrong account or region."""
_NEW = f'config:\n  {_KEY}:\n    - "*"\n'


def merged_config(path: Path) -> bytes:
    """The file's content with fleet's key in it, comments, order and quoting kept. Raises SpecError for a file that is no YAML map."""
    if not path.is_file():
        return _NEW.encode()
    content = path.read_bytes()
    text = content.decode("utf-8")
    if not text.strip():
        return _NEW.encode()
    data = parse(text, path.name).data
    if not isinstance(data, dict) or not isinstance(data.get("config", {}), dict):
        raise SpecError([Problem(Mark(path.name, 1, 1), (), "is not a stack configuration. Restore it from git, or delete it.")])
    config = data.get("config")
    if isinstance(config, dict) and config.get(_KEY) == _VALUE:
        return content
    return _edited(text)


def _edited(text: str) -> bytes:
    from ruamel.yaml import YAML  # 0.1 s, and only a first merge into a hand-made file needs it

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    document: Any = yaml.load(text)
    document.setdefault("config", {})[_KEY] = list(_VALUE)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().encode()

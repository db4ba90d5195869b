"""How each type's id, ARN and import ids are made: identity.tsv where a row says so, else what the SDK's documentation shows."""

from __future__ import annotations

import csv
import hashlib
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.cloud import sdk
from sandbox.cloud.request import UNKNOWN, Caller, Stored, Unknown

Lookup = Callable[[str], object]
_VARIABLE = re.compile(r"\{(?:(\w+):)?([\w.+-]+)\}")
_PREFIXED = re.compile(r"([a-z]+(?:-[a-z]+)*-)[0-9a-fA-F]{8,17}")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
BINDINGS = ("iammember", "iambinding", "iampolicy")


@dataclass(frozen=True)
class Identity:
    """One row of identity.tsv (its header explains the columns), complete: of the texts only arn, auto_name and kept may be empty."""

    id: str
    imports: tuple[str, ...]
    auto_name: str
    arn: str
    service: str
    noun: str
    words: str
    kept: str
    again: bool


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    with Path(__file__).with_name("identity.tsv").open(newline="") as lines:
        table = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["type"]: row for row in table}


@lru_cache(maxsize=1024)
def identity(type: str) -> Identity:
    """The identity of any type of the SDKs. Raises sdk.UnknownType."""
    row = _rows().get(type)
    if row is None:
        return _documented(sdk.declaration(type))
    service, noun, words = row["api"].split("|")
    imports = tuple(filter(None, row["import"].split(";")))
    return Identity(row["id"], imports, row["auto_name"], row["arn"], service, noun, words, row["kept"], row["again"] == "yes")


def _documented(declared: sdk.Declaration) -> Identity:
    """From the shape of the documented import ids: `sgr-0210..` is generated, a UUID too, a template names properties, else the name."""
    cloud, module, noun = declared.type.split(":")
    service = module.split("/")[0]
    templates = tuple(_in_our_words(item, declared) for item in declared.import_ids if "{{" in item)
    words = f"{service.upper()} {_WORD.sub(' ', noun)}" if cloud == "aws" else noun
    arn = f"arn:aws:{service}:{{region}}:{{account}}:{noun.lower()}/{{id}}" if cloud == "aws" and "arn" in declared.outputs else ""
    id = templates[0] if templates else _like(declared)
    return Identity(id, templates[1:], "", arn, service, noun, words, "", noun.lower().endswith(BINDINGS))


def _like(declared: sdk.Declaration) -> str:
    example = declared.import_ids[0] if declared.import_ids else ""
    prefixed = _PREFIXED.fullmatch(example)
    if prefixed:
        return f"{prefixed.group(1)}#"
    if _UUID.fullmatch(example):
        return "uuid"
    return "{name}" if "name" in declared.inputs else "uuid"


def _in_our_words(template: str, declared: sdk.Declaration) -> str:
    """`{{project_id}}/{{cluster_id}}` -> `{project}/{name}`, by what the type declares."""

    def word(match: re.Match[str]) -> str:
        snake = match.group(1).strip()
        camel = re.sub(r"_(\w)", lambda part: part.group(1).upper(), snake)
        short = camel.removesuffix("Id")
        known = next((name for name in (camel, short) if name in declared.inputs or name in ("project", "region", "location")), "")
        return f"{{{known or ('name' if 'name' in declared.inputs else camel)}}}"

    return re.sub(r"\{\{([^}]+)\}\}", word, template)


def render(template: str, lookup: Lookup) -> str | Unknown:
    """The template with its variables filled in; UNKNOWN where one of them is not known yet."""
    parts: list[str] = []
    end = 0
    for match in _VARIABLE.finditer(template):
        value = _variable(match.group(1) or "", match.group(2), lookup)
        if isinstance(value, Unknown):
            return UNKNOWN
        parts += [template[end : match.start()], value]
        end = match.end()
    return "".join([*parts, template[end:]])


def _variable(function: str, names: str, lookup: Lookup) -> str | Unknown:
    values = [lookup(name) for name in names.split("+")]
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    text = "".join("" if value is None else str(value) for value in values)
    if function == "crc":
        return str(zlib.crc32(text.encode()))
    if function == "base":
        return text.rsplit("/", 1)[-1]
    return urlsplit(text).netloc + urlsplit(text).path if function == "host" else text


def generate(template: str, type: str, serial: int) -> str:
    """A new id in the cloud's style: `vpc-#` -> `vpc-0a1b..`. The same for the same creation, so that runs can be compared."""
    digits = hashlib.sha256(f"{type}/{serial}".encode()).hexdigest()
    if template == "uuid":
        return uuid_of(f"{type}/{serial}")
    return template.replace("#", f"0{digits[:16]}" if template.islower() else digits[:20].upper())


def is_generated(template: str) -> bool:
    return template == "uuid" or "#" in _VARIABLE.sub("", template) and "{" not in template


def uuid_of(text: str) -> str:
    """A UUID made from a text, for ids that the clouds draw at random."""
    digits = hashlib.sha256(text.encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def arn_of(stored: Stored) -> str:
    """The resource's ARN, also where its provider does not give it; empty where it has none."""
    own = stored.outputs.get("arn")
    if isinstance(own, str):
        return own
    lookup = lookup_in({**stored.outputs, "id": stored.id, "pseudo-uuid": uuid_of(f"{stored.type}/{stored.serial}")}, stored.caller)
    made = render(identity(stored.type).arn, lookup)
    return made if isinstance(made, str) else ""


def lookup_in(values: Mapping[str, object], caller: Caller) -> Lookup:
    """Variables of a template: a property (`a.b` nested), else project, account, region, location as the caller has them."""

    def lookup(name: str) -> object:
        holder: object = values
        for step in name.split("."):
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        if holder is not None:
            return holder
        return place(name, values, caller)

    return lookup


def names_in(type: str) -> frozenset[str]:
    """The properties that the type's id and import ids are made of: another value is another resource."""
    known = identity(type)
    texts = (known.id, *known.imports)
    return frozenset(name for text in texts for match in _VARIABLE.finditer(text) for name in match.group(2).split("+"))


def is_called(id: str, template: str, values: Mapping[str, object], caller: Caller, text: str) -> bool:
    """Whether a resource is what an import id in the template's form names; a property that is a path may be given by its last part."""
    lookup = lookup_in({**values, "id": id}, caller)

    def last_part(name: str) -> object:
        value = lookup(name)
        return value.rsplit("/", 1)[-1] if isinstance(value, str) else value

    return text in (render(template, lookup), render(template, last_part))


def place(name: str, values: Mapping[str, object], caller: Caller) -> object:
    """Where a resource is: its own word for it, else its provider's."""
    if name in ("project", "account"):
        return values.get("project") if caller.cloud == "gcp" and values.get("project") is not None else caller.account
    if name in ("region", "location", "zone"):
        return next((values[key] for key in ("location", "region", "zone") if values.get(key) is not None), caller.region)
    return None

"""Between the engine's property maps (protobuf structs) and plain values: unknowns, secrets, assets, whole numbers.

The marks are the wire protocol's own (pulumi/sdk/go/common/resource/plugin and .../resource/sig).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from google.protobuf import struct_pb2

from sandbox.cloud.request import UNKNOWN, Unknown

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def plain(struct: struct_pb2.Struct) -> dict[str, object]:
    """The property map as plain values; null properties are left out."""
    decoded = {key: _decode(value) for key, value in struct.fields.items()}
    return {key: value for key, value in decoded.items() if value is not None}


def _decode(value: struct_pb2.Value) -> object:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _decode_object(value.struct_value)
    return None


def _decode_object(struct: struct_pb2.Struct) -> object:
    signature = struct.fields[SIGNATURE].string_value if SIGNATURE in struct.fields else ""
    if signature == SECRET:
        return _decode(struct.fields["value"])
    if signature == OUTPUT:
        return _decode(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    if signature == RESOURCE:
        return struct.fields["id"].string_value
    return plain(struct)


def wire(values: Mapping[str, object]) -> struct_pb2.Struct:
    """The property map of plain values, ready to send; UNKNOWN becomes the protocol's mark."""
    return struct_pb2.Struct(fields={key: _encode(value) for key, value in values.items()})


def _encode(value: object) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, Unknown):
        return struct_pb2.Value(string_value=UNKNOWN_STRING)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=wire(value))
    if isinstance(value, Sequence):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_encode(item) for item in value]))
    raise TypeError(f"a {type(value).__name__} cannot be sent to the engine")


def has_unknown(value: object) -> bool:
    """Whether something in the value is not known yet."""
    return any(isinstance(leaf, Unknown) for leaf in _leaves(value))


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def same(left: object, right: object) -> bool:
    """Equal as the engine sees it: assets by their hash (state keeps no text), an unknown equals nothing."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        if left.get(SIGNATURE) in (ASSET, ARCHIVE):
            return left.get("hash") == right.get("hash")
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return type(left) is type(right) and left == right

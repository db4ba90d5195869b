"""Compile gives the same bytes for the same fleet, and a clear error for any other input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.blueprint.json import decode, encode
from fleet.blueprint.model import Blueprint
from fleet.compile.fleet import compile_fleet
from fleet.lock.file import NAME, LockFile, parse_lock, render_lock
from fleet.lock.model import Lock
from fleet.spec.problem import SpecError
from tests.property.compiling import compiled, document, text_document
from tests.property.fleets import clusters, fleet

EXAMPLE = (Path(__file__).parents[2] / "fleet.yaml").read_text()
LOCK = (Path(__file__).parents[2] / "fleet.lock.yaml").read_text()


def shuffled(data: Any, random: Any) -> Any:
    """The same mapping with the keys of every map in another order."""
    if isinstance(data, dict):
        keys = list(data)
        random.shuffle(keys)
        return {key: shuffled(data[key], random) for key in keys}
    return [shuffled(item, random) for item in data] if isinstance(data, list) else data


@settings(max_examples=40, deadline=None)
@given(clusters(), st.randoms())
def test_key_order_moves_no_byte(entries: dict[str, Any], random: Any) -> None:
    spec = fleet(entries)
    one, other = compiled(spec), compiled(shuffled(spec, random))
    assert encode(one.blueprint) == encode(other.blueprint)
    assert render_lock(one.lock) == render_lock(other.lock)


@settings(max_examples=15, deadline=None)
@given(st.randoms())
def test_key_order_of_the_example_moves_no_byte(random: Any) -> None:
    data = yaml.load(EXAMPLE, yaml.CSafeLoader)
    lock = parse_lock(LOCK)
    assert encode(compile_fleet(document(shuffled(data, random)), lock).blueprint) == encode(compile_fleet(document(data), lock).blueprint)


@settings(max_examples=30, deadline=None)
@given(clusters())
def test_a_blueprint_and_a_lock_survive_their_files(entries: dict[str, Any]) -> None:
    result = compiled(fleet(entries))
    assert decode(encode(result.blueprint), Blueprint) == result.blueprint
    again = compiled(fleet(entries), result.lock)
    assert again.lock == result.lock and again.blueprint == result.blueprint


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_example_never_ends_in_a_traceback(data: st.DataObject) -> None:
    text = EXAMPLE
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(len(text), at + 40)))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", ":", "{", "}", "[", "]", "- ", "&a", "*a", "\t", "\n", '"', "null", "1.3", "-1", "é", "\x00"]))
            + text[end:]
        )
    stays_an_error_with_a_line(text)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_wrong_value_anywhere_never_ends_in_a_traceback(data: st.DataObject) -> None:
    spec = yaml.load(EXAMPLE, yaml.CSafeLoader)
    target = spec
    while True:
        key = data.draw(st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target))))
        if not isinstance(target[key], dict | list) or not target[key] or data.draw(st.booleans()):
            break
        target = target[key]
    target[key] = data.draw(
        st.sampled_from([None, "", "x", "10.0.0.0/8", "999.1.1.1/99", 0, -1, 10**12, 1.5, True, [], {}, ["x"], {"x": None}, {"min": 1}])
    )
    stays_an_error_with_a_line(yaml.dump(spec, sort_keys=False))


def stays_an_error_with_a_line(text: str) -> None:
    try:
        compile_fleet(text_document(text), LockFile(Lock()))
    except SpecError as error:
        assert error.problems
        lines = text.count("\n") + 1
        assert all(problem.message and 1 <= problem.mark.line <= lines for problem in error.problems if problem.mark.file != NAME)
        assert all(problem.mark.line >= 1 and problem.message.strip() for problem in error.problems)

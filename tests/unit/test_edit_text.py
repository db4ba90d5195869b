"""Edits of YAML text: only what must change changes, in every form in which YAML can be written."""

from __future__ import annotations

import pytest

from fleet.edit.operation import Append, Copy, Drop, Operation, Put, Rekey, Replace, edited
from fleet.spec.problem import SpecError


def edit(text: str, *operations: Operation) -> str:
    return edited({"fleet.yaml": text}, operations)["fleet.yaml"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in: [a, b] # two\nx: 1\n", "in: [a, b, c-1] # two\nx: 1\n"),
        ("in: [ a,   b, ]\n", "in: [ a,   b, c-1, ]\n"),
        ("in: []\n", "in: [c-1]\n"),
        ("in:\n  - a # one\n  - b # two\n\n# below\nx: 1\n", "in:\n  - a # one\n  - b # two\n  - c-1\n\n# below\nx: 1\n"),
        ("in:\n- a\n- b", "in:\n- a\n- b\n- c-1"),
        ("in:\r\n- a\r\nx: 1\r\n", "in:\r\n- a\r\n- c-1\r\nx: 1\r\n"),
        ("in: [\n  a,\n  b, # two\n]\n", "in: [\n  a,\n  b, c-1, # two\n]\n"),
        ("\ufeffin: [é]\n", "\ufeffin: [é, c-1]\n"),
        ("in: ['a', \"b\"]\n", "in: ['a', \"b\", c-1]\n"),
    ],
)
def test_an_item_is_appended_in_the_form_of_its_list(before: str, after: str) -> None:
    assert edit(before, Append(("in",), "c-1")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m:\n  a: { j: EU } # one\n\n# below\nx: 1\n", "m:\n  a: { j: EU } # one\n  b: { j: US } # two\n\n# below\nx: 1\n"),
        ("m:\n  a:\n    j: EU\nx: 1\n", "m:\n  a:\n    j: EU\n  b: # two\n    j: US\nx: 1\n"),
        ("m: { a: { j: EU } }\n", "m: { a: { j: EU }, b: { j: US } }\n"),
        ("m: {}\n", "m: { b: { j: US } }\n"),
        ("m:\n  a:\n    t: |\n      x\n\n      y\n\nx: 1\n", "m:\n  a:\n    t: |\n      x\n\n      y\n  b: # two\n    j: US\n\nx: 1\n"),
    ],
)
def test_a_pair_is_put_in_the_form_of_its_map(before: str, after: str) -> None:
    assert edit(before, Put(("m",), "b", {"j": "US"}, "two")) == after


def test_a_pair_is_put_behind_another() -> None:
    assert edit("m:\n  a: 1\n  c: 3\n", Put(("m",), "b", 2, after="a")) == "m:\n  a: 1\n  b: 2\n  c: 3\n"


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("in: [a, b, c]\n", ("in", 0), "in: [b, c]\n"),
        ("in: [a, b, c]\n", ("in", 2), "in: [a, b]\n"),
        ("in: [ a ] # x\n", ("in", 0), "in: [] # x\n"),
        ("in:\n  # first\n  - a # one\n  - b\n", ("in", 0), "in:\n  # first\n  - b\n"),
        ("m: { a: 1, b: 2 }\n", ("m", "b"), "m: { a: 1 }\n"),
        ("m:\n  a:\n    x: 1 # in it\n    # in it too\n    y: 2\n  # above b\n  b: 2\n", ("m", "a"), "m:\n  # above b\n  b: 2\n"),
        ("m:\n  a: 1\nx: 1\n", ("m", "a"), "m:\n  {}\nx: 1\n"),
    ],
)
def test_what_goes_takes_nothing_else_along(before: str, path: tuple[str | int, ...], after: str) -> None:
    assert edit(before, Drop(path)) == after


def test_a_pair_is_copied_with_its_comments() -> None:
    text = "m:\n  a: # one\n    x: [1] # in it\n  z: {}\n"
    assert edit(text, Copy(("m", "a"), "b")) == "m:\n  a: # one\n    x: [1] # in it\n  b: # one\n    x: [1] # in it\n  z: {}\n"
    assert edit("m: { a: [1] }\n", Copy(("m", "a"), "b")) == "m: { a: [1], b: [1] }\n"


def test_a_key_and_a_value_are_replaced_where_they_stand() -> None:
    assert edit("m:\n  a: { x: 1 } # one\n", Rekey(("m", "a"), "no")) == 'm:\n  "no": { x: 1 } # one\n'
    assert edit("m: [{ a: old } , 2]\n", Replace(("m", 0, "a"), "1.30")) == 'm: [{ a: "1.30" } , 2]\n'


def test_several_operations_are_placed_in_one_text() -> None:
    text = "a: [1, 2]\nb: [1]\nm:\n  x: 1\n"
    assert edit(text, Append(("b",), "c"), Put(("m",), "y", 2), Put(("m",), "z", 3), Drop(("a", 0))) == (
        "a: [2]\nb: [1, c]\nm:\n  x: 1\n  y: 2\n  z: 3\n"
    )


@pytest.mark.parametrize("text", ["a: &l [x]\nb: *l\n", "m: {a: &l [x], b: *l}\n"])
def test_an_alias_is_refused_for_the_edit_would_reach_further(text: str) -> None:
    path = ("b",) if text.startswith("a") else ("m", "b")
    with pytest.raises(SpecError, match="cannot be edited by command: .*anchor"):
        edit(text, Append(path, "y"))


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(SpecError, match='"c" is not written here'):
        edit("a: {}\n", Append(("a", "c"), "y"))


def test_an_edit_lands_in_the_file_that_has_the_place() -> None:
    texts = {"fleet.yaml": "name: x\nclusters: { a: { in: [x] } }\n", "more.yaml": "clusters:\n  b: { in: [x] }\n"}
    found = edited(texts, [Append(("clusters", "b", "in"), "y")])
    assert found == {**texts, "more.yaml": "clusters:\n  b: { in: [x, y] }\n"}

"""The store: what it keeps, who sees what, and that several processes may use it at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cloud.database import AlreadyThere, NotThere, Store, open_store
from sandbox.cloud.request import Caller, Stored
from sandbox.cloud.view import View

HERE = Caller("aws", "111111111111", "eu-west-1", "")
ELSEWHERE = Caller("aws", "111111111111", "us-east-1", "")
OTHER = Caller("aws", "222222222222", "eu-west-1", "")
VPC, ROLE = "aws:ec2/vpc:Vpc", "aws:iam/role:Role"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def vpc(id: str, caller: Caller = HERE, **outputs: object) -> Stored:
    return Stored(VPC, id, caller, outputs, outputs)


def test_what_is_kept_is_there_after_reopening(tmp_path: Path, store: Store) -> None:
    made = store.insert(vpc("vpc-1", cidrBlock="10.0.0.0/16"))
    again = open_store(tmp_path)
    assert again.everything() == [made]
    again.close()


def test_a_store_of_another_version_is_refused(tmp_path: Path, store: Store) -> None:
    store.connection.execute("pragma user_version = 99")
    with pytest.raises(sqlite3.DatabaseError, match="another version of the sandbox"):
        open_store(tmp_path)


def test_one_id_is_there_once_in_an_account_and_region(store: Store) -> None:
    for caller in (HERE, ELSEWHERE, OTHER):
        store.insert(vpc("vpc-1", caller))
    with pytest.raises(AlreadyThere):
        store.insert(vpc("vpc-1"))
    with pytest.raises(NotThere, match="3 of them"):
        store.one(VPC, "vpc-1")


def test_a_caller_sees_its_account_and_region_and_what_is_global(store: Store) -> None:
    for caller in (HERE, ELSEWHERE, OTHER):
        store.insert(vpc(f"vpc-{caller.account}-{caller.region}", caller))
    store.insert(Stored(ROLE, "admin", Caller("aws", "111111111111", "", ""), {}, {}))
    view = View(store, HERE)
    assert [item.id for item in view.all(VPC)] == ["vpc-111111111111-eu-west-1"]
    assert view.get(ROLE, "admin") is not None
    assert len(view.everywhere.all(VPC)) == 3


def test_finding_compares_effective_values(store: Store) -> None:
    store.insert(Stored(VPC, "vpc-1", HERE, {}, {"instanceTenancy": "default"}))
    assert [item.id for item in View(store, HERE).find(VPC, instanceTenancy="default")] == ["vpc-1"]
    assert View(store, HERE).find(VPC, instanceTenancy="dedicated") == []


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.insert(vpc("vpc-1"))
        raise ZeroDivisionError
    assert store.everything() == []
    assert store.insert(vpc("vpc-1")).id == "vpc-1"


def test_serials_are_never_used_twice(store: Store) -> None:
    first = store.insert(vpc("vpc-1"))
    store.delete(first)
    with store.transaction():
        expected = store.next_serial()
        second = store.insert(vpc("vpc-1"))
    assert first.serial < second.serial == expected


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (["tags", "a"], "2", {"tags": {"a": "2"}, "rules": [{"p": 1}]}),
        (["tags", "a"], None, {"tags": {}, "rules": [{"p": 1}]}),
        (["rules", 0, "p"], 2, {"tags": {"a": "1"}, "rules": [{"p": 2}]}),
        (["new"], True, {"tags": {"a": "1"}, "rules": [{"p": 1}], "new": True}),
    ],
)
def test_an_edit_changes_one_value(store: Store, path: list[str | int], value: object, expected: dict[str, object]) -> None:
    store.insert(vpc("vpc-1", tags={"a": "1"}, rules=[{"p": 1}]))
    store.edit(VPC, "vpc-1", path, value)
    assert store.one(VPC, "vpc-1").outputs == expected


def test_another_process_s_edit_is_seen_and_does_not_get_lost(tmp_path: Path, store: Store) -> None:
    store.insert(vpc("vpc-1", tags={}))
    code = f"""
from pathlib import Path
from sandbox.cloud.database import open_store
open_store(Path({str(tmp_path)!r})).edit({VPC!r}, "vpc-1", ["tags", "by"], "another")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert store.one(VPC, "vpc-1").outputs == {"tags": {"by": "another"}}
    store.edit(VPC, "vpc-1", ["tags", "and"], "me")
    assert store.one(VPC, "vpc-1").outputs == {"tags": {"by": "another", "and": "me"}}

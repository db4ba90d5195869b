"""Edits of any valid fleet, however it is written: refused, or a fleet without errors, and every comment stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.catalog import regions
from fleet.cli._findings import findings
from fleet.diff.compare import RENAMED, compare
from fleet.edit.cluster import clone_cluster, remove_cluster, rename_cluster
from fleet.edit.draft import Draft, draft
from fleet.edit.model import Edit
from fleet.edit.region import add_region
from fleet.generate.render import render
from fleet.lock.file import LockFile, parse_lock, render_lock
from fleet.spec.load import Document, load
from fleet.spec.problem import SpecError
from tests.property.compiling import compiled
from tests.property.fleets import ENVIRONMENTS, clusters, fleet

TODAY = date(2026, 11, 24)
SOME_REGIONS = sorted({"eu-west-1", "eu-west-3", "us-west-2", "eu-south-2", "ap-east-2", "europe-west1", "us-east4"} & set(regions()))


@st.composite
def texts(draw: st.DrawFn, entries: dict[str, Any]) -> str:
    """A fleet as text, in one of the styles that people have, with comments anywhere."""
    style = draw(st.sampled_from([None, False]))
    text = yaml.dump(fleet(entries), sort_keys=False, default_flow_style=style, indent=draw(st.sampled_from([2, 4])), width=10_000)
    lines = text.splitlines()
    commented = draw(st.lists(st.integers(0, len(lines) - 1), max_size=8, unique=True))
    for number in commented:
        if draw(st.booleans()) and '"' not in lines[number]:
            lines[number] += f" # behind {number}"
        else:
            indent = len(lines[number]) - len(lines[number].lstrip())
            lines[number] = f"{' ' * indent}# above {number}\n{lines[number]}"
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join("\n".join(lines).split("\n")) + draw(st.sampled_from(["", newline]))


def edited(text: str, entries: dict[str, Any], build: Any) -> Draft | None:
    """The edit of the text tried; None where it was refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "fleet.yaml")
        path.write_bytes(text.encode())
        document: Document = load(path)
        lock = locked(entries)
        try:
            edit: Edit = build(document)
            return draft(Path(folder), document, lock, edit)
        except SpecError as error:
            assert all(problem.message.strip() for problem in error.problems)
            return None


def locked(entries: dict[str, Any]) -> LockFile:
    return parse_lock(render_lock(compiled(fleet(entries)).lock))


def comments(text: str) -> list[str]:
    return sorted(line.partition("#")[2] for line in text.splitlines() if "#" in line)


def new_text(tried: Draft) -> str:
    return tried.texts["fleet.yaml"]


@settings(max_examples=60, deadline=None)
@given(st.data(), clusters(), st.sampled_from(sorted(ENVIRONMENTS)), st.sampled_from(SOME_REGIONS))
def test_a_region_is_added_without_errors_or_refused(data: st.DataObject, entries: dict[str, Any], environment: str, region: str) -> None:
    text = data.draw(texts(entries))
    tried = edited(text, entries, lambda document: add_region(document, region, environment, None, frozenset({"US", "EU"})))
    if tried is None:
        return
    before = {(finding.rule, finding.subject) for finding, _ in findings(compiled(fleet(entries)), TODAY) if finding.severity == "error"}
    after = [finding for finding, _ in findings(tried.compiled, TODAY) if finding.severity == "error"]
    assert {(finding.rule, finding.subject) for finding in after if region not in finding.subject} <= before
    kept = [line for line in text.splitlines() if line in new_text(tried).splitlines()]
    assert len(text.splitlines()) - len(kept) <= len(entries), "only the lists that grow are touched"
    assert set(comments(text)) <= set(comments(new_text(tried)))
    added = set(tried.compiled.lock.clusters) - set(compiled(fleet(entries)).lock.clusters)
    assert added and all(name.endswith(f"-{environment}-{region}") for name in added)


@settings(max_examples=40, deadline=None)
@given(st.data(), clusters())
def test_a_rename_of_any_entry_moves_nothing(data: st.DataObject, entries: dict[str, Any]) -> None:
    text = data.draw(texts(entries))
    entry = data.draw(st.sampled_from(sorted(entries)))
    tried = edited(text, entries, lambda document: rename_cluster(document, entry, "another"))
    assert tried is not None and comments(new_text(tried)) == comments(text)
    found = compare(render(compiled(fleet(entries)).blueprint), render(tried.compiled.blueprint), lambda object, path: None)
    assert found and all(change.reasons == (RENAMED,) for change in found)


@settings(max_examples=40, deadline=None)
@given(st.data(), clusters())
def test_a_clone_that_is_removed_again_leaves_the_text_as_it_was(data: st.DataObject, entries: dict[str, Any]) -> None:
    text = data.draw(texts(entries))
    entry = data.draw(st.sampled_from(sorted(entries)))
    with TemporaryDirectory() as folder:
        path = Path(folder, "fleet.yaml")
        path.write_bytes(text.encode())
        once = draft(Path(folder), load(path), locked(entries), clone_cluster(load(path), entry, "another", {}))
        path.write_bytes(new_text(once).encode())
        document = load(path)
        lock = parse_lock(render_lock(once.compiled.lock))
        edit = remove_cluster(document, "another", None, ())
        if edit.title.endswith("removed"):
            again = new_text(draft(Path(folder), document, lock, edit))
            assert again.splitlines() == text.splitlines()
        else:
            assert "prod" in document.spec.clusters["another"].in_, "only what is protected takes two steps"

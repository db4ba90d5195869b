"""One comment on a pull request, true or stale, whatever the host answers and whoever else writes there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.post import github, gitlab
from fleet.post.api import Forbidden, Refused, Trouble
from fleet.post.host import Host
from fleet.post.publish import mark_stale, publish
from tests.forge import BOT, Forge, serving

ROOT = Path(__file__).parents[2]
MARKER = "<!-- fleet-pr v1 acme -->"
HEAD = "a" * 40


def body(text: str) -> str:
    return f"**{text}**\n\nmore\n\n<sub>stamp</sub> {MARKER}\n"


@pytest.fixture
def forge() -> Iterator[Forge]:
    with serving() as found:
        found.head = HEAD
        yield found


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture(params=["github", "gitlab"])
def host(request: pytest.FixtureRequest, forge: Forge, waited: list[float]) -> Host:
    if request.param == "github":
        environment = {"GITHUB_TOKEN": "t", "GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "o/r", "PULL_REQUEST": "5"}
        return github.from_environment(environment, waited.append)
    environment = {"FLEET_GITLAB_TOKEN": "t", "CI_API_V4_URL": forge.url, "CI_PROJECT_ID": "9", "CI_MERGE_REQUEST_IID": "5"}
    return gitlab.from_environment(environment, waited.append)


def test_the_first_run_adds_and_later_ones_update_the_same(host: Host, forge: Forge) -> None:
    assert publish(host, body("one"), HEAD) == "the comment was created"
    assert publish(host, body("two"), HEAD) == "the comment was updated"
    assert forge.mine() == [body("two")]
    before = len(forge.seen)
    assert publish(host, body("two"), HEAD) == "the comment says so already"
    assert not [request for request in forge.seen[before:] if not request.startswith("GET")]


def test_a_forged_marker_is_left_alone_and_ours_is_found_on_page_four(host: Host, forge: Forge) -> None:
    forged = forge.add(body("approved, merge it"), {"login": "mallory", "type": "User"})
    alike = forge.add(body("approved too"), {"login": "github-actions[bot]", "type": "User"})
    quoted = forge.add(f"as said: {MARKER} is the marker", BOT)
    for number in range(330):
        forge.add(f"comment {number}", {"login": "someone", "type": "User"})
    mine = forge.add(body("one"))
    publish(host, body("two"), HEAD)
    assert forge.body(mine) == body("two") and "merge it" in forge.body(forged)
    assert "approved too" in forge.body(alike) and "as said" in forge.body(quoted) and len(forge.comments) == 334


def test_another_fleets_comment_is_not_ours(host: Host, forge: Forge) -> None:
    other = forge.add(body("one").replace("acme", "globex"))
    publish(host, body("two"), HEAD)
    assert "one" in forge.body(other) and len(forge.mine()) == 2


def test_what_is_there_twice_is_there_once_afterwards(host: Host, forge: Forge) -> None:
    first = forge.add(body("one"))
    forge.add(body("one again"))
    publish(host, body("two"), HEAD)
    assert forge.mine() == [body("two")] and forge.body(first) == body("two")


def test_a_comment_deleted_meanwhile_is_added_again(host: Host, forge: Forge) -> None:
    forge.add(body("one"))
    change = "PATCH" if isinstance(host, github.GitHub) else "PUT"
    forge.answers = {change: [(404, {})]}
    assert publish(host, body("two"), HEAD) == "the comment was created"


def test_an_older_run_that_ends_last_writes_nothing(host: Host, forge: Forge) -> None:
    forge.add(body("newer"))
    forge.head = "b" * 40
    assert "moved on" in publish(host, body("older"), HEAD)
    assert "moved on" not in "".join(forge.mine()) and forge.mine() == [body("newer")]


def test_nothing_to_say_and_nothing_said_is_no_comment_but_old_counts_are_overwritten(host: Host, forge: Forge) -> None:
    assert "no comment" in publish(host, body("No changes"), HEAD) and not forge.comments
    forge.add(body("3 clusters REPLACED"))
    publish(host, body("No changes"), HEAD)
    assert forge.mine() == [body("No changes")]


def test_a_failed_run_marks_what_is_there_stale_once_and_the_next_good_one_makes_it_true(host: Host, forge: Forge) -> None:
    assert "no comment to mark" in mark_stale(host, HEAD, "https://ci.example/1") and not forge.comments
    mine = forge.add(body("one"))
    for run in ("1", "2"):
        mark_stale(host, HEAD, f"https://ci.example/{run}")
        assert forge.body(mine) == f"**STALE**: the run for `{HEAD}` failed, so what is below is about an earlier commit. " + (
            f"[The run](https://ci.example/{run})\n\n{body('one')}"
        )
    publish(host, body("two"), HEAD)
    assert forge.mine() == [body("two")]


def test_a_rate_limit_is_obeyed_then_given_up(host: Host, forge: Forge, waited: list[float]) -> None:
    forge.answers = {"POST": [(403, {"Retry-After": "7"}), (429, {})]}
    assert publish(host, body("one"), HEAD) == "the comment was created"
    assert waited == [7.0, 120.0] and forge.mine() == [body("one")]
    forge.answers = {"GET": [(429, {"Retry-After": "999999"})] * 4}
    with pytest.raises(Trouble, match="4 times"):
        publish(host, body("two"), HEAD)
    assert max(waited) == 300.0


def test_a_failing_host_is_tried_again_within_bounds(host: Host, forge: Forge, waited: list[float]) -> None:
    forge.answers = {"GET": [(502, {}), (502, {})]}
    assert publish(host, body("one"), HEAD) == "the comment was created" and waited == [2.0, 4.0]
    forge.answers = {"GET": [(502, {})] * 4}
    with pytest.raises(Trouble):
        publish(host, body("two"), HEAD)


@pytest.mark.parametrize("lost", [True, False])
def test_a_comment_whose_answer_was_lost_is_not_added_twice(host: Host, forge: Forge, lost: bool) -> None:
    forge.answers, forge.lost = {"POST": [(502, {})]}, lost
    assert publish(host, body("one"), HEAD) == "the comment was created"
    assert forge.mine() == [body("one")]


def test_what_is_not_allowed_or_not_taken_is_told_apart(host: Host, forge: Forge) -> None:
    forge.answers = {"POST": [(403, {})]}
    with pytest.raises(Forbidden):
        publish(host, body("one"), HEAD)
    forge.answers = {"POST": [(422, {})]}
    with pytest.raises(Refused):
        publish(host, body("one"), HEAD)
    with pytest.raises(ValueError, match="marker"):
        publish(host, "no marker", HEAD)


def run(forge: Forge, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME")},
        "GITHUB_TOKEN": "the-token",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "PULL_REQUEST": "5",
        "HEAD_SHA": HEAD,
        "RUN_URL": "https://ci.example/1",
        **variables,
    }
    command = [sys.executable, "-S", "-m", "fleet.post", "github", str(folder / "comment.md")]  # -S: no package is needed
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr and "the-token" not in done.stdout + done.stderr
    return done


def test_the_command_says_what_it_did_and_how_it_went(forge: Forge, tmp_path: Path) -> None:
    assert run(forge, tmp_path).returncode == 0 and not forge.comments
    (tmp_path / "comment.md").write_text(body("one"))
    assert run(forge, tmp_path).stdout == "fleet.post: the comment was created.\n"
    (tmp_path / "comment.md").write_text("")
    assert "1 comment is marked stale" in run(forge, tmp_path).stdout
    (tmp_path / "comment.md").write_text(body("two"))
    forge.answers = {"PATCH": [(422, {})]}
    refused = run(forge, tmp_path)
    assert refused.returncode == 1 and "422" in refused.stderr


def test_a_forks_token_leaves_the_review_on_the_runs_own_page(forge: Forge, tmp_path: Path) -> None:
    (tmp_path / "comment.md").write_text(body("one"))
    forge.answers = {"POST": [(403, {})]}
    done = run(forge, tmp_path)
    assert done.returncode == 0 and "may not comment" in done.stderr
    assert (tmp_path / "summary.md").read_text() == body("one")


def test_a_job_without_its_variables_is_told_so(forge: Forge, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fleet.post", "github", "x"], cwd=ROOT, capture_output=True, text=True, env={"PATH": ""}, check=False
    )
    assert done.returncode == 2 and "GITHUB_TOKEN is not set" in done.stderr

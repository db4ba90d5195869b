"""`python3 -m fleet.post github|gitlab COMMENT.md`: put what `fleet pr` wrote on the pull request of this run.

A file that is missing or empty means that the run before failed: then an old comment is marked stale. Exit codes: 0 done, or not allowed to
(a fork's token: the comment goes to the run's own page); 1 the host refused or failed; 2 not the environment of such a run.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from fleet.post import github, gitlab
from fleet.post.api import Forbidden, Gone, Refused, Trouble
from fleet.post.host import Host
from fleet.post.publish import mark_stale, publish

_HOSTS: Mapping[str, Callable[[Mapping[str, str], Callable[[float], None]], Host]] = {
    "github": github.from_environment,
    "gitlab": gitlab.from_environment,
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in _HOSTS:
        print("usage: python3 -m fleet.post github|gitlab COMMENT.md", file=sys.stderr)
        return 2
    path = Path(arguments[1])
    body = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        host = _HOSTS[arguments[0]](os.environ, time.sleep)
        head, run_url = os.environ["HEAD_SHA"], os.environ["RUN_URL"]
    except KeyError as error:
        print(f"fleet.post: {error.args[0]} is not set: this runs in a job that `fleet export ci {arguments[0]}` wrote.", file=sys.stderr)
        return 2
    try:
        print(f"fleet.post: {publish(host, body, head) if body.strip() else mark_stale(host, head, run_url)}.")
    except Forbidden as error:
        return _show_instead(body, str(error))
    except (Gone, Refused, Trouble, ValueError) as error:
        print(f"fleet.post: there is no comment: {error}", file=sys.stderr)
        return 1
    return 0


def _show_instead(body: str, why: str) -> int:
    print(f"fleet.post: this run may not comment, as is right for a fork; its own page shows the review. {why}", file=sys.stderr)
    summary = github.summary_file()
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

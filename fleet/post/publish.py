"""One comment on a pull request, true or marked stale: found by marker and author, updated in place, written by the newest run only."""

from __future__ import annotations

import re

from fleet.post.api import Gone, Trouble
from fleet.post.host import Comment, Host

_MARKER = re.compile(r"<!-- fleet-pr v1 [^\n]* -->\s*\Z")
_NOTHING = "**No changes**"
_STALE = "**STALE**"


def publish(host: Host, body: str, head: str) -> str:
    """Make the comment say `body`, which is about the commit `head`; returns what was done, in words.

    Raises ValueError for a body without marker, and what the host raises.
    """
    marker = _MARKER.search(body)
    if marker is None:
        raise ValueError("the comment does not end with fleet's marker, so it could not be found again: was it written by `fleet pr`?")
    mine = _ours(host, marker[0].strip())
    if not mine and body.startswith(_NOTHING):
        return "nothing changes, and nothing was said before: no comment"
    return _write(host, mine, body, head)


def mark_stale(host: Host, head: str, run_url: str) -> str:
    """Say on top of each comment of ours that it is about an earlier commit; returns what was done, in words."""
    notice = f"{_STALE}: the run for `{head}` failed, so what is below is about an earlier commit. [The run]({run_url})"
    mine = [comment for comment in host.mine() if _MARKER.search(comment.body)]
    for comment in mine:
        old = comment.body.split("\n\n", 1)[1] if comment.body.startswith(_STALE) else comment.body
        _write(host, [comment], f"{notice}\n\n{old}", head)
    marked = "1 comment is" if len(mine) == 1 else f"{len(mine)} comments are"
    return f"the run failed: {marked} marked stale" if mine else "the run failed, and there is no comment to mark"


def _ours(host: Host, marker: str) -> list[Comment]:
    """Those that end with exactly this marker."""
    return [comment for comment in host.mine() if comment.body.rstrip().endswith(marker)]


def _write(host: Host, mine: list[Comment], body: str, head: str) -> str:
    now = host.head()
    if now != head:
        return f"the pull request has moved on to {now}: its own run writes the comment"
    for other in mine[1:]:
        host.delete(other.id)
    if not mine:
        return _create(host, body)
    if mine[0].body.rstrip() == body.rstrip():
        return "the comment says so already"
    try:
        host.update(mine[0].id, body)
    except Gone:
        return _create(host, body)
    return "the comment was updated"


def _create(host: Host, body: str) -> str:
    """Add the comment; where the host did not say whether it did, look."""
    try:
        host.create(body)
    except Trouble:
        if not any(comment.body.rstrip() == body.rstrip() for comment in host.mine()):
            host.create(body)
    return "the comment was created"

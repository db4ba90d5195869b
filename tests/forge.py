"""A stand-in of GitHub's and GitLab's comment APIs on loopback: pages, authors, permissions, rate limits and failures on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class Forge:
    """comments: as they are, oldest first. head: of the pull request. answers: what to answer to the next requests of a method, instead."""

    url: str = ""
    head: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    lost: bool = False
    seen: list[str] = field(default_factory=list)

    def add(self, body: str, user: dict[str, str] = BOT) -> int:
        """Add a comment; returns its number."""
        number = 1 + max((each["id"] for each in self.comments), default=0)
        self.comments.append({"id": number, "body": body, "user": user, "author": {"id": 7 if user == BOT else 8}, "system": False})
        return number

    def body(self, number: int) -> str:
        """The text of a comment."""
        return next(str(each["body"]) for each in self.comments if each["id"] == number)

    def mine(self) -> list[str]:
        """The texts of the bot's comments."""
        return [each["body"] for each in self.comments if each["user"] == BOT]

    def answer(self, method: str, target: str, sent: Any) -> tuple[int, dict[str, str], Any]:
        """What the host answers to a request."""
        self.seen.append(f"{method} {urlsplit(target).path}")
        planned = self.answers.get(method, [])
        if planned:
            status, headers = planned.pop(0)
            if self.lost and method == "POST":
                self.add(sent["body"])
            return status, headers, {"message": "as planned"}
        return self._done(method, target, sent)

    def _done(self, method: str, target: str, sent: Any) -> tuple[int, dict[str, str], Any]:
        parts, path = urlsplit(target), urlsplit(target).path
        if path == "/user":
            return 200, {}, {"id": 7}
        if path.endswith(("/pulls/5", "/merge_requests/5")):
            return 200, {}, {"head": {"sha": self.head}, "sha": self.head}
        if path.endswith(("/comments", "/notes")) and method == "GET":
            query = {name: int(value[0]) for name, value in parse_qs(parts.query).items() if name in ("page", "per_page")}
            start = (query["page"] - 1) * query["per_page"]
            return 200, {}, self.comments[start : start + query["per_page"]]
        if method == "POST":
            self.add(sent["body"])
            return 201, {}, self.comments[-1]
        found = next((each for each in self.comments if str(each["id"]) == path.rsplit("/", 1)[1]), None)
        if found is None:
            return 404, {}, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(found)
            return 204, {}, None
        found["body"] = sent["body"]
        return 200, {}, found


@contextmanager
def serving() -> Iterator[Forge]:
    """A forge that answers at its `url` until the block ends."""
    forge = Forge()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length)) if length else None
            status, headers, body = forge.answer(self.command, self.path, sent)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if body is not None:
                self.wfile.write(json.dumps(body).encode())

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do  # noqa: N815

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing on stderr: `seen` has it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

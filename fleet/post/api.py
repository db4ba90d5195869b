"""JSON over HTTP with a host's API: retries what may be tried again, within bounds, and names what went wrong."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PER_PAGE = 100
MOST_PAGES = 60
"""GitLab allows 5,000 notes on a merge request; GitHub names no limit."""
_TRIES = 4
_TIMEOUT_SECONDS = 30
_LIMITED_SECONDS = 60.0
"""GitHub: wait at least a minute after a secondary rate limit that names no time, then longer each time."""
_LONGEST_SECONDS = 300.0
_TROUBLE_SECONDS = 2.0


class Forbidden(Exception):
    """The token may not do this: that of a run for a fork, or one without the permission."""


class Gone(Exception):
    """What was asked for is not there (any more)."""


class Refused(Exception):
    """The host does not take the request, and would not take it again."""


class Trouble(Exception):
    """The host did not answer as it should, for as long as it was tried."""


@dataclass(frozen=True)
class Api:
    """A host. url: of the API without a slash at its end. headers: with the token. wait: sleeps that many seconds."""

    url: str
    headers: Mapping[str, str]
    wait: Callable[[float], None]

    def pages(self, path: str) -> Iterator[Any]:
        """All items of a list, page by page. Raises Trouble for one that does not end."""
        join = "&" if "?" in path else "?"
        for number in range(1, MOST_PAGES + 1):
            items = self.call("GET", f"{path}{join}per_page={PER_PAGE}&page={number}")
            yield from items
            if len(items) < PER_PAGE:
                return
        raise Trouble(f"{path} has more than {MOST_PAGES * PER_PAGE} items")

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer, None for an empty one. Raises Forbidden, Gone, Refused, Trouble.

        A POST that may have been done is not repeated: the caller looks first whether it was.
        """
        said = ""
        for attempt in range(_TRIES):
            status, headers, content = self._once(method, path, body)
            if status < 300:
                return json.loads(content) if content else None
            said = f"{method} {path} answers {status}: {content.decode('utf-8', 'replace')[:200]}"
            if _limited(status, headers):
                self.wait(_named_wait(headers, attempt))
            elif status >= 500 and method != "POST":
                self.wait(_TROUBLE_SECONDS * 2**attempt)
            else:
                raise _failure(status, said)
        raise Trouble(f"{said} ({_TRIES} times)")

    def _once(self, method: str, path: str, body: object) -> tuple[int, Mapping[str, str], bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": "fleet"}
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
                return answer.status, _lower(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _lower(error.headers), error.read()
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            return 599, {}, str(error).encode()


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _limited(status: int, headers: Mapping[str, str]) -> bool:
    return status == 429 or (status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"))


def _named_wait(headers: Mapping[str, str], attempt: int) -> float:
    named = headers.get("retry-after", "")
    return min(float(named) if named.isdigit() else _LIMITED_SECONDS * 2**attempt, _LONGEST_SECONDS)


def _failure(status: int, said: str) -> Exception:
    if status in (401, 403):
        return Forbidden(said)
    if status in (404, 410):
        return Gone(said)
    return Trouble(said) if status >= 500 else Refused(said)

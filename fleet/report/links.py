"""Where a comment's references lead: lines of the fleet file at a commit, and the whole report."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fleet.report.markdown import code, link, path_url
from fleet.spec.problem import Mark

URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")
"""What a base URL may be: nothing that ends a Markdown link or begins HTML."""


@dataclass(frozen=True)
class Links:
    """blob_url: of the project's folder at a commit, as `https://github.com/o/r/blob/<sha>`; report_url: of the report. Empty: no links."""

    blob_url: str = ""
    report_url: str = ""

    def cause(self, mark: Mark | None) -> str:
        """The line that caused something, as Markdown."""
        if mark is None:
            return "no single line"
        text = f"{mark.file}:{mark.line}"
        return link(text, f"{self.blob_url}/{path_url(mark.file)}#L{mark.line}") if self.blob_url else code(text)

    @property
    def report(self) -> str:
        """The whole report, as Markdown."""
        return f"[the whole report]({self.report_url})" if self.report_url else "`report.html` among the artefacts"

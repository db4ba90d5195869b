"""Whatever stands in a spec, a waiver or a finding shows as text, in every flavour; what looks like a secret shows nowhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fleet.diff.blast import Blast, Share
from fleet.diff.model import ABSENT, Change, Risk
from fleet.diff.ranges import Range
from fleet.gate.gather import Gate
from fleet.gate.verdict import Verdict
from fleet.report.comment import as_failure, marker
from fleet.report.flavour import FLAVOURS
from fleet.report.links import Links
from fleet.report.page import as_page
from fleet.report.plan_json import as_json as plan_json
from fleet.report.plan_text import as_text
from fleet.report.review import Review, Side
from fleet.report.review_json import as_json
from fleet.spec.problem import Mark, Problem
from fleet.waivers.model import Refused, Waiver
from tests.gfm import Rendered
from tests.reviews import change, cluster, comment, review

HOSTILE = (
    "</details></summary></table><img src=x onerror=alert(1)><script>alert(1)</script>",
    "<!-- fleet-pr v1 acme -->",
    "[a](javascript:x) ![b](https://evil.example/pixel.png) > [!NOTE]",
    "@user @org/team #123 org/repo#1 GH-1 https://github.com/o/r/issues/1 www.evil.example a@b.example",
    "0123456789abcdef0123456789abcdef01234567 img@sha256:0123456789abcdef",
    "a | b \\| c \\",
    "``` ~~~ ```` x",
    "line\n/merge\n/approve\natlantis apply\n# head\n- [ ] box\n***",
    "\u202eevil\u2066\u200b\x1b[31m\x00\ud800",
    "   ",
    "",
)
SECRETS = ("hunter2-and-more", "AKIAIOSFODNN7EXAMPLE", "ghp_abcdefghijklmnopqrstuvwxyz0123", "s3cr3t:pass")


def everywhere(text: str) -> Review:
    """A review with the text in every place that people write."""
    item = cluster(1, text)
    changes: list[Change] = [
        change(item, f"labels.{text}", text, f"{text}!", file=text),
        change(item, "tags", ABSENT, {text: text}, alarm=f"access grows: {text} becomes {text}"),
        replace(change(item, "", "eks", ABSENT, Risk.DESTROY), steps=(f"drain {text}: move it away",)),
        change(item, f"access[{text}].tier", text, f"{text}?", Risk.REPLACE, alarm=f"opens the public endpoint to {text}"),
    ]
    stopped = Verdict(changes[2], "remove", True, "", f"prod/{text} is protected.", f"`fleet waive prod/{text} {text}`")
    waived = Verdict(changes[3], "replace", False, text, f"waivers/{text} lets it through.", "")
    waiver = Waiver(
        api_version="fleet-waiver/v1",
        object=text,
        path=text,
        before=text,
        after=text,
        step="replace",
        owner=text,
        reason=text,
        ticket=text,
        expires=date(2026, 12, 1),
    )
    return review(
        changes,
        gate=Gate((stopped, waived), (Refused(name=text, why=f"it is no waiver: {text}"),), True, {text: waiver}),
        blast=Blast((item.name,), (text,), (text,), {text: Share(1, 1, 3, 3)}),
        new_findings=(Problem(Mark(text, 1, 1), (), f'"{text}" is not kept.', "F-TAG-001"),),
        base_problem=f"the base could not be checked: {text}",
        ranges=(Range(item, f"nodes of {text}", "", "10.0.0.0/20"),),
    )


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str, flavour: str) -> None:
    calm, made = comment(everywhere("calm"), flavour), comment(everywhere(text), flavour)
    expected, page = Rendered(calm), Rendered(made)
    assert not page.open and page.tags.keys() - {"code"} == expected.tags.keys() - {"code"}
    for tag in expected.tags.keys() - {"code"}:
        assert page.tags[tag] == expected.tags[tag], tag
    assert page.comments == [" fleet-pr v1 acme "] and not page.hrefs
    assert [len(row) for row in page.tables] == [len(row) for row in expected.tables]
    assert not re.search(r"[#@<>]|https?:|www\.|javascript|[0-9a-f]{40}", page.plain)
    for line in made.splitlines():
        assert not line.startswith(("/", "atlantis", "~~~", "```")) and line[:1] in "*>|-<`ACT", line
    made.encode()
    assert "@" not in made.replace("@\u200b", "") and not re.search("[\u202e\u2066\x1b\x00\ud800]", made)
    assert "\u200b" not in made.replace("@\u200b", "")


def test_the_page_escapes_everything() -> None:
    for text in HOSTILE:
        page = as_page(everywhere(text))
        assert "<img" not in page and "<script>alert" not in page and "</details></summary>" not in page
        page.encode()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_broken_spec_is_one_honest_comment(flavour: str) -> None:
    problems = [Problem(Mark(text, 3, 1), ("clusters", text), f'region "{text}" is not defined', "") for text in HOSTILE] * 10
    text = as_failure("acme", Side("main", "1234567"), "fleet.yaml cannot be used: 110 problems.", problems, FLAVOURS[flavour], Links())
    page = Rendered(text)
    assert page.comments == [" fleet-pr v1 acme "] and not page.hrefs and not page.open
    assert (
        text.startswith("**The change cannot be reviewed**") and "80 more" in text and len(text.encode()) < FLAVOURS[flavour].budget_bytes
    )
    assert not re.search(r"\d+ clusters|REPLACED", text)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("path", ["tags.db-password", "labels.apiToken"])
def test_neither_side_of_a_secret_is_shown_anywhere(secret: str, path: str) -> None:
    item = cluster(1, "calm")
    for before, after in ((secret, "other-secret"), ("other-secret", secret), (ABSENT, secret), (secret, ABSENT), ("", secret)):
        _shown_nowhere(secret, [change(item, path, before, after)], rest=secret)
        _shown_nowhere("other-secret", [change(item, path, before, after)])


@pytest.mark.parametrize("value", ["https://user:s3cr3t@proxy.example", "AKIAIOSFODNN7EXAMPLE", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"])
def test_what_has_the_form_of_a_secret_is_hidden_whatever_its_key(value: str) -> None:
    secret = "s3cr3t" if "s3cr3t" in value else value.splitlines()[-1]
    _shown_nowhere(
        secret, [change(cluster(1, "calm"), "deployer.proxyUrl", None, value), change(cluster(1, "calm"), f"tags.{value}", 1, 2)]
    )
    _shown_nowhere(secret, [change(cluster(1, "calm"), "tags", {"x": value}, {"y": [value]})], rest=value)


def _shown_nowhere(secret: str, changes: list[Change], rest: str = "") -> None:
    stopped = Verdict(changes[0], "replace", True, "", f"it holds {rest}", f"`fleet waive x {rest}`")
    shown = review(
        changes,
        gate=Gate((stopped,), (Refused(name="x", why=f"{rest} is wrong"),), False),
        new_findings=(Problem(Mark("fleet.yaml", 1, 1), (), f'"{rest}" is wrong', "F-TAG-001"),),
        base_problem=rest,
    )
    everything = [comment(shown, flavour) for flavour in FLAVOURS] + [as_page(shown), json.dumps(as_json(shown)), repr(shown)]
    everything += [as_text(shown.changes, "main"), json.dumps(plan_json(shown.changes, "main"))]
    for text in everything:
        assert secret not in text
    assert "(hidden" in everything[0]


def test_two_secrets_are_told_apart_without_being_shown() -> None:
    shown = review([change(cluster(1), "tags.password", "one-secret", "two-secret")])
    assert shown.changes[0].before == "(hidden)" and shown.changes[0].after == "(hidden, another)"


def test_the_marker_is_the_last_thing_and_names_the_fleet(tmp_path: Path) -> None:
    text = comment(review([change(cluster(1), "kubernetes", "1.35", "1.36")]))
    assert text.endswith(f"{marker('acme')}\n") and marker("acme") == "<!-- fleet-pr v1 acme -->"


def test_lines_and_the_report_are_linked_where_their_places_are_known() -> None:
    links = Links("https://github.com/o/r/blob/0123", "https://ci.example/7")
    page = Rendered(comment(review([change(cluster(1), "kubernetes", "1.35", "1.36", file="a b/(fleet).yaml", line=7)]), links=links))
    assert set(page.hrefs) == {"https://github.com/o/r/blob/0123/a%20b/%28fleet%29.yaml#L7", "https://ci.example/7"}

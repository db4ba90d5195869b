"""The HTML report in a real browser: search, folds, keyboard, light and dark, narrow, nothing fetched, nothing in the console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from fleet.report.page import as_page
from tests.reviews import change, cluster, distinct, review

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (Debian: chromium)")
COUNT = 1_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, tmp_path: Path, said: list[str]) -> Iterator[Page]:
    script, image = "<script>document.title='owned'</script>", "</td></table><img src=//evil.example/x>"
    nasty = change(cluster(COUNT, "odd"), "labels.note", script, image)
    path = tmp_path / "report.html"
    path.write_text(as_page(review([*distinct(COUNT), nasty])))
    found = browser.new_page()

    def console(message: ConsoleMessage) -> None:
        said.append(f"console: {message.text}")

    found.on("console", console)
    found.on("pageerror", lambda error: said.append(f"error: {error}"))
    found.on("request", lambda request: said.append(f"request: {request.url}") if request.url != path.as_uri() else None)
    found.goto(path.as_uri())
    yield found
    found.close()


def shown(page: Page) -> int:
    return int(page.evaluate("[...document.querySelectorAll('tbody tr')].filter((row) => row.checkVisibility()).length"))


def test_every_change_is_there_and_nothing_is_fetched_run_or_complained_of(page: Page, said: list[str]) -> None:
    assert shown(page) == COUNT + 2  # and a row of the blast radius
    assert page.title() == "acme: fleet review" and page.locator("img").count() == 0
    assert said == []


def test_a_search_leaves_the_rows_that_have_all_words(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("pool-17 value-17")
    assert shown(page) == 11 and "11 of 1002 rows" in page.inner_text("output")
    assert page.locator("details[open]").count() >= 1
    page.keyboard.press("Escape")
    assert shown(page) == COUNT + 2 and page.input_value("input[type=search]") == ""


def test_risks_are_filtered_by_ticks(page: Page) -> None:
    page.uncheck("input[value=in-place]")
    assert shown(page) == 2 * (COUNT // 200) + 1
    page.check("input[value=in-place]")
    assert shown(page) == COUNT + 2


def test_sections_fold_by_keyboard(page: Page) -> None:
    summary = page.locator("summary", has_text="Changes")
    summary.focus()
    page.keyboard.press("Enter")
    assert shown(page) == 1
    page.keyboard.press("Enter")
    assert shown(page) == COUNT + 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    colours = page.evaluate("['color', 'backgroundColor'].map((name) => getComputedStyle(document.body)[name])")
    red = page.evaluate("getComputedStyle(document.querySelector('td.destroy')).color")
    assert contrast(colours[0], colours[1]) >= 7 and contrast(red, colours[1]) >= 4.5
    assert (luminance(colours[1]) < 0.1) == (scheme == "dark")


def test_a_narrow_screen_scrolls_tables_and_not_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)`, WCAG 2.2."""
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

"""The page on paper: one sheet a page, each with all it needs to be read alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Read = Callable[..., Any]


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize(
    ("place", "count"),
    [
        ("#sierra-norte/glance/en", 6),
        ("#sierra-norte/groups/es", 6),
        ("#sierra-norte-otter/questions/en", 4),
        ("#all/glance/es", 3),
    ],
)
def test_each_page_is_one_sheet(read: Read, place: str, count: int, paper: str) -> None:
    page = read().open(place)
    assert sheets(page.pdf(format=paper)) == count
    # The screen is as it was.
    assert page.locator(".rs-paper").count() == 0
    expect(page.locator("h1")).to_be_visible()


def test_a_sheet_can_be_read_alone(read: Read, sample: dict[str, Any]) -> None:
    page = read(color_scheme="dark").open("#sierra-norte/groups/en/gender")
    page.keyboard.press("t")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#relsurvey").is_hidden()
    texts = page.locator(".rs-sheet").all_inner_texts()
    assert len(texts) == 6
    for text in texts:
        for said in (
            "Simulated data",
            "Sierra Norte High (simulated) · Spring",
            sample["promise"]["en"],
            "Aggregates only",
            "2026",
        ):
            assert said in text
        assert "Some groups are combined or not shown" in text
    # A sheet for each variable, and the table of the page on which it was opened.
    named = [page.locator(".rs-sheet").nth(at).locator("h3.rs-variable").inner_text() for at in (2, 3)]
    assert named == ["Gender", "English learner"]
    assert [page.locator(".rs-sheet").nth(at).locator("table").count() for at in range(4)] == [0, 0, 1, 1]
    assert page.locator(".rs-sheet").get_by_role("button").count() == 0
    # Black on white whatever the screen, and no colour that the printer would leave out.
    ink, back = page.locator(".rs-sheet").first.evaluate(
        "s => [getComputedStyle(s).color, getComputedStyle(s).backgroundColor]"
    )
    assert (ink, back) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".rs-paper").count() == 0


def test_p_prints(read: Read) -> None:
    page = read().open("#sierra-norte/glance/en")
    page.evaluate("void (print = () => { window.__sheets = document.querySelectorAll('.rs-sheet').length })")
    page.keyboard.press("p")
    assert page.evaluate("window.__sheets") == 6
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.__sheets") == 6
    assert page.locator(".rs-paper").count() == 1, "laid out once"


def test_a_long_instrument_takes_more_sheets_and_loses_nothing(read: Read, sample: dict[str, Any]) -> None:
    items = sample["units"][1]["items"]
    names = {item["id"]: item for item in sample["items"]}
    more = [{**cell, "item": f"{cell['item']}_{n}"} for n in range(3) for cell in items]
    sample["items"] += [{**names[cell["item"].rsplit("_", 1)[0]], "id": cell["item"]} for cell in more]
    items += more
    page = read(sample).open("#sierra-norte/questions/en")
    assert sheets(page.pdf(format="Letter")) > 4
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".rs-sheet .rs-question[data-item]").count() == 80


def test_each_variable_with_something_to_see_has_its_sheet_and_a_pair_only_where_it_is_open(
    read: Read, sample: dict[str, Any]
) -> None:
    groups = sample["units"][1]["groups"]
    shown = next(table for table in groups if table["rows"])
    names = {"pair*shown": "A pair", "unseen": "Not seen here"}
    sample["variables"] += [{"id": one, "title": {"en": name, "es": name}} for one, name in names.items()]
    groups.append({**shown, "variable": "pair*shown"})
    groups.append({"variable": "unseen", "note": {"en": "Not shown.", "es": "No se muestra."}})

    def printed(place: str) -> list[str]:
        page = read(sample).open(place)
        before = page.locator("*").count()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        named = page.locator(".rs-sheet h3.rs-variable").all_inner_texts()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("*").count() == before, "nothing of the sheets stays"
        return [str(name) for name in named]

    assert printed("#sierra-norte/glance/en") == ["Gender", "English learner"]
    assert printed("#sierra-norte/groups/en/gender") == ["Gender", "English learner"]
    assert printed("#sierra-norte/groups/en/pair*shown") == ["Gender", "English learner", "A pair"]

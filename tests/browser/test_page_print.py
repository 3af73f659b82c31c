"""The page on paper: one sheet a page, each with all it needs to be read alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from relsurvey.view import View

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


@pytest.mark.parametrize("place", ["#all/about/en", "#all/about/es"])
def test_what_stands_behind_the_numbers_takes_two_sheets(read: Read, demo_view: View, place: str) -> None:
    page = read(json.loads(demo_view.to_json())).open(place)
    page.evaluate(
        """() => {
            const alone = new CSSStyleSheet();
            alone.replaceSync(".rs-leaf:not(:last-child) { display: none }");
            document.adoptedStyleSheets = [alone];
        }"""
    )
    assert [sheets(page.pdf(format=paper)) for paper in ("Letter", "A4")] == [2, 2]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".rs-leaf:last-child .rs-facts table:visible").count() == 3


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


def test_columns_are_named_again_where_they_are_others(read: Read, sample: dict[str, Any]) -> None:
    for item in sample["units"][1]["items"]:
        if item["item"].startswith(("support", "power")):
            item["not_counted"] = None
    page = read(sample).open("#sierra-norte/questions/en")
    assert page.locator(".rs-distribution-head").count() == 5
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    headed = (
        "all => all.map(one => one.querySelector('.rs-distribution-head')?.innerText.split(/\\n+/) ?? null)"
    )
    heads = page.locator(".rs-sheet .rs-block").evaluate_all(headed)
    named = ["Not favorable", "Favorable", "In the middle"]
    assert heads == [[*named, "Not sure"], None, named, None, [*named, "Not sure"]]


def test_numbers_of_two_digits_stand_in_the_middle_of_their_bars(read: Read, sample: dict[str, Any]) -> None:
    for unit in sample["units"]:
        for item in unit["items"]:
            for part, percent in zip(item.get("parts", []), (10, 10, 10, 35, 35), strict=False):
                part["percent"] = percent
    page = read(sample).open("#sierra-norte/questions/en")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    off = page.locator(".rs-sheet .rs-sides:has(rect)").evaluate_all(
        """all => all.flatMap(one => {
            const bar = one.querySelector("rect").getBoundingClientRect();
            return [...one.querySelectorAll(".rs-part-label")].map(label => {
                const range = document.createRange();
                range.selectNodeContents(label);
                const text = range.getBoundingClientRect();
                return Math.abs((text.top + text.bottom - bar.top - bar.bottom) / 2);
            });
        })"""
    )
    assert len(off) == 80
    assert max(off) < 0.8


def test_a_fold_of_one_scale_says_its_name_once(read: Read, sample: dict[str, Any]) -> None:
    for row in sample["units"][1]["groups"][1]["rows"]:
        for cell in row["cells"]:
            if cell["scale"] == "challenge_growth":
                cell["verdict"] = "about_the_same"
    page = read(sample).open("#sierra-norte/groups/en")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    several, one = page.locator(".rs-sheet .rs-untold").all_inner_texts()
    assert [several.count(name) for name in ("Express care", "Provide support")] == [2, 2]
    assert one.startswith("Provide support\n")
    assert one.count("Provide support") == 1


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

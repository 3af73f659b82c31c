"""The pages of change and comments, the search of questions, and what can be taken along."""

from __future__ import annotations

import base64
import json
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import hash_of, whole

pytestmark = pytest.mark.browser

Read = Callable[..., Any]
PAGES = ("glance", "questions", "groups", "change", "comments", "about")
PICTURES = ("glance", "questions", "groups", "change")
CHANGE = "#sierra-norte/change/en"
COMMENTS = "#sierra-norte/comments/en"
QUESTIONS = "#sierra-norte/questions/en"


@pytest.fixture
def told(sample: dict[str, Any]) -> dict[str, Any]:
    """Return the small view, with a change and comments in its first school."""
    sample["units"][1].update(json.loads((Path(__file__).parent / "told.json").read_text("utf-8")))
    return sample


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


# Change


def test_the_change_is_named_by_its_waves(read: Read, told: dict[str, Any]) -> None:
    page = read(told).open(CHANGE)
    tab = page.get_by_role("navigation", name="Pages").locator("[aria-current=page]")
    expect(tab).to_contain_text("Since fall 2025")
    assert page.get_by_role("heading", level=2).inner_text() == "Since fall 2025"
    assert "Since fall 2025" in page.title()
    main = page.get_by_role("main")
    for part in ("who", "note"):
        expect(main).to_contain_text(told["units"][1]["change"][part]["en"])
    spanish = read(told).open("#sierra-norte/change/es")
    assert spanish.get_by_role("heading", level=2).inner_text() == "Desde el otoño de 2025"


def test_then_and_now_stand_on_one_scale(read: Read, told: dict[str, Any]) -> None:
    for width in (360, 1280):
        page = read(told, viewport={"width": width, "height": 900}).open(CHANGE)
        places = page.locator(".rs-row-change [data-when] circle").evaluate_all(
            """dots => dots.map((dot) => [
              dot.parentElement.dataset.when,
              100 * dot.cx.baseVal.value / dot.ownerSVGElement.getBoundingClientRect().width,
            ])"""
        )
        cells = [cell for cell in told["units"][1]["change"]["cells"] if "now" in cell]
        expected = [(when, cell[key]["percent"]) for cell in cells for when, key in WHENS]
        assert [when for when, _ in places] == [when for when, _ in expected]
        assert [at for _, at in places] == pytest.approx([at for _, at in expected], abs=0.5)
        edges = page.locator(".rs-row-change .rs-picture").evaluate_all(
            "pictures => pictures.map(p => [p.getBoundingClientRect().left, p.getBoundingClientRect().right])"
        )
        assert len({tuple(map(round, edge)) for edge in edges}) == 1


WHENS = (("then", "before"), ("now", "now"))


def test_a_change_is_told_by_shape_and_words(read: Read, told: dict[str, Any]) -> None:
    page = read(told).open(CHANGE)
    row = {key: page.locator(f".rs-row[data-scale={key}]") for key in ("express_care", "challenge_growth")}
    expect(row["express_care"].get_by_role("img", name="More than then")).to_be_visible()
    expect(row["express_care"]).to_contain_text("Clear")
    expect(row["challenge_growth"].get_by_role("img", name="Fewer than then")).to_be_visible()
    expect(row["challenge_growth"]).to_contain_text("Maybe")
    same = page.locator(".rs-row[data-scale=provide_support] .rs-verdict")
    assert same.inner_text() == "About the same."
    unclear = page.locator(".rs-row[data-scale=share_power] .rs-verdict")
    assert unclear.inner_text().startswith("Cannot tell.")
    assert page.locator(".rs-row-change[data-scale=expand_possibilities] svg").count() == 0
    # No colour tells up from down.
    fills = page.locator(".rs-row-change .rs-arrow path").evaluate_all(
        "paths => paths.map(path => getComputedStyle(path).stroke)"
    )
    assert len(fills) == 2
    assert len(set(fills)) == 1


def test_a_coded_share_of_a_change_has_an_open_end(read: Read, told: dict[str, Any]) -> None:
    cell = told["units"][1]["change"]["cells"][0]
    cell["now"] = {"percent": 95, "low": 95, "high": 95, "coded": "top"}
    page = read(told).open(CHANGE)
    row = page.locator(".rs-row-change[data-scale=express_care]")
    assert row.locator(".rs-open").count() == 1
    assert row.locator("[data-when=now]").count() == 0
    expect(page.get_by_role("list", name="Key")).to_contain_text("open end")
    page.keyboard.press("t")
    expect(page.get_by_role("table")).to_contain_text("95 or more")


def test_no_tab_without_a_change_or_comments(read: Read, told: dict[str, Any]) -> None:
    reader = read(told)
    for place in ("#paper-lantern/change/en", "#paper-lantern/comments/en"):
        page = reader.open(place)
        assert page.locator("[aria-current=page]").first.inner_text() == "At a glance"
        tabs = page.get_by_role("navigation", name="Pages").inner_text()
        assert "Since" not in tabs
        assert "words" not in tabs


# Comments


def test_comments_are_text_and_nothing_else(read: Read, told: dict[str, Any]) -> None:
    reader = read(told)
    page = reader.open(COMMENTS)
    quotes = page.locator("blockquote")
    texts = [text for quoted in told["units"][1]["comments"] for text in quoted["texts"]]
    assert quotes.evaluate_all("quotes => quotes.map(q => q.textContent)") == texts
    assert page.locator("blockquote *").count() == 0
    assert page.locator("main img").count() == 0
    expect(page.get_by_role("main")).to_contain_text("A person read each comment and released it")
    assert reader.complaints == []
    styles = quotes.evaluate_all(
        "quotes => quotes.map(q => [q.dir, getComputedStyle(q).direction, getComputedStyle(q).unicodeBidi])"
    )
    assert {style[0] for style in styles} == {"auto"}
    assert {style[2] for style in styles} <= {"isolate", "plaintext"}
    assert [style[1] for style in styles].count("rtl") == 1, "Arabic reads from the right"
    expect(page.get_by_role("button", name="Show the table")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Save picture"))).to_have_count(0)


# Questions


def shown(page: Page) -> list[str]:
    questions = whole(page).locator(".rs-question[data-item]")
    return [str(item) for item in questions.evaluate_all("all => all.map(q => q.dataset.item)")]


def test_typing_filters_the_questions(read: Read, told: dict[str, Any]) -> None:
    page = read(told).open(QUESTIONS)
    found = page.get_by_role("search").get_by_role("status")
    expect(found).to_have_text("20 questions")
    before = page.evaluate("history.length")
    field = page.get_by_role("searchbox", name="Find a question")
    field.press_sequentially("I’M stuck")
    expect(found).to_have_text("1 of 20 questions")
    assert len(shown(page)) == 1
    # Letters that are keys elsewhere stay letters; the field keeps the focus.
    assert page.get_by_role("table").count() == 0
    assert field.evaluate("field => field === document.activeElement")
    assert page.evaluate("history.length") == before, "no step back for a letter"
    assert "find=" in hash_of(page)
    field.fill("zzz")
    expect(found).to_have_text("No question holds these words. Try a part of a word.")
    assert shown(page) == []
    assert page.get_by_role("button", name="Show the table").count() == 0
    field.fill("")
    expect(found).to_have_text("20 questions")
    assert hash_of(page) == QUESTIONS


def test_a_copied_search_opens_alike_in_the_other_language(read: Read, told: dict[str, Any]) -> None:
    reader = read(told)
    page = reader.open(f"{QUESTIONS}?sort=unfavorable&find=share+power")
    assert len(shown(page)) == 4
    expect(page.get_by_role("combobox", name="Order")).to_have_value("unfavorable")
    expect(page.get_by_role("heading", name="Most “not favorable” first")).to_be_visible()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("searchbox")).to_have_value("share power")
    assert hash_of(page).endswith("?sort=unfavorable&find=share+power")
    page.get_by_role("link", name="De un vistazo").click()
    expect(page.get_by_role("heading", name="De un vistazo")).to_be_attached()
    assert "?" not in hash_of(page)
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("share power")


def test_an_order_is_one_step_and_the_table_follows(read: Read, told: dict[str, Any]) -> None:
    page = read(told).open(QUESTIONS)
    instrument = shown(page)
    page.get_by_role("combobox", name="Order").select_option(label="Most “Not sure” first")
    expect(page.locator(".rs-block")).to_have_count(1)
    apart = {cell["item"]: cell.get("not_counted", -1) for cell in told["units"][1]["items"]}
    order = shown(page)
    assert [apart[item] for item in order] == sorted(apart.values(), reverse=True)
    page.get_by_role("button", name="Show the table").click()
    texts = page.locator(".rs-question[data-item] h4").all_inner_texts()
    assert page.locator("tbody th:nth-child(2)").all_inner_texts() == texts
    page.go_back()
    expect(page.locator(".rs-block")).to_have_count(5)
    assert shown(page) == instrument


# Taking along


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_saved_in_light_colours(read: Read, told: dict[str, Any], name: str) -> None:
    reader = read(told, color_scheme="dark")
    page = reader.open(f"#sierra-norte/{name}/en")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save picture (SVG)").click()
    assert re.fullmatch(r"[a-z0-9-]+simulated-data\.svg", download.value.suggested_filename)
    svg = Path(download.value.path()).read_text("utf-8")
    root = ET.fromstring(svg)
    words = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    for said in ("Simulated data", "Sierra Norte High (simulated) · Spring", told["promise"]["en"]):
        assert said in words
    assert told["units"][1]["hidden"][0]["en"] in words
    width, height = (int(root.attrib[side]) for side in ("width", "height"))

    with page.expect_download() as download:
        page.get_by_role("button", name="Save picture (PNG)").click()
    png = Path(download.value.path()).read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (2 * width, 2 * height)
    corner = page.evaluate(
        """async (data) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const paint = canvas.getContext("2d");
          paint.drawImage(image, 0, 0);
          return [...paint.getImageData(2, 2, 1, 1).data];
        }""",
        base64.b64encode(png).decode(),
    )
    assert corner == [255, 255, 255, 255]
    assert reader.complaints == []
    assert {url.split("#")[0] for url in reader.asked if not url.startswith("data:")} == {reader.address}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_of_a_picture_runs_over(read: Read, told: dict[str, Any], name: str, language: str) -> None:
    """Measured with this machine's sans-serif: nothing leaves the sheet, no two texts lie on each other."""
    page = read(told).open(f"#sierra-norte/{name}/{language}")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("SVG")).click()
    svg = Path(download.value.path()).read_text("utf-8")
    sheet = page.context.new_page()
    sheet.set_content(f"<style>body {{ margin: 0 }}</style>{svg}")
    boxes = sheet.locator("text").evaluate_all(
        "all => all.map(t => t.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"
    )
    assert len(boxes) > 15
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert right <= 960
        over = [
            other
            for other in boxes
            if other != [left, top, right, bottom]
            and min(right, other[2]) - max(left, other[0]) > 1
            and min(bottom, other[3]) - max(top, other[1]) > 4
        ]
        assert over == []


# About


def test_about_tells_all_in_real_tables(read: Read, told: dict[str, Any]) -> None:
    told["provenance"]["certificate"] = {
        "package": "0.1.0",
        "methods": ["rank", "integer"],
        "min_n": 11,
        "width": 50,
        "tables_shown": 3,
        "tables_hidden": 1,
        "groups_shown": 8,
        "groups_hidden": 2,
        "figures_withheld": 0,
        "narrowest": 61,
    }
    told["about"].append(
        {
            "title": {"en": "Which students answered", "es": "Qué estudiantes respondieron"},
            "paragraphs": [{"en": "Of those asked.", "es": "De los que recibieron la encuesta."}],
            "head": [{"en": "Students", "es": "Estudiantes"}, {"en": "Answered", "es": "Respondieron"}],
            "rows": [[{"en": "All", "es": "Todos"}, {"en": "about 8 in 10", "es": "unos 8 de cada 10"}]],
        }
    )
    page = read(told).open("#sierra-norte/about/en")
    for caption, row in (
        ("Which students answered", "about 8 in 10"),
        ("What was done with the answers", told["ledger"][0]["what"]["en"]),
        ("How students are protected", "61 percent points"),
        ("Where the numbers come from", told["audience"]["en"]),
        ("Where the numbers come from", told["publisher"]["en"]),
        ("Where the numbers come from", told["provenance"]["instrument_sha256"]),
    ):
        expect(page.get_by_role("table", name=caption)).to_contain_text(row)
    assert page.locator("table").evaluate_all("all => all.every(t => t.querySelector('th[scope=col]'))")
    expect(page.get_by_role("main")).to_contain_text(told["units"][1]["hidden"][0]["en"])


# All of these pages


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "es")])
def test_axe_finds_nothing(read: Read, told: dict[str, Any], name: str, scheme: str, language: str) -> None:
    reader = read(told, color_scheme=scheme)
    page = reader.open(f"#sierra-norte/{name}/{language}")
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    page.keyboard.press("t")
    assert reader.axe() == []
    assert read_search(reader, language) == []


def read_search(reader: Any, language: str) -> list[str]:
    """Return what axe finds where the questions are in another order, some of them."""
    reader.open(f"#sierra-norte/questions/{language}?sort=favorable&find=share")
    found: list[str] = reader.axe()
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_narrow_and_zoomed_pages_do_not_scroll_sideways(
    read: Read, told: dict[str, Any], language: str
) -> None:
    for settings in (
        {"viewport": {"width": 320, "height": 640}},
        {"viewport": {"width": 384, "height": 512}, "device_scale_factor": 2},
    ):
        reader = read(told, **settings)
        for name in PAGES:
            page = reader.open(f"#sierra-norte/{name}/{language}")
            page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
            page.keyboard.press("t")
            assert overflow(page) == 0, name


def test_targets_are_large(read: Read, told: dict[str, Any]) -> None:
    reader = read(told, viewport={"width": 360, "height": 740})
    for name in PAGES:
        page = reader.open(f"#sierra-norte/{name}/en")
        sizes = page.locator("main :is(button, input, select, summary, a)").evaluate_all(
            """all => all.filter(one => one.getClientRects().length > 0).map((one) => {
              const { width, height } = one.getBoundingClientRect();
              return [one.innerText || one.type, width, height];
            })"""
        )
        assert all(min(width, height) >= 44 for _, width, height in sizes), (name, sizes)


def test_forced_colours_paint_then_and_now(read: Read, told: dict[str, Any]) -> None:
    page = read(told, forced_colors="active").open(CHANGE)
    back = page.locator(".rs").evaluate("rs => getComputedStyle(rs).backgroundColor")
    for selector in (".rs-dot-then", ".rs-whisker > line", ".rs-arrow path", ".rs-row-change .rs-grid line"):
        stroke = page.locator(selector).first.evaluate("mark => getComputedStyle(mark).stroke")
        assert stroke not in (back, "none"), selector
    fills = [
        page.locator(f".rs-row-change .rs-dot-{when}").first.evaluate("dot => getComputedStyle(dot).fill")
        for when in ("then", "now")
    ]
    assert fills[0] != fills[1]
    ink, plate = page.locator(".rs-verdict-clear .rs-tag").evaluate(
        "tag => [getComputedStyle(tag).color, getComputedStyle(tag).backgroundColor]"
    )
    assert ink != plate


def test_nothing_moves_for_those_who_ask(read: Read, told: dict[str, Any]) -> None:
    reader = read(told, reduced_motion="reduce")
    for name in PAGES:
        moving = reader.open(f"#sierra-norte/{name}/en").evaluate(
            "[...document.querySelectorAll('.rs *')].filter(e => getComputedStyle(e).animationName !== 'none'"
            " || getComputedStyle(e).transitionDuration !== '0s').length"
        )
        assert moving == 0


def test_change_and_comments_are_a_sheet_each(read: Read, told: dict[str, Any]) -> None:
    page = read(told).open(f"{QUESTIONS}?find=share")
    pdf = page.pdf(format="Letter")
    # With the next step and the other group variable.
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == len(PAGES) + 2
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheets = page.locator(".rs-sheet").all_inner_texts()
    assert sum("Since fall 2025" in sheet for sheet in sheets) == 1
    assert "“share”: " in sheets[1]
    assert page.locator(".rs-sheet details:not([open])").count() == 0
    assert page.locator(".rs-sheet").get_by_role("searchbox").count() == 0

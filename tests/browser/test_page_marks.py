"""A view of marks: its words, the run charts, the stairs of practices, and the policies to try."""

from __future__ import annotations

import csv
import io
import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from relsurvey.view.model import View
from tests.browser.conftest import hash_of, whole
from tests.browser.marks_view import FILE, marks_view, text

pytestmark = pytest.mark.browser

Read = Callable[..., Any]
OWN = ("weeks", "practices", "try")
PAGES = ("cover", "guess", "glance", "questions", "groups", "change", *OWN, "next", "about")
TRIED = "#sierra-norte/try/en?try=1-0-1"


@pytest.fixture
def marks() -> dict[str, Any]:
    return marks_view()


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def row(page: Page, scale: str) -> Locator:
    return page.locator(f".rs-row-try[data-scale={scale}]")


def test_the_file_is_what_is_generated() -> None:
    assert FILE.read_text("utf-8") == text(), "run `python -m tests.browser.marks_view`"
    assert View.model_validate_json(FILE.read_text("utf-8")).subject == "marks"


# Words


def test_no_page_speaks_of_a_survey(read: Read, marks: dict[str, Any]) -> None:
    reader = read(marks)
    survey = {
        "en": re.compile(r"(?<!rel)survey|answer|favorabl|\bscale", re.IGNORECASE),
        "es": re.compile(r"encuesta|respuest|respond|favorable|escala", re.IGNORECASE),
    }
    for language, words in survey.items():
        for name in PAGES:
            page = reader.open(f"#sierra-norte/{name}/{language}")
            page.keyboard.press("t")
            heard = page.locator("[aria-label]").evaluate_all("all => all.map(e => e.ariaLabel).join(' ')")
            assert not words.search(page.inner_text("body") + heard), (language, name)
    assert reader.complaints == []


def test_tabs_stand_in_order_and_keys_lead_through_them(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open("#sierra-norte/glance/en")
    tabs = page.get_by_role("navigation", name="Pages").get_by_role("link")
    names = [name.strip() for name in tabs.all_inner_texts()]
    assert names[:4] == ["At a glance", "Detail", "Groups", "Since spring 2026"]
    assert names[4:] == ["Weeks", "Practices", "Try", "Next step", "About"]
    for name in ("questions", "groups", "change", "weeks", "practices", "try", "next"):
        page.keyboard.press("ArrowRight")
        assert f"/{name}/" in hash_of(page)
    assert page.get_by_role("heading", level=2).inner_text() == "Next step"


def test_no_tab_without_content(read: Read, marks: dict[str, Any]) -> None:
    for unit in marks["units"]:
        unit |= {"weeks": [], "practices": []}
        del unit["lab"]
    page = read(marks).open("#sierra-norte/try/en")
    tabs = page.get_by_role("navigation", name="Pages")
    expect(tabs.locator("[aria-current=page]")).to_contain_text("At a glance")
    for name in ("Week", "Practices", "Try"):
        assert tabs.get_by_role("link", name=name).count() == 0


def test_the_rules_stand_with_the_measures_and_on_about(read: Read, marks: dict[str, Any]) -> None:
    reader = read(marks)
    rule = marks["rules"][0]["paragraphs"][0]["en"]
    page = reader.open("#sierra-norte/glance/en")
    expect(page.get_by_text(rule)).to_be_hidden()
    page.get_by_text("The rules behind these measures").click()
    expect(page.get_by_text(rule)).to_be_visible()
    about = reader.open("#sierra-norte/about/en")
    expect(about.get_by_role("main")).to_contain_text(rule)
    assert about.get_by_role("heading", level=3).first.inner_text() == "What is counted"


def test_a_guess_stands_beside_its_number(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open("#sierra-norte/guess/en")
    page.get_by_role("slider").first.fill("2")
    page.get_by_role("button", name="Show the numbers").click()
    expect(page.get_by_role("main")).to_contain_text(
        "Guessed 2 in 10; it is about 6 in 10 (between 5 and 7)."
    )


# Week by week


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_a_week_stands_where_its_number_says(read: Read, marks: dict[str, Any], width: int) -> None:
    page = read(marks, viewport={"width": width, "height": 900}).open("#sierra-norte/weeks/es")
    for run in marks["units"][1]["weeks"]:
        chart = page.locator(f"[data-run={run['id']}]")
        shown = [(k, one["percent"]) for k, one in enumerate(run["points"]) if "percent" in one]
        dots = chart.locator("circle[data-percent]").evaluate_all(
            """dots => dots.map((dot) => {
              const { left, width } = dot.ownerSVGElement.getBoundingClientRect();
              const box = dot.getBoundingClientRect();
              return [100 * (box.x + box.width / 2 - left) / width, box.y + box.height / 2];
            })"""
        )
        assert [x for x, _ in dots] == pytest.approx([(k + 0.5) * 100 / 18 for k, _ in shown], abs=0.5)
        # One percent has one height, from the line at 0, in both charts.
        zero, top = chart.locator(".rs-grid line").evaluate_all(
            "lines => [lines[0], lines.at(-1)].map(line => line.getBoundingClientRect().y)"
        )
        assert [(zero - y) / (zero - top) * 40 for _, y in dots] == pytest.approx(
            [percent for _, percent in shown], abs=0.5
        )
        # A phase begins at the edge before its first week, the tenth, from its name down to the line at 0.
        line, plot, name = (
            chart.locator(part).first.evaluate("e => JSON.parse(JSON.stringify(e.getBoundingClientRect()))")
            for part in (".rs-phase-line", ".rs-plot", ".rs-phases li")
        )
        assert 100 * (line["x"] - plot["x"]) / plot["width"] == pytest.approx(50, abs=0.5)
        assert line["top"] == pytest.approx(name["top"], abs=1)
        assert line["bottom"] == pytest.approx(plot["bottom"], abs=1)
        # The week that is not shown leaves a gap.
        assert chart.locator(".rs-run-line").count() == len(shown) - 2
        names = chart.locator(".rs-week-names span:visible").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
        )
        assert len(names) == (3 if width == 390 else 9)
        assert all(left[1] < right[0] for left, right in itertools.pairwise(names))
        assert names[0][0] >= 0
        ends = "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"
        for box in chart.locator(".rs-median-name").evaluate_all(ends):
            for left, up, right, down in chart.locator("circle[data-percent]").evaluate_all(ends):
                assert min(box[2], right) <= max(box[0], left) or min(box[3], down) - max(box[1], up) < 3
        assert names[-1][1] <= width


def test_a_chart_is_told_in_words_too(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open("#sierra-norte/weeks/en")
    for run in marks["units"][1]["weeks"]:
        chart = page.locator(f"[data-run={run['id']}]")
        for said in (run["title"], run["sentence"], run["note"]):
            expect(chart).to_contain_text(said["en"])
        # The sentence stands above the picture.
        heights = [
            chart.locator(part).first.evaluate("e => e.getBoundingClientRect().top")
            for part in ("h3", ".rs-say", ".rs-phases li", "svg")
        ]
        assert heights == sorted(heights)
        expect(chart.locator(".rs-phases")).to_contain_text("Oct 23: 50 % minimum")
    expect(page.locator("[data-run=under_passing] .rs-median-name")).to_have_text("median of all weeks")
    expect(page.get_by_role("list", name="Key")).to_contain_text("no dot: too little work to show that week")
    page.keyboard.press("t")
    tables = page.get_by_role("table")
    expect(tables).to_have_count(2)
    expect(tables.first.get_by_role("row", name=re.compile("^Oct 9 "))).to_contain_text(
        "too little work to show"
    )


# Practices


def test_practices_stand_by_what_is_good_to_know_first(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open("#sierra-norte/practices/en")
    assert page.locator(".rs-practices h3").all_inner_texts() == ["In use", "Moving up", "Other practices"]
    order = page.locator("[data-practice]").evaluate_all("all => all.map(e => e.dataset.practice)")
    assert order[:5] == ["minimum_score", "retakes", "missing_code", "makeup_days", "weekly_check"]
    stair = page.get_by_role("img", name="In most units: 1 team; Always: 2 teams")
    assert stair.locator("[data-teams]").evaluate_all("all => all.map(g => g.dataset.teams)") == list("00012")
    tops = stair.locator("rect").evaluate_all("all => all.map(r => r.getBoundingClientRect().top)")
    assert tops == sorted(tops, reverse=True), "a stair goes up"
    late = page.locator("[data-practice=late_work]")
    expect(late).to_contain_text("moved down")
    expect(page.locator("[data-practice=shared_weights]")).not_to_contain_text("moved")
    expect(page.get_by_role("main")).to_contain_text("No teacher’s own stage is asked or shown.")
    # A school of one team counts none, and names its stage.
    one = read(marks).open("#paper-lantern/practices/en")
    assert one.locator(".rs-step-teams").count() == 0
    expect(one.locator("[data-practice=retakes]")).to_contain_text("In most units")


# Try


def test_a_policy_is_chosen_and_told_at_once(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open("#sierra-norte/try/en")
    missing = page.get_by_role("group", name="Missing work")
    expect(missing.get_by_role("radio", name="Counts as zero")).to_be_checked()
    expect(page.get_by_role("button", name="As now")).to_have_count(0)
    said = page.locator(".rs-frame [aria-live=polite]").first
    expect(said).to_have_text("")
    assert page.locator(".rs-bar-then").count() == 0
    before = page.evaluate("history.length")
    missing.get_by_role("radio", name="Counts as 50 %").check()
    expect(page.get_by_role("heading", name="If nothing else changed")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Missing work: counts as 50 %.")
    no_df = row(page, "no_df")
    assert (
        " ".join(no_df.locator(".rs-row-words").inner_text().split())
        == "Now about 6 in 10 Then about 7 in 10"
    )
    expect(no_df.locator(".rs-verdict")).to_contain_text("More")
    bars = no_df.locator("rect").evaluate_all("all => all.map(r => Number(r.dataset.percent))")
    assert bars == [58, 65]
    # What 1 to 10 students make has no second bar and no number.
    same = row(page, "a_g")
    expect(same).to_contain_text("About the same.")
    expect(same).not_to_contain_text("Then")
    assert same.locator("rect").count() == 1
    expect(said).to_contain_text(
        "If nothing else changed: Missing work: counts as 50 %. No D or F: More. 7 in 100"
    )
    assert hash_of(page) == "#sierra-norte/try/en?try=1-0-0"
    assert page.evaluate("history.length") == before, "turning a dial is no step back"
    # With keys alone: arrows turn the dial and leave the page where it is, t is the table.
    missing.get_by_role("radio", name="Counts as 50 %").focus()
    page.keyboard.press("ArrowDown")
    expect(missing.get_by_role("radio", name="Does not count")).to_be_checked()
    assert hash_of(page) == "#sierra-norte/try/en?try=2-0-0"
    page.keyboard.press("t")
    expect(page.get_by_role("table")).to_be_visible()
    page.get_by_role("button", name="As now").click()
    expect(missing.get_by_role("radio", name="Counts as zero")).to_be_checked()
    expect(missing.get_by_role("radio", name="Counts as zero")).to_be_focused()
    assert hash_of(page) == "#sierra-norte/try/en"


def test_the_dials_stay_for_another_unit_page_and_language(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open(TRIED)
    page.get_by_label("School").select_option(label="Paper Lantern High (simulated)")
    expect(page.get_by_role("radio", name="Counts as 50 %")).to_be_checked()
    # Nearly all: an open end, and no number.
    track = row(page, "on_track")
    assert track.locator(".rs-open").count() == 1
    expect(track).to_contain_text("nearly all")
    page.get_by_role("link", name="Practices").click()
    page.get_by_role("link", name="Español").click()
    page.get_by_role("link", name="Probar").click()
    expect(page.get_by_role("radio", name="Cuenta como 50 %")).to_be_checked()
    expect(page.get_by_role("heading", name="Si nada más cambiara")).to_be_visible()
    assert hash_of(page) == "#paper-lantern/try/es?try=1-0-1"
    page.go_back()
    expect(page.get_by_role("heading", level=2)).to_have_text("Prácticas")


def test_many_choices_are_a_menu(read: Read, marks: dict[str, Any]) -> None:
    more = [{"id": f"c{k}", "title": {"en": f"{k} %", "es": f"{k} %"}} for k in range(5)]
    marks["dials"] = [{"id": "floor", "title": {"en": "Lowest score", "es": "Nota mínima"}, "choices": more}]
    for unit in marks["units"]:
        now, then = unit["lab"]["tried"][0], unit["lab"]["tried"][4]
        unit["lab"]["tried"] = [{**now, "choices": [0]}, {**then, "choices": [3]}]
    page = read(marks).open("#all/try/en")
    menu = page.get_by_role("combobox", name="Lowest score")
    menu.select_option(label="3 %")
    assert page.locator(".rs-bar-then").count() > 0
    menu.select_option(label="2 %")
    expect(page.get_by_role("main")).to_contain_text("This combination is not shown.")


def test_the_table_of_policies_is_saved(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open(TRIED)
    page.keyboard.press("t")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    assert re.fullmatch(r"grading-practices-fall-[a-z0-9-]+\.csv", download.value.suggested_filename)
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(rows) == 13
    assert rows[0][:4] == ["Missing work", "Retakes", "Late work", "No D or F, percent"]
    assert rows[2][3:] == ["About the same"] * 3
    assert all(len(cells) == 6 for cells in rows)


# All of these pages


@pytest.mark.parametrize("name", OWN)
def test_a_picture_is_saved(read: Read, marks: dict[str, Any], name: str) -> None:
    """Measured with this machine's sans-serif: nothing leaves the sheet, no two texts lie on each other."""
    reader = read(marks)
    for language in ("en", "es"):
        page = reader.open(f"#sierra-norte/{name}/{language}?try=2-1-0")
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile("SVG")).click()
        svg = Path(download.value.path()).read_text("utf-8")
        ET.fromstring(svg)
        sheet = page.context.new_page()
        sheet.set_content(f"<style>body {{ margin: 0 }}</style>{svg}")
        boxes = sheet.locator("text").evaluate_all(
            "all => all.map(t => t.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"
        )
        sheet.close()
        assert len(boxes) > 15
        for k, (left, top, right, bottom) in enumerate(boxes):
            assert left >= 0
            assert right <= 960
            for other in boxes[k + 1 :]:
                wide = min(right, other[2]) - max(left, other[0])
                assert wide <= 1 or min(bottom, other[3]) - max(top, other[1]) <= 4
    assert reader.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 820), ("light", 1440)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    read: Read, marks: dict[str, Any], scheme: str, width: int
) -> None:
    language = "es" if width == 820 else "en"
    reader = read(marks, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for name in PAGES:
        page = reader.open(f"#sierra-norte/{name}/{language}?try=1-1-0")
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        page.keyboard.press("t")
        assert overflow(whole(page)) == 0, name
        assert reader.axe() == [], name
    assert reader.complaints == []


def test_long_words_do_not_break_the_page(read: Read, marks: dict[str, Any]) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    said = {"en": long, "es": long}
    for one in (*marks["practices"], *marks["dials"], *marks["dials"][0]["choices"], *marks["scales"]):
        one["title"] = said
    for run in marks["units"][1]["weeks"]:
        run["phases"][0]["title"] = run["title"] = said
    marks["stages"] = [said] * 5
    reader = read(marks, viewport={"width": 320, "height": 640})
    for name in OWN:
        page = reader.open(f"#sierra-norte/{name}/es?try=1-1-0")
        page.keyboard.press("t")
        assert overflow(page) == 0, name
    wide = read(marks, viewport={"width": 1024, "height": 640})
    for name in OWN:
        assert overflow(wide.open(f"#sierra-norte/{name}/en")) == 0, name


def test_forced_colours_tell_what_is_chosen_and_filled(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks, forced_colors="active").open(TRIED)
    back = page.locator(".rs").first.evaluate("e => getComputedStyle(e).backgroundColor")
    for selector, name in ((".rs-outcomes rect.rs-bar", "fill"), (".rs-bar-then", "stroke")):
        colour = page.locator(selector).first.evaluate("(e, name) => getComputedStyle(e)[name]", name)
        assert colour not in (back, "none"), selector
    page.keyboard.press("ArrowLeft")
    steps = [
        page.locator(one).first.evaluate("e => getComputedStyle(e).fill") for one in (".rs-bar", ".rs-step")
    ]
    assert steps[0] != steps[1]


def test_each_page_is_one_sheet_and_says_what_was_tried(read: Read, marks: dict[str, Any]) -> None:
    page = read(marks).open(TRIED.replace("/en", "/es"))
    pdf = page.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 9
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    sheets = page.locator(".rs-sheet")
    texts = sheets.all_inner_texts()
    assert len(texts) == 9
    assert all("Datos simulados" in sheet and marks["promise"]["es"] in sheet for sheet in texts)
    assert "Trabajo que falta: cuenta como 50 %" in texts[6]
    assert sheets.nth(6).get_by_role("radio").count() == 0
    assert sheets.nth(5).locator("[data-practice]").count() == 8
    assert sheets.nth(4).locator("circle[data-percent]").count() == 34
    assert sum("En buen camino (Chicago)" in sheet for sheet in texts) == 1, (
        "the rules stand with About alone"
    )

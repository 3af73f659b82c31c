"""The widgets that measure a study: their bundle on a page with a real kernel half, and in JupyterLab."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

import relsurvey as rs
from relsurvey.instrument.model import Category
from relsurvey.widgets import Compare, Reliability
from tests.browser.desk import open_notebook
from tests.browser.seat import Seat, seats
from tests.widgets.small import SMALL, demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study() -> rs.Study:
    return demo()


@pytest.fixture
def sit(browser: Browser) -> Iterator[Callable[..., Seat]]:
    """Return what puts a widget on a page; keywords go to the browser."""
    with seats(browser, "explore") as start:
        yield start


def test_an_analyst_ticks_scales_chooses_a_group_and_takes_it_along(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    widget = Reliability(study)
    seat = sit(widget)
    page = seat.page
    expect(page.get_by_role("heading", name="Reliability of the scales")).to_be_visible()
    expect(page.locator(".rs-say p")).to_have_count(5)
    pictures = page.locator(".rs-picture")
    expect(pictures).to_have_count(5)
    expect(pictures.first).to_have_accessible_name("Alpha: 0.85, 0.83 to 0.87; Omega: 0.85, 0.83 to 0.88")
    assert page.locator(".rs-limit").count() == 5 * 2 + 1
    for scale in ("Express care", "Challenge growth", "Provide support"):
        page.get_by_label(scale, exact=True).uncheck()
    page.get_by_label("Groups").select_option(label="Gender")
    expect(page.locator("code")).to_contain_text('table = study.reliability(by="gender").table')
    expect(page.get_by_role("heading", level=3)).to_have_text(["Share power", "Expand possibilities"])
    expect(page.locator(".rs-row-name")).to_have_text(["Girl", "Boy", "Nonbinary", "Prefer not to say"] * 2)
    assert widget.table["group"].tolist()[:2] == ["girl", "boy"]

    page.get_by_role("button", name="Copy code").click()
    expect(page.locator(".rs-command [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == widget.code
    page.get_by_role("button", name="Copy table").first.click()
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0].split("\t")[:3] == ["Scale", "Group", "Students"] and len(copied) == 9
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as Excel file").click()
    assert download.value.suggested_filename == "reliability-share-power-gender.xlsx"
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert len(book.worksheets) == 3
    expect(page.get_by_text("Saved: groups of fewer than 11")).to_be_visible()
    page.locator("summary", has_text="Question by question").click()
    expect(page.get_by_role("region", name="Question by question")).to_contain_text("let students run part")
    assert seat.axe() == []
    assert seat.complaints == []


def test_groups_are_compared_in_their_order_and_small_ones_are_not_drawn(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    seat = sit(Compare(study, "share_power", "race_ethnicity"))
    page = seat.page
    names = page.locator(".rs-row-name")
    known = [c.label["en"] for c in study.instrument.groups["race_ethnicity"].categories]
    expect(names).to_have_text(known)
    for label in SMALL.values():
        row = page.locator(".rs-row-interval", has_text=label)
        expect(row).to_have_text(f"{label}too few students")
        assert row.locator("svg").count() == 0
    first = page.locator(".rs-row-interval").first
    assert first.locator("circle").count() == 1 and first.locator(".rs-diamond").count() == 1
    page.get_by_label("Scale or question").select_option(label="My ninth-grade teachers greet me by name.")
    expect(page.locator(".rs-say")).to_contain_text("A single question gets no verdict")
    expect(page.locator("code")).to_have_text('study.compare("care_1", by="race_ethnicity")')
    assert seat.axe() == []
    assert seat.complaints == []


def test_everything_can_be_done_by_keyboard(sit: Callable[..., Seat], study: rs.Study) -> None:
    seat = sit(Compare(study, "express_care", "gender"))
    page = seat.page
    expect(page.locator(".rs-row-name").first).to_be_visible()
    page.locator("h1").click()
    for name in ("Scale or question", "Compared by"):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        expect(focused).to_have_accessible_name(name)
        assert focused.evaluate("e => getComputedStyle(e).outlineWidth") == "3px"
        assert focused.get_attribute("data-lm-suppress-shortcuts") == "true"
    page.keyboard.type("Eng", delay=5)
    expect(page.locator("code")).to_have_text('study.compare("express_care", by="english_learner")')
    assert page.locator(":focus").evaluate("e => e.tagName") == "SELECT", "the focus stays in the menu"
    reached = []
    page.keyboard.press("Tab")
    while page.locator(":focus").count():
        reached.append(page.locator(":focus").evaluate("e => e.getAttribute('aria-label') || e.textContent"))
        page.keyboard.press("Tab")
    assert reached == [
        *("Groups", "Copy table", "Every two groups: difference of the mean scores", "Within"),
        *("Download as Excel file", "Copy code"),
    ]


def test_arrow_keys_ask_the_kernel_once(sit: Callable[..., Seat], study: rs.Study) -> None:
    seat = sit(Compare(study, "express_care", "gender"))
    menu = seat.page.get_by_label("Compared by")
    menu.focus()
    for _ in range(4):
        menu.press("ArrowDown")
    expect(seat.page.locator("code")).to_contain_text('by="disability"')
    assert len(seat.sent) == 2, "the first look, and where the reader came to rest"


def test_long_work_says_so_and_the_new_sentence_is_announced(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    seat = sit(Compare(study, "express_care", "gender"))
    page = seat.page
    said = page.locator(".rs-say")
    expect(said).to_have_attribute("role", "status")
    expect(said).to_contain_text("“Girl”")
    working = page.locator(".rs-working")
    expect(working).to_have_text("")
    page.evaluate("slow = 1500")
    page.get_by_label("Compared by").select_option("school")
    expect(working).to_have_text("Working …")
    expect(page.get_by_label("Compared by")).to_have_value("school")
    expect(said).to_contain_text("“Sierra Norte High (simulated)”")
    expect(working).to_have_text("")


def test_a_refusal_and_an_error_stand_in_place_and_the_menus_go_on(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    seat = sit(Reliability(study, ["share_power"]))
    page = seat.page
    box = page.get_by_label("Share power", exact=True)
    box.click()
    expect(page.get_by_role("alert")).to_have_text("Choose at least one scale.")
    expect(box).to_be_checked()
    expect(page.locator(".rs-row-name")).to_have_text(["Share power"])
    page.get_by_label("Express care", exact=True).check()
    expect(page.get_by_role("alert")).to_have_text("")
    expect(page.locator(".rs-row-name")).to_have_text(["Express care", "Share power"])

    one = study.where(school=str(study.responses["school"].iloc[0]))
    seat = sit(Compare(one, by="school"))
    expect(seat.page.get_by_role("alert")).to_contain_text("needs two groups with scores")
    expect(seat.page.locator("table")).to_have_count(0)
    assert seat.axe() == []
    seat.page.get_by_label("Compared by").select_option("gender")
    expect(seat.page.locator(".rs-row-name").first).to_have_text("Girl")


@pytest.mark.parametrize(("scheme", "colours"), [("light", "none"), ("dark", "none"), ("dark", "active")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing(
    sit: Callable[..., Seat], study: rs.Study, scheme: str, colours: str, language: str
) -> None:
    for widget in (Reliability(study, by="gender"), Compare(study, by="race_ethnicity")):
        seat = sit(widget, language, color_scheme=scheme, forced_colors=colours)
        expect(seat.page.locator(".rs-row-name").first).to_be_visible()
        for summary in seat.page.locator("summary").all():
            summary.click()
        assert seat.axe() == []
        assert seat.page.locator(".rs").get_attribute("lang") == language


def test_the_language_changes_at_once_and_without_the_kernel(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    seat = sit(Compare(study, "express_care", "gender"), "", locale="es-MX")
    page = seat.page
    expect(page.get_by_role("heading", level=2)).to_have_text("Comparar grupos de estudiantes")
    expect(page.locator(".rs-row-name").first).to_have_text("Chica")
    expect(page.locator(".rs-say")).to_contain_text("Más o menos igual")
    asked = len(seat.sent)
    page.evaluate("model.set('language', 'en')")
    expect(page.locator(".rs-row-name").first).to_have_text("Girl")
    expect(page.locator(".rs-say")).to_contain_text("About the same")
    assert len(seat.sent) == asked


@pytest.mark.parametrize(("width", "touch"), [(390, True), (820, True), (1280, False)])
def test_every_control_is_large_enough_and_nothing_is_cut(
    sit: Callable[..., Seat], study: rs.Study, width: int, touch: bool
) -> None:
    for widget in (Reliability(study, by="school"), Compare(study, "care_1", "race_ethnicity")):
        seat = sit(widget, viewport={"width": width, "height": 900}, has_touch=touch)
        expect(seat.page.locator(".rs-row-name").first).to_be_visible()
        for summary in seat.page.locator("summary").all():
            summary.click()
        small = seat.page.locator("select, button, summary, .rs-check").evaluate_all(
            "all => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
            ".filter(([, height]) => height < 44)"
        )
        assert small == []
        assert seat.page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_stand_sentence_picture_and_table_and_no_buttons(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    seat = sit(Compare(study, "express_care", "gender"), color_scheme="dark")
    page = seat.page
    expect(page.locator(".rs-row-name").first).to_be_visible()
    page.emulate_media(media="print")
    for part in (".rs-say", ".rs-row-picture >> nth=0", "table >> nth=0", "code"):
        expect(page.locator(part)).to_be_visible()
    for button in page.get_by_role("button", include_hidden=True).all():
        expect(button).to_be_hidden()
    paper = page.locator(".rs").evaluate(
        "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).colorScheme]"
    )
    assert paper == ["rgb(255, 255, 255)", "light"]


def test_hostile_labels_are_text(sit: Callable[..., Seat], study: rs.Study) -> None:
    hostile = "<img src=x onerror=window.broken=1>"
    gender = study.instrument.groups["gender"]
    categories = tuple(Category(id=c.id, label={"*": f"{hostile} =1+1 {c.id}"}) for c in gender.categories)
    groups = {
        **study.instrument.groups,
        "gender": gender.model_copy(update={"title": {"*": hostile}, "categories": categories}),
    }
    responses = study.responses.replace({"school": {study.responses["school"].iloc[0]: f"={hostile}"}})
    other = replace(
        study, instrument=study.instrument.model_copy(update={"groups": groups}), responses=responses
    )
    for widget, row in ((Compare(other, by="gender"), f"{hostile} =1+1 girl"), (Reliability(other), None)):
        seat = sit(widget)
        if row:
            expect(seat.page.locator(".rs-row-name").first).to_have_text(row)
        menu = seat.page.locator("select").last
        menu.select_option("school")
        expect(seat.page.locator(".rs-row-name", has_text=f"={hostile}").first).to_be_visible()
        seat.page.get_by_role("button", name="Copy table").first.click()
        copied = seat.page.evaluate("navigator.clipboard.readText()")
        assert f"'={hostile}" in copied and f"\t={hostile}" not in f"\t{copied}".replace("\n", "\t")
        assert seat.page.locator("img").count() == 0
        assert seat.page.evaluate("window.broken") is None
        assert seat.complaints == []


def test_without_a_kernel_it_says_so_and_leaving_leaves_nothing(
    sit: Callable[..., Seat], study: rs.Study
) -> None:
    seat = sit(Reliability(study))
    expect(seat.page.locator(".rs-row-name").first).to_be_visible()
    seat.page.evaluate("leave()")
    assert seat.page.evaluate("listening()") == 0
    assert seat.page.evaluate("document.getElementById('out').childNodes.length") == 0
    seat.page.evaluate("deaf = true; start('en')")
    expect(seat.page.get_by_text("Connecting")).to_be_visible()
    expect(seat.page.get_by_role("alert")).to_have_text(
        "No Python answers. Run the cell above again.", timeout=12_000
    )


def test_both_in_jupyterlab(browser: Browser, tmp_path: Any) -> None:
    """Both widgets in one notebook: by keyboard, in the dark, and nothing of it in the saved file."""
    cells = [
        (
            "import relsurvey as rs\nfrom relsurvey.demo import demo_workbook\n\n"
            "study = rs.read(demo_workbook())"
        ),
        "reliability = rs.widgets.Reliability(study)\nreliability",
        "compare = rs.widgets.Compare(study, by='gender')\ncompare",
        "print(reliability.code, len(reliability.table))\nprint(compare.code, len(compare.table))",
    ]
    with open_notebook(browser, tmp_path, cells) as (desk, file):
        for _ in range(3):
            desk.run("notebook:run-cell-and-select-next")
        outputs = desk.page.locator(".jp-OutputArea .rs-explore")
        expect(outputs).to_have_count(2, timeout=60_000)
        reliability, compare = outputs.first, outputs.last
        expect(reliability.locator(".rs-row-name")).to_have_count(5, timeout=60_000)
        expect(compare.locator(".rs-row-name").first).to_have_text("Girl", timeout=60_000)
        # The notebook deletes a cell on two d's, but not while a menu has the focus.
        menu = compare.get_by_label("Compared by")
        menu.focus()
        desk.page.keyboard.press("d")
        desk.page.keyboard.press("d")
        # A menu takes letters that come together for one word.
        desk.page.wait_for_timeout(1_500)
        desk.page.keyboard.type("Eng", delay=5)
        expect(compare.locator(".rs-row-name")).to_have_text(["Yes", "No"], timeout=60_000)
        reliability.get_by_label("Groups").focus()
        desk.page.keyboard.type("Gen", delay=5)
        expect(reliability.locator(".rs-row-name")).to_have_count(20, timeout=60_000)
        assert desk.page.locator(".jp-CodeCell").count() == 4
        with desk.page.expect_download() as download:
            compare.get_by_role("button", name="Download as Excel file").click()
        assert load_workbook(io.BytesIO(download.value.path().read_bytes())).sheetnames[0] == "1"
        assert desk.axe(".jp-OutputArea .rs-explore") == []
        desk.run("apputils:change-theme", theme="JupyterLab Dark")
        expect(desk.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        lightness = "(e) => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
        assert max(compare.evaluate(lightness)) < 40
        assert desk.axe(".jp-OutputArea .rs-explore") == []
        desk.page.locator(".jp-CodeCell").last.locator(".cm-content").click()
        desk.run("notebook:run-cell")
        said = desk.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
        expect(said).to_contain_text('study.reliability(by="gender") 20', timeout=60_000)
        expect(said).to_contain_text('study.compare("express_care", by="english_learner") 2')
        desk.run("docmanager:save")
        assert desk.elsewhere() == []
        assert desk.complaints == []
    saved = file.read_text("utf-8")
    assert "english_learner" in json.loads(saved)["cells"][3]["outputs"][0]["text"][1]
    assert "0.8" not in saved.split('"metadata": {\n  "kernelspec"')[0] and "Nonbinary" not in saved

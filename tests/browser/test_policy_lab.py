"""The policy lab: its bundle on a page with a real kernel half, and in JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from relsurvey.grading import Gradebook, Policy
from relsurvey.widgets import PolicyLab
from tests.browser.desk import open_notebook
from tests.browser.seat import Seat, seats
from tests.widgets.scores import OWN, plain, whole

pytestmark = pytest.mark.browser

#: What stands in the table, row by row, as text.
CELLS = "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"


@pytest.fixture(scope="module")
def book() -> Gradebook:
    return whole()


@pytest.fixture
def sit(browser: Browser) -> Iterator[Callable[..., Seat]]:
    """Return what puts a widget on a page; keywords go to the browser."""
    with seats(browser, "policy") as start:
        yield start


def table(page: Page) -> list[list[str]]:
    cells: list[list[str]] = page.locator(".rs-policy-table tbody tr").evaluate_all(CELLS)
    return cells


def rule(page: Page, name: str) -> Any:
    return page.get_by_role("group", name=name, exact=True)


def test_a_team_tries_a_floor_keeps_it_and_takes_it_along(sit: Callable[..., Seat]) -> None:
    lab = PolicyLab(plain(25, 75))
    seat = sit(lab)
    page = seat.page
    floor = rule(page, "Lowest percent")
    expect(page.get_by_role("heading", name="Try a grading policy")).to_be_visible()
    assert table(page)[0] == ["Marks that are D or F", "25 %", "25 %"]
    floor.get_by_label("This rule holds").check()
    slider = floor.get_by_label("Lowest percent")
    expect(slider).to_have_value("50")
    expect(page.locator(".rs-policy-strip").first).to_have_text("Marks that are D or F: 25 % → 0 %")
    assert [row[1:] for row in table(page)][3:] == [
        ["0 %", "0 %"],
        ["75 %", "100 %"],
        ["2.50", "2.75"],
        ["", "25"],
        ["", "25"],
        ["", "0"],
    ]
    expect(page.locator(".rs-say")).to_contain_text("Marks that move up: 25; marks that move down: 0.")
    expect(page.locator(".rs-policy-said")).to_contain_text("68 % (D) becomes 78 % (C).")
    page.get_by_role("button", name="Keep beside").click()
    expect(page.get_by_role("heading", name="Kept 1")).to_be_visible()
    slider.fill("5")
    expect(page.locator(".rs-policy-strip").first).to_contain_text("25 % → 25 %")
    assert table(page)[0] == ["Marks that are D or F", "25 %", "25 %", "0 %"]
    expect(page.locator("code")).to_contain_text('floor={"percent": 5, "on": "score"},')
    page.get_by_role("button", name="Try kept policy 1 again").click()
    expect(slider).to_have_value("50")
    page.get_by_role("button", name="Copy code").click()
    assert page.evaluate("navigator.clipboard.readText()") == lab.code
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as YAML").click()
    assert download.value.suggested_filename == "policy-lab.yaml"
    assert Policy.from_yaml(download.value.path()) == lab.policy
    page.get_by_role("button", name="Remove kept policy 1").click()
    expect(page.get_by_role("heading", name="Kept 1")).to_have_count(0)
    page.get_by_role("button", name="Start again").click()
    expect(floor.get_by_label("This rule holds")).not_to_be_checked()
    assert seat.complaints == []


def test_it_goes_by_keyboard_and_ctrl_z_takes_a_move_back(sit: Callable[..., Seat], book: Gradebook) -> None:
    lab = PolicyLab(book)
    page = sit(lab).page
    box = rule(page, "Lowest percent").get_by_label("This rule holds")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("type", "range")
    expect(focused).to_have_accessible_name("Lowest percent")
    assert focused.get_attribute("data-lm-suppress-shortcuts") == "true"
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(focused).to_have_value("58")
    expect(focused).to_have_attribute("aria-valuetext", "58 %")
    expect(page.locator("code")).to_contain_text('"percent": 58')
    expect(page.locator(".rs-policy-example")).not_to_have_text("")
    page.keyboard.press("Control+z")
    expect(focused).to_have_value("50"), "what eight keys moved is one step"
    page.keyboard.press("Control+Shift+z")
    expect(focused).to_have_value("58")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        # Not the address bar.
        if page.locator(":focus").count():
            reached.add(page.locator(":focus").evaluate("e => e.tagName + (e.type ?? '')"))
    assert {"INPUTrange", "INPUTcheckbox", "INPUTnumber", "SELECTselect-one"} <= reached
    assert {"DIV", "SUMMARY", "BUTTONbutton"} <= reached


def test_every_control_of_a_part_reaches_the_policy(sit: Callable[..., Seat], book: Gradebook) -> None:
    lab = PolicyLab(Gradebook.of(book.scores, book.marks))
    seat = sit(lab)
    page = seat.page
    expect(page.locator(".rs-policy-table")).to_be_visible()
    for name in ("Missing work", "Retakes", "Late work", "Make-up days"):
        rule(page, name).get_by_label("This rule holds").check()
    rule(page, "Missing work").get_by_label("Missing work counts").select_option("Nothing: it is excused")
    rule(page, "Missing work").get_by_label("M", exact=True).check()
    retake = rule(page, "Retakes")
    retake.get_by_label("First score below").fill("65")
    retake.get_by_label("What counts").select_option("The average")
    retake.get_by_label("New tries that count").fill("2")
    rule(page, "Late work").get_by_label("Days, then zero").fill("7")
    makeup = rule(page, "Make-up days")
    makeup.get_by_label("Day of making up").fill("2026-03-03")
    makeup.get_by_role("button", name="Add day").click()
    makeup.get_by_label("Days late at most").fill("")
    rule(page, "Lowest scores left out").get_by_label("Tests").fill("1")
    rule(page, "Categories that are no part of the mark").get_by_label("Behavior").check()
    rule(page, "Letters").get_by_label("D from").fill("50")
    rule(page, "Rounding").get_by_label("The percent, before its letter").select_option("To a whole number")
    passing = rule(page, "Courses without letters, passed or not")
    passing.get_by_label("This rule holds").check()
    expect(page.locator("code")).to_contain_text("pass_=60")
    expect(page.get_by_role("alert")).to_have_text("")
    policy = lab.policy
    assert policy.missing is not None and policy.missing.model_dump() == {
        "codes": ("M",),
        "counts_as": "excused",
    }
    assert policy.retake is not None and policy.retake.model_dump() == {
        "below": 65,
        "cap": 80,
        "keep": "average",
        "count": 2,
        "window": None,
    }
    assert policy.late is not None and policy.late.window == 7
    assert policy.makeup is not None and policy.makeup.window is None
    assert [day.isoformat() for day in policy.makeup.days] == ["2026-03-03"]
    assert policy.drop_lowest == {"Tests": 1} and policy.exclude == ("Behavior",)
    assert policy.cuts["D"] == 50 and policy.round == 0 and policy.pass_ == 60
    makeup.get_by_role("button", name="Remove 2026-03-03").click()
    expect(makeup.get_by_label("Days late at most")).to_have_value("5")
    assert seat.complaints == []


def test_a_sum_other_than_100_and_a_hole_are_said(sit: Callable[..., Seat], book: Gradebook) -> None:
    lab = PolicyLab(book)
    seat = sit(lab)
    page = seat.page
    weights = rule(page, "Weights of categories (else points are added up)")
    weights.get_by_label("Homework").fill("30")
    alert = page.get_by_role("alert")
    expect(weights).to_contain_text("Together: 90 %")
    expect(alert).to_have_text("The weights add up to 90 %, not to 100 %: nothing is computed.")
    expect(page.locator(".rs-policy-strip").first).to_contain_text("not computed")
    page.evaluate("model.set('language', 'es')")
    expect(alert).to_have_text("Los pesos suman 90 %, no 100 %: no se calcula nada.")
    page.evaluate("model.set('language', 'en')")
    weights.get_by_label("Tests").fill("70")
    expect(alert).to_have_text("")
    expect(page.locator("code")).to_contain_text('weights={"Homework": 30, "Tests": 70}')
    last = rule(page, "Letters").get_by_label("F from")
    last.fill("20")
    expect(alert).to_have_text("The letters have a hole: there is none under 20 %. The last one starts at 0.")
    last.fill("")
    last.blur()
    expect(last).to_have_value("20"), "what is no number changes nothing"
    last.fill("0")
    expect(alert).to_have_text("")


def test_what_the_gradebook_cannot_support_says_what_would_be_needed(sit: Callable[..., Seat]) -> None:
    page = sit(PolicyLab(plain(25, 75))).page
    for name, needed in (
        ("Retakes", "The file holds one attempt at each piece of work"),
        ("Late work", "The days work was due and was handed in would be needed"),
        ("Missing work", "No work in the gradebook is marked as missing."),
        ("Weights of categories (else points are added up)", "The category of every piece of work"),
    ):
        box = rule(page, name).get_by_label("This rule holds")
        expect(box).to_be_disabled()
        expect(rule(page, name)).to_contain_text(needed)
        assert needed in page.locator(f"[id='{box.get_attribute('aria-describedby')}']").inner_text()


def test_while_a_slider_moves_the_kernel_is_asked_for_where_it_is_now(
    sit: Callable[..., Seat], book: Gradebook
) -> None:
    seat = sit(PolicyLab(book))
    page = seat.page
    rule(page, "Lowest percent").get_by_label("This rule holds").check()
    expect(page.locator(".rs-policy-example")).not_to_have_text("")
    asked = len(seat.sent)
    page.evaluate("slow = 300")
    slider = rule(page, "Lowest percent").get_by_label("Lowest percent")
    slider.evaluate(
        "(slider) => { for (let at = 51; at <= 90; at++) {"
        " slider.value = at; slider.dispatchEvent(new Event('input', { bubbles: true })); } }"
    )
    expect(slider).to_have_value("90")
    expect(page.locator("code")).to_contain_text('"percent": 90')
    expect(page.locator(".rs-scroll").first).to_have_attribute("aria-busy", "false")
    assert len(seat.sent) - asked == 3, "the first, the last, and that it rests"


@pytest.mark.parametrize(
    ("scheme", "colours", "language"),
    [("light", "none", "en"), ("dark", "none", "es"), ("dark", "active", "en")],
)
def test_axe_finds_nothing(
    sit: Callable[..., Seat], book: Gradebook, scheme: str, colours: str, language: str
) -> None:
    lab = PolicyLab(book)
    lab.change(floor={"percent": 50}, retake={"below": 70}, makeup={"days": ["2026-03-03"]})
    seat = sit(lab, language, color_scheme=scheme, forced_colors=colours)
    page = seat.page
    page.locator(".rs-buttons button").first.click()
    page.locator(".rs-policy-groups select").select_option("school")
    expect(page.locator(".rs-policy-groups table")).to_be_visible()
    page.locator("summary").click()
    assert seat.axe() == []
    assert page.locator(".rs").get_attribute("lang") == language


@pytest.mark.parametrize(("width", "touch"), [(360, True), (390, True), (1280, False)])
def test_every_control_is_large_enough_and_nothing_is_cut(
    sit: Callable[..., Seat], book: Gradebook, width: int, touch: bool
) -> None:
    lab = PolicyLab(book)
    lab.change(floor={"percent": 50}, retake={"below": 70}, makeup={"days": ["2026-03-03"]})
    page = sit(lab, "es", viewport={"width": width, "height": 900}, has_touch=touch).page
    page.locator(".rs-policy-groups select").select_option("school")
    expect(page.locator(".rs-policy-groups table")).to_be_visible()
    page.locator("summary").click()
    small = page.locator(
        "select, button, summary, .rs-check, input[type=range], input[type=number], input[type=date]"
    ).evaluate_all(
        "all => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 44)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # What is moved has the figure beside it: below the rule on a telephone, else in the table.
    strips = page.locator(".rs-policy-set .rs-policy-strip")
    rule(page, "Redondeo").get_by_label("El porcentaje, antes de su letra").select_option("")
    expect(strips).to_have_count(1)
    assert strips.is_visible() == (width < 700)
    # Before and after stand side by side on a telephone.
    shown = page.locator(".rs-policy-table").evaluate(
        "e => [e.rows[1].cells[2].getBoundingClientRect().right,"
        " e.closest('.rs-scroll').getBoundingClientRect().right]"
    )
    assert shown[0] <= shown[1] + 1


def test_names_from_the_file_are_text(sit: Callable[..., Seat], book: Gradebook) -> None:
    hostile = "<img src=x onerror=window.broken=1>"
    scores = book.scores.replace({"category": {"Tests": hostile}, "course": {"Algebra": f"={hostile}"}})
    own = OWN.but(weights={"Homework": 40, hostile: 60})
    lab = PolicyLab(Gradebook.of(scores, policies=[own]))
    seat = sit(lab)
    page = seat.page
    expect(rule(page, "Lowest scores left out")).to_contain_text(hostile)
    expect(page.locator(".rs-policy-said")).to_contain_text(hostile)
    page.get_by_label("The same by").select_option("course")
    expect(page.locator(".rs-policy-groups tbody th").first).to_have_text(f"={hostile}")
    page.locator(".rs-policy-groups").get_by_role("button", name="Copy table").click()
    assert f"\n'={hostile}\t" in page.evaluate("navigator.clipboard.readText()")
    assert page.locator("img").count() == 0
    assert page.evaluate("window.broken") is None
    assert seat.complaints == []


def test_on_paper_and_with_little_motion(sit: Callable[..., Seat], book: Gradebook) -> None:
    seat = sit(PolicyLab(book), reduced_motion="reduce", color_scheme="dark")
    page = seat.page
    bar = page.locator(".rs-policy-bar > span").first
    assert bar.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    page.emulate_media(media="print")
    expect(page.locator(".rs-policy-table")).to_be_visible()
    for button in page.get_by_role("button", include_hidden=True).all():
        if button.evaluate("e => e.closest('fieldset') === null"):
            expect(button).to_be_hidden()
    paper = page.locator(".rs").evaluate(
        "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).colorScheme]"
    )
    assert paper == ["rgb(255, 255, 255)", "light"]


def test_without_a_kernel_it_says_so_and_leaving_leaves_nothing(
    sit: Callable[..., Seat], book: Gradebook
) -> None:
    seat = sit(PolicyLab(book))
    expect(seat.page.locator(".rs-policy-table")).to_be_visible()
    seat.page.evaluate("leave()")
    assert seat.page.evaluate("listening()") == 0
    assert seat.page.evaluate("document.getElementById('out').childNodes.length") == 0
    seat.page.evaluate("deaf = true; start('en')")
    expect(seat.page.get_by_text("Connecting")).to_be_visible()
    expect(seat.page.get_by_role("alert")).to_have_text(
        "No Python answers. Run the cell above again.", timeout=12_000
    )


def test_in_jupyterlab(browser: Browser, tmp_path: Any) -> None:
    """In a notebook: by keyboard, in the dark, and nothing of it in the saved file."""
    cells = [
        (
            "import relsurvey as rs\nfrom relsurvey.demo import demo_gradebook\n\n"
            "gradebook = rs.grading.read_gradebook(demo_gradebook(), blank='zero')"
        ),
        "lab = rs.widgets.PolicyLab(gradebook)\nlab",
        "print(lab.policy.floor.percent, lab.tried.figures.moves.up)",
    ]
    with open_notebook(browser, tmp_path, cells) as (desk, file):
        for _ in range(2):
            desk.run("notebook:run-cell-and-select-next")
        lab = desk.page.locator(".jp-OutputArea .rs-policy")
        strip = lab.locator(".rs-policy-strip").first
        expect(strip).to_have_text("Marks that are D or F: 27 % → 27 %", timeout=60_000)
        lab.get_by_label("This rule holds").first.focus()
        # The notebook deletes a cell on two d's, but not while a control has the focus.
        desk.page.keyboard.press("d")
        desk.page.keyboard.press("d")
        desk.page.keyboard.press("Space")
        expect(strip).to_have_text("Marks that are D or F: 27 % → 11 %", timeout=60_000)
        desk.page.keyboard.press("Tab")
        desk.page.keyboard.press("ArrowRight")
        expect(lab.locator("code")).to_contain_text('"percent": 51', timeout=60_000)
        desk.page.keyboard.press("Control+z")
        expect(lab.locator("code")).to_contain_text('"percent": 50', timeout=60_000)
        assert desk.page.locator(".jp-CodeCell").count() == 3
        assert desk.axe(".jp-OutputArea .rs-policy") == []
        desk.run("apputils:change-theme", theme="JupyterLab Dark")
        expect(desk.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        lightness = "(e) => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
        assert max(lab.evaluate(lightness)) < 40
        assert desk.axe(".jp-OutputArea .rs-policy") == []
        desk.page.locator(".jp-CodeCell").last.locator(".cm-content").click()
        desk.run("notebook:run-cell")
        said = desk.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
        expect(said).to_contain_text("50.0 665", timeout=60_000)
        desk.run("docmanager:save")
        assert desk.elsewhere() == []
        assert desk.complaints == []
    saved = json.loads(file.read_text("utf-8"))
    shown = json.dumps([cell["outputs"] for cell in saved["cells"][:2]]) + json.dumps(saved["metadata"])
    assert "27 %" not in shown and "Weekly work" not in shown and "Sierra" not in shown

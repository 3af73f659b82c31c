"""The loader of gradebooks: its bundle on a page of its own with a real kernel half."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from relsurvey.widgets import Loader
from tests.browser.loader_seat import Seat, own_home, sit
from tests.grading import canvas_files
from tests.widgets import messy

__all__ = ["own_home", "sit"]

pytestmark = pytest.mark.browser

PLACE = re.compile("Choose (gradebook|more) files|Elija (los|más) archivos")


@pytest.fixture
def grades(tmp_path: Path) -> Path:
    """Return a Canvas export with blanks, a code, and words that are no one's business."""
    path = canvas_files.write(tmp_path / "algebra.csv", canvas_files.made(40))
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
    for row in rows[2:14]:
        row[5] = "NHI"
    rows[15][5] = "Ana María"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def choose(seat: Seat, *paths: Path) -> None:
    seat.page.get_by_label(PLACE).set_input_files(paths)


def test_a_teacher_says_what_codes_and_blanks_mean_and_uses_the_gradebook(
    sit: Callable[..., Seat], grades: Path, tmp_path: Path
) -> None:
    seat = sit(Loader(gradebook=True))
    second = canvas_files.write(tmp_path / "biology.csv", canvas_files.made(40, seed=2, blank=0))
    choose(seat, grades, second)
    expect(seat.page.get_by_role("heading", name="2 texts stand where scores are")).to_be_visible(
        timeout=60_000
    )
    expect(seat.page.get_by_label("Course").first).to_have_value("algebra")
    expect(seat.page.get_by_label("Course").first).to_have_accessible_description(
        "From the file’s name: correct it if it is another."
    )
    seat.button("Use this gradebook").click(force=True)
    assert seat.loader.gradebook is None, "a button that says it cannot does nothing"
    seat.page.get_by_label("“NHI”").select_option("missing")
    hidden = seat.page.get_by_label("A text that is not shown")
    hidden.select_option("number")
    seat.page.get_by_label("Points that it counts").fill("2.5")
    seat.page.get_by_label("Points that it counts").press("Tab")
    expect(seat.status).to_contain_text("Say what an empty cell means.", timeout=60_000)
    zero = seat.page.get_by_label("Counts as zero")
    expect(zero).to_have_accessible_description(
        re.compile(r"counts 0\. Changes \d+ of 80 marks\. D or F: under 10 more\.")
    )
    seat.page.get_by_role("group", name="For all files").get_by_label("Term").fill("Fall")
    zero.check()
    expect(seat.status).to_have_text("Everything fits. You can use this gradebook.", timeout=60_000)
    expect(seat.page.get_by_label("Term")).to_have_count(3)
    assert [field.input_value() for field in seat.page.get_by_label("Term").all()] == ["Fall"] * 3
    seat.button("Undo").click()
    expect(zero).not_to_be_checked()
    seat.button("Redo").click()
    expect(zero).to_be_checked()
    for summary in seat.page.locator("summary").all():
        summary.click()
    expect(seat.page.get_by_role("region", name="Marks")).to_be_visible()
    expect(seat.page.get_by_label("Homework 1").first).to_be_visible()
    assert seat.axe() == []
    seat.page.get_by_label("These categories are right").check()
    expect(seat.status).to_contain_text("Everything fits.", timeout=60_000)
    seat.button("Use this gradebook").click()
    expect(seat.status).to_contain_text("In use: 40 to 99 students.", timeout=60_000)
    expect(seat.page.locator("code")).to_have_text("rs.widgets.PolicyLab(loader.gradebook)")
    assert seat.loader.gradebook is not None and set(seat.loader.gradebook.marks["term"]) == {"Fall"}
    held = seat.page.content() + str(seat.sent) + str(seat.loader.get_state())
    rows = list(csv.reader(grades.open(encoding="utf-8", newline="")))[2:]
    assert [
        row[0]
        for row in rows
        if row[0] != "Student, Test" and (row[0] in held or (row[2] and row[2] in held))
    ] == []
    assert "Ana" not in held
    assert seat.complaints == []


def test_a_survey_is_not_read_as_a_gradebook_and_a_broken_file_is_left_out_again(
    sit: Callable[..., Seat], grades: Path, tmp_path: Path
) -> None:
    seat = sit(Loader(gradebook=True))
    broken = tmp_path / "broken.csv"
    broken.write_bytes(grades.read_bytes().split(b"\n", 1)[1])
    choose(seat, messy.write(tmp_path / "survey.csv"), broken)
    offered = seat.page.get_by_role("alert").filter(has_text="survey.csv was not read")
    expect(offered).to_contain_text("it looks like “Survey answers”", timeout=60_000)
    expect(seat.page.get_by_role("alert").filter(has_text="no header row")).to_be_visible()
    expect(seat.status).to_contain_text("1 file cannot be read.")
    seat.button("Leave it out: broken.csv").click()
    expect(seat.page.locator(".rs-file")).to_have_count(0)
    assert seat.axe() == []
    # The page cannot change its script as a notebook does: what Python does with the press is enough.
    offered.get_by_role("button", name="Read it so").click()
    seat.page.wait_for_function("() => true")
    expect(seat.status).to_be_attached()
    assert seat.loader._both.mode == "survey" and len(seat.loader._loading.sources) == 1


def test_it_is_done_by_keyboard(sit: Callable[..., Seat], grades: Path) -> None:
    seat = sit(Loader(gradebook=True))
    seat.page.locator("h1").click()
    seat.page.keyboard.press("Tab")
    expect(seat.page.locator(":focus")).to_have_accessible_name("What are the files?")
    with seat.page.expect_file_chooser() as chooser:
        seat.page.keyboard.press("Tab")
        expect(seat.page.locator(":focus")).to_have_accessible_name(
            "Choose gradebook files, or drop them here"
        )
        seat.page.keyboard.press("Enter")
    chooser.value.set_files(grades)
    menu = seat.page.get_by_label("“NHI”")
    expect(menu).to_be_visible(timeout=60_000)
    for _ in range(20):
        seat.page.keyboard.press("Tab")
        if menu.evaluate("e => e === document.activeElement"):
            break
    seat.page.keyboard.type("Missing", delay=5)
    expect(menu).to_have_value("missing")
    seat.page.keyboard.press("Tab")
    seat.page.keyboard.type("Excused", delay=5)
    radio = seat.page.get_by_label("Not graded yet", exact=True)
    expect(radio).to_be_visible(timeout=60_000)
    seat.page.keyboard.press("Tab")
    expect(radio).to_be_focused()
    seat.page.keyboard.press("Space")
    seat.page.keyboard.press("ArrowDown")
    expect(seat.page.get_by_label("Counts as zero")).to_be_checked()
    expect(seat.status).to_contain_text("Everything fits.", timeout=60_000)
    seat.page.keyboard.press("Control+z")
    expect(seat.page.get_by_label("Counts as zero")).not_to_be_checked()


@pytest.mark.parametrize(
    ("width", "language", "scheme", "colours"),
    [(390, "es", "dark", "none"), (820, "en", "light", "none"), (1280, "es", "dark", "active")],
)
def test_axe_finds_nothing_and_every_control_is_large_enough(
    sit: Callable[..., Seat],
    grades: Path,
    tmp_path: Path,
    width: int,
    language: str,
    scheme: str,
    colours: str,
) -> None:
    seat = sit(
        Loader(gradebook=True),
        language,
        viewport={"width": width, "height": 900},
        has_touch=width < 1000,
        color_scheme=scheme,
        forced_colors=colours,
    )
    assert seat.axe() == []
    table = tmp_path / "table.csv"
    table.write_text("Student ID,Quiz,Essay\n" + "".join(f"s{i},{i % 10},{i}\n" for i in range(20)))
    choose(seat, grades, table)
    expect(seat.page.get_by_label("“NHI”")).to_be_visible(timeout=60_000)
    seat.page.get_by_label("“NHI”").select_option("missing")
    expect(seat.page.get_by_role("spinbutton")).to_have_count(3)
    assert seat.axe() == []
    small = seat.page.locator(
        "select, button, summary, .rs-drop, .rs-check, .rs-loader input:not([type=radio], "
        "[type=checkbox], [type=file])"
    ).evaluate_all(
        "all => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 44)"
    )
    assert small == []
    assert seat.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seat.page.locator(".rs").get_attribute("lang") == language
    assert seat.complaints == []


def test_hostile_names_are_text(sit: Callable[..., Seat], tmp_path: Path) -> None:
    hostile = "<img src=x onerror=window.broken=1>"
    course = canvas_files.made(40, {hostile: 4, "Tests": 3}, blank=0)
    seat = sit(Loader(gradebook=True))
    choose(seat, canvas_files.write(tmp_path / "a.csv", course))
    expect(seat.page.get_by_text("Canvas gradebook: 41 rows")).to_be_visible(timeout=60_000)
    for summary in seat.page.locator("summary").all():
        summary.click()
    expect(seat.page.get_by_label(f"{hostile} 1")).to_have_value(hostile)
    assert seat.page.locator("img").count() == 0
    assert seat.page.evaluate("window.broken") is None
    assert seat.complaints == []

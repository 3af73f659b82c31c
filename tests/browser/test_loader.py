"""The loader: its bundle on a page of its own with a real kernel half, and once in JupyterLab."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from relsurvey.demo import demo_workbook
from relsurvey.publish.serve import serve
from tests.browser.desk import open_notebook
from tests.browser.loader_seat import Seat, own_home, sit
from tests.grading import canvas_files
from tests.publish.serving import write_live_app
from tests.widgets import messy

__all__ = ["own_home", "sit"]

pytestmark = pytest.mark.browser


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return messy.write(tmp_path / "fall answers.csv")


def test_a_coach_loads_settles_undoes_and_uses(sit: Callable[..., Seat], export: Path) -> None:
    seat = sit()
    seat.choose(export)
    expect(seat.page.locator(".rs-file")).to_contain_text(
        "Google Forms: 200 rows, 34 columns", timeout=20_000
    )
    expect(seat.status).to_contain_text("1 question has no column.")
    expect(seat.status).to_contain_text("1 answer is not known.")
    expect(seat.page.get_by_role("heading", name="Look over these 2 columns")).to_be_visible()
    expect(seat.column(messy.ALIKE)).to_have_value("care_2")
    expect(seat.column(messy.ALIKE)).to_have_accessible_description("very alike: check it")
    seat.button("Use these answers").click(force=True)
    assert seat.loader.study is None, "a button that says it cannot does nothing"

    seat.column(messy.RENAMED).select_option("challenge_1")
    expect(seat.page.get_by_role("group", name="question has no column")).to_have_count(0)
    seat.column(messy.UNKNOWN).select_option(label="Often")
    seat.page.get_by_label("Leave out what is no answer").check()
    expect(seat.status).to_have_text("Everything fits. You can use these answers.")
    seat.button("Undo").click()
    expect(seat.page.get_by_label("Leave out what is no answer")).not_to_be_checked()
    expect(seat.status).to_contain_text("Some texts are no answer.")
    seat.button("Redo").click()
    expect(seat.status).to_contain_text("Everything fits.")
    seat.page.get_by_text("What was done with every row").click()
    expect(seat.page.get_by_role("region", name="Rows")).to_contain_text("under 10")
    seat.button("Use these answers").click()
    expect(seat.status).to_contain_text("In use: 100 to 299 students.")
    assert seat.loader.study is not None and seat.loader.used == 1
    assert seat.axe() == []
    assert seat.complaints == []


def test_the_page_never_holds_a_students_own_words(sit: Callable[..., Seat], export: Path) -> None:
    seat = sit()
    seat.choose(export)
    expect(seat.page.locator(".rs-file")).to_be_visible(timeout=20_000)
    for summary in seat.page.locator("summary").all():
        summary.click()
    seat.column("Student ID").select_option("care_1")
    seat.column("Nickname?").select_option("gender")
    seat.column("What else would you like").select_option("care_3")
    seat.page.get_by_label("Leave out what is no answer").check()
    expect(seat.status).not_to_contain_text("Reading")
    held = seat.page.content() + str(seat.sent) + str(seat.loader.get_state())
    assert [cell for cell in messy.hidden_cells(messy.rows()) if cell in held] == []


def test_everything_can_be_done_by_keyboard(sit: Callable[..., Seat], export: Path) -> None:
    seat = sit()
    seat.page.locator("h1").click()
    seat.page.keyboard.press("Tab")
    expect(seat.page.locator(":focus")).to_have_accessible_name("What are the files?")
    with seat.page.expect_file_chooser() as chooser:
        seat.page.keyboard.press("Tab")
        focused = seat.page.locator(":focus")
        expect(focused).to_have_accessible_name("Choose the survey export, or drop it here")
        assert seat.page.locator(".rs-drop").first.evaluate("e => getComputedStyle(e).outlineWidth") == "3px"
        seat.page.keyboard.press("Enter")
    chooser.value.set_files(export)
    menu = seat.column(messy.RENAMED)
    expect(menu).to_be_visible(timeout=20_000)
    for _ in range(40):
        seat.page.keyboard.press("Tab")
        if menu.evaluate("e => e === document.activeElement"):
            break
    # The letters choose, and the notebook around has no command on them.
    seat.page.keyboard.type("My ninth-grade teachers give", delay=5)
    expect(menu).to_have_value("challenge_1")
    expect(seat.status).not_to_contain_text("question has no column")
    assert menu.evaluate("e => e === document.activeElement"), "the focus stays in the line"
    # Letters that come slowly, on a busy machine, are two choices: each is undone by itself.
    steps = 0
    while menu.input_value() != "" and steps < 3:
        seat.page.keyboard.press("Control+z")
        seat.page.wait_for_timeout(300)
        steps += 1
    expect(menu).to_have_value("")
    for _ in range(steps):
        seat.page.keyboard.press("Control+Shift+Z")
    expect(menu).to_have_value("challenge_1")
    assert menu.get_attribute("data-lm-suppress-shortcuts") == "true"
    # A field keeps its own undo.
    wave = seat.page.get_by_label("Wave of all rows")
    wave.fill("fall")
    wave.press("Control+z")
    expect(menu).to_have_value("challenge_1")


@pytest.mark.parametrize(("width", "touch"), [(390, True), (820, True), (1280, False)])
def test_every_control_is_large_enough_and_nothing_is_cut(
    sit: Callable[..., Seat], export: Path, width: int, touch: bool
) -> None:
    seat = sit(viewport={"width": width, "height": 900}, has_touch=touch)
    seat.choose(export)
    expect(seat.page.locator(".rs-lines").first).to_be_visible(timeout=20_000)
    for summary in seat.page.locator("summary").all():
        summary.click()
    small = seat.page.locator("select, button, summary, .rs-drop, .rs-check, input[type=text]").evaluate_all(
        "all => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 44)"
    )
    assert small == []
    assert seat.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "colours"), [("light", "none"), ("dark", "none"), ("dark", "active")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing(
    sit: Callable[..., Seat], export: Path, scheme: str, colours: str, language: str
) -> None:
    seat = sit(language=language, color_scheme=scheme, forced_colors=colours)
    assert seat.axe() == []
    seat.choose(export, {"en": "survey export", "es": "exportación"}[language])
    expect(seat.page.locator(".rs-lines").first).to_be_visible(timeout=20_000)
    for summary in seat.page.locator("summary").all():
        summary.click()
    assert seat.axe() == []
    assert seat.page.locator(".rs").get_attribute("lang") == language
    expect(seat.status).to_contain_text(
        {"en": "question has no column", "es": "pregunta no tiene columna"}[language]
    )


def test_a_large_file_comes_in_small_pieces_and_can_be_stopped(
    sit: Callable[..., Seat], tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"a,b\n" + b"1,2\n" * 1_500_000)
    seat = sit()
    seat.page.evaluate("slow = 100")
    seat.choose(large)
    progress = seat.page.get_by_role("progressbar", name="Taking large.csv")
    expect(progress).to_be_visible()
    seat.page.wait_for_function("document.querySelector('progress')?.value > 1000000")
    seat.button("Cancel").click()
    expect(progress).to_have_count(0)
    seat.page.wait_for_timeout(1_000)
    sizes = seat.page.evaluate("sizes")
    assert max(sizes) < 1_000_000 and sum(sizes) < large.stat().st_size
    assert seat.loader._loading.sources == ()
    expect(seat.page.locator(".rs-file")).to_have_count(0)


def test_a_file_can_be_dropped_anywhere_and_a_yaml_is_an_instrument(
    sit: Callable[..., Seat], export: Path
) -> None:
    seat = sit()
    drop = """([where, name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name));
      const target = document.querySelector(where), how = { bubbles: true, cancelable: true };
      for (const type of ["dragover", "drop"])
        if (target.dispatchEvent(new DragEvent(type, { ...how, dataTransfer: data })))
          throw new Error(`${type} would leave the page`);
    }"""
    seat.page.evaluate(drop, [".rs-drop", "a.csv", export.read_text("utf-8")])
    expect(seat.page.locator(".rs-file")).to_contain_text("a.csv", timeout=20_000)
    seat.page.evaluate(drop, [".rs h2", "mine.yaml", "format: 1"])
    expect(seat.page.get_by_role("alert")).to_contain_text("mine.yaml")
    expect(seat.page.locator(".rs-file")).to_contain_text("a.csv")


def test_hostile_names_and_labels_are_text(sit: Callable[..., Seat], tmp_path: Path) -> None:
    hostile = "<img src=x onerror=window.broken=1>"
    table = messy.rows()
    table[0][-2] = hostile
    for row in table[20:45]:
        row[5] = hostile
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(table)
    seat = sit()
    seat.page.evaluate("(name) => { document.title = name; }", hostile)
    seat.choose(path)
    expect(seat.column(f"“{hostile}”")).to_be_visible(timeout=20_000)
    for summary in seat.page.locator("summary").all():
        summary.click()
    expect(seat.column(hostile).first).to_be_visible()
    assert seat.page.locator("img").count() == 0
    assert seat.page.evaluate("window.broken") is None
    assert seat.complaints == []


def test_a_file_of_no_known_survey_and_a_file_that_is_none(sit: Callable[..., Seat], tmp_path: Path) -> None:
    seat = sit()
    path = tmp_path / "lunch $(x).csv"
    path.write_text("id,I like lunch,Food is warm\n" + "1,Agree,Disagree\n2,Disagree,Agree\n" * 20, "utf-8")
    seat.choose(path)
    expect(seat.page.locator("code")).to_have_text("relsurvey new 'lunch $(x).csv'")
    seat.button("Copy").click()
    expect(seat.page.locator(".rs-command [role=status]")).not_to_be_empty()
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"%PDF-1.4")
    seat.choose(bad)
    expect(seat.page.get_by_role("alert")).to_contain_text("bad.csv cannot be read: it is a PDF")
    expect(seat.page.locator("code")).to_be_visible()


def test_without_a_kernel_it_says_so_and_leaving_leaves_nothing(sit: Callable[..., Seat]) -> None:
    seat = sit()
    expect(seat.page.get_by_text("Connecting")).to_have_count(0)
    seat.page.evaluate("leave()")
    assert seat.page.evaluate("listening()") == 0
    assert seat.page.evaluate("document.getElementById('out').childNodes.length") == 0
    seat.page.evaluate("deaf = true; start('en')")
    expect(seat.page.get_by_text("Connecting")).to_be_visible()
    expect(seat.page.get_by_role("alert")).to_have_text(
        "No Python answers. Run the cell above again.", timeout=12_000
    )


def test_the_whole_way_in_jupyterlab(browser: Browser, tmp_path: Path, export: Path) -> None:
    """A cell shows the widget; a file, one menu, the button; the next cell has the study."""
    cells = [
        "import relsurvey as rs\n\nloader = rs.widgets.Loader()\nloader",
        "print(loader.study, loader.used)\nprint(loader.code)",
        "grades = rs.widgets.Loader()\ngrades",
        "print(grades.gradebook)\nprint(grades.code)",
    ]
    course = canvas_files.made(40)
    marks = canvas_files.write(tmp_path / "algebra.csv", course)
    with open_notebook(browser, tmp_path, cells) as (desk, file):
        desk.run("notebook:run-cell-and-select-next")
        loader = desk.page.locator(".jp-OutputArea .rs-loader")
        expect(loader.get_by_role("heading", name="Load survey answers")).to_be_visible(timeout=60_000)
        loader.get_by_label("survey export").set_input_files(export)
        menu = loader.get_by_label(messy.RENAMED)
        expect(menu).to_be_visible(timeout=60_000)
        # The notebook deletes a cell on two d's, but not while a menu has the focus.
        menu.press("d")
        menu.press("d")
        menu.select_option("challenge_1")
        loader.get_by_label(messy.UNKNOWN).select_option(label="Often")
        loader.get_by_label("Leave out what is no answer").check()
        expect(loader.get_by_role("status").last).to_contain_text("Everything fits", timeout=60_000)
        loader.get_by_role("button", name="Use these answers").click()
        expect(loader.get_by_role("status").last).to_contain_text("In use", timeout=60_000)
        assert desk.page.locator(".jp-CodeCell").count() == 4
        assert desk.axe(".jp-OutputArea .rs-loader") == []
        cell = desk.page.locator(".jp-CodeCell")
        cell.nth(1).locator(".cm-content").click()
        desk.run("notebook:run-cell-and-select-next")
        said = cell.nth(1).locator(".jp-OutputArea-output")
        expect(said).to_contain_text("<Study five-elements: 100 to 299 students", timeout=60_000)
        expect(said).to_contain_text('"Q7": "challenge_1"')

        # A gradebook is known for one: the other loader takes this one's place, and has the focus.
        desk.run("notebook:run-cell-and-select-next")
        grades = cell.nth(2).locator(".rs-loader")
        expect(grades.get_by_role("heading", name="Load survey answers")).to_be_visible(timeout=60_000)
        grades.get_by_label("survey export").set_input_files(marks)
        expect(grades.get_by_role("heading", name="Load gradebooks")).to_be_visible(timeout=60_000)
        kind = grades.get_by_label("What are the files?")
        expect(kind).to_have_value("gradebook")
        expect(kind).to_be_focused()
        grades.get_by_label("Counts as zero").check()
        expect(grades.get_by_role("status").last).to_contain_text("Everything fits", timeout=60_000)
        grades.get_by_role("button", name="Use this gradebook").click()
        expect(grades.locator("code")).to_have_text("rs.widgets.PolicyLab(loader.gradebook)", timeout=60_000)
        assert desk.axe(".jp-OutputArea .rs-loader") == []
        cell.nth(3).locator(".cm-content").click()
        desk.run("notebook:run-cell")
        said = cell.nth(3).locator(".jp-OutputArea-output")
        expect(said).to_contain_text("Gradebook: 480 scores, 40 marks, 40 students", timeout=60_000)
        expect(said).to_contain_text('read_gradebook("algebra.csv", blank="zero")')
        desk.run("docmanager:save")
        assert desk.elsewhere() == []
        assert desk.complaints == []
    saved = file.read_text("utf-8")
    assert "<Study five-elements" in json.loads(saved)["cells"][1]["outputs"][0]["text"][0]
    assert [cell for cell in messy.hidden_cells(messy.rows()) if cell in saved] == []
    assert [one.last for one in course.students if f"{one.last}," in saved or one.sis in saved] == []


def test_it_works_in_a_live_app(browser: Browser, tmp_path: Path, export: Path) -> None:
    """Voilà's line carries the pieces of a file, and what was used is there for the next cell."""
    source = """\
import relsurvey as rs
import ipywidgets as widgets

said = widgets.Label("waiting")
loader = rs.widgets.Loader()
loader.observe(lambda _: setattr(said, "value", f"{len(loader.study.responses):,} rows are here"), "used")
widgets.VBox([loader, said])
"""
    folder = tmp_path / "app"
    folder.mkdir()
    with serve(write_live_app(folder / "app.ipynb", source), open_browser=False) as server:
        context = browser.new_context(viewport={"width": 820, "height": 1180}, locale="es-MX", has_touch=True)
        try:
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(server.url, wait_until="commit")
            page.get_by_label("exportación").set_input_files(demo_workbook(), timeout=60_000)
            status = page.locator(".rs-loader .rs-status")
            expect(status).to_contain_text("Todo coincide.", timeout=60_000)
            page.get_by_role("button", name="Usar estas respuestas").tap()
            expect(status).to_contain_text("En uso: 300 estudiantes o más.", timeout=30_000)
            expect(page.get_by_text("902 rows are here")).to_be_visible()
            elsewhere = [
                url for url in asked if not url.startswith((server.url, f"blob:{server.url}", "data:"))
            ]
            assert elsewhere == []
        finally:
            context.close()

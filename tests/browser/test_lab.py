"""The extension in a real JupyterLab: a view is a document with no kernel, a notebook is one click away."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

import relsurvey
from tests.browser.conftest import whole
from tests.browser.desk import Desk, Lab, shared_lab
from tests.browser.test_sinks import hostile

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "workshop" / "first-look.ipynb"
POLICIES = NOTEBOOK.with_name("grading-policies.ipynb")
SCHOOL = "sierra-norte"
HOSTILE = "<img src=x onerror=window.__broken=1>"


@pytest.fixture(scope="module")
def lab() -> Lab:
    return shared_lab()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return one context for all, whose cache has JupyterLab's own files."""
    context = browser.new_context(viewport={"width": 1280, "height": 850}, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def sit(lab: Lab, context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Callable[..., Desk]]:
    """Return what opens JupyterLab in a new folder that holds these files."""
    folder = lab.root / re.sub(r"\W+", "-", request.node.name).strip("-")

    def start(files: dict[str, str] | None = None) -> Desk:
        folder.mkdir()
        for name, text in (files or {}).items():
            (folder / name).write_text(text, "utf-8")
        desk = Desk(lab, context, folder)
        desk.sit_down()
        return desk

    yield start
    for page in context.pages:
        page.close()
    lab.end_kernels()


def test_double_click_draws_the_view_with_no_kernel(sit: Callable[..., Desk], sample_text: str) -> None:
    desk = sit({"view.relsurvey.json": sample_text, "other.json": "{}"})
    before = desk.lab.running()
    view = desk.open("view.relsurvey.json")
    expect(view.get_by_role("heading", level=1)).to_have_text("All schools · Spring")
    expect(view.locator(".rs-row[data-scale] svg rect").first).to_be_visible()
    expect(desk.tab("view.relsurvey.json")).to_have_attribute("aria-selected", "true")
    # The view has the focus, so its keys count at once.
    desk.page.keyboard.press("l")
    expect(view.get_by_role("heading", level=1)).to_have_text("Todas las escuelas · Primavera")
    assert desk.lab.running() == before
    assert desk.axe() == []
    # A plain JSON file stays what it was.
    desk.page.locator(".jp-DirListing-item", has_text="other.json").dblclick()
    expect(desk.tab("other.json")).to_be_visible()
    assert desk.page.locator(".relsurvey-view").count() == 1
    assert desk.elsewhere() == []
    assert desk.complaints == []


def test_the_view_follows_the_dark_theme(sit: Callable[..., Desk], sample_text: str) -> None:
    desk = sit({"view.relsurvey.json": sample_text})
    view = desk.open("view.relsurvey.json")
    view.get_by_label("School or team").select_option(SCHOOL)
    lightness = "(frame) => getComputedStyle(frame).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    frame = view.locator(".rs").first
    assert min(frame.evaluate(lightness)) > 230
    desk.run("apputils:change-theme", theme="JupyterLab Dark")
    expect(desk.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    assert max(frame.evaluate(lightness)) < 40
    for name in ("Questions", "Groups", "About these numbers", "At a glance"):
        view.get_by_role("navigation", name="Pages").get_by_role("button", name=name).click()
        expect(view.get_by_role("heading", name=name, level=2)).to_be_attached()
        assert desk.axe() == [], name
    desk.run("apputils:change-theme", theme="JupyterLab Light")
    for name in ("Questions", "Groups", "About these numbers", "At a glance"):
        view.get_by_role("navigation", name="Pages").get_by_role("button", name=name).click()
        expect(view.get_by_role("heading", name=name, level=2)).to_be_attached()
        assert desk.axe() == [], name
    assert desk.complaints == []


def test_damage_is_one_sentence_and_hostile_text_stays_text(
    sit: Callable[..., Desk], sample: dict[str, Any], sample_text: str
) -> None:
    sample["units"][0]["title"] = {"en": HOSTILE, "es": HOSTILE}
    named = f"{HOSTILE}.relsurvey.json"
    desk = sit(
        {
            named: json.dumps(sample),
            "half.relsurvey.json": sample_text[:5000],
            "odd.relsurvey.json": '{"format": 1}',
        }
    )
    view = desk.open(named)
    expect(view.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
    for name, sentence in (
        (
            "half.relsurvey.json",
            "This survey view is not whole: copy the file again, or publish it again with relsurvey.",
        ),
        ("odd.relsurvey.json", "This survey view is damaged at “id”: publish it again with relsurvey."),
    ):
        document = desk.open(name)
        expect(document).to_have_text(sentence)
        expect(document.get_by_role("alert")).to_have_text(sentence)
    assert desk.axe() == []
    assert desk.page.evaluate("window.__broken") is None
    assert desk.complaints == []


def test_a_view_published_again_is_drawn_again(sit: Callable[..., Desk], sample_text: str) -> None:
    desk = sit({"view.relsurvey.json": sample_text})
    file = desk.folder / "view.relsurvey.json"
    view = desk.open("view.relsurvey.json")
    view.get_by_label("School or team").select_option(SCHOOL)
    view.get_by_role("button", name="Groups").click()
    for name, sentence in (("Sierra Sur", ""), ("", "not whole"), ("Sierra Oeste", "")):
        time.sleep(1.1)  # the date of a file counts, and some file systems keep whole seconds
        file.write_text(sample_text.replace("Sierra Norte", name) if name else "{", "utf-8")
        expect(view).to_contain_text(name or sentence, timeout=20_000)
    # The reader is still where they were, and JupyterLab has nothing to save.
    expect(view.get_by_role("heading", name="Groups", level=2)).to_be_attached()
    expect(view.get_by_label("School or team")).to_have_value(SCHOOL)
    assert desk.page.locator(".jp-mod-dirty, .jp-Dialog").count() == 0
    assert desk.complaints == []


def test_a_change_in_an_editor_is_drawn_and_not_overwritten(
    sit: Callable[..., Desk], sample_text: str
) -> None:
    desk = sit({"view.relsurvey.json": sample_text})
    view = desk.open("view.relsurvey.json")
    desk.run(
        "docmanager:open",
        path=f"{desk.folder.name}/view.relsurvey.json",
        factory="Editor",
        options={"mode": "split-right"},
    )
    desk.page.locator(".cm-content").click()
    desk.page.keyboard.press("Control+Home")
    desk.page.keyboard.type("x")
    expect(view.get_by_role("alert")).to_contain_text("not whole")
    (desk.folder / "view.relsurvey.json").write_text(
        sample_text.replace("Sierra Norte", "Sierra Sur"), "utf-8"
    )
    desk.page.wait_for_timeout(7_000)
    expect(view.get_by_role("alert")).to_be_visible()
    desk.page.locator(".cm-content").click()
    desk.page.keyboard.press("Control+z")
    expect(view.get_by_role("heading", level=1)).to_have_text("All schools · Spring")


def test_an_open_view_comes_back_after_a_reload(sit: Callable[..., Desk], sample_text: str) -> None:
    desk = sit({"view.relsurvey.json": sample_text})
    desk.open("view.relsurvey.json")
    with desk.page.expect_response(
        lambda answer: "/api/workspaces/" in answer.url and answer.request.method == "PUT"
    ):
        pass  # the layout is kept a moment later
    desk.page.goto(f"{desk.lab.address}/lab/workspaces/{desk.folder.name}")
    desk.ready()
    view = desk.document("view.relsurvey.json")
    expect(view.get_by_role("heading", level=1)).to_have_text("All schools · Spring")
    expect(desk.tab("view.relsurvey.json")).to_have_count(1)


@pytest.mark.parametrize(
    ("notebook", "title", "heading"),
    [
        (NOTEBOOK, "Survey: first look", "A first look at your survey"),
        (POLICIES, "Grading: try a policy", "Try a grading policy before anyone adopts it"),
    ],
    ids=lambda value: getattr(value, "stem", None),
)
def test_the_launcher_card_opens_a_new_copy_each_time(
    sit: Callable[..., Desk], notebook: Path, title: str, heading: str
) -> None:
    text = notebook.read_text("utf-8")
    desk = sit({f"{notebook.stem.title()}-1.ipynb": text})
    launchers = desk.page.locator(".jp-Launcher")
    before = launchers.count()
    for name in (f"{notebook.stem}.ipynb", f"{notebook.stem}-2.ipynb"):
        desk.run("launcher:create", cwd=desk.folder.name)
        card = desk.page.locator(".jp-LauncherCard:visible", has_text=title)
        assert card.get_attribute("title") == "Open a copy of the workshop notebook in the present folder"
        card.click()
        expect(desk.tab(name)).to_have_attribute("aria-selected", "true")
        expect(desk.page.get_by_role("heading", name=heading).locator("visible=true")).to_have_count(1)
        assert json.loads((desk.folder / name).read_text("utf-8")) == json.loads(text)
        expect(launchers).to_have_count(before)  # the notebook stands where its launcher stood
    assert desk.elsewhere() == []
    assert desk.complaints == []


def test_a_copy_that_cannot_be_saved_is_one_sentence(sit: Callable[..., Desk]) -> None:
    desk = sit()
    desk.page.evaluate("void jupyterapp.commands.execute('relsurvey:first-look', {cwd: 'no such folder'})")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text(
        "The notebook cannot be saved in the folder “no such folder”: open a folder"
    )
    dialog.get_by_role("button", name="Close").click()
    assert list(desk.folder.iterdir()) == []


def test_the_palette_has_both_and_a_view_is_chosen_by_keyboard(
    sit: Callable[..., Desk], sample_text: str
) -> None:
    desk = sit({"view.relsurvey.json": sample_text, "answers.csv": "a,b\n", "other.json": "{}"})
    labels = desk.palette("survey")
    assert labels[:2] == ["Survey: first look", "Survey: open a view…"]
    desk.run("apputils:activate-command-palette")
    desk.page.locator(".lm-CommandPalette-input").fill("open a view")
    desk.page.keyboard.press("Enter")
    dialog = desk.page.get_by_role("dialog")
    names = dialog.locator(".jp-DirListing-itemName")
    expect(names).to_have_text(["view.relsurvey.json"])
    dialog.get_by_role("button", name="Select").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("No view was chosen")
    desk.page.get_by_role("button", name="Close").click()

    desk.page.evaluate("void jupyterapp.commands.execute('relsurvey:open-view')")
    names.click()
    dialog.get_by_role("button", name="Select").click()
    expect(desk.document("view.relsurvey.json").get_by_role("heading", level=1)).to_have_text(
        "All schools · Spring"
    )
    assert desk.complaints == []


def test_spanish_where_jupyterlab_is_spanish(sit: Callable[..., Desk], lab: Lab, sample_text: str) -> None:
    plugin = "@jupyterlab/translation-extension:plugin"
    lab.set(plugin, {"locale": "es_ES"})
    try:
        desk = sit({"view.relsurvey.json": sample_text, "odd.relsurvey.json": "[]"})
        view = desk.open("view.relsurvey.json")
        expect(view).to_have_attribute("aria-label", "Vista de encuesta: view.relsurvey.json")
        expect(view.get_by_role("heading", level=1)).to_have_text("Todas las escuelas · Primavera")
        expect(desk.open("odd.relsurvey.json").get_by_role("alert")).to_contain_text(
            "Esto no es una vista de encuesta"
        )
        labels = desk.palette("encuesta")
        assert {"Encuesta: primer vistazo", "Encuesta: abrir una vista…"} <= set(labels)
    finally:
        lab.set(plugin, {})


def test_jupyterlabs_print_command_prints_the_sheets(sit: Callable[..., Desk], sample_text: str) -> None:
    desk = sit({"view.relsurvey.json": sample_text})
    desk.open("view.relsurvey.json")
    desk.page.evaluate(
        "void (window.print = () => { window.sheets = document.querySelectorAll('.rs-sheet').length })"
    )
    desk.page.wait_for_function("jupyterapp.commands.isEnabled('apputils:print')")
    desk.run("apputils:print")
    assert desk.page.evaluate("window.sheets") == 3, "the pages of the unit that is shown"


def test_no_text_of_a_view_becomes_markup_or_code(sit: Callable[..., Desk], sample: dict[str, Any]) -> None:
    view, _ = hostile(sample)
    desk = sit({"view.relsurvey.json": json.dumps(view)})
    desk.page.evaluate("window.__fired = []")
    document = desk.open("view.relsurvey.json")
    pages = document.get_by_role("navigation", name="Pages").get_by_role("button")
    expect(pages).not_to_have_count(0)
    for number in range(pages.count()):
        pages.nth(number).click()
        desk.page.wait_for_timeout(100)
        whole(desk.page)
        assert document.locator("img, iframe, math, [onerror], [onload], a[href^='javascript:']").count() == 0
    assert desk.page.evaluate("window.__fired") == []


def test_the_extension_says_its_version() -> None:
    package = json.loads((ROOT / "widgets" / "lab" / "package.json").read_text("utf-8"))
    assert package["version"] == relsurvey.__version__


def test_the_notebook_runs_from_the_card_to_the_view_inside_it(sit: Callable[..., Desk]) -> None:
    """The workshop's whole way: the card, six cells, the view in the notebook, the published folder."""
    desk = sit()
    desk.run("relsurvey:first-look")
    notebook = desk.page.locator(".jp-NotebookPanel")
    expect(notebook).to_be_visible()
    desk.page.wait_for_function(
        "jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'"
    )
    desk.run("notebook:run-all-cells")
    shown = notebook.locator(".jp-OutputArea .rs")
    shown.scroll_into_view_if_needed(timeout=90_000)
    expect(shown.get_by_role("heading", level=1)).to_contain_text("All schools")
    expect(shown.locator(".rs-row[data-scale] svg rect").first).to_be_visible()
    published = desk.folder / "first-look-view" / "view.html"
    end = time.monotonic() + 60
    while not published.is_file():
        assert time.monotonic() < end
        time.sleep(0.2)
    shown.get_by_label("School or team").select_option(index=1)
    expect(shown.get_by_role("heading", level=1)).to_contain_text("(simulated)")
    assert desk.axe(".jp-OutputArea .rs") == []
    assert desk.elsewhere() == []

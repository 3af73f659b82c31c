"""The notebook adapter with a stub model: no Jupyter running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from relsurvey.publish.static import static

pytestmark = pytest.mark.browser

ADDRESS = "http://notebook.test/"

#: A notebook as the adapter sees it: an element, and a model that keeps values and tells of their changes.
NOTEBOOK = """<!doctype html><html lang="en"><head><title>Notebook</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="viewer.css"></head>
<body><button id="cell">a cell</button><div id="out" style="width: 700px"></div>
<script type="module">
import viewer from "./viewer.js";
const values = { _view: await (await fetch("view.json")).text(), unit: "", page: "", language: "" };
const listeners = new Map();
const of = (name) => listeners.get(name) ?? [];
window.saves = 0;
window.model = {
  get: (name) => values[name],
  set: (name, value) => {
    if (values[name] === value) return;
    values[name] = value;
    for (const listener of of(`change:${name}`)) listener();
  },
  save_changes: () => { window.saves += 1; },
  on: (name, listener) => listeners.set(name, [...of(name), listener]),
  off: (name, listener) => listeners.set(name, of(name).filter((other) => other !== listener)),
};
window.values = values;
window.listening = () => [...listeners.values()].flat().length;
window.leave = viewer.render({ model, el: document.getElementById("out") });
</script></body></html>"""


@pytest.fixture
def notebook(browser: Browser, sample_text: str) -> Iterator[Callable[[], Page]]:
    context = browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    files = {
        "": (NOTEBOOK, "text/html"),
        "viewer.js": (static("viewer.js"), "text/javascript"),
        "viewer.css": (static("viewer.css"), "text/css"),
        "view.json": (sample_text, "application/json"),
    }

    def answer(route: Route) -> None:
        body, kind = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    context.route("**/*", answer)

    def start() -> Page:
        page = context.new_page()
        page.goto(ADDRESS)
        expect(page.locator("#out h1")).to_be_visible()
        return page

    yield start
    context.close()


def traits(page: Page) -> list[Any]:
    return [page.evaluate(f"values.{name}") for name in ("unit", "page", "language")]


def test_reader_and_kernel_follow_each_other(notebook: Callable[[], Page]) -> None:
    page = notebook()
    page.get_by_label("School or team").select_option("sierra-norte")
    page.get_by_role("button", name="Groups").click()
    expect(page.get_by_role("heading", name="Groups", level=2)).to_be_visible()
    assert traits(page) == ["sierra-norte", "groups", "en"]
    assert page.evaluate("saves") >= 2
    page.get_by_role("button", name="Gender").click()
    expect(page.locator("[aria-current=true]")).to_have_text("Gender")
    page.evaluate("model.set('language', 'es')")
    expect(page.get_by_role("heading", name="Grupos", level=2)).to_be_visible()
    expect(page.locator("[aria-current=true]")).to_have_text("Género")
    page.evaluate("model.set('unit', 'sierra-norte-otter')")
    expect(page.locator("#out h1")).to_contain_text("Otter")
    # A team has no groups: the kernel is told where the reader is now.
    assert traits(page) == ["sierra-norte-otter", "glance", "es"]


def test_the_notebook_keeps_its_address_its_title_and_its_keys(notebook: Callable[[], Page]) -> None:
    page = notebook()
    page.locator("#cell").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    assert traits(page) == ["", "", ""]
    page.get_by_role("button", name="About these numbers").first.click()
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="Sobre estas cifras", level=2)).to_be_visible()
    assert page.url == ADDRESS
    assert page.title() == "Notebook"
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute(".rs", "lang") == "es"
    assert page.locator("main").count() == 0, "a notebook has its own landmarks"


def test_a_new_view_takes_the_place_of_the_old_and_damage_is_one_sentence(
    notebook: Callable[[], Page],
) -> None:
    page = notebook()
    page.evaluate("model.set('_view', values._view.replaceAll('All schools', 'Every school'))")
    expect(page.locator("#out h1")).to_have_text("Every school · Spring")
    page.evaluate("model.set('_view', '{\"format\": 1}')")
    expect(page.get_by_role("alert")).to_contain_text("This survey view is damaged")
    assert page.locator("#out h1").count() == 0


def test_leaving_leaves_nothing(notebook: Callable[[], Page]) -> None:
    page = notebook()
    assert page.evaluate("listening()") == 4
    page.evaluate("leave()")
    assert page.evaluate("listening()") == 0
    assert page.evaluate("document.getElementById('out').childNodes.length") == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".rs-paper").count() == 0

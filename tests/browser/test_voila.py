"""The Voilà door in a real browser: drawn at once with no kernel, live when asked, deaf to hostile text."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from relsurvey.publish.serve import Server, serve
from relsurvey.publish.voila import APP
from tests.browser.conftest import AXE, hash_of, whole
from tests.publish.serving import kernels, publish, until, write_live_app
from tests.publish.small_view import HOSTILE, small_view_json

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
#: The first page of the first unit: without it a view opens with its cover.
GLANCE = "#/glance"
PLAIN_WIDGETS = ROOT / "notebooks" / "apps" / "plain-widgets.ipynb"

#: Where a Voilà says that it can be reached.
RUNNING = re.compile(r"http://127\.0\.0\.1:\d+/")

#: Waits for what the page says of its live part, and returns it.
GO_LIVE = """() => new Promise((resolve) => {
  document.addEventListener("relsurvey:ready", () => resolve("ready"), { once: true });
  document.addEventListener("relsurvey:trouble", (event) => resolve(event.detail), { once: true });
  setTimeout(() => resolve("nothing"), 30000);
  document.dispatchEvent(new CustomEvent("relsurvey:live"));
})"""

#: When something of the page was first seen, in milliseconds.
FIRST_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) resolve(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""


class Watch:
    """What a page asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # Voilà's front end can have no formulas without a script from another host, and says so.
        if message.type == "error" and "mathjax2-extension" not in message.text:
            self.complaints.append(message.text)

    def elsewhere(self, server: Server) -> list[str]:
        """Return the requests that went to another host."""
        return [url for url in self.asked if not url.startswith((server.url, f"blob:{server.url}", "data:"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("published"), small_view_json())


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serve(folder, open_browser=False) as server:
        yield server


@pytest.fixture(scope="module")
def app() -> Iterator[Server]:
    with serve(PLAIN_WIDGETS, open_browser=False) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    yield context.new_page()
    context.close()


def findings(page: Page, *without: str) -> list[str]:
    """Return what axe finds, outside of what is not ours."""
    whole(page).evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "async (without) => (await axe.run({exclude: without})).violations"
        ".map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(' | ')}`)",
        [[selector] for selector in without],
    )
    return [str(finding) for finding in found]


def test_the_view_is_drawn_with_no_kernel(server: Server, page: Page) -> None:
    watch = Watch(page)
    started = time.perf_counter()
    page.goto(server.url + GLANCE)
    expect(page.locator("#relsurvey svg").first).to_be_visible()
    seen = time.perf_counter() - started
    paint = page.evaluate(FIRST_PAINT)
    print(f"first contentful paint {paint:.0f} ms, first chart seen within {1000 * seen:.0f} ms")
    assert [asked.split("#")[0] for asked in watch.asked] == [server.url], (
        "the page is one answer, and asks for nothing more"
    )
    assert watch.complaints == []
    assert kernels(server) == []
    assert page.title().startswith("I feel heard here.")
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("main").count() == 1


def test_something_live_starts_kernel_and_front_end(server: Server, page: Page) -> None:
    watch = Watch(page)
    page.goto(server.url + GLANCE)
    page.get_by_role("link", name="Questions").click()
    address = hash_of(page)
    place = whole(page).inner_text("#relsurvey")
    assert kernels(server) == []

    started = time.perf_counter()
    assert page.evaluate(GO_LIVE) == "ready"
    print(f"live after {time.perf_counter() - started:.1f} s")
    assert len(kernels(server)) == 1
    # The kernel's own viewer has drawn, behind the page: the line to the kernel stands.
    expect(page.locator("#rendered_cells .rs")).to_have_count(1, timeout=20_000)
    assert (page.inner_text("#relsurvey"), hash_of(page)) == (place, address), "the reader keeps the place"
    expect(page.locator("#main")).to_be_hidden()
    expect(page.locator("#relsurvey-status")).to_be_empty()
    height, drawn = page.evaluate(
        "[document.documentElement.scrollHeight, document.getElementById('relsurvey').offsetHeight]"
    )
    assert height <= drawn + 1, "nothing stands below the page"
    assert watch.elsewhere(server) == []
    assert watch.complaints == []

    page.goto("about:blank")
    assert until(lambda: kernels(server) == []), "a page that is left ends its kernel"


def test_a_full_room_is_said_and_the_view_stays(folder: Path, browser: Browser) -> None:
    with serve(folder, open_browser=False, max_kernels=1) as server:
        contexts = [browser.new_context(), browser.new_context()]
        first, second = (context.new_page() for context in contexts)
        for page in (first, second):
            page.goto(server.url + GLANCE)
        assert first.evaluate(GO_LIVE) == "ready"
        assert second.evaluate(GO_LIVE) == "full"
        expect(second.locator("#relsurvey-status")).to_contain_text("The room is full")
        expect(second.locator("#relsurvey svg").first).to_be_visible()
        assert findings(second) == []
        # When someone has left, the same page can go live.
        first.goto("about:blank")
        assert until(lambda: second.evaluate(GO_LIVE) == "ready")
        expect(second.locator("#relsurvey-status")).to_be_empty()
        for context in contexts:
            context.close()


def test_a_view_that_is_live_at_once_is_drawn_before_its_kernel_answers(tmp_path: Path, page: Page) -> None:
    publish(tmp_path, small_view_json())
    notebook = json.loads((tmp_path / APP).read_text("utf-8"))
    notebook["metadata"]["live"] = True
    notebook["cells"][0]["source"] = "import time, ipywidgets\ntime.sleep(3)\nipywidgets.Label('late')"
    (tmp_path / APP).write_text(json.dumps(notebook), "utf-8")
    with serve(tmp_path, open_browser=False) as server:
        page.goto(server.url + GLANCE, wait_until="commit")
        expect(page.locator("#relsurvey svg").first).to_be_visible()
        assert page.locator("#relsurvey-complete").count() == 0, "the kernel is not done"
        expect(page.get_by_text("late", exact=True)).to_be_visible(timeout=20_000)
        assert page.locator("#relsurvey").count() == 0, "the cells took its place"


def test_plain_widgets_answer(app: Server, page: Page) -> None:
    watch = Watch(page)
    started = time.perf_counter()
    page.goto(app.url, wait_until="commit")
    expect(page.get_by_text("7 in 10 of 20 students are about 14.")).to_be_visible(timeout=20_000)
    print(f"widgets after {time.perf_counter() - started:.1f} s")
    page.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("7 in 10 of 21 students are about 15.")).to_be_visible()
    page.get_by_label("Share").select_option("3 in 10")
    expect(page.get_by_text("3 in 10 of 21 students are about 6.")).to_be_visible()
    assert watch.elsewhere(app) == []
    assert watch.complaints == []
    assert page.title() == "How many students is that?"
    assert findings(page, ".jupyter-widgets") == []
    assert len(kernels(app)) == 1
    page.close(run_before_unload=True)
    assert until(lambda: kernels(app) == [])


def test_plain_widgets_in_the_dark(app: Server, browser: Browser) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(app.url, wait_until="commit")
    expect(page.get_by_text("7 in 10 of 20 students are about 14.")).to_be_visible(timeout=20_000)
    ink, paper = page.evaluate(
        "[getComputedStyle(document.querySelector('.widget-label')).color,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert luminance(paper) < 0.2 < 0.6 < luminance(ink)
    assert findings(page, ".jupyter-widgets") == []
    context.close()


def luminance(colour: str) -> float:
    """Return how light an rgb() colour is, from 0 to 1."""
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_hostile_text_of_a_view_stays_text(tmp_path: Path, page: Page) -> None:
    publish(tmp_path, small_view_json(title=HOSTILE, text=HOSTILE))
    with serve(tmp_path, open_browser=False) as server:
        watch = Watch(page)
        page.goto(server.url + GLANCE)
        expect(page.locator("#relsurvey svg").first).to_be_visible()
        page.get_by_role("link", name="Questions").click()
        assert page.evaluate(GO_LIVE) == "ready"
        expect(page.locator("#rendered_cells .rs")).to_have_count(1, timeout=20_000)
        assert whole(page).evaluate("window.__broken") is None
        assert page.locator("img[src=x]").count() == 0
        assert "<img src=x onerror=" in page.inner_text("#relsurvey")
        assert "<img src=x onerror=" in page.title()
        assert watch.complaints == []


def test_hostile_output_of_an_app_does_not_run(tmp_path: Path, page: Page) -> None:
    source = f"""\
import ipywidgets as widgets
from IPython.display import HTML, Javascript, Markdown, display

bad = {HOSTILE!r} + "<script>window.__broken=3</script><svg onload='window.__broken=4'></svg>"
display(HTML(bad), Markdown(bad), Javascript("window.__broken=5"), widgets.HTML(bad), widgets.HTMLMath(bad))
display(widgets.Label("done"))
"""
    with serve(write_live_app(tmp_path / "app.ipynb", source), open_browser=False) as server:
        page.goto(server.url, wait_until="commit")
        expect(page.get_by_text("done", exact=True)).to_be_visible(timeout=20_000)
        expect(page.locator("img[src=x]").first).to_be_attached()
        page.wait_for_timeout(500)
        assert page.evaluate("window.__broken") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_view(server: Server, browser: Browser, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(server.url + GLANCE)
    expect(page.locator("#relsurvey svg").first).to_be_visible()
    assert findings(page) == []
    context.close()


def test_a_guarded_view_opens_by_its_link_alone(folder: Path, browser: Browser) -> None:
    with serve(folder, token="new", open_browser=False) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.url)
        expect(page.get_by_role("heading")).to_contain_text("use the link you were given")
        assert findings(page) == []
        page.goto(server.link)
        expect(page.get_by_role("link", name="Show me")).to_be_visible()
        assert page.url == server.url, "the token does not stay in the address"
        assert page.evaluate(GO_LIVE) == "ready"
        context.close()


def test_the_sentences_can_be_read_without_scripts(server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    assert "About 7 in 10 students feel cared for." in page.evaluate("document.body.innerText")
    context.close()


def test_the_live_part_speaks_the_language_of_the_page(folder: Path, browser: Browser) -> None:
    with serve(folder, open_browser=False, max_kernels=0) as server:
        context = browser.new_context(locale="es-MX")
        page = context.new_page()
        page.goto(server.url + GLANCE)
        expect(page.locator("html[lang=es]")).to_be_attached()
        assert page.evaluate(GO_LIVE) == "full"
        expect(page.locator("#relsurvey-status")).to_contain_text("La sala está llena")
        context.close()


def test_any_voila_draws_the_view_with_the_installed_template(
    folder: Path, page: Page, tmp_path: Path
) -> None:
    # It takes another port where this one is no longer free, and says which.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", APP, "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    log = tmp_path / "voila.log"
    with log.open("wb") as told, subprocess.Popen(command, cwd=folder, stderr=told) as voila:
        try:
            assert until(lambda: RUNNING.search(log.read_text("utf-8")), 60)
            address = RUNNING.findall(log.read_text("utf-8"))[0]
            assert until(lambda: answers(f"{address}voila/static/voila.js"), 60)
            page.goto(address + GLANCE, wait_until="commit")
            expect(page.locator("#relsurvey svg").first).to_be_visible()
            expect(page.locator("#relsurvey-complete")).to_be_attached(timeout=20_000)
            assert page.evaluate(GO_LIVE) == "ready"
            expect(page.locator("#rendered_cells .rs")).to_have_count(1, timeout=20_000)
        finally:
            voila.terminate()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False

"""The publish widget: its bundle on a page with a real kernel half, and once in JupyterLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

import relsurvey as rs
from relsurvey.publish.static import static
from relsurvey.widgets import Publish
from tests.browser.conftest import violations, whole
from tests.browser.desk import open_notebook
from tests.widgets import town

pytestmark = pytest.mark.browser

#: With https, since a page may read its own clipboard only there.
ADDRESS = "https://notebook.test/"
SLOW = 30_000

#: A notebook as the widget sees it: what it sends goes to Python; what Python says is fetched now and then.
NOTEBOOK = """<!doctype html><html lang="en"><head><title>Notebook</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="publish.css"><style>body { margin: 0; }</style></head>
<body><main><h1>Notebook</h1><div id="out"></div></main>
<script type="module">
import widget from "./publish.js";
const values = { language: "", _code: "study.publish(\\"as it was\\")" };
const listeners = new Map();
const of = (name) => listeners.get(name) ?? [];
let line = Promise.resolve();
window.deaf = false;
const ask = (content) => {
  line = line.then(async () => {
    for (const answer of await window.kernel(content))
      for (const listener of of("msg:custom")) listener(answer, []);
  });
};
window.model = {
  get: (name) => values[name],
  set: (name, value) => {
    values[name] = value;
    for (const listener of of(`change:${name}`)) listener();
  },
  send: (content) => window.deaf || ask(content),
  on: (name, listener) => listeners.set(name, [...of(name), listener]),
  off: (name, listener) => listeners.set(name, of(name).filter((other) => other !== listener)),
};
window.listening = () => [...listeners.values()].flat().length;
window.start = (language) => {
  values.language = language;
  window.leave = widget.render({ model, el: document.getElementById("out") });
  setInterval(() => ask(null), 50);
};
</script></body></html>"""


class Seat:
    """A page with the widget on it, and the Python half behind it."""

    def __init__(self, context: BrowserContext, widget: Publish, language: str, deaf: bool) -> None:
        self.widget = widget
        self.sent: list[Any] = []
        self.asked: list[Any] = []
        self.complaints: list[str] = []
        self._fetched = 0
        widget.send = lambda content, buffers=None: self.sent.append(content)  # type: ignore[method-assign]
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.expose_function("kernel", self._kernel)
        self.page.goto(ADDRESS)
        self.page.wait_for_function("window.start !== undefined")
        self.page.evaluate("([language, deaf]) => { window.deaf = deaf; start(language); }", [language, deaf])

    def _kernel(self, content: Any) -> list[Any]:
        if content is not None:
            self.asked.append(content)
            self.widget._hear(None, content, [])
        new = self.sent[self._fetched :]
        self._fetched += len(new)
        return new

    @property
    def status(self) -> Locator:
        return self.page.locator(".rs-publish-status")

    @property
    def code(self) -> Locator:
        return self.page.locator(".rs-command code").last

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def checked(self) -> None:
        """Wait until what is chosen is checked."""
        expect(self.status).to_contain_text("Checked.", timeout=SLOW)

    def axe(self) -> list[str]:
        return violations(whole(self.page))


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a ledger of releases of its own, and a folder to write to."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def study() -> rs.Study:
    return town.town()


@pytest.fixture
def sit(browser: Browser) -> Iterator[Callable[..., Seat]]:
    """Return what puts a widget on a page; keywords go to the browser."""
    contexts: list[BrowserContext] = []
    files = {
        "": (NOTEBOOK, "text/html"),
        "publish.js": (static("publish.js"), "text/javascript"),
        "publish.css": (static("publish.css"), "text/css"),
    }

    def answer(route: Route) -> None:
        body, kind = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    def start(widget: Publish, language: str = "en", *, deaf: bool = False, **settings: Any) -> Seat:
        context = browser.new_context(
            **{"viewport": {"width": 1024, "height": 900}, "locale": "en-US", **settings}
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.route("**/*", answer)
        return Seat(context, widget, language, deaf)

    yield start
    for context in contexts:
        context.close()


def test_a_coach_sees_what_is_hidden_looks_at_it_and_writes(
    sit: Callable[..., Seat], study: rs.Study, tmp_path: Path
) -> None:
    seat = sit(Publish(study))
    page = seat.page
    write = seat.button("Write")
    expect(page.get_by_role("progressbar", name="Checking every table")).to_be_visible()
    expect(write).to_have_attribute("aria-disabled", "true")
    expect(write).to_have_accessible_description("Write waits until this is checked.")
    # In one step: a slow machine may have checked it by the time a click arrives.
    write.evaluate("button => button.getAttribute('aria-disabled') === 'true' && button.click()")
    assert not any(asked["type"] == "write" for asked in seat.asked), (
        "a button that says it cannot does nothing"
    )
    seat.checked()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    hidden = page.get_by_role("region", name="What would be hidden, and why")
    expect(hidden).to_contain_text("6 tables of groups are shown, 2 are not.")
    expect(hidden).to_contain_text("Most is hidden because of “Gender”.")
    expect(hidden.locator("tbody tr").first).to_have_text("Gender4200")
    expect(page.get_by_role("checkbox", name="Gender", exact=True)).to_have_accessible_description(
        "not shown on 2 of 4 pages"
    )
    hidden.get_by_text("pages on which something is hidden").click()
    expect(hidden.locator(".rs-publish-page").first).to_contain_text("some groups are so small")
    assert not list(tmp_path.glob("relsurvey-view"))

    seat.button("Look at it").click()
    view = page.get_by_role("region", name="The view", exact=True)
    expect(view.get_by_role("heading", level=1)).to_have_text("All schools · Fall")
    view.get_by_role("button", name="Groups", exact=True).click()
    expect(view.get_by_role("heading", level=2)).to_contain_text("Groups")
    assert seat.axe() == []

    page.get_by_role("checkbox", name="Gender", exact=True).uncheck()
    expect(seat.code).to_have_text('study.publish("relsurvey-view", by=["race"])')
    expect(hidden).to_contain_text("Nothing is hidden.", timeout=SLOW)
    expect(view.get_by_role("heading", level=2)).to_contain_text("Groups")
    expect(view).not_to_contain_text("Gender")
    page.get_by_role("textbox", name="Folder").fill("spring view")
    page.get_by_role("textbox", name="Folder").press("Tab")
    expect(seat.code).to_have_text('study.publish("spring view", by=["race"])')
    seat.checked()
    write.click()
    written = page.get_by_role("region", name="Written to")
    expect(written).to_contain_text(str(tmp_path / "spring view"), timeout=SLOW)
    expect(written.get_by_role("listitem")).to_have_text(
        ["view.relsurvey.json", "view.html", "app.ipynb", "manifest.json"]
    )
    expect(written).to_contain_text('relsurvey serve "spring view"')
    assert (tmp_path / "spring view" / "view.html").is_file() and not list(tmp_path.glob("relsurvey-view"))
    page.locator(".rs-command").last.get_by_role("button", name="Copy").click()
    expect(page.locator(".rs-command [role=status]").last).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == seat.widget.code
    assert seat.axe() == []
    assert seat.complaints == []


def test_choices_go_on_while_the_gate_works_and_are_undone(sit: Callable[..., Seat], study: rs.Study) -> None:
    widget = Publish(study, by=["race"])
    seat = sit(widget)
    page = seat.page
    seat.checked()
    # Held here, as by a long check.
    with widget._gate:
        page.get_by_role("checkbox", name="Gender", exact=True).check()
        expect(seat.status).to_contain_text("the choices can still be changed")
        expect(page.get_by_text("This belongs to the choices before.")).to_be_visible()
        expect(seat.button("Write")).to_have_attribute("aria-disabled", "true")
        page.get_by_label("For whom").select_option("school")
        expect(seat.code).to_have_text('study.publish("relsurvey-view", each="school")')
        seat.button("Undo").click()
        seat.button("Undo").click()
        expect(page.get_by_role("checkbox", name="Gender", exact=True)).not_to_be_checked()
        seat.checked()
    page.get_by_role("checkbox", name="Gender", exact=True).press("Control+y")
    expect(page.get_by_role("checkbox", name="Gender", exact=True)).to_be_checked()
    page.get_by_role("checkbox", name="Gender", exact=True).press("Control+z")
    expect(seat.code).to_have_text('study.publish("relsurvey-view", by=["race"])')
    assert seat.complaints == []


def test_the_threshold_can_only_be_raised(sit: Callable[..., Seat], study: rs.Study) -> None:
    seat = sit(Publish(study, by=[], formats=["voila"]))
    fewest = seat.page.get_by_label("Fewest students shown")
    seat.checked()
    expect(fewest).to_have_value("10")
    expect(fewest).to_have_attribute("min", "10")
    fewest.fill("4")
    fewest.press("Tab")
    expect(fewest).to_have_value("10")
    seat.page.get_by_label("Excel workbook").check()
    expect(fewest).to_have_value("11")
    expect(fewest).to_have_accessible_description(
        "At least 11: what is to be written needs that. It can be raised."
    )
    fewest.fill("15")
    fewest.press("Tab")
    expect(seat.code).to_contain_text("min_n=15")
    expect(fewest).to_have_value("15")


def test_a_table_is_left_out_and_taken_back_by_keyboard(sit: Callable[..., Seat], study: rs.Study) -> None:
    seat = sit(Publish(study, by=["race"]))
    page = seat.page
    seat.checked()
    page.get_by_text("Leave single tables out").press("Enter")
    table = page.get_by_role("group", name="South").get_by_label("Race")
    expect(table).to_be_checked()
    table.press("Space")
    expect(table).not_to_be_checked()
    expect(seat.code).to_contain_text('without={"South": ["race"]}')
    seat.checked()
    assert table.evaluate("e => e === document.activeElement"), "the focus stays in its place"
    assert seat.axe() == []
    table.press("Space")
    expect(seat.code).not_to_contain_text("without")
    seat.checked()
    expect(table).to_be_checked()
    assert seat.complaints == []


def test_a_refusal_says_why_and_the_choices_go_on(sit: Callable[..., Seat], study: rs.Study) -> None:
    seat = sit(Publish(study, by=[]))
    page = seat.page
    seat.checked()
    page.get_by_label("For whom").select_option("team")
    expect(page.get_by_role("alert")).to_contain_text("No team has a page of its own")
    expect(seat.button("Write")).to_have_accessible_description(
        "This cannot be written. The reason stands above."
    )
    page.get_by_label("For whom").select_option("school")
    expect(page.get_by_role("alert")).to_have_text("")
    page.locator("summary", has_text="3 folders would be written").click()
    expect(page.locator(".rs-publish-list li")).to_have_text(["east", "north", "south"])
    page.get_by_label("HTML file").uncheck()
    app = page.get_by_label("App", exact=True)
    app.click()
    expect(page.get_by_role("alert")).to_have_text("Choose at least one thing to write.")
    expect(app).to_be_checked()
    page.get_by_label("Excel workbook").check()
    expect(page.get_by_role("alert")).to_have_text("")
    assert seat.axe() == []


def test_a_release_that_is_refused_says_what_to_do(sit: Callable[..., Seat]) -> None:
    # Read here, so that the ids of both are hashed with the key of this home.
    Publish(town.town(), by=[]).write()
    seat = sit(Publish(town.town(183), by=[]))
    # Before anybody wants to write.
    expect(seat.page.get_by_role("alert")).to_contain_text("Wait for more answers", timeout=SLOW)
    expect(seat.page.get_by_role("textbox", name="Folder")).to_have_accessible_description(
        "There is a view in this folder. The new one takes its place, whole."
    )
    expect(seat.page.get_by_role("region", name="Written to")).to_have_count(0)
    assert seat.axe() == []


def test_everything_can_be_done_by_keyboard(
    sit: Callable[..., Seat], study: rs.Study, tmp_path: Path
) -> None:
    seat = sit(Publish(study, by=[]))
    page = seat.page
    seat.checked()
    page.locator("h1").click()
    reached = []
    while True:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.count():
            break
        assert focused.evaluate("e => getComputedStyle(e).outlineWidth") == "3px"
        assert focused.get_attribute("data-lm-suppress-shortcuts") == "true"
        reached.append(
            focused.evaluate("e => (e.labels?.[0]?.querySelector('span') ?? e).textContent || e.ariaLabel")
        )
    assert reached == [
        *("HTML file", "App", "Excel workbook", "Slides", "Gender", "Race"),
        *(
            "For whom",
            "Fewest students shown",
            "Folder",
            "File of strategies",
            "Look at it",
            "Write",
            "Undo",
            "Redo",
            "Copy",
        ),
    ]
    page.locator("h1").click()
    for name in ("HTML file", "App"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_accessible_name(name)
    page.keyboard.press("Space")
    expect(seat.code).to_have_text('study.publish("relsurvey-view", by=[], formats=["html"])')
    assert page.locator(":focus").evaluate("e => e.type") == "checkbox", "the focus stays in its place"
    page.keyboard.press("Control+z")
    expect(seat.code).to_have_text('study.publish("relsurvey-view", by=[])')
    write = seat.button("Write")
    for _ in range(30):
        page.keyboard.press("Tab")
        if write.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Written to")).to_be_visible(timeout=SLOW)
    assert write.evaluate("e => e === document.activeElement")
    assert (tmp_path / "relsurvey-view" / "view.html").is_file()


@pytest.mark.parametrize(("scheme", "colours"), [("light", "none"), ("dark", "none"), ("dark", "active")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing(
    sit: Callable[..., Seat], study: rs.Study, scheme: str, colours: str, language: str
) -> None:
    seat = sit(Publish(study, by=["race"]), language, color_scheme=scheme, forced_colors=colours)
    title = {"en": "What would be hidden, and why", "es": "Qué se ocultaría y por qué"}[language]
    expect(seat.page.get_by_role("region", name=title)).to_be_visible(timeout=SLOW)
    seat.button({"en": "Look at it", "es": "Mirar la vista"}[language]).click()
    expect(seat.page.locator(".rs-publish-view h1")).to_be_visible()
    assert seat.axe() == []
    assert seat.page.locator(".rs-publish").get_attribute("lang") == language
    assert seat.page.locator(".rs-publish-view .rs").get_attribute("lang") == language


@pytest.mark.parametrize(("width", "touch"), [(320, True), (820, True), (1280, False)])
def test_every_control_is_large_enough_and_nothing_is_cut(
    sit: Callable[..., Seat], study: rs.Study, width: int, touch: bool
) -> None:
    seat = sit(Publish(study, by=["race"]), viewport={"width": width, "height": 900}, has_touch=touch)
    seat.checked()
    seat.button("Look at it").click()
    expect(seat.page.locator(".rs-publish-view h1")).to_be_visible()
    small = seat.page.locator(".rs-publish").evaluate(
        "root => [...root.querySelectorAll('select, button, summary, .rs-check, input:not([type=checkbox])')]"
        ".filter((e) => !e.closest('.rs-publish-view'))"
        ".map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 44)"
    )
    assert small == []
    assert seat.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_kernel_the_code_is_left(sit: Callable[..., Seat], study: rs.Study) -> None:
    seat = sit(Publish(study), deaf=True)
    expect(seat.page.get_by_role("alert")).to_have_text(
        "No Python answers. Run the cell above again.", timeout=12_000
    )
    expect(seat.page.locator("code")).to_have_text('study.publish("as it was")')
    assert seat.axe() == []
    seat.page.evaluate("leave()")
    assert seat.page.evaluate("listening()") == 0 and seat.page.locator("#out").inner_html() == ""


def test_in_jupyterlab_it_publishes_and_the_notebook_keeps_the_call_alone(
    browser: Browser, tmp_path: Path
) -> None:
    root = str(Path(__file__).parents[2])
    cells = [
        f"import os, sys; sys.path.insert(0, {root!r}); os.environ['RELSURVEY_HOME'] = 'home'",
        "import relsurvey as rs; from tests.widgets.town import town",
        "widget = rs.widgets.Publish(town(), 'spring', by=[])\nwidget",
        "print('answered', 6 * 7)",
    ]
    with open_notebook(browser, tmp_path, cells) as (desk, file):
        desk.run("notebook:run-all-cells")
        page = desk.page
        expect(page.locator(".rs-publish-status")).to_contain_text("Checked.", timeout=60_000)
        page.get_by_role("button", name="Look at it").click()
        expect(page.locator(".rs-publish-view h1")).to_have_text("All schools · Fall")
        assert desk.axe(".rs-publish") == []
        # Two d's in the notebook's own mode would delete the cell.
        page.get_by_label("Slides").focus()
        page.keyboard.type("dd")
        page.get_by_role("button", name="Write").click()
        expect(page.get_by_role("region", name="Written to")).to_contain_text("spring", timeout=60_000)
        assert (desk.folder / "spring" / "view.html").is_file()
        expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(4)
        desk.run("docmanager:save")
        assert desk.complaints == [] and desk.elsewhere() == []
    saved = file.read_text("utf-8")
    assert "rs.widgets.Publish" in saved and "answered 42" in saved
    assert "Belonging" not in saved and "North" not in saved

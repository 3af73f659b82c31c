"""A real Chromium, and pages made from a small view the way `publish` makes them."""

from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from relsurvey.publish.html import page as page_html
from relsurvey.view.model import View

HERE = Path(__file__).parent
AXE = HERE.parents[1] / "widgets" / "node_modules" / "axe-core" / "axe.min.js"

#: The cheapest first.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What has to come comes, on a busy machine later: no test is of how soon.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium; it is named or found on the path, never downloaded."""
    found = os.environ.get("RELSURVEY_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on PATH: install one (apt-get install chromium) to run the browser tests")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session", autouse=True)
def clicks() -> Iterator[None]:
    """Have a click end when the page it left is taken away, a frame after the new one stands."""
    click = Locator.click

    def whole_click(self: Locator, **options: Any) -> None:
        click(self, **options)
        expect(self.page.locator(".rs-left")).to_have_count(0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", whole_click)
        yield


@pytest.fixture(scope="session", autouse=True)
def desks() -> Iterator[None]:
    """End the JupyterLab that the tests shared."""
    yield
    from tests.browser.desk import close_shared_lab

    close_shared_lab()


@pytest.fixture(scope="session")
def sample_text() -> str:
    """Return the small view as JSON: four units, every state a cell may be in."""
    return (HERE / "sample.view.json").read_text("utf-8")


@pytest.fixture
def sample(sample_text: str) -> dict[str, Any]:
    """Return the small view as a document that a test may change."""
    document: dict[str, Any] = json.loads(sample_text)
    return document


@pytest.fixture
def publish_view(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Return what writes a document as a page, as `publish` does, and returns the page's address."""

    def publish(document: dict[str, Any]) -> str:
        path = tmp_path / "view.html"
        path.write_text(page_html(View.model_validate(copy.deepcopy(document))), "utf-8")
        return path.as_uri()

    return publish


def hash_of(page: Page) -> str:
    """Return the address of where a reader is, which follows the page by a frame."""
    later = "resolve => requestAnimationFrame(() => setTimeout(() => resolve(location.hash), 40))"
    return str(page.evaluate(f"new Promise({later})"))


def whole(page: Page) -> Page:
    """Wait until a page is whole, since its first screen stands before the rest; return it.

    For whatever counts or measures all pieces of a page: a click or a key that leads to another page has
    drawn the first screen of that page, and no more, when it returns.
    """
    expect(page.locator("[data-more]")).to_have_count(0)
    return page


def violations(page: Page) -> list[str]:
    """Return what axe finds in a page."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


class Reader:
    """A reader of a page, who notices what it asks for and complains of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, place: str = "") -> Page:
        """Open the page at a place, `#unit/page/language`, and wait until it is whole."""
        self.page.goto("about:blank")
        self.page.goto(self.address + place)
        expect(self.page.locator("h1")).to_be_visible()
        return whole(self.page)

    def axe(self) -> list[str]:
        """Return what axe finds in the whole page."""
        return violations(whole(self.page))


@pytest.fixture
def read(
    browser: Browser, publish_view: Callable[[dict[str, Any]], str], sample: dict[str, Any]
) -> Iterator[Callable[..., Reader]]:
    """Return what publishes a document (the small view) and opens it; keywords go to the browser."""
    contexts: list[BrowserContext] = []

    def start(document: dict[str, Any] | None = None, **settings: Any) -> Reader:
        usual = {"viewport": {"width": 1024, "height": 768}, "locale": "en-US"}
        context = browser.new_context(**{**usual, **settings})
        contexts.append(context)
        return Reader(context, publish_view(sample if document is None else document))

    yield start
    for context in contexts:
        context.close()

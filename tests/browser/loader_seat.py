"""The loader on a page of its own, with a real kernel half behind it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from relsurvey.publish.static import static
from relsurvey.widgets import Loader
from tests.browser.conftest import AXE

ADDRESS = "http://notebook.test/"

#: A notebook as the widget sees it: what it sends goes to Python, what Python answers comes back in order.
NOTEBOOK = """<!doctype html><html lang="en"><head><title>Notebook</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="loader.css"><style>body { margin: 0; }</style></head>
<body><main><h1>Notebook</h1><div id="out"></div></main>
<script type="module">
import widget from "./loader.js";
const values = { language: "" };
const listeners = new Map();
const of = (name) => listeners.get(name) ?? [];
const text = (buffer) => {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
};
let line = Promise.resolve();
window.sizes = [];
window.slow = 0;
window.deaf = false;
window.model = {
  get: (name) => values[name],
  set: (name, value) => {
    values[name] = value;
    for (const listener of of(`change:${name}`)) listener();
  },
  send: (content, callbacks, buffers = []) => {
    if (window.deaf) return;
    window.sizes.push(...buffers.map((buffer) => buffer.byteLength));
    const pieces = buffers.map(text);
    line = line.then(async () => {
      if (window.slow) await new Promise((resolve) => setTimeout(resolve, window.slow));
      for (const answer of await window.kernel(content, pieces))
        for (const listener of of("msg:custom")) listener(answer, []);
    });
  },
  on: (name, listener) => listeners.set(name, [...of(name), listener]),
  off: (name, listener) => listeners.set(name, of(name).filter((other) => other !== listener)),
};
window.listening = () => [...listeners.values()].flat().length;
window.start = (language) => {
  values.language = language;
  window.leave = widget.render({ model, el: document.getElementById("out") });
};
</script></body></html>"""


class Seat:
    """A page with the widget on it, and the Python half behind it."""

    def __init__(self, context: BrowserContext, loader: Loader, language: str) -> None:
        self.loader = loader
        self.sent: list[Any] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.expose_function("kernel", self._kernel)
        self.page.goto(f"{ADDRESS}?{loader._both.mode}")
        self.page.wait_for_function("window.start !== undefined")
        self.page.evaluate("(language) => start(language)", language)

    def _kernel(self, content: Any, pieces: list[str]) -> list[Any]:
        before = len(self.sent)
        self.loader.send = lambda answer, buffers=None: self.sent.append(answer)  # type: ignore[method-assign]
        self.loader._hear(None, content, [memoryview(base64.b64decode(piece)) for piece in pieces])
        return self.sent[before:]

    def choose(self, path: Path, label: str = "survey export|another file") -> None:
        """Choose a file at the first place whose name says so."""
        self.page.get_by_label(re.compile(label)).first.set_input_files(path)

    def column(self, name: str) -> Locator:
        return self.page.get_by_label(name)

    @property
    def status(self) -> Locator:
        return self.page.locator(".rs-status")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def axe(self) -> list[str]:
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("async () => (await axe.run()).violations")
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]


@pytest.fixture
def sit(browser: Browser) -> Iterator[Callable[..., Seat]]:
    """Return what puts a loader on a page; keywords go to the browser."""
    contexts: list[BrowserContext] = []
    loaders: list[Loader] = []
    files = {
        "?survey": (NOTEBOOK, "text/html"),
        "?gradebook": (NOTEBOOK.replace("loader.js", "gradebook.js"), "text/html"),
        "loader.js": (static("loader.js"), "text/javascript"),
        "gradebook.js": (static("gradebook.js"), "text/javascript"),
        "loader.css": (static("loader.css"), "text/css"),
    }

    def answer(route: Route) -> None:
        body, kind = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    def start(loader: Loader | None = None, language: str = "en", **settings: Any) -> Seat:
        context = browser.new_context(
            **{"viewport": {"width": 1024, "height": 900}, "locale": "en-US", **settings}
        )
        contexts.append(context)
        context.route("**/*", answer)
        loaders.append(loader or Loader())
        return Seat(context, loaders[-1], language)

    yield start
    for context in contexts:
        context.close()
    for loader in loaders:
        loader.close()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test mappings of its own."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))

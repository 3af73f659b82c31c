"""A notebook's page with a widget on it, and a real Python half behind it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from relsurvey.publish.static import static
from relsurvey.widgets.talking import Talking
from tests.browser.conftest import AXE

#: With https, since a page may read its own clipboard only there.
ADDRESS = "https://notebook.test/"

#: A notebook as the widget sees it: what it sends goes to Python, what Python answers comes back in order.
NOTEBOOK = """<!doctype html><html lang="en"><head><title>Notebook</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="BUNDLE.css"><style>body { margin: 0; }</style></head>
<body><main><h1>Notebook</h1><div id="out"></div></main>
<script type="module">
import widget from "./BUNDLE.js";
const values = { language: "" };
const listeners = new Map();
const of = (name) => listeners.get(name) ?? [];
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
let line = Promise.resolve();
window.slow = 0;
window.deaf = false;
window.model = {
  get: (name) => values[name],
  set: (name, value) => {
    values[name] = value;
    for (const listener of of(`change:${name}`)) listener();
  },
  send: (content) => {
    if (window.deaf) return;
    line = line.then(async () => {
      if (window.slow) await new Promise((resolve) => setTimeout(resolve, window.slow));
      for (const [answer, pieces] of await window.kernel(content))
        for (const listener of of("msg:custom")) listener(answer, pieces.map(bytes));
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

    def __init__(self, context: BrowserContext, widget: Talking, language: str) -> None:
        self.widget = widget
        self.sent: list[tuple[Any, list[str]]] = []
        self.complaints: list[str] = []
        widget.send = self._send  # type: ignore[method-assign]
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.expose_function("kernel", self._kernel)
        self.page.goto(ADDRESS)
        self.page.wait_for_function("window.start !== undefined")
        self.page.evaluate("(language) => start(language)", language)

    def _send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append((content, [base64.b64encode(piece).decode() for piece in buffers or []]))

    def _kernel(self, content: Any) -> list[Any]:
        before = len(self.sent)
        self.widget._hear(None, content, [])
        return self.sent[before:]

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


@contextmanager
def seats(browser: Browser, bundle: str) -> Iterator[Callable[..., Seat]]:
    """Return what puts a widget of a bundle on a page; keywords go to the browser."""
    contexts: list[BrowserContext] = []
    files = {
        "": (NOTEBOOK.replace("BUNDLE", bundle), "text/html"),
        f"{bundle}.js": (static(f"{bundle}.js"), "text/javascript"),
        f"{bundle}.css": (static(f"{bundle}.css"), "text/css"),
    }

    def answer(route: Route) -> None:
        body, kind = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    def start(widget: Talking, language: str = "en", **settings: Any) -> Seat:
        context = browser.new_context(
            **{"viewport": {"width": 1024, "height": 900}, "locale": "en-US", **settings}
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.route("**/*", answer)
        return Seat(context, widget, language)

    yield start
    for context in contexts:
        context.close()

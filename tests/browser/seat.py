"""A notebook's page with a widget on it, and a real Python half behind it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from relsurvey.publish.static import static
from tests.browser.conftest import violations

#: With https, since a page may read its own clipboard only there.
ADDRESS = "https://notebook.test/"

#: A notebook as the widget sees it: what it sends goes to Python, what Python answers comes back in order.
NOTEBOOK = """<!doctype html><html lang="en"><head><title>Notebook</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="STYLE.css"><style>body { margin: 0; }</style></head>
<body><main><h1>Notebook</h1><div id="out"></div></main>
<script type="module">
import widget from "./BUNDLE.js";
const values = { language: "" };
const listeners = new Map();
const of = (name) => listeners.get(name) ?? [];
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
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
    const taken = buffers.map(text);
    line = line.then(async () => {
      if (window.slow) await new Promise((resolve) => setTimeout(resolve, window.slow));
      for (const [answer, pieces] of await window.kernel(content, taken))
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

    def __init__(self, context: BrowserContext, widget: Any, language: str, bundle: str) -> None:
        self.widget = widget
        self.sent: list[tuple[Any, list[str]]] = []
        self.complaints: list[str] = []
        widget.send = self._send
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.expose_function("kernel", self._kernel)
        self.page.goto(f"{ADDRESS}?{bundle}")
        self.page.wait_for_function("window.start !== undefined")
        self.page.evaluate("(language) => start(language)", language)

    def _send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append((content, [base64.b64encode(piece).decode() for piece in buffers or []]))

    def _kernel(self, content: Any, taken: list[str]) -> list[Any]:
        before = len(self.sent)
        self.widget._hear(None, content, [memoryview(base64.b64decode(piece)) for piece in taken])
        return self.sent[before:]

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def axe(self) -> list[str]:
        return violations(self.page)


@contextmanager
def seats(
    browser: Browser, style: str, *others: str, seat: Callable[..., Any] = Seat
) -> Iterator[Callable[..., Any]]:
    """Return what puts a widget on a page; keywords go to the browser.

    The bundle is called as its style sheet is, or as one of the others, which share that sheet.
    """
    contexts: list[BrowserContext] = []
    files = {f"{style}.css": (static(f"{style}.css"), "text/css")}
    for bundle in (style, *others):
        page = NOTEBOOK.replace("BUNDLE", bundle).replace("STYLE", style)
        files |= {f"?{bundle}": (page, "text/html")}
        files |= {f"{bundle}.js": (static(f"{bundle}.js"), "text/javascript")}

    def answer(route: Route) -> None:
        body, kind = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    def start(widget: Any, language: str = "en", bundle: str = style, **settings: Any) -> Any:
        context = browser.new_context(
            **{"viewport": {"width": 1024, "height": 900}, "locale": "en-US", **settings}
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.route("**/*", answer)
        return seat(context, widget, language, bundle)

    yield start
    for context in contexts:
        context.close()

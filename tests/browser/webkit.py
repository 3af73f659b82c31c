"""Walk the views of these tests in Safari's engine: ``xvfb-run -a python -m tests.browser.webkit``.

By hand, on Debian with ``webkit2gtk-driver`` and ``xvfb``: each unit, page and language on a tablet and on a
phone, by taps and by keys. It prints what it finds, and ends with 1 where there is something.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from relsurvey.publish.html import page as page_html
from relsurvey.view import View

HERE = Path(__file__).parent
SIZES = {"tablet": (834, 1194), "phone": (390, 844)}
#: How a driver calls an element in what it answers.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
STATE = """
const at = document.activeElement;
return {
  page: location.hash.split('/')[1],
  heading: document.querySelector('.rs h2')?.textContent ?? '',
  whole: document.querySelector('[data-more]') === null,
  ring: at !== document.body && at.matches('h2:focus-visible'),
  wide: document.documentElement.scrollWidth - innerWidth,
  errors: window.errors ?? [],
};
"""

KEYS = """
const open = document.querySelector('dialog[open]') !== null;
return { open, closed: !open };
"""
ESCAPE = "\ue00c"


class WebKit:
    """A window of WebKit, led by the protocol of W3C."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/session"
        browser = next(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))
        options = {"webkitgtk:browserOptions": {"binary": str(browser), "args": ["--automation"]}}
        answer = self._ask("POST", "", {"capabilities": {"alwaysMatch": options}})
        self.address += f"/{answer['sessionId']}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{method} {path}: {refused.read().decode()}") from refused

    def size(self, width: int, height: int) -> None:
        self._ask("POST", "/window/rect", {"width": width, "height": height})

    def open(self, address: str) -> None:
        # The same file at another place would be no new page.
        self._ask("POST", "/url", {"url": "about:blank"})
        self._ask("POST", "/url", {"url": address})
        self.run("window.errors = []; addEventListener('error', ({ message }) => errors.push(message));")

    def run(self, script: str, *given: object) -> Any:
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(given)})

    def tap(self, selector: str) -> None:
        """Press the first element there is, in its middle, as a finger does."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        self.run("arguments[0].scrollIntoView({ block: 'center' })", found)
        moves = [
            {"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": {ELEMENT: found[ELEMENT]}},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._ask("POST", "/actions", {"actions": [{"type": "pointer", "id": "finger", "actions": moves}]})

    def key(self, key: str) -> None:
        moves = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": moves}]})

    def until(self, script: str, key: str) -> dict[str, Any]:
        """Return what a script says once `key` of it is true, or after three seconds."""
        end = time.monotonic() + 3
        while True:
            said: dict[str, Any] = self.run(script)
            if said[key] or time.monotonic() > end:
                return said
            time.sleep(0.05)

    def close(self) -> None:
        self._ask("DELETE", "")


@contextmanager
def webkit() -> Iterator[WebKit]:
    """Start a driver and a window, and end both."""
    driver = shutil.which("WebKitWebDriver")
    if driver is None:
        sys.exit("WebKitWebDriver is missing: install webkit2gtk-driver, then run this again.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([driver, f"--port={port}"])
    try:
        window = _connected(port)
        yield window
        window.close()
    finally:
        process.terminate()
        process.wait(10)


def _connected(port: int) -> WebKit:
    end = time.monotonic() + 10
    while True:
        try:
            return WebKit(port)
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def walk(window: WebKit, address: str, language: str, unit: str) -> Iterator[str]:
    """Go through one unit's pages by taps, and say what is wrong."""
    window.open(f"{address}#{unit}/cover/{language}")
    links = "return [...document.querySelectorAll('.rs-pages a')].map((a) => a.getAttribute('href'))"
    window.run(f"location.hash = '{unit}/glance/{language}'")
    window.until(STATE, "whole")
    pages = window.run(links)
    if not pages:
        yield "there are no pages"
    for link in pages:
        window.tap(f".rs-pages a[href='{link}']")
        state = window.until(STATE, "whole")
        page = link.split("/")[1]
        if state["page"] != page or not state["heading"].strip():
            yield f"{page}: a tap did not lead there"
        if not state["whole"]:
            yield f"{page}: the rest was not drawn"
        if state["ring"]:
            yield f"{page}: a tap drew the ring of the keyboard"
        if state["wide"] > 0:
            yield f"{page}: scrolls sideways by {state['wide']} pixels"
        yield from (f"{page}: {message}" for message in state["errors"])
    window.key("?")
    if not window.until(KEYS, "open")["open"]:
        yield "the key ? shows no keys"
    window.key(ESCAPE)
    if not window.until(KEYS, "closed")["closed"]:
        yield "Escape does not close the keys"


def main() -> int:
    """Print what is wrong; return the exit code."""
    wrong = walked = 0
    with tempfile.TemporaryDirectory() as folder, webkit() as window:
        for file in sorted(HERE.glob("*.view.json")):
            view = View.model_validate_json(file.read_text("utf-8"))
            path = Path(folder) / f"{file.name}.html"
            path.write_text(page_html(view), "utf-8")
            for name, (width, height) in SIZES.items():
                window.size(width, height)
                for language in view.languages:
                    for unit in view.units:
                        walked += 1
                        for sentence in walk(window, path.as_uri(), language, unit.id):
                            wrong += 1
                            print(f"{file.name}, {name}, {language}, {unit.id}: {sentence}")
    print(f"{walked} walks in WebKit, {wrong} findings")
    return min(wrong, 1)


if __name__ == "__main__":
    raise SystemExit(main())

"""A real JupyterLab in folders of its own, and a reader who sits at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

import relsurvey
from tests.browser.conftest import AXE, whole

TOKEN = "a-token-of-these-tests"
SLOW = 60_000


class Lab:
    """A running JupyterLab and the folder it shows."""

    def __init__(self, address: str, root: Path, settings: Path) -> None:
        self.address = address
        self.root = root
        self.settings = settings

    def ask(self, path: str, method: str = "GET") -> str:
        request = urllib.request.Request(
            f"{self.address}{path}", headers={"Authorization": f"token {TOKEN}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def running(self) -> int:
        """Return how many kernels and sessions there are."""
        return len(json.loads(self.ask("/api/kernels"))) + len(json.loads(self.ask("/api/sessions")))

    def end_kernels(self) -> None:
        for session in json.loads(self.ask("/api/sessions")):
            self.ask(f"/api/sessions/{session['id']}", "DELETE")

    def set(self, plugin: str, settings: dict[str, Any]) -> None:
        package, name = plugin.split(":")
        path = self.settings / package / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), "utf-8")


def listening(runtime: Path) -> str:
    """Return the address at which a JupyterLab says that it listens, or nothing yet."""
    for told in runtime.glob("jpserver-*.json"):
        with suppress(json.JSONDecodeError):
            return f"http://127.0.0.1:{json.loads(told.read_text('utf-8'))['port']}"
    return ""


def up(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/api", timeout=5).close()
    except urllib.error.URLError:
        return False
    return True


@contextmanager
def jupyterlab(home: Path) -> Iterator[Lab]:
    """Start JupyterLab in folders of its own, with this checkout's extension or else the installed one."""
    root, extensions, log = home / "root", home / "extensions", home / "log"
    root.mkdir()
    built = Path(relsurvey.__file__).parent / "labextension"
    if built.is_dir():
        shutil.copytree(built, extensions / "relsurvey")
    lab = Lab("", root, home / "settings")
    lab.set("@jupyterlab/apputils-extension:notification", {"fetchNews": "false", "checkForUpdates": False})
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        # A port of its own choice: one that was free when asked for may be a kernel's by now.
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
        *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"),
        *(f"--LabApp.extra_labextensions_path={extensions}", "--LabApp.expose_app_in_browser=True"),
        *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        "--LabApp.extension_manager=readonly",
    ]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(lab.settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    with log.open("wb") as told:
        server = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT
        )
    try:
        end = time.monotonic() + 60
        while not lab.address or not up(lab.address):
            lab.address = listening(home / "runtime")
            assert server.poll() is None and time.monotonic() < end, log.read_text("utf-8", "replace")[-2000:]
            time.sleep(0.2)
        assert '"name": "relsurvey"' in lab.ask("/lab"), (
            "JupyterLab does not see the extension: run `python -m build_hooks.browser` in the checkout."
        )
        yield lab
    finally:
        server.terminate()
        server.wait(30)


class Desk:
    """A reader's JupyterLab in one folder, which notices what it asks for and complains of."""

    def __init__(self, lab: Lab, context: BrowserContext, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SLOW)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        address = message.location["url"]
        # What JupyterLab asks of a server extension that is not there is no fault of ours.
        foreign = message.text.startswith("Failed to load") and not re.search(
            "relsurvey|/api/contents", address
        )
        if message.type == "error" and not foreign:
            self.complaints.append(f"{message.text} ({address})")

    def sit_down(self) -> None:
        # Whoever sat here before may have left the lamp off.
        self.lab.set("@jupyterlab/apputils-extension:themes", {"theme": "JupyterLab Light"})
        name = self.folder.name
        self.page.goto(f"{self.lab.address}/lab/workspaces/{name}/tree/{name}?token={TOKEN}")
        self.ready()

    def ready(self) -> None:
        """Wait until JupyterLab has brought back what was open, and the folder is listed."""
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("window.jupyterapp.restored.then(() => undefined)")
        expect(self.page.locator(".jp-DirListing-content")).to_be_visible()

    def run(self, command: str, **arguments: Any) -> None:
        """Run a command of JupyterLab to its end."""
        self.page.evaluate(
            "([name, args]) => jupyterapp.commands.execute(name, args).then(() => undefined)",
            [command, arguments],
        )

    def open(self, name: str) -> Locator:
        """Double-click on a file, and return the document."""
        self.page.locator(".jp-DirListing-item", has_text=name).dblclick()
        return self.document(name)

    def document(self, name: str) -> Locator:
        document = self.page.get_by_role("region", name=re.compile(f": {re.escape(name)}$"))
        # The region stands before the file was read: only then is there something to print or to tab through.
        expect(document.locator(".rs, .relsurvey-view-alert").first).to_be_visible()
        return document

    def tab(self, name: str) -> Locator:
        return self.page.locator("#jp-main-dock-panel").get_by_role("tab", name=name, exact=True)

    def palette(self, typed: str) -> list[str]:
        self.run("apputils:activate-command-palette")
        self.page.locator(".lm-CommandPalette-input").fill(typed)
        labels = self.page.locator(".lm-CommandPalette-itemLabel").all_inner_texts()
        self.page.keyboard.press("Escape")
        return labels

    def elsewhere(self) -> list[str]:
        """Return the requests that went to another host."""
        host = self.lab.address.removeprefix("http:")
        ours = (f"http:{host}", f"ws:{host}", f"blob:http:{host}", "data:")
        return [url for url in self.asked if not url.startswith(ours)]

    def axe(self, where: str = ".relsurvey-view") -> list[str]:
        """Return what axe finds in the whole view."""
        whole(self.page).evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "async (where) => (await axe.run(where)).violations.map((rule) => "
            "`${rule.id}: ${rule.nodes.map((node) => node.target + ' ' + node.failureSummary).join(' | ')}`)",
            where,
        )
        return [str(finding) for finding in found]


_shared: list[tuple[Lab, ExitStack]] = []


def shared_lab() -> Lab:
    """Return the JupyterLab that all tests of this process share, started when the first one asks for it."""
    if not _shared:
        running = ExitStack()
        home = running.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        _shared.append((running.enter_context(jupyterlab(Path(home))), running))
    return _shared[0][0]


def close_shared_lab() -> None:
    """End the shared JupyterLab, if it was started."""
    while _shared:
        _shared.pop()[1].close()


@contextmanager
def open_notebook(browser: Browser, home: Path, cells: list[str]) -> Iterator[tuple[Desk, Path]]:
    """Open a notebook, its kernel idle, in a new folder of JupyterLab: who sits there, and the file."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    )
    lab = shared_lab()
    folder = lab.root / home.name
    folder.mkdir()
    file = folder / "cells.ipynb"
    file.write_text(nbformat.writes(notebook), "utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    try:
        desk = Desk(lab, context, folder)
        desk.sit_down()
        desk.run("docmanager:open", path=f"{folder.name}/cells.ipynb")
        desk.page.wait_for_function(
            "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        yield desk, file
    finally:
        context.close()
        lab.end_kernels()

"""Published folders to serve, apps to attack, and plain requests that nothing tidies up."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from relsurvey.files import sha256, with_manifest
from relsurvey.publish import forking
from relsurvey.publish.serve import Server
from relsurvey.publish.voila import APP, VIEW, app
from relsurvey.publish.whole import write_release

#: Stands in whatever a viewer must never get.
SECRET = "student 12345 ROW: Ana"

#: An app whose callbacks go wrong in every way that could tell something.
FRAGILE = f"""\
import ipywidgets as widgets
from IPython.display import display

kept = widgets.Output()
with kept:
    raise KeyError({SECRET!r})

echo = widgets.Label("ready")
ask = widgets.Text()
noisy = widgets.Output()

def answer(change):
    echo.value = change["new"].upper()
    print({SECRET!r})
    if change["new"] == "fail":
        raise KeyError({SECRET!r})
    with noisy:
        raise ValueError({SECRET!r})

ask.observe(answer, "value")
display(ask, echo, kept, noisy)
"""


def publish(folder: Path, view_json: str) -> Path:
    """Write what ``publish`` writes for Voilà, and return the folder."""
    write_release(folder, with_manifest({VIEW: view_json, APP: app(view_json)}, release=sha256(view_json)))
    return folder


def write_app(folder: Path, view_json: str) -> Path:
    """Write the app alone, as no release does."""
    path = folder / APP
    path.write_text(app(view_json), "utf-8")
    return path


def write_live_app(path: Path, source: str) -> Path:
    """Write a notebook of one cell that asks for its kernel at once."""
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "app",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": [cell],
        "metadata": {"kernelspec": kernel, "live": True},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def ask(
    server: Server, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Send one request exactly as written, and return status, headers and body."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    try:
        connection.putrequest(method, path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        told: dict[str, str] = {}
        for name, value in answer.getheaders():
            told[name] = f"{told[name]}, {value}" if name in told else value
        return answer.status, told, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def kernels(server: Server) -> list[psutil.Process]:
    """Return the kernels that run below a server, forked or not."""
    found = []
    for process in psutil.Process(server.pid).children(recursive=True):
        try:
            words = process.cmdline()
            forked = forking.__name__ in words and process.ppid() != server.pid
            if forked or any("ipykernel" in word for word in words):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def gone(process: psutil.Process) -> bool:
    """Return whether a process has ended, whether or not anybody has taken note of it."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def kernel_id(page: str) -> str:
    """Return the id that a live page gives to its front end."""
    found = re.search(r'"kernelId": "([0-9a-f-]{36})"', page)
    assert found, page[-2000:]
    return found[1]


def leave(server: Server, headers: dict[str, str], page: str, cookie: str = "") -> int:
    """Say farewell as a live page does when it is left, and return the status."""
    found = re.search(r"_xsrf=([^;]+)", headers["Set-Cookie"])
    assert found, headers
    told = {"Cookie": f"_xsrf={found[1]}; {cookie}", "X-XSRFToken": found[1], "Content-Length": "0"}
    return ask(server, f"/voila/api/shutdown/{kernel_id(page)}", method="POST", headers=told)[0]


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait for something, and return whether it came."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return true()

"""Serving a view: no kernel, no file, no guessing of tokens, and plain sentences when it cannot be."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from relsurvey.errors import PublishError
from relsurvey.publish.packing import unpacked
from relsurvey.publish.serve import Server, serve
from relsurvey.publish.voila import APP, VIEW
from tests.publish.serving import SECRET, ask, kernels, leave, publish, until, write_app, write_live_app
from tests.publish.small_view import HOSTILE, small_view_json

TOKEN = "a-token-that-only-a-test-knows"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published folder, with files in it that nobody may fetch."""
    folder = publish(tmp_path_factory.mktemp("published"), small_view_json())
    for name in ("rows.csv", "rows.json", "rows.png", "page.html", ".hidden", "script.py"):
        (folder / name).write_text(SECRET, "utf-8")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serve(folder, open_browser=False) as server:
        yield server


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[Server]:
    with serve(folder, open_browser=False, token=TOKEN) as server:
        yield server


def test_a_view_is_in_the_page_and_no_kernel_starts(server: Server, folder: Path) -> None:
    for _ in range(3):
        status, headers, page = ask(server, "/")
    assert status == 200
    held = re.search(r'<script type="application/json" id="relsurvey-view">(.*?)</script>', page, re.DOTALL)
    assert held
    assert unpacked(held[1]) == json.loads((folder / VIEW).read_text("utf-8"))
    assert kernels(server) == []
    policy = headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_server_and_its_kernel_hold_no_numerical_package(server: Server) -> None:
    status, headers, page = ask(server, "/?live=1")
    assert status == 200
    assert 'id="relsurvey-complete"' in page
    (kernel,) = kernels(server)
    try:
        for process in (psutil.Process(server.pid), kernel):
            paths = [entry.path for entry in process.memory_maps()]
            assert any("python" in path.lower() for path in paths)
            assert not [path for path in paths if re.search(r"[/\\](numpy|pandas)[/\\.]", path)]
    finally:
        assert leave(server, headers, page) == 204
    assert until(lambda: kernels(server) == [])


def test_the_page_is_small_on_the_way(server: Server) -> None:
    _, _, page = ask(server, "/")
    status, headers, _ = ask(server, "/", headers={"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["Content-Length"]) < len(page) / 2
    status, headers, _ = ask(server, "/voila/static/voila.js", headers={"Accept-Encoding": "gzip"})
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_hostile_text_stays_inside_its_element(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json(title=HOSTILE, text=HOSTILE))
    with serve(tmp_path, open_browser=False) as server:
        _, _, page = ask(server, "/")
    held = re.search(r'id="relsurvey-view">(.*?)</script>', page, re.DOTALL)
    assert held
    assert unpacked(held[1])["title"]["en"] == HOSTILE
    assert not set(held[1]) & set("<>&\u2028\u2029")
    assert "<script>window" not in page
    assert "<img" not in page
    assert "49" not in re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]


def test_a_new_release_shows_without_a_restart(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json("The first"))
    with serve(tmp_path, open_browser=False) as server:
        assert ": The first</title>" in ask(server, "/")[2]
        publish(tmp_path, small_view_json("The second"))
        assert ": The second</title>" in ask(server, "/")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/app.ipynb",
        "/rows.csv",
        "/rows.png",
        "/view.relsurvey.json",
        "/voila/files/rows.csv",
        "/voila/files/rows.png",
        "/voila/files/app.ipynb",
        "/voila/files/view.relsurvey.json",
        "/voila/render/app.ipynb",
        "/voila/tree",
        "/voila/tree/",
        "/voila/api/contents/",
        "/voila/api/contents/app.ipynb",
        "/voila/execution/00000000-0000-0000-0000-000000000000",
        "/voila/query/00000000-0000-0000-0000-000000000000",
        "/voila/templates/relsurvey/static/../index.html.j2",
        "/api/contents/rows.csv",
        "/api/kernels",
        "/api/sessions",
        "/api/terminals",
        "/files/rows.csv",
        "/static/etc/passwd",
        "/voila/static//etc/passwd",
        "/voila/static/%2fetc/passwd",
        "/voila/static/../../../../../../../../etc/passwd",
        "/voila/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/voila/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/voila/static/....//....//....//etc/passwd",
        "/voila/static/..%5c..%5c..%5cetc%5cpasswd",
        "/voila/labextensions/../../../../../../../../etc/passwd",
        "/voila/labextensions/anywidget/static/../../../../../../../../../etc/passwd",
        "/voila/labextensions/anywidget/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/voila/labextensions/anywidget/package.json",
        "/voila/labextensions/jupyterlab_pygments/static/style.js",
        "//etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/login",
        "/logout",
    ],
)
def test_no_file_leaves(server: Server, path: str) -> None:
    status, _, body = ask(server, path)
    assert status in {400, 403, 404}, body[:200]
    assert SECRET not in body
    assert "root:" not in body
    assert "Traceback" not in body
    assert '"cells"' not in body


def test_the_page_cannot_be_asked_for_another_template(server: Server) -> None:
    plain = ask(server, "/")[2]
    assert ask(server, "/?template=lab")[2] == plain
    assert ask(server, "/?theme=../../etc")[2] == plain
    assert ask(server, "/", method="POST")[0] in {403, 405}


def test_a_name_that_is_not_this_machine_is_refused(server: Server) -> None:
    # A page elsewhere whose name was pointed at this machine.
    assert ask(server, "/", headers={"Host": "elsewhere.example"})[0] == 403


def test_a_page_elsewhere_cannot_fill_the_room(server: Server) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert ask(server, "/?live=1", headers=elsewhere)[0] == 403
    assert kernels(server) == []


def test_only_the_link_opens_a_guarded_view(guarded: Server) -> None:
    for path in ("/", "/?live=1", "/?token=wrong-wrong-wrong", "/?token="):
        status, _, body = ask(guarded, path)
        assert status == 403
        assert "use the link you were given" in body
        assert "use el enlace que recibió" in body
        assert "ninth" not in body
    assert ask(guarded, "/api/kernels/00000000-0000-0000-0000-000000000000")[0] == 403
    assert kernels(guarded) == []

    assert guarded.link == f"{guarded.url}?token={TOKEN}"
    status, headers, _ = ask(guarded, f"/?school=north&token={TOKEN}")
    assert (status, headers["Location"]) == (302, "/?school=north")
    cookie = headers["Set-Cookie"].split(";")[0]
    assert "HttpOnly" in headers["Set-Cookie"]
    status, _, page = ask(guarded, "/", headers={"Cookie": cookie})
    assert status == 200
    assert "relsurvey-view" in page
    assert TOKEN not in page
    assert ask(guarded, "/", headers={"Cookie": cookie[:-4] + "0000"})[0] == 403


@pytest.mark.parametrize(("proto", "secure"), [("https", True), ("http", False)])
def test_behind_a_proxy_with_a_certificate_the_cookie_is_for_https_alone(
    guarded: Server, proto: str, secure: bool
) -> None:
    _, headers, _ = ask(guarded, f"/?token={TOKEN}", headers={"X-Forwarded-Proto": proto})
    assert ("secure" in headers["Set-Cookie"].lower()) is secure


def test_the_token_is_nowhere_to_be_read(guarded: Server) -> None:
    _, headers, _ = ask(guarded, f"/?token={TOKEN}")
    cookie = headers["Set-Cookie"].split(";")[0]
    _, headers, page = ask(guarded, "/?live=1", headers={"Cookie": cookie})
    try:
        (kernel,) = kernels(guarded)
        for process in (psutil.Process(guarded.pid), kernel):
            assert TOKEN not in " ".join(process.cmdline())
        assert TOKEN not in "".join(kernel.environ().values())
    finally:
        assert leave(guarded, headers, page, cookie) == 204


def test_a_kernel_inherits_no_secret_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRICT_PASSWORD", SECRET)
    monkeypatch.setenv("JUPYTER_TOKEN", SECRET)
    app = write_live_app(tmp_path / "app.ipynb", "1")
    with serve(app, open_browser=False) as server:
        ask(server, "/")
        (kernel,) = kernels(server)
        assert SECRET not in "".join(kernel.environ().values())
        assert kernel.environ()["PATH"]


def test_the_room_fills_and_frees(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json())
    with serve(tmp_path, open_browser=False, max_kernels=1) as server:
        status, first, page = ask(server, "/?live=1")
        assert status == 200
        status, headers, body = ask(server, "/?live=1")
        assert status == 503
        assert "The room is full" in body
        assert "La sala está llena" in body
        assert headers["Retry-After"]
        assert ask(server, "/")[0] == 200, "the view itself has no limit"
        assert len(kernels(server)) == 1
        assert leave(server, first, page) == 204
        assert ask(server, "/?live=1")[0] == 200


def test_who_leaves_early_leaves_no_kernel(tmp_path: Path) -> None:
    app = write_live_app(tmp_path / "app.ipynb", "import time\ntime.sleep(3)")
    with serve(app, open_browser=False) as server:
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200 OK" in connection.recv(4096), "the first part is sent before the kernel is up"
            assert until(lambda: len(kernels(server)) == 1)
        assert until(lambda: kernels(server) == [])


def test_stopping_ends_the_kernels_too(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json())
    server = serve(tmp_path, open_browser=False)
    ask(server, "/?live=1")
    below = [psutil.Process(server.pid), *kernels(server)]
    assert len(below) == 2
    server.stop()
    server.stop()
    assert not server.running
    assert until(lambda: not any(process.is_running() for process in below))


@pytest.mark.skipif(os.name == "nt", reason="killing works otherwise there")
def test_nothing_outlives_a_killed_parent(folder: Path) -> None:
    code = (
        "import sys, time; from relsurvey.publish.serve import serve; "
        "server = serve(sys.argv[1], open_browser=False); print(server.pid, flush=True); time.sleep(100)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    assert until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def says(*words: str) -> str:
    return ".*".join(re.escape(word) for word in words)


def test_what_cannot_be_served_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=says("There is no", "app.ipynb", "relsurvey publish")):
        serve(tmp_path, open_browser=False)
    (tmp_path / APP).write_text("not a notebook", "utf-8")
    with pytest.raises(PublishError, match="not a notebook, or is damaged"):
        serve(tmp_path, open_browser=False)
    (tmp_path / APP).write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "utf-8")
    with pytest.raises(PublishError, match=says("holds no view", '"live": true')):
        serve(tmp_path, open_browser=False)
    write_app(tmp_path, small_view_json())
    with pytest.raises(PublishError, match=says("no manifest.json", "relsurvey publish")):
        serve(tmp_path, open_browser=False)
    publish(tmp_path, small_view_json())
    (tmp_path / VIEW).write_text(small_view_json("Another one"), "utf-8")
    with pytest.raises(PublishError, match="changed after publishing"):
        serve(tmp_path, open_browser=False)


def test_one_of_several_folders_is_asked_for(tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        publish(tmp_path / name, small_view_json())
    with pytest.raises(PublishError, match=says("north, south", "serve one of them")):
        serve(tmp_path, open_browser=False)


def test_a_pointer_to_a_release_is_followed(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        publish(tmp_path / name, small_view_json(f"The {name}"))
    pointer = tmp_path / "now"
    pointer.symlink_to("first", target_is_directory=True)
    with serve(pointer, open_browser=False) as server:
        assert ": The first</title>" in ask(server, "/")[2]
        (tmp_path / "next").symlink_to("second", target_is_directory=True)
        (tmp_path / "next").replace(pointer)
        assert ": The second</title>" in ask(server, "/")[2]


def test_a_changed_release_is_not_served(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json())
    with serve(tmp_path, open_browser=False) as server:
        assert ask(server, "/")[0] == 200
    write_app(tmp_path, small_view_json("Changed by hand"))
    with pytest.raises(PublishError, match="changed after publishing"):
        serve(tmp_path, open_browser=False)


@pytest.mark.parametrize("ip", ["0.0.0.0", "::", "192.168.7.7"])
def test_another_address_needs_a_token(folder: Path, ip: str) -> None:
    with pytest.raises(PublishError, match=says("with a token", "127.0.0.1")):
        serve(folder, ip=ip, open_browser=False)
    with pytest.raises(PublishError, match="too easy to guess"):
        serve(folder, ip=ip, token="short", open_browser=False)


@pytest.mark.parametrize("ip", ["0.0.0.0", "::", "192.168.7.7"])
def test_another_address_needs_a_certificate_too(folder: Path, ip: str) -> None:
    with pytest.raises(PublishError, match=says("certificate", "proxy", "room")):
        serve(folder, ip=ip, token="new", open_browser=False)


def test_a_certificate_and_its_key_come_together(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="name both"):
        serve(folder, certificate=tmp_path / "c.pem", open_browser=False)
    for name in ("c.pem", "k.pem"):
        (tmp_path / name).write_text("nothing of the kind", "utf-8")
    with pytest.raises(PublishError, match="cannot be used together"):
        serve(folder, certificate=tmp_path / "c.pem", key=tmp_path / "k.pem", open_browser=False)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command to make a certificate")
def test_all_addresses_with_a_certificate(folder: Path, tmp_path: Path) -> None:
    pair = tmp_path / "c.pem", tmp_path / "k.pem"
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-out", str(pair[0]), "-keyout", str(pair[1])]
    subprocess.run(["openssl", "req", *made], check=True, capture_output=True)
    with serve(
        folder, ip="0.0.0.0", token=TOKEN, certificate=pair[0], key=pair[1], open_browser=False
    ) as server:
        assert server.link.startswith("https://")
        port = urlsplit(server.url).port
        trust = ssl.create_default_context(cafile=str(pair[0]))
        connection = http.client.HTTPSConnection("localhost", port, context=trust, timeout=60)
        connection.request("GET", f"/?token={TOKEN}")
        answer = connection.getresponse()
        assert answer.status == 302
        # What was sent over HTTPS is not sent in the clear.
        assert all("secure" in cookie.lower() for cookie in answer.headers.get_all("Set-Cookie", ["none"]))
        connection.close()


def test_a_room_has_a_new_token_on_every_address(folder: Path) -> None:
    with serve(folder, room=True, open_browser=False) as server:
        assert server.token
        assert len(server.token) >= 40
        assert "0.0.0.0" not in server.link
        assert ask(server, "/")[0] == 403
        assert ask(server, f"/?token={server.token}")[0] == 302


def test_a_taken_port_is_said(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PublishError, match=says(f"Port {port}", "0 for a free one")):
            serve(folder, port=port, open_browser=False)


def test_no_token_on_a_browsers_command_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    with serve(folder, token=TOKEN) as server:
        (address,) = opened
        assert TOKEN not in address
        page = Path(address.removeprefix("file://"))
        assert server.link in page.read_text("utf-8")
        if os.name != "nt":
            assert page.stat().st_mode & 0o077 == 0
    assert not page.exists()
    with serve(folder) as server:
        assert opened[1:] == [server.url]


def test_a_room_closes_when_its_time_is_over(folder: Path) -> None:
    code = (
        "import sys; from relsurvey.publish import serve; serve.ROOM_LASTS = 1;"
        f"sys.exit(serve.main([{str(folder)!r}, '--room']))"
    )
    closed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=90, check=True
    )
    assert json.loads(closed.stdout)["url"].startswith("http://127.0.0.1:")

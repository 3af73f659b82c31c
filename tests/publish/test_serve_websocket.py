"""What a viewer can do to a kernel through its websocket: move widgets, and nothing else."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from relsurvey.publish.serve import Server, serve
from tests.publish.serving import FRAGILE, SECRET, ask, kernel_id, kernels, write_live_app

V1 = "v1.kernel.websocket.jupyter.org"

#: Every request of the messaging protocol that is not about comms or the kernel's own description.
REQUESTS: dict[str, dict[str, Any]] = {
    "execute_request": {"code": "", "silent": False, "user_expressions": {}, "allow_stdin": False},
    "inspect_request": {"code": "ask", "cursor_pos": 3, "detail_level": 1},
    "complete_request": {"code": "a", "cursor_pos": 1},
    "history_request": {"output": True, "raw": True, "hist_access_type": "tail", "n": 10},
    "is_complete_request": {"code": "1"},
    "connect_request": {},
    "debug_request": {"seq": 1, "type": "request", "command": "debugInfo"},
    "interrupt_request": {},
    "shutdown_request": {"restart": False},
    "create_subshell_request": {},
    "delete_subshell_request": {"subshell_id": "x"},
    "list_subshell_request": {},
    "input_reply": {"value": "x"},
    "usage_request": {},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    app = write_live_app(tmp_path_factory.mktemp("fragile") / "fragile.ipynb", FRAGILE)
    with serve(app, open_browser=False) as server:
        yield server


@pytest.fixture(scope="module")
def page(server: Server) -> str:
    status, _, page = ask(server, "/")
    assert status == 200
    return page


@pytest.fixture(scope="module")
def channels(server: Server, page: str) -> str:
    return address(server, page)


def address(server: Server, page: str) -> str:
    """Return where the front end of a page connects to."""
    host = server.url.removeprefix("http://")
    return f"ws://{host}api/kernels/{kernel_id(page)}/channels?session_id={uuid.uuid4()}"


def idle_after(key: str) -> Callable[[dict[str, Any]], bool]:
    """Return what knows the last message that a message causes."""
    return lambda came: (
        came["name"] == "status" and came["parent"] == key and came["content"]["execution_state"] == "idle"
    )


def message(name: str, content: dict[str, Any], channel: str, metadata: dict[str, Any]) -> tuple[bytes, str]:
    """Return a message as it goes over the wire, and its id."""
    key = uuid.uuid4().hex
    header = {"msg_id": key, "msg_type": name, "username": "", "session": "s", "version": "5.4"}
    header["date"] = "2026-01-31T12:00:00Z"
    parts = [json.dumps(part).encode() for part in (header, {}, metadata, content)]
    return serialize_msg_to_ws_v1(parts, channel), key


class Viewer:
    """A viewer who sends what it likes and keeps all that comes back."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.raw = b""

    async def send(self, name: str, content: dict[str, Any], channel: str = "shell", **metadata: str) -> str:
        wire, key = message(name, content, channel, metadata)
        await self.socket.write_message(wire, binary=True)
        return key

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Return what comes, up to the message that is wanted, as dictionaries."""
        came = []
        while True:
            wire = await asyncio.wait_for(self.socket.read_message(), 20)
            assert isinstance(wire, bytes), "the connection was closed"
            self.raw += wire
            channel, parts = deserialize_msg_from_ws_v1(wire)
            header, parent, _, content = (json.loads(part) for part in parts[:4])
            name, key = header["msg_type"], parent.get("msg_id")
            came.append({"channel": channel, "name": name, "parent": key, "content": content})
            if wanted(came[-1]):
                return came

    async def settle(self) -> list[dict[str, Any]]:
        """Return what came up to the answer to a question that is always answered."""
        key = await self.send("kernel_info_request", {})
        return await self.until(idle_after(key))


def view(channels: str, visit: Callable[[Viewer], Awaitable[None]], **headers: str) -> None:
    """Connect as a browser would, and visit."""

    async def connected() -> None:
        socket = await websocket_connect(HTTPRequest(channels, headers=headers), subprotocols=[V1])
        try:
            await visit(Viewer(socket))
        finally:
            socket.close()

    asyncio.run(connected())


@pytest.mark.parametrize("channel", ["shell", "control", "stdin", "iopub"])
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_dropped(server: Server, channels: str, tmp_path: Path, name: str, channel: str) -> None:
    proof = tmp_path / "proof"
    content = dict(REQUESTS[name])
    if name == "execute_request":
        content["code"] = f"open({str(proof)!r}, 'w').write('run')"

    async def visit(viewer: Viewer) -> None:
        key = await viewer.send(name, content, channel)
        came = await viewer.settle()
        assert not [other for other in came if other["parent"] == key], came

    view(channels, visit)
    assert not proof.exists()
    assert len(kernels(server)) == 1


@pytest.mark.parametrize("name", [*REQUESTS, "comm_info_request"])
def test_the_older_wire_protocol_is_refused(channels: str, name: str) -> None:
    async def connect() -> None:
        socket = await websocket_connect(channels)
        content = REQUESTS.get(name, {})
        await socket.write_message(json.dumps({"header": {"msg_type": name}, "content": content}))

    with pytest.raises(HTTPClientError, match="400"):
        asyncio.run(connect())


@pytest.mark.parametrize("channel", ["control", "stdin", "iopub", "hb", "", "shell\u0000"])
def test_widgets_messages_go_by_shell_alone(channels: str, channel: str) -> None:
    async def visit(viewer: Viewer) -> None:
        key = await viewer.send("comm_info_request", {}, channel)
        assert not [came for came in await viewer.settle() if came["parent"] == key]

    view(channels, visit)


def test_a_viewer_makes_no_widget(channels: str) -> None:
    async def visit(viewer: Viewer) -> None:
        state = {"_model_name": "HTMLModel", "_view_name": "HTMLView"}
        for part in ("model", "view"):
            state |= {f"_{part}_module": "@jupyter-widgets/controls", f"_{part}_module_version": "2.0.0"}
        data = {"state": state, "buffer_paths": []}
        keys = []
        for target in ("jupyter.widget", ["jupyter.widget.control"], "jupyter.widget.control\u0000"):
            keys.append(uuid.uuid4().hex)
            opened = {"comm_id": keys[-1], "target_name": target, "data": data}
            await viewer.send("comm_open", opened, version="2.1.0")
        asked = await viewer.send("comm_info_request", {})
        came = await viewer.until(lambda came: came["name"] == "comm_info_reply" and came["parent"] == asked)
        assert not came[-1]["content"]["comms"].keys() & set(keys)
        assert came[-1]["content"]["comms"], "the app's own widgets are there"

    view(channels, visit)


#: A count of parts that lies, alone and before something.
LIES = [(2**63).to_bytes(8, "little") + b"x", (10**9).to_bytes(8, "little") + b"\x00" * 800]


@pytest.mark.parametrize("wire", [b"", b"\x00", b"\xff" * 64, *LIES, "text", "{}"])
def test_what_cannot_be_read_is_dropped(channels: str, wire: bytes | str) -> None:
    async def visit(viewer: Viewer) -> None:
        await viewer.socket.write_message(wire, binary=isinstance(wire, bytes))
        assert await viewer.settle()

    view(channels, visit)


async def states(viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Return the state of every widget, as the front end asks for it."""
    control = uuid.uuid4().hex
    opened = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
    await viewer.send("comm_open", opened, version="1.0.0")
    await viewer.send("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
    came = await viewer.until(lambda came: came["content"].get("data", {}).get("method") == "update_states")
    found: dict[str, dict[str, Any]] = came[-1]["content"]["data"]["states"]
    return found


def test_a_callback_answers_and_tells_nothing_else(channels: str, page: str) -> None:
    async def visit(viewer: Viewer) -> None:
        comms = await states(viewer)
        (text,) = [key for key, held in comms.items() if held["model_name"] == "TextModel"]
        for value in ("hello", "fail"):
            change = {"method": "update", "state": {"value": value}, "buffer_paths": []}
            key = await viewer.send("comm_msg", {"comm_id": text, "data": change})
            came = await viewer.until(idle_after(key))
            assert value.upper() in json.dumps(came), "the widget did answer"
        await states(viewer)
        assert b"update_states" in viewer.raw
        for telling in (SECRET, "Traceback", "ipykernel_", "KeyError", "def answer"):
            assert telling.encode() not in viewer.raw

    view(channels, visit)
    assert SECRET not in page
    assert "KeyError" not in page
    assert "def answer" not in page


def test_a_page_elsewhere_cannot_connect(channels: str) -> None:
    async def visit(viewer: Viewer) -> None:
        raise AssertionError("connected")

    for headers in ({"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}):
        with pytest.raises(HTTPClientError, match="403"):
            view(channels, visit, **headers)


def test_a_guarded_kernel_needs_the_token(tmp_path: Path) -> None:
    async def visit(viewer: Viewer) -> None:
        assert await viewer.settle()

    app = write_live_app(tmp_path / "app.ipynb", "1")
    with serve(app, token="new", open_browser=False) as server:
        _, headers, _ = ask(server, f"/?token={server.token}")
        cookie = headers["Set-Cookie"].split(";")[0]
        _, _, page = ask(server, "/", headers={"Cookie": cookie})
        channels = address(server, page)
        with pytest.raises(HTTPClientError, match="403"):
            view(channels, visit)
        view(channels, visit, Cookie=cookie)
        assert ask(server, f"/voila/api/shutdown/{kernel_id(page)}", method="POST")[0] == 403
        told = {"Cookie": cookie}
        assert ask(server, f"/api/kernels/{kernel_id(page)}", method="DELETE", headers=told)[0] == 405
        assert len(kernels(server)) == 1

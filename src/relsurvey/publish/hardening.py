"""What makes Voilà safe to hand to a room: what a viewer may send and get, how many kernels, which settings.

Voilà's standalone application already refuses to run a viewer's code. This narrows it further: a websocket
that carries the messages of widgets and nothing else, never more kernels than the room holds, one security
policy on every answer.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from jupyter_server.utils import ApiPath
from tornado.web import HTTPError
from traitlets import Int
from traitlets.config import Config

from relsurvey.publish.forking import PROVISIONER, WarmProcess, register
from relsurvey.publish.voila import TEMPLATE, content_security_policy

_PROTOCOL = "v1.kernel.websocket.jupyter.org"
# Offsets of a message: channel, four parts and the end; each buffer of a widget's binary state adds one.
_FEWEST_OFFSETS, _MOST_OFFSETS = 6, 1000

#: What a viewer may send: the state of widgets, and two questions without which no front end starts.
INCOMING = frozenset({"comm_msg", "comm_close", "comm_open", "comm_info_request", "kernel_info_request"})
#: What a viewer may get; not what a callback printed, and no traceback, which can quote data.
OUTGOING = frozenset(
    {
        "clear_output",
        "comm_close",
        "comm_info_reply",
        "comm_msg",
        "comm_open",
        "display_data",
        "iopub_welcome",
        "kernel_info_reply",
        "status",
        "update_display_data",
    }
)
#: The only comm a viewer may open: the one that asks for the state of the widgets that are there.
WIDGET_CONTROL = "jupyter.widget.control"

#: Lab extensions that an app of widgets needs; no other one is loaded or sent.
EXTENSIONS = ["anywidget", "@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager"]

HEADERS = {
    "Content-Security-Policy": content_security_policy() + "; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SafeConnection(ZMQChannelsWebsocketConnection):
    """A kernel's websocket that carries the messages of widgets and drops the rest."""

    async def prepare(self) -> None:
        """Refuse a viewer that does not speak the one wire protocol whose messages are checked here."""
        offered = self.websocket_handler.request.headers.get("Sec-WebSocket-Protocol", "")
        if _PROTOCOL not in (name.strip() for name in offered.split(",")):
            raise HTTPError(400, "wire protocol not allowed")
        await super().prepare()  # type: ignore[no-untyped-call]

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass on a widget's message; drop anything else, and anything that cannot be read."""
        try:
            allowed = isinstance(incoming_msg, bytes) and self._may_pass(incoming_msg)
        except (ValueError, TypeError, LookupError, AttributeError):
            allowed = False
        if allowed:
            super().handle_incoming_message(incoming_msg)  # type: ignore[arg-type]
        else:
            self.log.info("A message that viewers may not send was dropped.")

    def _may_pass(self, message: bytes) -> bool:
        """Return whether a viewer may send a message, which can be any bytes at all."""
        # Checked before it is taken apart: with a count that lies, the server would be busy for ever.
        count = int.from_bytes(message[:8], "little")
        if not _FEWEST_OFFSETS <= count <= min(_MOST_OFFSETS, len(message) // 8 - 1):
            return False
        channel, parts = deserialize_msg_from_ws_v1(message)  # type: ignore[no-untyped-call]
        name = self.session.unpack(parts[0])["msg_type"]
        if channel != "shell" or name not in INCOMING:
            return False
        return name != "comm_open" or bool(self.session.unpack(parts[3])["target_name"] == WIDGET_CONTROL)

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Pass on what widgets need; drop output of code and errors."""
        # After the identities: signature, header, parent, metadata, content.
        _, parts = self.session.feed_identities(outgoing_msg)
        name = self.session.unpack(parts[1])["msg_type"]
        if name not in OUTGOING:
            return
        if name in {"comm_msg", "comm_open"}:
            content = self.session.unpack(parts[4])
            if _without_tracebacks(content):
                # What goes over the websocket is not signed, so a part can be replaced.
                outgoing_msg = [b"<IDS|MSG>", *parts[:4], self.session.pack(content), *parts[5:]]
        super().handle_outgoing_message(stream, outgoing_msg)


def _without_tracebacks(part: Any) -> bool:
    """Empty every error that an output widget has kept, and return whether there was one."""
    if isinstance(part, dict):
        found = part.get("output_type") == "error"
        if found:
            part.update(ename="Error", evalue="", traceback=[])
        within = list(part.values())
    else:
        found, within = False, part if isinstance(part, list) else []
    for value in within:
        found = _without_tracebacks(value) or found
    return found


class QuietKernel(ServerKernelManager):
    """A kernel that tells nobody of its start and end: each would read anew what such an event looks like."""

    def emit(self, schema_id: Any, data: Any) -> None:
        """Tell nobody."""


class RoomKernels(AsyncMappingKernelManager):
    """Kernels, but never more than the room holds."""

    max_kernels = Int(40, help="How many kernels may run at once.").tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self._reserved: set[str] = set()
        self.warm: WarmProcess | None = None
        #: Kernels that wait for a viewer who has not come yet.
        self.waiting: set[str] = set()
        register()

    def warm_up(self) -> None:
        """Fork kernels from now on, where the system can do that."""
        if sys.platform == "linux":
            self.warm = WarmProcess()
            self.warm.wait_until_ready()

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]
        """End every kernel, and what they are forked from."""
        await super().shutdown_all(now=now)
        if self.warm:
            self.warm.stop()

    @property
    def full(self) -> bool:
        """Whether no more kernel may be started."""
        return len(self._reserved | set(self.list_kernel_ids())) >= self.max_kernels

    def reserve(self) -> str:
        """Return the id of a kernel that may now be started, or answer that the room is full."""
        if self.full:
            raise HTTPError(503, "the room is full")
        kernel_id = str(uuid4())
        self._reserved.add(kernel_id)
        return kernel_id

    def release(self, kernel_id: str) -> None:
        """Give back a reservation; a kernel that runs keeps its place."""
        self._reserved.discard(kernel_id)

    async def start_kernel(  # type: ignore[override]
        self, *, kernel_id: str | None = None, path: ApiPath | None = None, **settings: Any
    ) -> str:
        """Start a kernel that was reserved."""
        if kernel_id not in self._reserved:
            raise HTTPError(503, "no place was reserved")
        return await super().start_kernel(kernel_id=kernel_id, path=path, **settings)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page has gone; one that waits for its viewer is not idle."""
        if kernel_id in self.waiting:
            cast(Any, self.get_kernel(kernel_id)).last_activity = datetime.now(UTC)
        await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]


class OwnKernel(KernelSpecManager):
    """The Python that serves is the Python that runs the app, whatever kernels this machine has."""

    def _kernel_dirs_default(self) -> list[str]:
        return []

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how a kernel is started: forked, where that is possible."""
        spec: KernelSpec = super().get_kernel_spec(kernel_name)
        spec.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        return spec


def hardened(
    notebook: Path, *, ip: str, port: int, token: str | None, max_kernels: int, base_url: str = "/"
) -> Config:
    """Return the configuration of a :class:`relsurvey.publish.door.Door`."""
    config = Config()
    config.Voila.update(
        {
            "base_url": base_url,
            "config_file_paths": [],
            "connection_dir_root": _short_temporary_directory(),
            "ip": ip,
            "kernel_websocket_connection_class": SafeConnection,
            "log_level": "ERROR",
            "notebook_path": str(notebook),
            "open_browser": False,
            "port": port,
            "root_dir": str(notebook.parent),
            "token": token or "",
        }
    )
    config.VoilaConfiguration.update(
        {
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "extension_allowlist": EXTENSIONS,
            "file_allowlist": [],
            "kernel_spec_manager_class": OwnKernel,
            "multi_kernel_manager_class": RoomKernels,
            "show_tracebacks": False,
            "strip_sources": True,
            "template": TEMPLATE,
        }
    )
    config.MappingKernelManager.update(
        {
            "allow_tracebacks": False,
            # Only kernels whose page has gone are ended; an open page keeps its own.
            "cull_idle_timeout": 300,
            "cull_interval": 30,
            "kernel_manager_class": f"{QuietKernel.__module__}.{QuietKernel.__qualname__}",
        }
    )
    config.RoomKernels.max_kernels = max_kernels
    # Sockets in a private folder: no other user can reach them, and no two kernels race for a port.
    config.KernelManager.transport = "tcp" if sys.platform == "win32" else "ipc"
    config.IdentityProvider.cookie_options = {"samesite": "Lax"}
    return config


def _short_temporary_directory() -> str:
    """Return a folder whose name leaves room: the whole path of a socket may have some 100 characters."""
    usual, short = tempfile.gettempdir(), Path("/tmp")  # noqa: S108 - a private folder is made in it
    return str(short) if sys.platform != "win32" and len(usual) > 30 and short.is_dir() else usual

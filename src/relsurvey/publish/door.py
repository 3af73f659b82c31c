"""Voilà as a process of its own, for one notebook: no kernel for a view, one for what is live."""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import shutil
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

import nbformat
import tornado.web
from jupyter_core.utils import run_sync
from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import ApiPath
from tornado.httpserver import HTTPServer
from tornado.httputil import url_concat
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from voila.app import Voila
from voila.notebook_renderer import NotebookRenderer
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.utils import get_page_config, get_voila_labextensions_path

from relsurvey.errors import PublishError
from relsurvey.escape import html_text
from relsurvey.publish.hardening import EXTENSIONS, HEADERS, RoomKernels
from relsurvey.publish.heating import Pool
from relsurvey.publish.voila import TEMPLATE, is_live

_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
_LONGEST_BODY = 1_000_000

_PLAIN = {
    403: (
        "This page opens with its own link: use the link you were given, or scan the code again.",
        "Esta página se abre con su propio enlace: use el enlace que recibió o vuelva a escanear el código.",
    ),
    404: ("There is no such page here.", "Aquí no hay tal página."),
    503: (
        "The room is full: too many people are here right now. Try again in a few minutes.",
        "La sala está llena: hay demasiadas personas ahora. Inténtelo de nuevo en unos minutos.",
    ),
}
_OTHERWISE = (
    "This page could not be shown. Try again.",
    "No se pudo mostrar esta página. Inténtelo de nuevo.",
)
_PLAIN_STYLE = (
    ":root{color-scheme:light dark}"
    "main{max-width:32rem;margin:20vh auto;padding:1rem;font:1.25rem/1.5 system-ui,sans-serif}"
    "h1{font-size:inherit}"
)


class PlainErrors(tornado.web.RequestHandler):
    """Answers an error with one sentence, in English and Spanish, and nothing else."""

    def write_error(self, status_code: int, **_: Any) -> None:
        """Write the page of a status code."""
        english, spanish = map(html_text, _PLAIN.get(status_code, _OTHERWISE))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if status_code == 503:
            self.set_header("Retry-After", "120")
        self.finish(
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>{english.split(":")[0]}</title><link rel="icon" href="data:,">'
            f"<style>{_PLAIN_STYLE}</style></head>"
            f'<body><main><h1>{english}</h1><p lang="es">{spanish}</p></main></body></html>\n'
        )

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """Log what went wrong here, without the address, which may hold a token."""
        if not isinstance(value, tornado.web.HTTPError):
            Door.instance().log.error("A page could not be made.", exc_info=(kind, value, trace))


class Page(PlainErrors, JupyterHandler):
    """A page for those who have the token, where there is one."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse who has no token with a sentence, not with a form to log in."""
        await super().prepare(_redirect_to_login=False)


class NoSuchPage(Page):
    """Every address that is not one of ours."""

    async def get(self) -> None:
        """Answer that there is no such page."""
        raise tornado.web.HTTPError(404)


class AppPage(Page):
    """The app's page. A view is drawn with no kernel; what is live brings one."""

    def initialize(self, door: Door) -> None:
        """Keep the application that this page belongs to."""
        self.door = door

    async def get(self) -> None:
        """Send the page; with ``?live=1``, or when the notebook says so, with a kernel."""
        query = parse_qsl(self.request.query)
        if any(name == "token" for name, _ in query):
            # The cookie is set by now: the token need not stay in the address.
            self.redirect(url_concat(self.request.path, [pair for pair in query if pair[0] != "token"]))
            return
        release = await self.door.release()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "private, no-cache")
        if release.still is None or ("live", "1") in query:
            await self._send_live(release.renderer)
        elif "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(release.still.zipped)
        else:
            self.finish(release.still.plain)

    async def _send_live(self, renderer: PageRenderer) -> None:
        """Send the page with its kernel: what needs none first, and at once."""
        asked_from = self.request.headers.get("Sec-Fetch-Site", "none")
        asked_for = self.request.headers.get("Sec-Fetch-Mode", "navigate")
        if asked_from not in {"none", "same-origin"} and asked_for != "navigate":
            # An image or script on a page elsewhere must not fill the room.
            raise tornado.web.HTTPError(403)
        kernels = cast(RoomKernels, self.kernel_manager)
        pool = self.door.pool
        heated = None
        if pool:
            pool.visited()
            # A kernel learns the query when it starts: what was made before is for who has none.
            heated = None if self.request.query else await pool.take(renderer)
            if not heated:
                await pool.make_place()
        kernel_id = heated.kernel_id if heated else kernels.reserve()
        # Asked for, it is set as a cookie: without it the page could not end its kernel when it is left.
        self.xsrf_token  # noqa: B018

        async def kernel() -> Any:
            await self.flush()
            return await self.door.start_kernel(kernel_id, self.request.query)

        # A line end now and then, so that no proxy gives up on a slow notebook.
        beat = PeriodicCallback(self._beat, 10_000)
        beat.start()
        complete = False
        try:
            async for part in heated.parts() if heated else renderer.page(kernel_id, kernel()):
                self.write(part)
            await self.finish()
            complete = True
        except StreamClosedError:
            self.log.info("A viewer left before the page was complete.")
        except Exception:
            # The first part is sent; the page itself tells that its end is missing.
            self.log.exception("The live part of the page could not be made.")
            self.finish()
        finally:
            beat.stop()
            kernels.release(kernel_id)
            if not complete and kernel_id in kernels:
                await kernels.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

    def _beat(self) -> None:
        self.write("\n")
        # Whether the viewer has left is found out by the page itself.
        asyncio.ensure_future(self.flush()).add_done_callback(lambda sent: sent.exception())


class ReadKernel(KernelHandler):
    """What the front end asks of its kernel; ending it is the page's own farewell, not this."""

    SUPPORTED_METHODS = ("GET",)


class Channels(PlainErrors, VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """A kernel's websocket; see :class:`relsurvey.publish.hardening.SafeConnection`."""


class StaticFiles(PlainErrors, MultiStaticFileHandler):  # type: ignore[misc]
    """Voilà's own front end, under the same headers as the page."""

    def set_extra_headers(self, path: str) -> None:
        """Set the headers that Tornado's file handler leaves out."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "public, max-age=3600")


class LabExtensions(PlainErrors, FileFindHandler):
    """The modules of the widgets, of the allowed extensions alone."""

    @classmethod
    def get_absolute_path(cls, roots: Any, path: str) -> str:
        """Refuse a module that no page asks for."""
        if not any(Path(path).as_posix().startswith(f"{name}/static/") for name in EXTENSIONS):
            raise tornado.web.HTTPError(404)
        found: str = super().get_absolute_path(roots, path)
        return found


class PageRenderer(NotebookRenderer):  # type: ignore[misc]
    """Voilà's renderer, reading the notebook from its file: no trust to keep, no signatures to write."""

    async def load_notebook(self, path: str) -> Any:
        """Return the notebook, with the kernel that it will run on."""
        whole = Path(self.contents_manager.root_dir) / path
        return await self.fix_notebook(nbformat.read(whole, as_version=4))  # type: ignore[no-untyped-call]

    async def page(self, kernel_id: str, kernel: Any) -> AsyncIterator[str]:
        """Yield the parts of a page; the kernel is awaited when the template comes to it."""
        # Voilà means a renderer for one page; making one parses the template and all that it extends.
        once = copy(self)
        once.resources = {**self.resources, "relsurvey": {"kernel": kernel_id, "later": not kernel_id}}
        async for part, _ in once.generate_content_generator(kernel_id, kernel):
            yield part


class StillPage:
    """A page that holds for every viewer until the notebook is replaced."""

    def __init__(self, html: str) -> None:
        self.plain = html.encode()
        self.zipped = gzip.compress(self.plain, mtime=0)


@dataclass(frozen=True)
class Release:
    """A version of the notebook, with what its pages are made by, and its page if that needs no kernel."""

    version: tuple[int, int, int]
    renderer: PageRenderer
    still: StillPage | None


class Door(Voila):  # type: ignore[misc]
    """Voilà, for one notebook and with few routes."""

    def initialize(self, argv: list[str] | None = None) -> None:
        """Find the template, and read no configuration but the one given."""
        super().initialize(argv)
        if not any(Path(path).name == TEMPLATE for path in self.template_paths):
            raise PublishError("This copy of relsurvey lacks its Voilà template: install it again.")
        # Its warnings name addresses, and an address may hold a token.
        logging.getLogger("tornado").setLevel(logging.ERROR)
        self.announce: Callable[[int], None] = lambda port: None
        self.attached_to: int | None = None
        self.secure: ssl.SSLContext | None = None
        self.lasts: float | None = None
        self.behind_proxy = False
        self.heats = False
        self.pool: Pool | None = None
        self._release: Release | None = None

    async def release(self) -> Release:
        """Return the notebook's page as it is now: rendered once, and again when the notebook is replaced."""
        notebook = Path(self.notebook_path)
        status = notebook.stat()
        version = (status.st_mtime_ns, status.st_size, status.st_ino)
        if self._release is None or self._release.version != version:
            renderer = await self._renderer()
            live = is_live(renderer.notebook.metadata)
            still = None if live else StillPage("".join([part async for part in renderer.page("", None)]))
            self._release = Release(version, renderer, still)
        return self._release

    async def _renderer(self) -> PageRenderer:
        """Return what makes the pages of the notebook as it is now."""
        page_config = get_page_config(
            base_url=self.base_url, settings={}, log=self.log, voila_configuration=self.voila_configuration
        )
        # A script from another host would typeset formulas: without its address they stay text.
        page_config.update(fullMathjaxUrl="", mathjaxConfig="")
        renderer = PageRenderer(
            voila_configuration=self.voila_configuration,
            traitlet_config=self.config,
            notebook_path=Path(self.notebook_path).name,
            template_paths=self.template_paths,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            base_url=self.base_url,
            kernel_spec_manager=self.kernel_spec_manager,
            page_config=page_config,
        )
        await renderer.initialize()
        return renderer

    async def start_kernel(self, kernel_id: str, query: str) -> Any:
        """Start a kernel that was reserved, for a viewer whose address has that query, and return it."""
        kernels = cast(RoomKernels, self.kernel_manager)
        surroundings = self.kernel_environment(query)
        await kernels.start_kernel(kernel_id=kernel_id, path=ApiPath(""), env=surroundings)
        return kernels.get_kernel(kernel_id)

    def kernel_environment(self, query: str) -> dict[str, str]:
        """Return what a kernel learns of its surroundings: of its viewer, the query of the address alone."""
        return {
            **os.environ,
            # Nobody's own IPython settings, history or start-up files.
            "IPYTHONDIR": str(Path(self.connection_dir, "ipython")),
            "QUERY_STRING": query,
            "VOILA_BASE_URL": self.base_url,
            "VOILA_PREHEAT": "False",
        }

    def init_settings(self) -> dict[str, Any]:
        """Add the headers, compression, a log without tokens, and our answer to unknown addresses."""
        settings: dict[str, Any] = super().init_settings()
        settings.update(
            # Without a token, a name elsewhere that points at this machine is refused.
            allow_remote_access=bool(self.token),
            compress_response=True,
            default_handler_class=NoSuchPage,
            headers=HEADERS,
            log_function=self._log_request,
            ws_ping_interval=30_000,
            ws_ping_timeout=30_000,
        )
        return settings

    def init_handlers(self) -> list[Any]:
        """Return the few routes that a page and its widgets need."""
        route = partial("{}{}".format, self.server_url)
        modules = get_voila_labextensions_path(self.voila_configuration.extra_labextensions_path)
        return [
            (route(""), AppPage, {"door": self}),
            (route(rf"api/kernels/{_KERNEL}"), ReadKernel),
            (route(rf"api/kernels/{_KERNEL}/channels"), Channels),
            (route(rf"voila/api/shutdown/{_KERNEL}"), VoilaShutdownKernelHandler),
            (route(r"voila/static/(.*)"), StaticFiles, {"paths": self.static_paths}),
            (route(r"voila/labextensions/(.*)"), LabExtensions, {"path": modules, "no_cache_paths": []}),
        ]

    def listen(self) -> None:
        """Bind the one port that was asked for, render the page, tell the port, and serve until stopped."""
        self.ioloop = IOLoop.current()
        try:
            sockets = bind_sockets(self.port, self.ip)
            server = HTTPServer(
                self.app,
                max_body_size=_LONGEST_BODY,
                ssl_options=self.secure,
                # A proxy on this machine says that its viewers came over HTTPS: the cookie is for that alone.
                xheaders=self.behind_proxy,
            )
            server.add_sockets(sockets)
            if self.ioloop.run_sync(self.release).still is None:
                cast(RoomKernels, self.kernel_manager).warm_up()
                if self.heats:
                    self.pool = Pool(self)
                    self.ioloop.run_sync(self.pool.fill)
            self.announce(sockets[0].getsockname()[1])
            if self.lasts is not None:
                # By the clock on the wall: a laptop that slept is not given the time again.
                ends = time.time() + self.lasts
                PeriodicCallback(lambda: self.ioloop.stop() if time.time() > ends else None, 10_000).start()
            if self.attached_to is not None:
                threading.Thread(target=self._stop_after, args=[self.attached_to], daemon=True).start()
            self.ioloop.start()
        except KeyboardInterrupt:
            self.log.info("Stopping.")
        finally:
            self.stop()

    def _stop_after(self, descriptor: int) -> None:
        """Stop when a stream ends: whoever started this process has gone."""
        while os.read(descriptor, 1024):
            pass
        self.ioloop.add_callback(self.ioloop.stop)

    def stop(self) -> None:
        """End every kernel, then remove what they were reached by."""
        if self.pool:
            self.ioloop.run_sync(self.pool.close)
        run_sync(self.kernel_manager.shutdown_all)(now=True)
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def _log_request(self, handler: tornado.web.RequestHandler) -> None:
        """Log failures alone, without the query, which may hold a token."""
        if handler.get_status() >= 500 and handler.get_status() != 503:
            self.log.error("%d %s %s", handler.get_status(), handler.request.method, handler.request.path)

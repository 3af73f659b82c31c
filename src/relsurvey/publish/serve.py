"""Serve a published view, or an app of widgets, with Voilà in a process of its own.

Never as an extension of a Jupyter server: there a viewer could run code. As a module this is that process,
``python -m relsurvey.publish.serve DIRECTORY``; its first line of output tells where it is, or what is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import os
import queue
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from relsurvey.errors import PublishError
from relsurvey.escape import html_text
from relsurvey.files import read_manifest
from relsurvey.publish.voila import APP, is_live, view_of
from relsurvey.publish.whole import settle

_NEW_TOKEN = "new"
_SHORTEST_TOKEN = 16

#: How long a room stays open, in seconds: a workshop's day.
ROOM_LASTS = 8 * 3600

# What a server and its kernels need of their surroundings; nothing else this machine knows is handed on.
_KEPT = frozenset({"HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV"})
_KEPT_ON_WINDOWS = frozenset(
    {"COMSPEC", "LOCALAPPDATA", "PATHEXT", "PROGRAMDATA", "SYSTEMDRIVE", "SYSTEMROOT"}
    | {"TEMP", "TMP", "USERPROFILE"}
)
_KEPT_PREFIXES = ("CONDA", "DYLD_", "JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH", "LC_", "PYTHON")


class Server:
    """A running server. Leave its ``with`` block, or call :meth:`stop`, to end it and its kernels.

    Attributes
    ----------
    url
        Where it is, without the token.
    link
        What a viewer opens: the same with the token, if there is one.
    token
        The token, or None.
    """

    def __init__(self, process: subprocess.Popen[str], url: str, token: str | None) -> None:
        self._process = process
        self._redirect: Path | None = None
        self.url = url
        self.token = token
        self.link = f"{url}?token={quote(token, safe='')}" if token else url

    @property
    def pid(self) -> int:
        """The id of the server's process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Wait until the server ends, and return its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """End the server and every kernel it started; harmless when it has ended."""
        _end(self._process)
        if self._redirect:
            self._redirect.unlink(missing_ok=True)

    def open(self) -> None:
        """Open the page in this machine's browser."""
        if self.token and self._redirect is None:
            # Others can read a browser's command line: the token goes through a private file.
            handle, name = tempfile.mkstemp(prefix="relsurvey-", suffix=".html")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                refresh = f'<meta http-equiv="refresh" content="0;url={html_text(self.link)}">'
                file.write(f"<!DOCTYPE html>\n<title>relsurvey</title>{refresh}\n")
            self._redirect = Path(name)
        webbrowser.open(self._redirect.as_uri() if self._redirect else self.link)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server at {self.url}>"


def serve(
    directory: str | os.PathLike[str],
    *,
    ip: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    open_browser: bool = True,
    max_kernels: int = 40,
    room: bool = False,
    certificate: str | os.PathLike[str] | None = None,
    key: str | os.PathLike[str] | None = None,
    base_url: str = "/",
    timeout: float = 60.0,
) -> Server:
    """Serve a published folder, and return when its page can be opened.

    Parameters
    ----------
    directory
        A folder that ``publish`` wrote, or an analyst's own notebook whose metadata say ``"live": true``.
    ip
        The address to listen on. This machine alone unless told otherwise; another one needs a token and a
        certificate.
    port
        The port; 0 takes a free one.
    token
        What a viewer's link must carry: at least 16 characters, or ``"new"`` to make one.
    open_browser
        Whether to open the page in this machine's browser.
    max_kernels
        How many viewers may use something live at once. A view alone needs no kernel.
    room
        Whether to serve a workshop on the local network: on every address of this machine, with a new token
        and no certificate, until :data:`ROOM_LASTS` seconds have passed.
    certificate, key
        PEM files for HTTPS.
    base_url
        What the path of every address begins with: ``"/t/north/"``.
    timeout
        Seconds to wait for the server to be ready.

    Returns
    -------
    Server
        The running server; use it in a ``with`` block, or stop it.

    Raises
    ------
    PublishError
        If there is nothing to serve, what is there was changed after publishing, the address needs a token
        or a certificate, the certificate cannot be used, or the port is taken.

    Examples
    --------
    >>> with serve("out/", open_browser=False) as server:  # doctest: +SKIP
    ...     print(server.link)
    """
    if room:
        ip = "0.0.0.0" if is_loopback(ip) else ip  # noqa: S104 - what a room asks for
        token = token or _NEW_TOKEN
    if token == _NEW_TOKEN:
        token = new_token()
    environment = {name: value for name, value in os.environ.items() if _is_kept(name)}
    # -P: nothing that lies in the working folder is imported, whatever it is called.
    command = [sys.executable, "-P", "-m", __name__, os.fspath(directory), "--ip", ip, "--port", str(port)]
    command += ["--max-kernels", str(max_kernels), "--base-url", base_url, "--attached"]
    command += ["--room"] * room
    for option, file in (("--certificate", certificate), ("--key", key)):
        command += [option, os.fspath(file)] if file is not None else []
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    try:
        _hand_over(process, token)
        server = Server(process, _where(process, timeout), token)
    except BaseException:
        _end(process)
        raise
    if open_browser:
        server.open()
    return server


def new_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def check(
    directory: Path,
    *,
    ip: str,
    token: str | None,
    room: bool = False,
    certificate: Path | None = None,
    key: Path | None = None,
) -> Path:
    """Return the notebook to serve, or say in a sentence why it cannot be served.

    Raises
    ------
    PublishError
        As :func:`serve` says.
    """
    notebook = directory if directory.suffix == ".ipynb" else directory / APP
    settle(notebook.parent)
    if not notebook.is_file():
        below = sorted(path.parent.name for path in directory.glob(f"*/{APP}"))
        if below:
            some = ", ".join(below[:3]) + " …" * (len(below) > 3)
            raise PublishError(
                f"{directory} holds several apps ({some}): serve one of them, or its teams.yaml."
            )
        raise PublishError(f"There is no {notebook}: publish a view there with `relsurvey publish`.")
    folder = notebook.parent
    try:
        metadata = json.loads(notebook.read_text("utf-8"))["metadata"]
        view, live = view_of(metadata), is_live(metadata)
    except (ValueError, KeyError, AttributeError, TypeError) as cause:
        raise PublishError(f"{notebook} is not a notebook, or is damaged: publish it again.") from cause
    if not view and not live:
        raise PublishError(
            f"{notebook.name} holds no view, and its metadata do not say that it is an app: "
            'add "live": true to the notebook\'s metadata to serve it.'
        )
    if not live:
        # Without a manifest nobody knows whether the release is whole.
        read_manifest(folder)
    if token is not None and len(token) < _SHORTEST_TOKEN:
        raise PublishError(
            f"The token is too easy to guess: use {_SHORTEST_TOKEN} characters or more, "
            f'or "{_NEW_TOKEN}" to make one.'
        )
    if token is None and not is_loopback(ip):
        raise PublishError(
            f"Whoever reaches {ip or 'this machine'} could read this: serve it with a token "
            f'("{_NEW_TOKEN}" makes one), or on this machine alone (127.0.0.1).'
        )
    if not is_loopback(ip) and not room and certificate is None:
        raise PublishError(
            "Without a certificate anybody on the way could read this: name one (certificate and key), put a "
            "proxy with one in front of 127.0.0.1, or open a room for a workshop (room)."
        )
    if (certificate is None) != (key is None):
        raise PublishError("A certificate and its key come together: name both.")
    if find_spec("voila") is None:
        raise PublishError("Voilà is not installed: run `pip install voila`, or open view.html without it.")
    # Not resolved: where the folder is a pointer to a release, the next release is followed.
    return notebook.absolute()


def _secure(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return what speaks HTTPS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as cause:
        raise PublishError(
            f"The certificate {certificate} and the key {key} cannot be used together "
            f"({cause.strerror or cause}): both are PEM files of one pair, the key without a passphrase."
        ) from cause
    return context


def _is_kept(name: str) -> bool:
    """Return whether a variable of the environment is handed on."""
    name = name.upper()
    kept = _KEPT | _KEPT_ON_WINDOWS if sys.platform == "win32" else _KEPT
    return name in kept or name.startswith(_KEPT_PREFIXES)


def is_loopback(ip: str) -> bool:
    """Return whether only this machine reaches an address.

    Examples
    --------
    >>> [is_loopback(ip) for ip in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "10.0.0.7")]
    [True, True, True, False, False, False]
    """
    try:
        return ip == "localhost" or ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


def _reachable(ip: str) -> str:
    """Return the address that a viewer types: this machine's own one where it listens on all of them."""
    if ip not in ("", "0.0.0.0", "::"):  # noqa: S104 - a comparison
        return f"[{ip}]" if ":" in ip else ip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only picks the address that it would send from.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _hand_over(process: subprocess.Popen[str], token: str | None) -> None:
    """Give a server its token: anyone who may look can read a command line or an environment."""
    assert process.stdin is not None
    # It may have ended by now; what it says of that is read next.
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(f"{token or ''}\n")
        process.stdin.flush()


def _where(process: subprocess.Popen[str], timeout: float) -> str:
    """Return the address that the server tells when it is ready."""
    lines: queue.Queue[str] = queue.Queue()
    stdout = process.stdout
    assert stdout is not None
    threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
    try:
        line = lines.get(timeout=timeout)
    except queue.Empty:
        raise PublishError(f"The server was not ready within {timeout:g} seconds: try again.") from None
    if not line:
        code = process.wait()
        raise PublishError(f"The server ended before it was ready (exit code {code}): see its messages.")
    told: dict[str, str] = json.loads(line)
    if "error" in told:
        raise PublishError(told["error"])
    return told["url"]


def _end(process: subprocess.Popen[str]) -> None:
    """End a server: its standard input ends, and it stops by itself; if it does not, it is killed."""
    with contextlib.suppress(OSError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _tell(**what: str) -> None:
    """Write the first line of output; what anyone prints from then on goes to the messages."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
    os.dup2(2, 1)


def main(arguments: list[str] | None = None) -> int:
    """Be the server: check, listen, tell where, and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m relsurvey.publish.serve", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--ip", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--max-kernels", type=int, default=40)
    parser.add_argument("--base-url", default="/")
    parser.add_argument("--room", action="store_true")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument(
        "--attached",
        action="store_true",
        help="take the token from the first line of the standard input, and stop when that ends",
    )
    asked = parser.parse_args(arguments)
    token = sys.stdin.readline().strip() or None if asked.attached else None
    try:
        notebook = check(
            asked.directory,
            ip=asked.ip,
            token=token,
            room=asked.room,
            certificate=asked.certificate,
            key=asked.key,
        )
        _serve_here(notebook, asked, token)
    except PublishError as error:
        _tell(error=str(error))
        return 2
    return 0


def _serve_here(notebook: Path, asked: argparse.Namespace, token: str | None) -> None:
    from relsurvey.publish.door import Door
    from relsurvey.publish.hardening import hardened

    config = hardened(
        notebook,
        ip=asked.ip,
        port=asked.port,
        token=token,
        max_kernels=asked.max_kernels,
        base_url=asked.base_url,
    )
    door = Door.instance(config=config)
    door.initialize([])
    if asked.certificate:
        door.secure = _secure(asked.certificate, asked.key)
    door.behind_proxy = is_loopback(asked.ip)
    if asked.room:
        door.lasts = ROOM_LASTS
        door.heats = True
    scheme = "https" if asked.certificate else "http"
    door.announce = lambda port: _tell(url=f"{scheme}://{_reachable(asked.ip)}:{port}{door.base_url}")
    if asked.attached:
        door.attached_to = sys.stdin.fileno()
    try:
        door.start()
    except OSError as cause:
        raise PublishError(
            f"Port {asked.port} on {asked.ip} cannot be used ({cause.strerror}): "
            "choose another one, or 0 for a free one."
        ) from cause


if __name__ == "__main__":
    sys.exit(main())

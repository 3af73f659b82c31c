"""Kernels forked from one warm process: what each of them needs is imported once, and its memory shared.

As a module this is the warm process, ``python -m relsurvey.publish.forking``. It runs no cell and reads no
file of a notebook; for each line on its standard input, a socket, it forks a kernel, and answers with the
kernel's id and a pipe that ends when the kernel does. Linux only: elsewhere, and when the warm process is not
there, a kernel is started as any other.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

#: How a kernel's specification names who starts it.
PROVISIONER = "relsurvey-forked"

# What a kernel imports until it has shown a view, in whatever order.
_IMPORTED_ONCE = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "anywidget",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipywidgets",
    "relsurvey.view",
    "relsurvey.widgets.viewer",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)


class WarmProcess:
    """The process that kernels are forked from, as the server sees it."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._socket, theirs = socket.socketpair()
        with theirs:
            # Its kernels print among the server's messages: the server's first line of output is its own.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__],
                stdin=theirs.fileno(),
                stdout=2,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Wait until kernels can be forked, or until it is known that they cannot."""
        self._socket.recv(1)

    def fork(self, arguments: list[str], environment: dict[str, str], folder: str) -> ForkedKernel:
        """Fork a kernel.

        Raises
        ------
        OSError
            If the warm process has ended.
        """
        asked = {"arguments": arguments, "environment": environment, "folder": folder}
        with self._asking:
            self._socket.sendall(json.dumps(asked).encode() + b"\n")
            told, pipes, _, _ = socket.recv_fds(self._socket, 32, 1)
        if not pipes:
            raise ConnectionError("the warm process has ended")
        return ForkedKernel(int(told), pipes[0])

    def stop(self) -> None:
        """End the warm process, and with it every kernel that is left."""
        self._socket.close()
        self._process.wait()


class ForkedKernel:
    """A forked kernel, as far as it is asked for what :class:`subprocess.Popen` offers."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self._pipe: int | None = pipe
        os.set_blocking(pipe, False)

    def poll(self) -> int | None:
        """Return None while it runs; how it ended is not known."""
        if self._pipe is None:
            return 0
        with suppress(BlockingIOError):
            # Nothing is ever written: this is its end.
            os.read(self._pipe, 1)
            os.close(self._pipe)
            self._pipe = None
            return 0
        return None

    def wait(self) -> int | None:
        """Return what :meth:`poll` does: who calls this has seen the end."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal to it and to what it started, if it still runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Forked(LocalProvisioner):
    """Forks a kernel where there is a warm process, and starts it as usual where there is none."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Start a kernel."""
        kernel: Any = self.parent
        warm: WarmProcess | None = kernel.parent.warm
        if warm is None:
            return await super().launch_kernel(cmd, **settings)
        arguments = cmd[cmd.index("-f") :]
        folder = os.fspath(settings["cwd"])
        try:
            forked = await asyncio.to_thread(warm.fork, arguments, settings["env"], folder)
        except OSError:
            return await super().launch_kernel(cmd, **settings)
        self.process = cast(Any, forked)
        self.pid, self.cwd = forked.pid, folder
        return self.connection_info


def register() -> None:
    """Let this process, and no other Jupyter on this machine, know :class:`Forked` by its name."""
    factory = KernelProvisionerFactory.instance()
    where = f"{Forked.__module__}:{Forked.__qualname__}"
    factory.provisioners[PROVISIONER] = EntryPoint(PROVISIONER, where, factory.GROUP_NAME)


def main() -> None:
    """Be the warm process, or one of its kernels."""
    server = socket.socket(fileno=0)
    # A kernel ends when this process does. Read when the kernel's modules are imported.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    # A warning of the debugger, which no viewer can reach.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for name in _IMPORTED_ONCE:
        # Another version of IPython may have none of that name: its kernels import what they need.
        with suppress(ImportError):
            import_module(name)
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        # Another thread's locks would stay locked in every fork.
        return
    # Collecting what is shared would copy it.
    gc.collect()
    gc.freeze()
    # Nobody waits for a kernel here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server.sendall(b"+")
    for line in server.makefile("rb"):
        ends, kept = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(ends)
            _be_kernel(**json.loads(line))
            return
        os.close(kept)
        socket.send_fds(server, [str(pid).encode()], [ends])
        os.close(ends)


def _be_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Leave everything of the warm process but its modules, and be a kernel until told to end."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    parent = os.environ["JPY_PARENT_PID"]
    os.environ.clear()
    os.environ.update(environment, JPY_PARENT_PID=parent)
    os.chdir(folder)
    # Elsewhere ipywidgets makes itself known to the kernel that imports it.
    sys.argv[1:] = [*arguments, "--ext=ipywidgets"]
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance()


if __name__ == "__main__":
    main()

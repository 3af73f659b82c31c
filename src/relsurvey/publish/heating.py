"""Pages made before anyone asks for them, each with a kernel that has run its cells and waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from relsurvey.publish.hardening import RoomKernels

if TYPE_CHECKING:
    from relsurvey.publish.door import Door, PageRenderer

#: How many pages a room keeps ready: one for each of a team.
TEAM = 30

# Making a page is waiting for half of its time: this keeps two processors busy.
_AT_ONCE = 4
_LONGEST_FILLING = 15.0
# While viewers come, the processors are theirs.
_QUIET = 5.0


@dataclass(frozen=True, eq=False)
class HeatedPage:
    """A whole page, and the kernel that stands behind it."""

    kernel_id: str
    html: str
    renderer: PageRenderer

    async def parts(self) -> AsyncIterator[str]:
        """Yield the page, as a renderer yields its parts."""
        yield self.html


class Pool:
    """The pages of a door that are ready."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._kernels = cast(RoomKernels, door.kernel_manager)
        self._size = min(TEAM, self._kernels.max_kernels)
        self._ready: list[HeatedPage] = []
        self._filling = True
        self._work: list[asyncio.Task[None]] = []
        self._last_visit = 0.0

    async def fill(self) -> None:
        """Make the pages, as many as can be made in some seconds, and tend them from then on."""
        release = await self._door.release()
        self._work = [asyncio.create_task(self._make_all(release.renderer)) for _ in range(_AT_ONCE)]
        await asyncio.wait(self._work, timeout=_LONGEST_FILLING)
        # Each finishes the page it is at.
        self._filling = False
        self._work.append(asyncio.create_task(self._tend()))

    async def close(self) -> None:
        """Make no more pages."""
        for work in self._work:
            work.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def take(self, renderer: PageRenderer) -> HeatedPage | None:
        """Return a page that a renderer made, if one is ready, for one viewer."""
        while page := next((page for page in self._ready if page.renderer is renderer), None):
            self._drop(page)
            if await self._kernel(page).is_alive():
                self._kernel(page).start_restarter()
                return page
            await self._shut_down(page.kernel_id)
        return None

    async def make_place(self) -> None:
        """End a kernel that waits for a viewer, if without that one who is here would be sent away."""
        if self._ready and self._kernels.full:
            await self._end(self._ready[0])

    def visited(self) -> None:
        """Hear that a viewer has come."""
        self._last_visit = asyncio.get_running_loop().time()

    async def _tend(self) -> None:
        """End the pages of a notebook that was replaced; when all is quiet, make missing ones one by one."""
        while True:
            await asyncio.sleep(1)
            try:
                release = await self._door.release()
                for page in [*self._ready]:
                    if page.renderer is not release.renderer or not await self._kernel(page).is_alive():
                        await self._end(page)
                quiet = asyncio.get_running_loop().time() - self._last_visit > _QUIET
                if release.still is None and quiet and self._missing():
                    await self._make(release.renderer)
            except Exception:
                self._door.log.exception("A page could not be made before it is asked for.")
                self.visited()

    def _missing(self) -> bool:
        return len(self._kernels.waiting) < self._size and not self._kernels.full

    async def _make_all(self, renderer: PageRenderer) -> None:
        while self._filling and self._missing():
            await self._make(renderer)

    async def _make(self, renderer: PageRenderer) -> None:
        kernel_id = self._kernels.reserve()
        self._kernels.waiting.add(kernel_id)
        try:
            kernel = self._door.start_kernel(kernel_id, query="")
            html = "".join([part async for part in renderer.page(kernel_id, kernel)])
            page = HeatedPage(kernel_id, html, renderer)
            # A kernel that crashed and was started again has run no cell.
            self._kernel(page).stop_restarter()
            self._ready.append(page)
        except BaseException:
            self._kernels.waiting.discard(kernel_id)
            if kernel_id in self._kernels:
                await self._shut_down(kernel_id)
            raise
        finally:
            self._kernels.release(kernel_id)

    def _kernel(self, page: HeatedPage) -> Any:
        return self._kernels.get_kernel(page.kernel_id)

    def _drop(self, page: HeatedPage) -> None:
        self._ready.remove(page)
        self._kernels.waiting.discard(page.kernel_id)

    async def _end(self, page: HeatedPage) -> None:
        # Unless a viewer has it by now.
        if page in self._ready:
            self._drop(page)
            await self._shut_down(page.kernel_id)

    async def _shut_down(self, kernel_id: str) -> None:
        await self._kernels.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

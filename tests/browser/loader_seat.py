"""The loader on a page of its own, with a real kernel half behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from relsurvey.widgets import Loader
from tests.browser import seat


class Seat(seat.Seat):
    """A page with the loader on it."""

    @property
    def loader(self) -> Loader:
        found: Loader = self.widget
        return found

    def choose(self, path: Path, label: str = "survey export|another file") -> None:
        """Choose a file at the first place whose name says so."""
        self.page.get_by_label(re.compile(label)).first.set_input_files(path)

    def column(self, name: str) -> Locator:
        return self.page.get_by_label(name)

    @property
    def status(self) -> Locator:
        return self.page.locator(".rs-status")


@pytest.fixture
def sit(browser: Browser) -> Iterator[Callable[..., Seat]]:
    """Return what puts a loader on a page; keywords go to the browser."""
    loaders: list[Loader] = []
    with seat.seats(browser, "loader", "gradebook", seat=Seat) as start:

        def with_loader(loader: Loader | None = None, language: str = "en", **settings: Any) -> Seat:
            loaders.append(loader or Loader())
            bundle = {"survey": "loader", "gradebook": "gradebook"}[loaders[-1]._both.mode]
            found: Seat = start(loaders[-1], language, bundle, **settings)
            return found

        yield with_loader
    for loader in loaders:
        loader.close()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test mappings of its own."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))

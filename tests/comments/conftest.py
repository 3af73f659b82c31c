"""A home of its own for every test: decisions of one are not there in another."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    monkeypatch.setenv("RELSURVEY_HOME", str(home))
    return home

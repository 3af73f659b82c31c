"""Where the shared data are, and a home of its own for the key that hashes ids."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Elsewhere made-up examples wander; a run of CI is the same each time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


#: Marks of files that take long.
LONG = ("browser", "notebooks", "slow")
#: Runs event loops of its own, which no worker lets it do once a browser test has run there.
LOOPS = "test_serve_websocket.py"


def pytest_collection_modifyitems(items):
    """Begin with the long files, so that no run ends with one worker busy and the others idle."""
    long = {item.path for item in items if any(item.get_closest_marker(mark) for mark in LONG)}
    items.sort(key=lambda item: (item.path.name != LOOPS, item.path not in long))


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    """Keep the tests' key out of the user's own folder."""
    patch = pytest.MonkeyPatch()
    patch.setenv("RELSURVEY_HOME", str(tmp_path_factory.mktemp("home")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and R's figures."""
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def figures(shared):
    """Return R's figures by id."""
    cache: dict[str, dict[str, Any]] = {}

    def figure(name: str) -> Any:
        file = next(
            e["file"]
            for e in json.loads((shared / "reference" / "index.json").read_text())
            if e["id"] == name
        )
        if file not in cache:
            cache[file] = {
                r["id"]: r for r in json.loads((shared / "reference" / file).read_text())["records"]
            }
        return cache[file][name]["value"]

    return figure


@pytest.fixture(scope="session")
def demo_study():
    """The demo's study, read once; a study is frozen."""
    import relsurvey as rs
    from relsurvey.demo import demo_workbook

    return rs.read(demo_workbook(), "five-elements")


@pytest.fixture(scope="session")
def demo_view(demo_study):
    """The demo's view under the public thresholds."""
    return demo_study.view(min_n=11)

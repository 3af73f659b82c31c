"""The main job, end to end in a browser: a survey file, the command, and the page a team opens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser

Demo = tuple[Path, dict[str, Any]]
TABLET = {"width": 820, "height": 1180}


def publish(out: Path, *arguments: object) -> dict[str, Any]:
    """Publish with the command, as a coach does, and return the view."""
    command = [sys.executable, "-m", "relsurvey.cli", *map(str, arguments), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((out / "view.relsurvey.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    out = tmp_path_factory.mktemp("demo")
    return out, publish(out, "demo", "--no-serve")


def test_real_answers_become_a_view_in_a_browser(browser: Browser, tmp_path: Path, shared: Path) -> None:
    """259 students on how far their teacher supports autonomy: one scale, seven questions, no groups."""
    file = shared / "autonomy_support" / "autonomy_support.csv"
    view = publish(tmp_path, "publish", file, "--instrument", "teacher-autonomy")
    context = browser.new_context(viewport=TABLET, locale="en-US")
    reader = Reader(context, (tmp_path / "view.html").as_uri())
    page = reader.open("#/glance")
    cell = view["units"][0]["scales"][0]
    row = page.locator('[data-scale="autonomy"]').first
    expect(row).to_contain_text(cell["words"]["en"], ignore_case=True)
    expect(row).to_contain_text(cell["range"]["en"])
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Groups")).to_have_count(0)
    pages.get_by_role("link", name="Questions").click()
    for item in view["items"]:
        expect(page.get_by_text(item["text"]["en"], exact=True).first).to_be_visible()
    assert len(reader.asked) == 1
    assert reader.complaints == []
    context.close()


def test_every_page_of_the_demo_is_drawn_without_a_complaint(browser: Browser, demo: Demo) -> None:
    out, view = demo
    context = browser.new_context(viewport=TABLET, locale="es-US")
    reader = Reader(context, (out / "view.html").as_uri())
    for unit in view["units"]:
        for name in ("glance", "questions", "groups", "about"):
            if name == "groups" and not unit["groups"]:
                continue
            page = reader.open(f"#{unit['id']}/{name}/es")
            expect(page.locator("h1")).to_contain_text(unit["title"]["es"])
            expect(page.get_by_text("Datos simulados").first).to_be_visible()
    assert reader.complaints == []
    assert {url.split("#")[0] for url in reader.asked} <= {reader.address, "about:blank"}
    context.close()


def test_the_first_screen_of_the_demo_takes_ten_seconds(browser: Browser, demo: Demo) -> None:
    """At most 60 words and 8 numbers in the sentences of any first page, and all bars above the fold."""
    out, view = demo
    context = browser.new_context(viewport=TABLET, locale="en-US")
    reader = Reader(context, (out / "view.html").as_uri())
    for unit in view["units"]:
        page = reader.open(f"#{unit['id']}/glance/en")
        said = page.locator(".rs-say").inner_text()
        assert 0 < len(said.split()) <= 60
        assert len(re.findall(r"\d+", said)) <= 8
        last = page.locator(".rs-row[data-scale]").last.bounding_box()
        assert last is not None
        assert last["y"] + last["height"] <= TABLET["height"]
    context.close()


def test_the_page_of_the_demo_is_small(demo: Demo) -> None:
    assert (demo[0] / "view.html").stat().st_size < 400_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_demo(browser: Browser, demo: Demo, scheme: Any) -> None:
    out, view = demo
    context = browser.new_context(viewport=TABLET, color_scheme=scheme, bypass_csp=True)
    reader = Reader(context, (out / "view.html").as_uri())
    for name in ("glance", "questions", "groups", "about"):
        reader.open(f"#{view['units'][1]['id']}/{name}/en")
        assert reader.axe() == []
    context.close()

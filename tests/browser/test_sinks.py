"""Text that tries to become markup or code, wherever text may stand in a view, behind every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from relsurvey.publish.serve import serve
from relsurvey.publish.voila import APP
from relsurvey.view import View
from tests.browser.conftest import whole
from tests.browser.marks_view import marks_view
from tests.publish.serving import publish

pytestmark = pytest.mark.browser

PAYLOADS = (
    "<img src=x onerror=window.__fired.push({n})>",
    "</script><script>window.__fired.push({n})</script>",
    "--><svg onload=window.__fired.push({n})>",
    '"><iframe srcdoc="<script>parent.__fired.push({n})</script>">',
    "<a href='javascript:window.__fired.push({n})'>read this</a>",
    "' autofocus onfocus=window.__fired.push({n}) x='",
    "<details open ontoggle=window.__fired.push({n})>",
    "<style>@import 'x'</style><b style='animation:x' onanimationstart=window.__fired.push({n})>",
    "{{constructor.constructor('window.__fired.push({n})')()}}${{window.__fired.push({n})}}",
    "<template shadowrootmode=open><img src=x onerror=window.__fired.push({n})></template>",
    "\u2028\u2029]]><math><mtext><img src=x onerror=window.__fired.push({n})>",
)
PAGES = (
    *("cover", "guess", "glance", "questions", "groups", "change", "comments"),
    *("weeks", "practices", "try", "next", "about"),
)


def hostile(sample: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return the view with a payload in every text, and the places of the texts, numbers in them left out."""
    sample["units"][1].update(json.loads((Path(__file__).parent / "told.json").read_text("utf-8")))
    named = {"scale": "express_care", "strategy": "s", "made": "2026-01-31"}
    free = ("noticed", "trying", "who", "by_when", "looking_at")
    sample["units"][1]["cards"] = [named | dict.fromkeys(free, "text") | {"wave": {"en": "a", "es": "a"}}]
    text = {"en": "text", "es": "text"}
    card = dict.fromkeys(("title", "what", "look_at", "source"), text)
    sample["strategies"] = [{"id": "s", "scales": ["express_care"], "steps": [text], **card}]
    marks = marks_view()
    sample |= {key: marks[key] for key in ("practices", "stages", "rules", "dials")}
    sample["rules"][0] |= {"head": [text], "rows": [[text]]}
    sample["units"][1] |= {key: marks["units"][1][key] for key in ("weeks", "practices", "lab")}
    places: set[str] = set()
    count = 0

    def put(node: Any, place: str) -> Any:
        nonlocal count
        free_text = place.endswith((".texts[]", *(f".cards[].{name}" for name in free)))
        if isinstance(node, str) and free_text:
            places.add(place)
            count += 1
            return node + PAYLOADS[count % len(PAYLOADS)].replace("{n}", str(count))
        if isinstance(node, dict) and set(node) == {"en", "es"}:
            places.add(place)
            count += 1
            payload = PAYLOADS[count % len(PAYLOADS)].replace("{n}", str(count))
            return {language: said + payload for language, said in node.items()}
        if isinstance(node, dict):
            return {key: put(value, f"{place}.{key}") for key, value in node.items()}
        return [put(value, f"{place}[]") for value in node] if isinstance(node, list) else node

    return View.model_validate(put(sample, "")).model_dump(exclude_none=True), places


def visit(page: Page, address: str) -> None:
    """Open every page, its table and its sheets."""
    for name in PAGES:
        page.goto("about:blank")
        page.goto(f"{address}#/sierra-norte/{name}/en".replace("#/", "#"))
        expect(page.locator("h1")).to_contain_text("(simulated)")
        whole(page).keyboard.press("t")
        look(page)
        page.evaluate("window.print = () => {}")
        page.keyboard.press("p")
        look(page)


def look(page: Page) -> None:
    """Check that no text became an element or an attribute, and nothing ran."""
    page.wait_for_timeout(60)
    assert page.locator("img, iframe, math, [onerror], [onload], [onfocus], [ontoggle]").count() == 0
    assert page.locator("a[href^='javascript:']").count() == 0
    assert page.evaluate("window.__fired") == []


def test_all_places_for_text_are_tried(sample: dict[str, Any]) -> None:
    _, places = hostile(sample)
    assert len(places) >= 70, sorted(places)


def test_in_the_file(read: Callable[..., Any], sample: dict[str, Any]) -> None:
    view, _ = hostile(sample)
    reader = read(view)
    page = reader.open("#sierra-norte/glance/en")
    page.context.add_init_script("window.__fired = []")
    visit(page, reader.address)
    assert reader.complaints == []


def test_in_the_app(browser: Browser, sample: dict[str, Any], tmp_path: Path) -> None:
    view, _ = hostile(sample)
    publish(tmp_path, json.dumps(view))
    assert (tmp_path / APP).is_file()
    with serve(tmp_path, open_browser=False) as server:
        context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="en-US")
        context.add_init_script("window.__fired = []")
        visit(context.new_page(), server.url)
        context.close()

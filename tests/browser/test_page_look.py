"""How the page looks: places and lengths of marks, narrow, dark and high contrast, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Read = Callable[..., Any]
PAGES = ("glance", "questions", "groups", "about")

#: The left and right end of each mark, in percent of the picture's width.
PLACES = """(marks) => marks.map((mark) => {
  const box = mark.getBBox(), width = mark.ownerSVGElement.getBoundingClientRect().width;
  return [100 * box.x / width, 100 * (box.x + box.width) / width];
})"""


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_marks_stand_where_their_numbers_say(read: Read, sample: dict[str, Any], width: int) -> None:
    page = read(viewport={"width": width, "height": 900}).open("#sierra-norte/glance/en")
    cells = [cell for cell in sample["units"][1]["scales"] if "share" in cell]
    bars = page.locator(".rs-row rect.rs-bar").evaluate_all(PLACES)
    whiskers = page.locator(".rs-row .rs-whisker").evaluate_all(PLACES)
    assert len(bars) == len(whiskers) == len(cells) == 4
    for cell, bar, whisker in zip(cells, bars, whiskers, strict=True):
        share = cell["share"]
        assert bar == pytest.approx([0, share["percent"]], abs=0.5)
        assert whisker == pytest.approx([share["low"], share["high"]], abs=0.5)
    diamonds = page.locator(".rs-row .rs-diamond").evaluate_all(
        """marks => marks.map((mark) => {
          const picture = mark.ownerSVGElement.getBoundingClientRect();
          return 100 * mark.x.baseVal.value / picture.width;
        })"""
    )
    assert diamonds == pytest.approx([cell["reference"]["percent"] for cell in cells], abs=0.5)
    # The rows share one scale: all pictures begin and end at the same place.
    edges = page.locator(".rs-row .rs-picture").evaluate_all(
        """pictures => pictures.map((picture) => {
          const { left, right } = picture.getBoundingClientRect();
          return [Math.round(left), Math.round(right)];
        })"""
    )
    assert len({tuple(edge) for edge in edges}) == 1


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_one_percent_has_one_length_in_every_distribution(read: Read, width: int) -> None:
    page = read(viewport={"width": width, "height": 900}).open("#sierra-norte/questions/en")
    parts = page.locator(".rs-distribution rect.rs-part").evaluate_all(
        "parts => parts.map(p => [Number(p.dataset.percent), p.getBBox().width])"
    )
    assert len(parts) > 90
    unit = max(length / percent for percent, length in parts if percent)
    for percent, length in parts:
        assert length / unit == pytest.approx(percent, abs=0.5)
    zero = page.locator(".rs-zero").evaluate_all(
        "lines => lines.map(l => Math.round(l.getBoundingClientRect().x))"
    )
    assert len(set(zero)) == 1, "all distributions share one middle line"


def test_not_sure_is_never_inside_the_percent(read: Read, sample: dict[str, Any]) -> None:
    page = read().open("#sierra-norte/questions/en")
    for cell in sample["units"][1]["items"]:
        row = page.locator(f"[data-item={cell['item']}]")
        inside = row.locator(".rs-sides rect, .rs-between rect").evaluate_all(
            "r => r.map(x => Number(x.dataset.percent))"
        )
        assert sum(inside) == 100
        assert row.locator(".rs-apart .rs-apart-number").inner_text() == str(cell["not_counted"])


def test_coded_and_hidden_cells_have_no_false_mark(read: Read) -> None:
    page = read().open("#paper-lantern/glance/en")
    row = {
        name: page.locator(f".rs-row[data-scale={name}]")
        for name in ("express_care", "challenge_growth", "provide_support", "share_power")
    }
    assert row["express_care"].locator("rect.rs-bar").evaluate_all(PLACES) == [
        pytest.approx([0, 95], abs=0.5)
    ]
    assert row["express_care"].locator(".rs-open").evaluate_all(PLACES) == [pytest.approx([95, 100], abs=0.5)]
    assert row["challenge_growth"].locator("rect.rs-bar").count() == 0
    assert row["challenge_growth"].locator(".rs-open").evaluate_all(PLACES) == [
        pytest.approx([0, 5], abs=0.5)
    ]
    assert page.locator(".rs-row .rs-whisker").count() == 0
    assert row["provide_support"].locator("svg").count() == row["share_power"].locator("svg").count() == 0
    expect(row["provide_support"]).to_contain_text("About half")
    expect(row["share_power"]).to_contain_text("Too few students to show.")
    key = page.get_by_role("list", name="Key")
    expect(key).to_contain_text("open end")
    expect(key).not_to_contain_text("other schools")


def test_the_key_names_the_reference_by_its_kind(read: Read) -> None:
    reader = read()
    expect(reader.open("#sierra-norte/glance/en").get_by_role("list", name="Key")).to_contain_text(
        "other schools"
    )
    team = reader.open("#sierra-norte-otter/glance/es")
    expect(team.get_by_role("list", name="Clave")).to_contain_text("los demás estudiantes de esta escuela")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "en"), ("light", "es")])
def test_axe_finds_nothing(read: Read, name: str, scheme: str, language: str) -> None:
    reader = read(color_scheme=scheme)
    page = reader.open(f"#sierra-norte/{name}/{language}")
    assert reader.axe() == []
    page.keyboard.press("t")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert reader.axe() == []


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("unit", ["sierra-norte", "paper-lantern"])
def test_narrow_and_zoomed_pages_do_not_scroll_sideways(read: Read, unit: str, language: str) -> None:
    """320 px, and 200 % zoom of a small tablet, which has the room of 384 px."""
    for settings in (
        {"viewport": {"width": 320, "height": 640}},
        {"viewport": {"width": 384, "height": 512}, "device_scale_factor": 2},
    ):
        reader = read(**settings)
        for name in PAGES:
            page = reader.open(f"#{unit}/{name}/{language}")
            page.keyboard.press("t")
            assert overflow(page) == 0, name


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_not_all_answered_no_page_scrolls_sideways_either(
    read: Read, sample: dict[str, Any], language: str
) -> None:
    answered = {"en": "150 to 199 students who answered", "es": "de 150 a 199 estudiantes que respondieron"}
    for unit in sample["units"]:
        unit["students"] = answered
    for settings in (
        {"viewport": {"width": 320, "height": 640}},
        {"viewport": {"width": 384, "height": 512}, "device_scale_factor": 2},
    ):
        reader = read(sample, **settings)
        for name in PAGES:
            assert overflow(reader.open(f"#sierra-norte/{name}/{language}")) == 0, name


def test_long_words_do_not_break_the_page(read: Read, sample: dict[str, Any]) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    for scale in sample["scales"]:
        scale["title"] = {"en": long, "es": long}
    sample["units"][1]["title"] = {"en": long, "es": long}
    reader = read(sample, viewport={"width": 320, "height": 640})
    for name in PAGES:
        assert overflow(reader.open(f"#sierra-norte/{name}/en")) == 0, name


def computed(page: Page, selector: str, name: str) -> str:
    return str(
        page.locator(selector).first.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    )


def test_dark_follows_the_system_and_a_theme_of_jupyter_wins(read: Read) -> None:
    light, dark = (read(color_scheme=scheme).open("#sierra-norte/glance/en") for scheme in ("light", "dark"))
    assert computed(light, ".rs", "backgroundColor") != computed(dark, ".rs", "backgroundColor")
    # A light theme on a dark system, and the other way round.
    fills = [computed(page, "rect.rs-bar", "fill") for page in (light, dark)]
    assert fills[0] != fills[1]
    for page, theme, fill in ((dark, "true", fills[0]), (light, "false", fills[1])):
        page.evaluate("theme => document.body.dataset.jpThemeLight = theme", theme)
        assert computed(page, "rect.rs-bar", "fill") == fill
    light.evaluate("document.body.style.setProperty('--jp-layout-color0', 'rgb(1, 2, 3)')")
    assert computed(light, ".rs", "backgroundColor") == "rgb(1, 2, 3)"


def test_forced_colours_paint_every_mark(read: Read) -> None:
    page = read(forced_colors="active").open("#sierra-norte/glance/en")
    back = computed(page, ".rs", "backgroundColor")
    for selector, name in (
        ("rect.rs-bar", "fill"),
        (".rs-whisker > line", "stroke"),
        (".rs-diamond path", "stroke"),
    ):
        assert computed(page, selector, name) not in (back, "none", "rgba(0, 0, 0, 0)"), selector
    page.keyboard.press("ArrowRight")
    expect(page.locator(".rs-part").first).to_be_visible()
    for tone in ("favorable-strong", "favorable-tint", "unfavorable-strong", "unfavorable-tint"):
        assert computed(page, f".rs-sides .rs-{tone}", "stroke") != back, tone
    assert computed(page, ".rs-favorable-strong", "fill") != computed(page, ".rs-unfavorable-strong", "fill")


def test_forced_colours_tell_the_answers_apart_without_their_colours(read: Read) -> None:
    page = read(forced_colors="active").open("#sierra-norte/questions/en")
    for place in (".rs-legend .rs-part", ":is(.rs-sides, .rs-between) .rs-part"):
        looks = page.evaluate(
            """place => {
              const found = new Map();
              for (const rect of document.querySelectorAll(place)) {
                const { fill, strokeDasharray, strokeWidth } = getComputedStyle(rect);
                found.set(rect.getAttribute("class"), [fill, strokeDasharray, strokeWidth].join(" "));
              }
              return [...found.values()];
            }""",
            place,
        )
        assert len(looks) >= 5 and len(set(looks)) == len(looks), place


def test_nothing_moves_for_those_who_ask(read: Read) -> None:
    page = read(reduced_motion="reduce").open("#sierra-norte/groups/en")
    moving = page.evaluate(
        "[...document.querySelectorAll('.rs *')].filter(e => getComputedStyle(e).transitionDuration !== '0s'"
        " || getComputedStyle(e).animationName !== 'none').length"
    )
    assert moving == 0

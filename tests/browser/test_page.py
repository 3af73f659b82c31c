"""The published page in a real browser: what it says, where it leads, what it refuses to run."""

from __future__ import annotations

import csv
import io
import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import hash_of, whole

pytestmark = pytest.mark.browser

Read = Callable[..., Any]
SCHOOL = "#sierra-norte/glance/en"
HOSTILE = '</script><img src=x onerror="window.__broken=1"><b onclick=1>&amp;{{7*7}}'


def focused(page: Page) -> str:
    """Return the name and text of what has the focus."""
    return str(page.evaluate("`${document.activeElement.tagName} ${document.activeElement.textContent}`"))


def test_the_page_asks_for_nothing_and_complains_of_nothing(read: Read) -> None:
    reader = read()
    page = reader.open(SCHOOL)
    for name in ("Questions", "Groups", "About these numbers", "At a glance"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=2)).to_be_attached()
        whole(page).keyboard.press("t")
    assert {url.split("#")[0] for url in reader.asked} == {reader.address}
    assert reader.complaints == []


def test_the_first_page_is_calm(read: Read, sample: dict[str, Any]) -> None:
    """At most 60 words and 8 numbers among the findings, and all of it above the fold of a tablet."""
    for size in ({"width": 820, "height": 1180}, {"width": 1024, "height": 768}):
        page = read(viewport=size).open(SCHOOL)
        findings = page.locator(".rs-say")
        text = findings.inner_text()
        assert 0 < len(text.split()) <= 60
        assert len(re.findall(r"\d+", text)) <= 8
        box = findings.bounding_box()
        row = page.locator(".rs-row[data-scale]").first.bounding_box()
        assert box
        assert row
        assert row["y"] + row["height"] < size["height"]
    assert findings.locator("strong").all_inner_texts() == ["Express care", "Share power"]


def test_every_page_says_what_it_is(read: Read, sample: dict[str, Any]) -> None:
    reader = read()
    for name in ("glance", "questions", "groups", "about"):
        page = reader.open(f"#sierra-norte/{name}/en")
        text = page.inner_text("body")
        for said in (
            "Simulated data",
            sample["promise"]["en"],
            "Sierra Norte High (simulated) · Spring",
            "Aggregates only",
            "For the teacher teams",
            "Some groups are combined or not shown",
        ):
            assert said in text, (name, said)
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("heading", level=1).count() == 1
        assert (
            page.title()
            == f"Sierra Norte High (simulated) · Spring: {page.get_by_role('heading', level=2).inner_text()}"
        )


def test_no_tab_without_content(read: Read) -> None:
    reader = read()
    tabs = 'nav[aria-label="Pages"] a .rs-long'
    assert reader.open("#all/glance/en").locator(tabs).all_inner_texts() == [
        "At a glance",
        "Next step",
        "About these numbers",
    ]
    team = reader.open("#sierra-norte-otter/groups/en")
    assert team.locator(tabs).all_inner_texts() == [
        "At a glance",
        "Questions",
        "Next step",
        "About these numbers",
    ]
    assert team.locator("[aria-current=page]").inner_text() == "At a glance"


def test_the_address_holds_the_place(read: Read) -> None:
    page = read().open()
    assert hash_of(page) == ""
    page.get_by_label("School or team").select_option(label="Sierra Norte High (simulated)")
    expect(page.locator("h1")).to_contain_text("Sierra Norte")
    page.get_by_role("link", name="Show me").click()
    page.get_by_role("link", name="Questions", exact=True).click()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", name="Preguntas")).to_be_visible()
    assert hash_of(page) == "#sierra-norte/questions/es"
    assert page.get_attribute("html", "lang") == "es"
    copied = page.url
    page.go_back()
    expect(page.get_by_role("heading", name="Questions")).to_be_visible()
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text(re.compile("At a glance"))
    page.go_back()
    expect(page.get_by_role("link", name="Show me")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_contain_text("All schools")
    page.go_forward()
    expect(page.locator("h1")).to_contain_text("Sierra Norte")
    page.goto("about:blank")
    page.goto(copied)
    expect(page.get_by_role("heading", name="Preguntas")).to_be_visible()


def test_the_address_holds_the_place_where_the_browser_refuses_a_step(read: Read) -> None:
    """Safari does after a hundred steps in half a minute."""
    page = read().open(SCHOOL)
    page.evaluate("() => { history.pushState = () => { throw new DOMException('', 'SecurityError'); }; }")
    page.get_by_role("link", name="Questions", exact=True).click()
    assert hash_of(page) == "#sierra-norte/questions/en"
    expect(page.get_by_role("heading", name="Questions", level=2)).to_be_visible()
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text(re.compile("At a glance"))


def test_the_menu_groups_schools_and_teams(read: Read) -> None:
    page = read().open()
    menu = page.get_by_label("School or team")
    assert menu.locator("> option").all_inner_texts() == ["All schools"]
    assert menu.locator("optgroup").evaluate_all("groups => groups.map(g => g.label)") == ["Schools", "Teams"]
    assert menu.locator("optgroup[label=Teams] option").count() == 1


def test_keys(read: Read) -> None:
    page = read().open(SCHOOL)
    for key, name in (
        ("ArrowRight", "Questions"),
        ("ArrowRight", "Groups"),
        ("ArrowLeft", "Questions"),
        ("ArrowLeft", "At a glance"),
    ):
        page.keyboard.press(key)
        expect(page.locator("[aria-current=page]")).to_have_text(re.compile(name))
        assert focused(page) == f"H2 {name}", "the focus is on the heading of the new page"
    page.keyboard.press("ArrowLeft")
    assert hash_of(page) == SCHOOL, "there is no page before the first"

    page.keyboard.press("t")
    expect(page.get_by_role("table")).to_be_visible()
    assert page.evaluate("document.activeElement.className") == "rs-scroll"
    page.keyboard.press("t")
    expect(page.get_by_role("table")).to_have_count(0)
    assert focused(page).startswith("BUTTON Show the table")

    page.keyboard.press("l")
    expect(page.locator("[aria-current=page]")).to_contain_text("De un vistazo")
    expect(page.locator("[aria-live]")).to_contain_text("Primavera")
    page.keyboard.press("l")
    expect(page.locator("[aria-current=page]")).to_contain_text("At a glance")

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("l")
    expect(dialog).to_contain_text("change the language")
    dialog.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("l")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    assert hash_of(page) == SCHOOL, "the keys are off"


def test_keys_stay_with_a_menu_and_with_the_browser(read: Read) -> None:
    page = read().open(SCHOOL)
    page.get_by_label("School or team").focus()
    for key in ("t", "l", "?", "ArrowRight"):
        page.keyboard.press(key)
    assert page.get_by_role("table").count() == 0
    assert page.get_by_role("dialog").count() == 0
    assert page.get_attribute("html", "lang") == "en"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+l")
    page.keyboard.press("Alt+t")
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_by_role("table").count() == 0


def test_tab_follows_the_page_and_targets_are_large(read: Read) -> None:
    page = read().open(SCHOOL)
    seen = []
    for _ in range(15):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => {
                  const at = document.activeElement;
                  const { width, height } = at.getBoundingClientRect();
                  const { outlineStyle, outlineWidth } = getComputedStyle(at);
                  return [at.innerText, width, height, outlineStyle, parseFloat(outlineWidth)];
                }"""
            )
        )
    names = [name.split("\n")[0] for name, *_ in seen]
    assert [names[0], *names[2:8]] == [
        "Start",
        "Español",
        "At a glance",
        "Questions",
        "Groups",
        "Next step",
        "About these numbers",
    ]
    assert names[8:] == [
        "4 questions, read one by one",
        "About these numbers",
        "Show the table",
        "Save picture (PNG)",
        "Save picture (SVG)",
        "Print",
        "Keys",
    ]
    for name, width, height, outline, thickness in seen:
        assert min(width, height) >= 44, name
        assert outline == "solid", name
        assert thickness >= 2, name


def test_a_scale_read_one_by_one_leads_to_its_questions(read: Read) -> None:
    page = read().open(SCHOOL)
    row = page.locator(".rs-row[data-scale=expand_possibilities]")
    assert row.locator("svg").count() == 0
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Questions")).to_be_attached()
    assert focused(page) == "H3 Expand possibilities"
    expect(page.locator(".rs-block[data-scale=expand_possibilities]")).to_be_in_viewport()
    assert hash_of(page) == "#sierra-norte/questions/en/expand_possibilities"


def test_groups_open_with_the_clear_finding(read: Read) -> None:
    page = read().open("#sierra-norte/groups/en")
    choices = page.get_by_role("navigation", name="Compare students by")
    expect(choices.locator("[aria-current=true]")).to_have_text(re.compile("English learner"))
    clear = page.locator(".rs-verdict-clear")
    assert clear.all_inner_texts() == ["Clear Fewer than other students: about 2 in 10 fewer."]
    choices.get_by_role("link", name="IEP or 504 plan").click()
    expect(page.get_by_role("main")).to_contain_text("Not shown for this school")
    assert whole(page).locator(".rs-picture").count() == 0
    assert page.get_by_role("button", name="Show the table").count() == 0, (
        "there is nothing to put into a table"
    )
    choices.get_by_role("link", name="Gender").click()
    # Nothing can be told here: it is folded, and what is in the fold keeps the instrument's order.
    names = page.locator(".rs-scale-block[data-scale=express_care] .rs-row-name")
    expect(names).to_have_count(3)
    expect(names.first).to_be_hidden()
    page.get_by_text("Show each group anyway").click()
    expect(names.first).to_be_visible()
    expect(names).to_have_text(["Girl", "Boy", "Another answer or none"])


def test_the_table_has_the_numbers_of_the_picture(read: Read, sample: dict[str, Any]) -> None:
    page = read().open(SCHOOL)
    page.get_by_role("button", name="Show the table").click()
    table = page.get_by_role("table")
    expect(table.locator("caption")).to_contain_text("Simulated data")
    assert table.locator("thead th").evaluate_all("cells => cells.every(c => c.scope === 'col')")
    assert table.locator("tbody th").evaluate_all("cells => cells.every(c => c.scope === 'row')")
    drawn = page.locator("rect.rs-bar[data-percent]").evaluate_all(
        "bars => bars.map(bar => bar.dataset.percent)"
    )
    shown = [text for text in table.locator("tbody td:nth-child(4)").all_inner_texts() if text]
    assert shown == drawn


def saved(page: Page) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").first.click()
    assert re.fullmatch(r"[a-z0-9-]+\.csv", download.value.suggested_filename)
    assert "simulated" in download.value.suggested_filename
    return Path(download.value.path()).read_bytes().decode()


def test_a_table_is_saved_and_copied(read: Read, sample: dict[str, Any]) -> None:
    page = read(permissions=["clipboard-read", "clipboard-write"]).open(SCHOOL)
    page.keyboard.press("t")
    text = saved(page)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    share = sample["units"][1]["scales"][0]["share"]
    assert rows[0][0] == "Scale"
    assert rows[1][3:6] == [str(share[key]) for key in ("percent", "low", "high")]
    assert f",{share['percent']},{share['low']}," in text, "numbers are not quoted"

    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".rs-take [role=status]")).to_have_text("Copied. Paste it into a spreadsheet.")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert [line.split("\t") for line in copied] == rows
    html = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          return (await item.getType("text/html")).text();
        }"""
    )
    assert html.count("<tr>") == len(rows)
    assert f"<td>{share['percent']}</td>" in html


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_saved_cell_is_a_formula(read: Read, sample: dict[str, Any], start: str) -> None:
    sample["scales"][0]["title"] = {"en": f"{start}cmd|' /c calc'!A0", "es": "x"}
    page = read(sample).open(SCHOOL)
    page.keyboard.press("t")
    text = saved(page)
    assert f"\"'{start}cmd" in text
    for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in row)


def hostile(node: Any) -> Any:
    """Return a document with a hostile end on every text for readers."""
    if isinstance(node, dict):
        if set(node) == {"en", "es"}:
            return {language: text + HOSTILE for language, text in node.items()}
        return {key: hostile(value) for key, value in node.items()}
    return [hostile(value) for value in node] if isinstance(node, list) else node


def test_hostile_text_stays_text(read: Read, sample: dict[str, Any]) -> None:
    reader = read(hostile(sample))
    for name in ("glance", "questions", "groups", "about"):
        page = reader.open(f"#sierra-norte/{name}/en")
        page.keyboard.press("t")
        assert HOSTILE in page.inner_text("h1")
        assert page.locator("img, b, [onclick], [onerror]").count() == 0
    assert page.evaluate("window.__broken") is None
    assert HOSTILE in page.title()
    assert reader.complaints == []
    hostile_place = urllib.parse.quote('"><img src=x onerror=alert(1)>')
    page = reader.open(f"#{hostile_place}/{hostile_place}/{hostile_place}")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (
            lambda html: html.replace('id="relsurvey-view"', 'id="other"'),
            "There is no survey view in this page",
        ),
        (lambda html: html.replace('{"format":1,', '{"format":1', 1), "is not whole"),
        (lambda html: html.replace('"format":1,', '"format":7,', 1), "has format 7"),
        (lambda html: html.replace('"simulated":true', '"simulated":"yes"', 1), "damaged at “simulated”"),
    ],
)
def test_damaged_data_is_one_sentence(
    browser: Browser,
    publish_view: Callable[[Any], str],
    sample: dict[str, Any],
    damage: Callable[[str], str],
    sentence: str,
) -> None:
    address = publish_view(sample)
    path = Path(urllib.parse.unquote(urllib.parse.urlparse(address).path))
    whole = path.read_text("utf-8")
    broken = damage(whole)
    assert broken != whole
    path.write_text(broken, "utf-8")
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    assert page.get_by_role("alert").inner_text().count(".") <= 2
    assert errors == []
    context.close()


def test_the_language_of_the_browser_is_spoken(read: Read) -> None:
    page = read(locale="es-MX").open("#sierra-norte/glance")
    assert page.get_attribute("html", "lang") == "es"
    text = page.inner_text("body")
    assert "Datos simulados" in text
    assert "De un vistazo" in text
    assert "Simulated" not in text
    assert "Show" not in text


PIECES = (
    ".rs-page :is(.rs-row:not(.rs-row-axis), .rs-question:not(.rs-distribution-head), .rs-card > section)"
)

# The first frame after a click: how many pieces, where the last one ends, how high the window is.
FIRST_FRAME = """
([address, pieces]) => new Promise((done) => {
  new MutationObserver((_, watch) => {
    watch.disconnect();
    requestAnimationFrame(() => {
      const drawn = [...document.querySelectorAll(pieces)];
      const ends = drawn.map((piece) => piece.getBoundingClientRect().bottom);
      done([ends.length, Math.max(0, ...ends), innerHeight]);
    });
  }).observe(document.querySelector('.rs'), { subtree: true, childList: true, attributes: true });
  const links = [...document.querySelectorAll('.rs-pages a')];
  links.find((a) => a.getAttribute('href').includes(address)).click();
})
"""


@pytest.mark.parametrize("width", [390, 820, 1600])
def test_the_first_frame_fills_the_window_and_the_rest_follows(read: Read, width: int) -> None:
    page = read(viewport={"width": width, "height": 1180}).open(SCHOOL)
    waited = False
    before: dict[str, int] = {}
    # Opened again, a page draws what it then knew to fill the window.
    for name in ("questions", "groups", "about", "glance") * 2:
        drawn, bottom, height = page.evaluate(FIRST_FRAME, [f"/{name}/", PIECES])
        pieces = whole(page).locator(PIECES).count()
        assert drawn == pieces or bottom >= height, name
        assert drawn <= before.setdefault(name, drawn), name
        waited = waited or drawn < pieces
    assert waited, "some page is longer than the window"


def test_a_click_for_another_tab_stays_the_browsers(read: Read) -> None:
    page = read().open(SCHOOL)
    link = page.get_by_role("link", name="Questions", exact=True)
    taken = "(a) => { const e = new MouseEvent('click', { %s: true, bubbles: true, cancelable: true });"
    for key in ("ctrlKey", "metaKey", "shiftKey", "altKey"):
        link.evaluate(
            "(a) => a.addEventListener('click', (e) => { window.taken = e.defaultPrevented; "
            "e.preventDefault(); }, { once: true })"
        )
        link.evaluate(taken % key + " a.dispatchEvent(e); }")
        assert page.evaluate("window.taken") is False
    assert hash_of(page) == SCHOOL


PRESS = "link.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))"


def test_the_page_of_a_pressed_link_is_made_before_the_finger_leaves(read: Read) -> None:
    page = read().open(SCHOOL)
    for name in (".rs-pages a >> nth=1", ".rs-pages a >> nth=2", ".rs-choice:not([aria-current]) >> nth=0"):
        link = page.locator(name)
        address = link.get_attribute("href")
        before, heading, ahead, height, same, gone = link.evaluate(
            f"""link => {{
              const text = () => document.querySelector("main h2").textContent;
              const before = text();
              {PRESS};
              const ahead = document.querySelector(".rs-ahead");
              const seen = [before, text(), ahead.ariaHidden, ahead.getBoundingClientRect().height];
              link.click();
              const bodies = document.querySelectorAll(".rs-body:not(.rs-left)");
              const left = document.querySelector(".rs-left");
              const gone = left.ariaHidden === "true" && left.getBoundingClientRect().height === 0;
              return [...seen, bodies[0] === ahead && bodies.length === 1, gone];
            }}"""
        )
        assert before == heading and ahead == "true" and height == 0, "nothing to be seen changes"
        assert same and gone, "what was made is what is shown, and nothing beside it"
        expect(page.locator(".rs-left")).to_have_count(0)
        assert hash_of(page) == address
        clicked = whole(page).locator("main").inner_html()
        assert read().open(str(address)).locator("main").inner_html() == clicked


def test_a_press_that_is_no_click_leaves_the_page_alone(read: Read) -> None:
    page = read().open(SCHOOL)
    before = page.locator("main").inner_html()
    bodies = "document.querySelectorAll('.rs-body').length"
    assert page.locator(".rs-pages a").nth(1).evaluate(f"link => {{ {PRESS}; return {bodies}; }}") == 2
    expect(page.locator(".rs-body")).to_have_count(1)
    assert page.locator("main").inner_html() == before
    assert hash_of(page) == SCHOOL

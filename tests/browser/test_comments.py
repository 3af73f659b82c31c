"""The release screen in a browser: its bundle on a page of its own, with the real kernel half behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from relsurvey.widgets import Comments
from tests.browser.seat import Seat, seats
from tests.comments import school
from tests.comments.test_desk import ADULT, DANGER

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> please"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@pytest.fixture
def sit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    """Return what puts the screen on a page; keywords go to the browser."""
    with seats(browser, "comments") as start:
        yield lambda said, *rest, **settings: start(
            Comments(school.study(tmp_path, {"North": said})), *rest, **settings
        )


def counts(seat: Seat) -> dict[str, int]:
    return dict(seat.widget._desk.counts)  # type: ignore[attr-defined]


def test_a_counselor_reads_passes_on_and_undoes(sit: Callable[..., Seat]) -> None:
    seat = sit([*school.plain(1), DANGER, ADULT])
    page = seat.page
    waiting = page.locator(".rs-waiting")
    expect(waiting).to_contain_text("Unread comments: 3, the oldest since")
    expect(waiting).to_contain_text("With words of danger: 1;")
    quote = page.locator("blockquote")
    expect(quote).to_have_text(DANGER)
    expect(page.locator("mark.rs-grave")).to_have_text("want to die")
    assert seat.axe() == []

    seat.button("Release").click()
    expect(page.get_by_text("Do these words mean no danger at all?")).to_be_visible()
    seat.button("Back").click()
    seat.button("Pass on now").click()
    expect(page.get_by_text("Safety contact: School counseling office.")).to_be_visible()
    field = page.get_by_label("Passed on to")
    expect(field).to_be_focused()
    # Letters typed in the field decide nothing.
    field.fill("Sr. Hurd")
    assert seat.axe() == []
    field.press("Enter")
    expect(page.get_by_text("It is noted in the log, with the time.")).to_be_visible()
    expect(quote).to_have_text(ADULT)
    expect(page.locator(".rs-desk")).to_be_focused()

    expect(seat.button("Release")).to_have_attribute("aria-disabled", "true")
    seat.button("Release").click(force=True)
    expect(page.get_by_text("It names an adult, so it cannot be released.")).to_be_visible()
    seat.button("Undo").click()
    expect(quote).to_have_text(DANGER)
    assert counts(seat) == {"released": 0, "held": 0, "passed on": 0}
    assert seat.complaints == []


def test_keys_alone(sit: Callable[..., Seat]) -> None:
    seat = sit([*school.plain(2), DANGER])
    page = seat.page
    expect(page.locator("blockquote")).to_have_text(DANGER)
    seat.button("Hold").focus()
    page.keyboard.press("p")
    page.keyboard.type("Rosa")
    page.keyboard.press("Escape")
    expect(seat.button("Pass on now")).to_be_visible()
    seat.button("Hold").focus()
    page.keyboard.press("p")
    page.keyboard.type("Rosa")
    page.keyboard.press("Enter")
    expect(page.locator(".rs-waiting")).to_contain_text("Passed on: 1")
    page.keyboard.press("r")
    expect(page.locator(".rs-waiting")).to_contain_text("Released: 1")
    page.keyboard.press("s")
    # A key that comes before the answer to the one before decides nothing.
    expect(page.locator(".rs-desk")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("h")
    expect(page.locator(".rs-waiting")).to_contain_text("No comment is unread.")
    page.keyboard.press("u")
    expect(page.locator(".rs-waiting")).to_contain_text("Unread comments: 1")
    assert counts(seat)["released"] == 1 and seat.complaints == []


def test_a_release_is_taken_back_in_a_later_sitting(sit: Callable[..., Seat]) -> None:
    seat = sit(school.plain(2))
    page = seat.page
    expect(seat.button("Hold")).to_be_visible()
    expect(seat.button("Take back a release")).to_have_count(0)
    for _ in range(2):
        expect(page.locator(".rs-desk")).to_have_attribute("aria-busy", "false")
        seat.button("Release").click()
    expect(page.locator(".rs-waiting")).to_contain_text("Released: 2.")
    seat.button("Take back a release").focus()
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_have_count(2)
    expect(page.locator(".rs-desk")).to_be_focused()
    # No key decides on anything while these are read.
    page.keyboard.press("u")
    assert seat.axe() == []
    seat.button("Back").click()
    expect(page.locator("blockquote")).to_have_count(0)
    expect(page.locator(".rs-waiting")).to_contain_text("Released: 2.")
    seat.button("Take back a release").click()
    page.get_by_role("button", name="Take it back").first.click()
    expect(page.get_by_text("Views already handed out keep it; publishing again")).to_be_visible()
    expect(page.locator(".rs-waiting")).to_contain_text("Released: 1. Held: 1.")
    expect(page.locator(".rs-desk")).to_be_focused()
    assert counts(seat) == {"released": 1, "held": 1, "passed on": 0} and seat.complaints == []


def test_what_a_student_wrote_stays_text(sit: Callable[..., Seat]) -> None:
    seat = sit([HOSTILE])
    expect(seat.page.locator("blockquote")).to_have_text(HOSTILE)
    assert seat.page.locator("img").count() == 0 and seat.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_dark_and_spanish(sit: Callable[..., Seat], scheme: str) -> None:
    settings = {"viewport": {"width": 320, "height": 700}, "color_scheme": scheme}
    seat = sit([DANGER, ADULT], "es", **settings)
    expect(seat.page.locator(".rs-waiting")).to_contain_text("sin leer")
    seat.button("Canalizar ahora").click()
    expect(seat.page.get_by_label("Canalizado a")).to_be_focused()
    assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seat.axe() == []

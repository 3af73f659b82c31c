"""A team's meeting around the pages: cover, guesses, next step, its own file, the 45-minute path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import hash_of, whole
from tests.browser.meeting_view import FALL_CARD, TWO_BY_TEN, with_meeting

pytestmark = pytest.mark.browser

Read = Callable[..., Any]
SCHOOL = "sierra-norte"
ROOT = Path(__file__).parents[2]
WORDS = ROOT / "src" / "relsurvey" / "words"
NONE_STANDS_OUT = {
    language: yaml.safe_load((WORDS / f"{language}.yaml").read_text("utf-8"))["say"]["none"]
    for language in ("en", "es")
}

#: The scales of rows, in their order.
SCALES = "rows => rows.map(row => row.dataset.scale)"

#: Whether the browser would ask before it leaves.
ASKS = """() => {
  const leaving = new Event("beforeunload", { cancelable: true });
  dispatchEvent(leaving);
  return leaving.defaultPrevented;
}"""


@pytest.fixture
def meeting(sample: dict[str, Any]) -> dict[str, Any]:
    """Return the small view with strategies and an earlier card."""
    return with_meeting(sample, SCHOOL)


def focused(page: Page) -> str:
    return str(page.evaluate("`${document.activeElement.tagName} ${document.activeElement.textContent}`"))


def slider(page: Page, scale: str) -> Locator:
    return page.locator(f'.rs-guess[data-scale="{scale}"] input')


def guess(page: Page, **guesses: int) -> None:
    for scale, k in guesses.items():
        slider(page, scale).fill(str(k))


def revealed(page: Page) -> list[str]:
    page.get_by_role("button", name="Show the answers").click()
    expect(page.locator(".rs-answers")).to_be_visible()
    scales: list[str] = page.locator(".rs-answers .rs-row[data-scale]").evaluate_all(SCALES)
    return scales


def saved(page: Page) -> tuple[str, dict[str, Any]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save our page").click()
    document: dict[str, Any] = json.loads(Path(download.value.path()).read_text("utf-8"))
    return download.value.suggested_filename, document


def choose_file(page: Page, document: object) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    page.locator("input[type=file]").set_input_files(
        {"name": "ours.json", "mimeType": "application/json", "buffer": text.encode()}
    )


# The cover


def test_a_view_opens_with_its_cover_and_a_copied_link_does_not(read: Read, sample: dict[str, Any]) -> None:
    reader = read()
    page = reader.open()
    text = page.inner_text("body")
    for said in (
        sample["title"]["en"],
        sample["units"][0]["title"]["en"],
        sample["wave"]["en"],
        sample["audience"]["en"],
        sample["promise"]["en"],
        "Simulated data",
    ):
        assert said in text
    assert page.get_by_role("link", name="Guess first").count() == 1
    assert page.get_by_role("navigation", name="Pages").count() == 0
    assert page.locator(".rs-bar").count() == 0, "nothing is given away before the guess"
    page.get_by_role("link", name="Show me").click()
    expect(page.locator("[aria-current=page]")).to_have_text(re.compile("At a glance"))
    expect(reader.open(f"#{SCHOOL}").get_by_role("link", name="Show me")).to_be_visible()
    for place in ("glance", "questions", "next"):
        expect(reader.open(f"#{SCHOOL}/{place}").get_by_role("link", name="Show me")).to_have_count(0)
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("link", name="Show me")).to_be_visible()
    assert focused(page) == "H2 Start"


def test_a_unit_without_shares_is_not_guessed(read: Read, sample: dict[str, Any]) -> None:
    for cell in sample["units"][0]["scales"]:
        cell.pop("share", None)
        cell["reason"] = "words_only"
    page = read(sample).open()
    expect(page.get_by_role("link", name="Show me")).to_be_visible()
    assert page.get_by_role("link", name="Guess first").count() == 0
    assert page.get_by_role("button", name="Print a guess sheet").count() == 0


# Guess first


def test_guesses_then_answers_the_biggest_surprise_first(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/guess/en")
    asked = page.locator(".rs-guess").evaluate_all("(all) => all.map((one) => one.dataset.scale)")
    assert len(asked) == 10 and len([one for one in asked if one.startswith("item ")]) == 6
    assert "expand_possibilities" not in asked, "of a scale read one by one its questions are guessed"
    assert not re.search(r"about \d|in 10", page.locator(".rs-guesses").inner_text().lower())
    page.get_by_role("button", name="Show the answers").click()
    expect(page.get_by_role("status")).to_contain_text("Move a slider first")
    guess(page, express_care=2, challenge_growth=3, share_power=9)
    page.get_by_label("What will surprise us?").fill("How much they <b>like</b> it")
    known = ["express_care", "challenge_growth", "share_power"]
    assert revealed(page) == [*known, *(one for one in asked if one not in known)]
    assert focused(page) == "H3 The answers beside our guesses"
    assert page.locator(".rs-answers h4").all_inner_texts() == [
        "Higher than guessed",
        "Lower than guessed",
        "Without a guess",
    ]
    first = page.locator(".rs-answers .rs-row[data-scale=express_care]")
    expect(first).to_contain_text("Guessed 2 in 10; about 8 in 10 students say so (between 6 and 9).")
    assert first.locator("[data-guess]").get_attribute("data-guess") == "20"
    expect(page.get_by_role("main")).to_contain_text("How much they <b>like</b> it")
    expect(page.get_by_role("heading", name="We noticed")).to_be_visible()
    expect(page.get_by_role("heading", name="We wonder")).to_be_visible()
    page.get_by_label("We noticed").fill("They feel seen.")
    page.get_by_role("link", name="On to the next step").click()
    expect(page.get_by_label("We noticed")).to_have_value("They feel seen.")


def test_an_untouched_slider_is_no_guess_and_the_middle_is_one(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/guess/en")
    first = slider(page, "express_care")
    assert first.get_attribute("aria-valuetext") == "no guess yet"
    # The thumb stands in the middle: a click on it moves nothing, and is a guess all the same.
    first.click()
    expect(first).to_have_attribute("aria-valuetext", "5 in 10")
    page.get_by_role("button", name="Take back Express care").click()
    expect(first).to_have_attribute("aria-valuetext", "no guess yet")
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-valuetext", "5 in 10")
    page.keyboard.press("ArrowRight")
    expect(first).to_have_attribute("aria-valuetext", "6 in 10")
    page.keyboard.press("Home")
    expect(first).to_have_attribute("aria-valuetext", "0 in 10")
    assert hash_of(page) == f"#{SCHOOL}/guess/en", "the arrows belong to the slider"


def test_guesses_stay_in_the_page(read: Read) -> None:
    reader = read()
    page = reader.open(f"#{SCHOOL}/guess/en")
    page.evaluate(
        """() => {
          window.__left = [];
          const note = (owner, name) => {
            const old = owner[name];
            owner[name] = function (...given) {
              window.__left.push(name, given);
              return old?.apply(this, given);
            };
          };
          note(window, "fetch"); note(window, "postMessage"); note(navigator, "sendBeacon");
          note(XMLHttpRequest.prototype, "send"); note(Storage.prototype, "setItem");
          note(history, "replaceState"); note(console, "log");
          window.__steps = [];
          const push = history.pushState;
          history.pushState = function (...given) { window.__steps.push(given); push.apply(this, given); };
          window.WebSocket = function (...given) { window.__left.push("WebSocket", given); };
        }"""
    )
    guess(page, express_care=1, share_power=9)
    page.get_by_label("What will surprise us?").fill("zebra crossing")
    revealed(page)
    for name in ("At a glance", "Next step", "Questions"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(page.locator("[aria-current=page]")).to_contain_text(name)
    page.get_by_role("link", name="Español").click()
    assert re.fullmatch(rf"#{SCHOOL}/questions/es", hash_of(page))
    assert page.evaluate("window.__left") == []
    # The pages themselves, and nothing with them.
    places = ("glance/en", "next/en", "questions/en", "questions/es")
    assert page.evaluate("window.__steps") == [[None, "", f"#{SCHOOL}/{place}"] for place in places]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("history.state") is None
    assert {url.split("#")[0] for url in reader.asked} == {reader.address}
    assert not any("zebra" in url or "=9" in url for url in reader.asked)
    assert reader.complaints == []
    page.reload()
    page.goto(f"{reader.address}#{SCHOOL}/guess/en")
    expect(page.locator(".rs-range.rs-unset")).to_have_count(10)


def test_guesses_belong_to_one_unit(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/guess/en")
    guess(page, express_care=1)
    page.get_by_label("School or team").select_option("sierra-norte-otter")
    expect(slider(page, "express_care")).to_have_attribute("aria-valuetext", "no guess yet")
    page.get_by_label("School or team").select_option(SCHOOL)
    expect(slider(page, "express_care")).to_have_attribute("aria-valuetext", "1 in 10")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_first_page_marks_the_guess_and_says_the_surprise(
    read: Read, sample: dict[str, Any], language: str
) -> None:
    sample["units"][2]["say"] = [NONE_STANDS_OUT]
    page = read(sample).open(f"#sierra-norte-otter/glance/{language}")
    assert page.locator("[data-guess]").count() == 0
    expect(page.locator(".rs-say")).to_contain_text(NONE_STANDS_OUT[language])
    page.evaluate(f"location.hash = '#sierra-norte-otter/guess/{language}'")
    expect(page.locator(".rs-guess").first).to_be_visible()
    guess(page, express_care=7, share_power=9)
    page.evaluate(f"location.hash = '#sierra-norte-otter/glance/{language}'")
    expect(page.locator("[data-guess]")).to_have_count(2)
    said = {
        "en": ("The biggest surprise is Share power. Guessed 9 in 10", "the team’s guess"),
        "es": ("La mayor sorpresa es Compartir las decisiones. Pensábamos en 9", "lo que pensaba el equipo"),
    }[language]
    expect(page.locator(".rs-say")).to_contain_text(said[0])
    expect(page.locator(".rs-say")).not_to_contain_text(NONE_STANDS_OUT[language])
    assert len(page.locator(".rs-say").inner_text().split()) <= 60
    assert page.locator(".rs-key").inner_text().count(said[1]) == 1
    label = page.locator(".rs-row[data-scale=share_power] svg[role=img]").get_attribute("aria-label")
    assert said[1] in (label or "")
    page.keyboard.press("t")
    expect(page.get_by_role("table")).to_contain_text({"en": "9 in 10", "es": "9 de cada 10"}[language])


def test_where_most_did_not_answer_no_sentence_gives_a_number(read: Read, sample: dict[str, Any]) -> None:
    sample["units"][2].update(reach="half", say=[NONE_STANDS_OUT])
    page = read(sample).open("#sierra-norte-otter/guess/en")
    guess(page, share_power=9)
    revealed(page)
    said = "Guessed 9 in 10; of the students who answered (less than half), fewer say so."
    expect(page.locator(".rs-answers")).to_contain_text(said)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="At a glance").click()
    expect(page.locator(".rs-say")).to_contain_text(f"The biggest surprise is Share power. {said}")


# The team's own file


def test_our_page_is_saved_and_opened_again(read: Read, meeting: dict[str, Any]) -> None:
    reader = read(meeting)
    page = reader.open(f"#{SCHOOL}/guess/en")
    question = f"item {meeting['items'][0]['id']}"
    guess(page, express_care=2, share_power=9, **{question: 4})
    page.get_by_label("What will surprise us?").fill("¿Quién?")
    page.evaluate(f"location.hash = '#{SCHOOL}/next/en'")
    page.get_by_role("button", name="Choose this 2×10").click()
    page.get_by_label("Who").fill("Team Otter")
    name, document = saved(page)
    assert name == "our-next-step-sierra-norte-spring.json"
    assert document == {
        "format": 1,
        "kind": "relsurvey-team",
        "view": meeting["id"],
        "unit": SCHOOL,
        "title": meeting["units"][1]["title"],
        "wave": meeting["wave"],
        "made": document["made"],
        "guesses": {"express_care": 2, "share_power": 9, question: 4},
        "surprise": "¿Quién?",
        "card": {
            "scale": "express_care",
            "strategy": "two_by_ten",
            "noticed": "",
            "trying": f"2×10: {TWO_BY_TEN['what']['en']}",
            "who": "Team Otter",
            "by_when": "",
            "looking_at": "Who comes to class on time in the third week.",
        },
    }
    expect(page.get_by_role("status").filter(has_text="Saved to the downloads")).to_be_visible()

    other = reader.open(f"#{SCHOOL}/cover/en")
    choose_file(other, document)
    expect(other.get_by_role("status")).to_contain_text("Opened: guesses and card")
    other.get_by_role("link", name="On to the next step").click()
    expect(other.get_by_label("Who")).to_have_value("Team Otter")
    expect(other.get_by_role("button", name="Chosen 2×10")).to_have_attribute("aria-pressed", "true")
    other.evaluate(f"location.hash = '#{SCHOOL}/guess/en'")
    expect(slider(other, "share_power")).to_have_attribute("aria-valuetext", "9 in 10")
    expect(slider(other, question)).to_have_attribute("aria-valuetext", "4 in 10")
    assert reader.complaints == []


@pytest.mark.parametrize(
    ("wave", "made", "told", "begins"),
    [
        ("Fall 2025", "2025-10-08", True, "Fall 2025: the team chose"),
        ("Spring 2025", "2025-04-08", False, "Spring 2025: the team chose"),
        ("Fall", "2026-10-08", True, "Fall: the team chose"),
        # The same season of a year before.
        ("Fall", "2025-10-08", False, "Fall · October 2025: the team chose"),
        (None, "2026-10-08", False, "October: the team chose"),
    ],
)
def test_a_card_says_its_wave_and_stands_beside_the_change_since_that_alone(
    read: Read, meeting: dict[str, Any], wave: str | None, made: str, told: bool, begins: str
) -> None:
    unit = meeting["units"][1]
    change = json.loads((Path(__file__).parent / "told.json").read_text("utf-8"))["change"]
    if wave == "Fall":
        change["wave"] = {"en": "Fall", "es": "Otoño"}
    unit["change"] = change
    unit["cards"] = [{**FALL_CARD, "made": made, "wave": wave and {"en": wave, "es": wave}}]
    page = read(meeting).open(f"#{SCHOOL}/next/en")
    said = next(c["sentence"]["en"] for c in change["cells"] if c["scale"] == FALL_CARD["scale"])
    earlier = page.locator(".rs-earlier")
    expect(earlier).to_contain_text("Here is Share power now.")
    assert (said in earlier.inner_text()) is told
    assert earlier.inner_text().startswith(begins)


def test_a_file_of_another_survey_is_refused_in_a_sentence(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting).open(f"#{SCHOOL}/next/en")
    _, document = saved(page)
    choose_file(page, {**document, "view": "roots-fall"})
    expect(page.get_by_role("alert")).to_have_text(
        "This file is about something else: open it with the page it was saved from."
    )
    expect(page.locator(".rs-earlier")).to_have_count(1)


def test_a_file_of_the_wave_before_is_an_earlier_card(read: Read, sample: dict[str, Any]) -> None:
    sample["strategies"] = with_meeting(sample, SCHOOL)["strategies"]
    page = read(sample).open(f"#{SCHOOL}/next/en")
    page.get_by_label("Who").fill("typed now")
    card = {key: value for key, value in FALL_CARD.items() if key not in ("made", "wave")}
    fall = {
        "format": 1,
        "kind": "relsurvey-team",
        "view": "five-elements-fall",
        "unit": SCHOOL,
        "title": sample["units"][1]["title"],
        "wave": FALL_CARD["wave"],
        "made": FALL_CARD["made"],
        "guesses": {},
        "surprise": "",
        "card": card,
    }
    choose_file(page, fall)
    earlier = page.locator(".rs-earlier")
    expect(earlier).to_contain_text("Fall: the team chose 2×10 for Share power. Here is Share power now.")
    share = next(c for c in sample["units"][1]["scales"] if c["scale"] == "share_power")["share"]
    assert earlier.locator("rect.rs-bar").get_attribute("data-percent") == str(share["percent"])
    expect(earlier).to_contain_text("2×10 with the quiet ones")
    expect(page.get_by_label("Who")).to_have_value("typed now")
    page.get_by_role("button", name="Undo").click()
    expect(earlier).to_have_count(0)
    expect(page.get_by_label("Who")).to_have_value("typed now")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("not json", "This is not a team’s file"),
        ('{"kind": "relsurvey-team", "format": 9}', "was saved by a newer version"),
        ("x" * 100_001, "too large"),
        ('{"kind": "relsurvey-team", "format": 1, "<img src=x onerror=window.__broken=1>": 1}', "damaged at"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_nothing_is_lost(read: Read, content: str, sentence: str) -> None:
    reader = read()
    page = reader.open(f"#{SCHOOL}/next/en")
    page.get_by_label("We will try").fill("a walk")
    choose_file(page, content)
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    assert page.get_by_role("alert").inner_text().rstrip().count(". ") == 0
    expect(page.get_by_label("We will try")).to_have_value("a walk")
    assert page.locator("img").count() == 0
    assert page.evaluate("window.__broken") is None
    assert reader.complaints == []


def test_a_file_of_another_team_names_it(read: Read, sample: dict[str, Any]) -> None:
    page = read().open(f"#{SCHOOL}/next/en")
    _, document = saved(page)
    other = sample["units"][2]["title"]
    choose_file(page, {**document, "title": other})
    expect(page.get_by_role("alert")).to_contain_text(other["en"])


def test_hostile_words_of_a_file_stay_words(read: Read, meeting: dict[str, Any]) -> None:
    hostile = '</textarea><img src=x onerror="window.__broken=1"><script>window.__broken=1</script>'
    meeting["units"][1]["cards"][0]["noticed"] = hostile
    reader = read(meeting)
    page = reader.open(f"#{SCHOOL}/next/en")
    _, document = saved(page)
    document["card"]["who"] = hostile
    document["surprise"] = hostile
    choose_file(page, document)
    expect(page.get_by_label("Who")).to_have_value(hostile)
    expect(page.locator(".rs-earlier")).to_contain_text(hostile)
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("window.__broken") is None
    assert reader.complaints == []


# Next step


def test_the_next_step_opens_with_what_was_chosen_before(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting).open(f"#{SCHOOL}/next/es")
    expect(page.locator(".rs-earlier")).to_contain_text(
        "Otoño: el equipo eligió 2×10 para Compartir las decisiones. Así está ahora Compartir las decisiones."
    )
    assert page.locator(".rs-earlier strong").first.inner_text() == "Compartir las decisiones"


def test_strategies_of_scales_that_stand_out_come_first(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting).open(f"#{SCHOOL}/next/en")
    order = "cards => cards.map(card => card.dataset.strategy)"
    cards = page.locator(".rs-strategy")
    # Express care, then Share power, are what the first page speaks of.
    assert cards.evaluate_all(order) == ["two_by_ten", "exit_ticket", "check_ins", "retakes"]
    filters = page.get_by_role("navigation", name="Things to try")
    filters.get_by_role("link", name="Provide support").click()
    expect(cards).to_have_count(2)
    assert sorted(cards.evaluate_all(order)) == ["check_ins", "retakes"]
    assert hash_of(page) == f"#{SCHOOL}/next/en/provide_support"
    page.get_by_role("button", name="Choose this Retakes").click()
    assert focused(page) == "H3 Our card"
    expect(page.get_by_label("About")).to_have_value("provide_support")
    expect(page.get_by_label("We will try")).to_have_value(re.compile("^Retakes: One test a month"))
    expect(page.get_by_label("We will look at")).to_have_value("How many retake it.")


def test_clearing_can_be_undone(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting).open(f"#{SCHOOL}/next/en")
    assert page.get_by_role("button", name="Clear the card").count() == 0, "there is nothing to clear"
    page.get_by_label("We noticed").fill("much")
    page.get_by_label("By when").fill("May 1")
    page.get_by_role("button", name="Clear the card").click()
    expect(page.get_by_label("We noticed")).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("We noticed")).to_have_value("much")
    expect(page.get_by_label("By when")).to_have_value("May 1")
    assert page.get_by_role("button", name="Undo").count() == 0


def test_without_strategies_there_is_the_card(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/next/en")
    assert page.get_by_role("heading", name="Things to try").count() == 0
    assert page.get_by_role("combobox", name="About").count() == 1
    fields = ("We noticed", "We will try", "Who", "By when", "We will look at")
    for name in fields:
        assert page.get_by_label(name, exact=True).count() == 1


def test_words_that_are_in_no_file_are_not_lost_without_a_question(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/next/en")
    assert page.evaluate(ASKS) is False
    page.get_by_label("Who").fill("us")
    assert page.evaluate(ASKS) is True
    saved(page)
    assert page.evaluate(ASKS) is False


# On paper


def test_the_guess_sheet_has_empty_scales_and_no_answer(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/guess/en")
    guess(page, express_care=7)
    page.evaluate("window.print = () => undefined")
    page.get_by_role("button", name="Print a guess sheet").click()
    page.emulate_media(media="print")
    sheets = page.locator(".rs-sheet")
    expect(sheets).to_have_count(1)
    text = sheets.inner_text()
    assert sheets.locator(".rs-circles").count() == 10
    assert sheets.locator(".rs-bar, input, button").count() == 0
    assert "What will surprise us?" in text
    assert "7 in 10" not in text.replace("7 means 7 in 10 students", "")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    # The browser's own print command gives no answer away either.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".rs-sheet")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("place", ["guess", "next", "reveal"])
def test_each_part_of_a_meeting_fits_on_a_sheet(
    read: Read, meeting: dict[str, Any], place: str, language: str
) -> None:
    more = [{**TWO_BY_TEN, "id": f"more_{k}"} for k in range(10)]
    meeting["strategies"] += more
    page = read(meeting).open(f"#{SCHOOL}/{'next' if place == 'next' else 'guess'}/{language}")
    if place == "next":
        for field in page.locator(".rs-our textarea").all():
            field.fill("Some words that a team would write, and then some more of them. " * 3)
        page.evaluate("window.print = () => undefined")
        page.locator(".rs-our button", has_text=re.compile("Print|Imprimir")).click()
        expect(page.locator(".rs-sheet")).to_have_count(1)
        assert page.locator(".rs-sheet").get_by_text("Some words that").count() == 3
        assert page.locator(".rs-sheet textarea").count() == 0
    if place == "reveal":
        guess(page, express_care=2, share_power=9)
        page.locator(".rs-button-main").click()
        expect(page.locator(".rs-answers")).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="Letter"))) == 1


# The 45-minute path


def test_the_path_leads_from_the_cover_to_the_card(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting).open(f"#{SCHOOL}")
    page.get_by_role("link", name="45-minute path").click()
    bar = page.get_by_role("complementary", name="45-minute path")
    minutes = []
    for step, name in enumerate(("Guess first", "At a glance", "Questions", "Groups", "Next step"), start=1):
        expect(bar).to_contain_text(f"Step {step} of 5: {name}")
        expect(bar).to_contain_text("About all of us, not one teacher.")
        expect(page.get_by_role("heading", level=2)).to_have_text(name)
        assert hash_of(page).endswith(f"?path={step}")
        found = re.search(r"(\d+) minutes, until minute (\d+)", bar.inner_text())
        assert found
        minutes.append(int(found[1]))
        assert sum(minutes) == int(found[2])
        if step < 5:
            bar.get_by_role("link", name="Go on").click()
    assert sum(minutes) == 45
    bar.get_by_role("link", name="Finish").click()
    expect(bar).to_have_count(0)
    assert hash_of(page) == f"#{SCHOOL}/next/en"


def test_a_step_is_a_place_that_can_be_left_and_found_again(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/questions/en?path=3")
    bar = page.get_by_role("complementary", name="45-minute path")
    expect(bar).to_contain_text("Step 3 of 5: Questions")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="About these numbers").click()
    expect(page.get_by_role("heading", name="About these numbers", level=2)).to_be_visible()
    expect(bar).to_contain_text("Step 3 of 5: Questions")
    bar.get_by_role("link", name="Go to Questions").click()
    expect(page.locator("[aria-current=page]")).to_contain_text("Questions")
    page.keyboard.press("l")
    expect(page.get_by_role("complementary")).to_contain_text("Paso 3 de 5: Preguntas")
    before = page.inner_text("aside")
    page.wait_for_timeout(1200)
    assert page.inner_text("aside") == before, "nothing moves by itself"


# By keyboard alone, and for everybody


def test_a_meeting_by_keyboard_alone(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting).open(f"#{SCHOOL}/glance/en")

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(
                """name => {
                  const at = document.activeElement;
                  const label = at.labels?.[0]?.textContent ?? at.textContent;
                  return (at.getAttribute("aria-label") ?? label).startsWith(name);
                }""",
                name,
            ):
                return
        raise AssertionError(f"Tab never came to {name}")

    page.keyboard.press("s")
    expect(page.get_by_role("link", name="Guess first")).to_be_visible()
    tab_to("45-minute path")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Guess first", level=2)).to_be_visible()
    tab_to("Express care")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    tab_to("What will surprise us?")
    page.keyboard.type("npst?")
    expect(page.get_by_label("What will surprise us?")).to_have_value("npst?")
    tab_to("Show the answers")
    page.keyboard.press("Enter")
    expect(page.locator(".rs-answers")).to_contain_text("Guessed 2 in 10")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=2)).to_have_text("At a glance")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", level=2)).to_have_text("Guess first")
    for name in ("At a glance", "Questions", "Groups", "Next step"):
        page.keyboard.press("n")
        expect(page.get_by_role("heading", level=2)).to_have_text(name)
        assert focused(page) == f"H2 {name}"
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=2)).to_have_text("Next step")
    whole(page)
    tab_to("Choose this")
    page.keyboard.press("Enter")
    assert focused(page) == "H3 Our card"
    tab_to("Who")
    page.keyboard.type("All of us")
    tab_to("Save our page")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    card = json.loads(Path(download.value.path()).read_text("utf-8"))["card"]
    assert (card["who"], card["strategy"]) == ("All of us", "two_by_ten")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("start page")
    expect(dialog).to_contain_text("45-minute path: step back, next step")


STATES = ("cover", "guess", "reveal", "next")


def bring(page: Page, state: str, language: str = "en") -> None:
    """Bring a page to a state, with the path's bar where there is one."""
    name = "guess" if state == "reveal" else state
    query = "" if state == "cover" else "?path=2"
    page.evaluate(f"location.hash = '#{SCHOOL}/{name}/{language}{query}'")
    expect(
        page.locator({"cover": ".rs-ways", "guess": ".rs-guess", "next": ".rs-our"}[name]).first
    ).to_be_visible()
    if state == "reveal":
        guess(page, express_care=2, share_power=9)
        page.locator(".rs-buttons > .rs-button-main", has_text=re.compile("answers|respuestas")).click()
        expect(page.locator(".rs-answers")).to_be_visible()
    whole(page)


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "en"), ("light", "es")])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(
    read: Read, meeting: dict[str, Any], state: str, scheme: str, language: str
) -> None:
    reader = read(meeting, color_scheme=scheme, reduced_motion="reduce")
    page = reader.open(f"#{SCHOOL}/about/{language}")
    bring(page, state, language)
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true }")
    assert reader.axe() == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_narrow_and_zoomed_pages_do_not_scroll_sideways(
    read: Read, meeting: dict[str, Any], language: str
) -> None:
    """320 px, and 200 % zoom of a small tablet, which has the room of 384 px."""
    for settings in (
        {"viewport": {"width": 320, "height": 640}},
        {"viewport": {"width": 384, "height": 512}, "device_scale_factor": 2},
    ):
        page = read(meeting, **settings).open(f"#{SCHOOL}/about/{language}")
        for state in STATES:
            bring(page, state, language)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) == 0, state


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_targets_are_large(read: Read, meeting: dict[str, Any], width: int) -> None:
    page = read(meeting, viewport={"width": width, "height": 900}).open(f"#{SCHOOL}/about/en")
    for state in STATES:
        bring(page, state)
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                "a, button, select, textarea, summary, input:not([type=file]), label:has([type=file])")]
              .filter((target) => target.checkVisibility() && target.closest("dialog") === null)
              .map((target) => [target.textContent.slice(0, 40), target.getBoundingClientRect()])
              .filter(([, box]) => Math.min(box.height, box.width) < 43.9)
              .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
        )
        assert small == [], state


def test_forced_colours_keep_what_is_chosen(read: Read, meeting: dict[str, Any]) -> None:
    page = read(meeting, forced_colors="active", reduced_motion="reduce").open(f"#{SCHOOL}/next/en")
    page.get_by_role("button", name="Choose this 2×10").click()
    chosen = page.get_by_role("button", name="Chosen 2×10")
    expect(chosen).to_contain_text("✓")
    ink, back = chosen.evaluate("b => [getComputedStyle(b).color, getComputedStyle(b).backgroundColor]")
    assert ink != back


def test_a_guess_made_while_a_link_is_pressed_is_not_lost(read: Read) -> None:
    page = read().open(f"#{SCHOOL}/guess/en")
    # A second finger on a slider.
    page.get_by_role("link", name="At a glance").evaluate(
        """link => {
          link.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
          const slider = document.querySelector(".rs-guess[data-scale=express_care] input");
          slider.value = 2;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          link.click();
        }"""
    )
    shown = page.locator(".rs-row[data-scale=express_care] [data-guess]")
    expect(shown).to_have_attribute("data-guess", "20")

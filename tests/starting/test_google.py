"""The Google form: built by a stand-in for Google that takes what Google takes, and its export read again."""

from __future__ import annotations

import csv
import re

import pytest

import relsurvey as rs
from relsurvey.instrument import Instrument, say
from relsurvey.instrument.fold import fold
from relsurvey.starting.example import example
from relsurvey.starting.google import google_script
from tests.reading.belonging import INSTRUMENT as BELONGING
from tests.reading.formats.canon import INSTRUMENT as CANON
from tests.starting.google_form import answered, built, header
from tests.starting.hostile import HOSTILE

INSTRUMENTS = {
    "example": Instrument.parse(example()),
    "belonging": BELONGING,
    "canon": CANON,
    "hostile": HOSTILE,
    **rs.instruments(),
}
EVERY = pytest.mark.parametrize("name", INSTRUMENTS)


@EVERY
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_form_has_every_question_with_its_answers_in_order(name, language):
    instrument = INSTRUMENTS[name]
    form = built(google_script(instrument, language))
    grids = {row: item["choices"] for item in form["items"] for row in item.get("rows", [])}
    ones = {item["title"]: item.get("choices") for item in form["items"]}
    asked = {**ones, **grids}
    for key, item in instrument.items.items():
        labels = [say(option.label, language) for option in instrument.options_of(key).options]
        found = next(c for text, c in asked.items() if fold(text) == fold(say(item.text, language)))
        assert list(map(fold, found)) == list(map(fold, labels))
    texts = {fold(title): item for title, item in ones.items()}
    for key, group in instrument.groups.items():
        offered = [c for c in group.categories if not (group.multiple and c.id == group.combine)]
        title = fold(group.column or say(group.text or group.title, language))
        assert [fold(c) for c in texts[title] or []] == [fold(say(c.label, language)) for c in offered], key
    for question in instrument.open_questions:
        assert fold(say(question.text, language) if question.text else question.id) in texts


@EVERY
def test_a_form_asks_first_whether_to_take_part_and_knows_nobody(name):
    form = built(google_script(INSTRUMENTS[name], "en"))
    first, second = form["items"][:2]
    assert first["kind"] == "one" and first["required"] and first["to"] == ["CONTINUE", "SUBMIT"]
    assert first["choices"] == ["I agree to take part", "I do not want to take part"]
    assert second["kind"] == "page"
    assert form["settings"]["email"] is False and form["settings"]["again"] is False
    assert "No grade depends on it" in form["description"]
    assert not any(item["required"] for item in form["items"][1:])


def test_a_form_begins_with_the_number_and_ends_with_comments():
    form = built(google_script(INSTRUMENTS["example"], "en"))
    asked = [item for item in form["items"] if item["kind"] != "page"]
    assert asked[1]["title"] == "What is your student number?" and "zeros" in asked[1]["hint"]
    assert asked[-1]["kind"] == "paragraph" and "don't name anyone" in asked[-1]["title"]
    assert [item["title"] for item in asked if item["kind"] == "several"] == [
        "What do you do after school? Choose all that apply."
    ]


def test_a_comment_that_does_not_say_so_is_told_not_to_name_anyone():
    form = built(google_script(BELONGING, "es"))
    assert form["items"][-1]["hint"] == "Por favor, no menciones nombres."


@EVERY
def test_grids_hold_at_most_ten_rows_and_are_of_a_size(name):
    form = built(google_script(INSTRUMENTS[name], "en"))
    sizes = [len(item["rows"]) for item in form["items"] if item["kind"] == "grid"]
    assert all(2 <= size <= 10 for size in sizes)
    if name == "five-elements":
        assert sizes == [10, 10]


def test_no_text_is_code():
    script = google_script(HOSTILE, "en")
    assert "</script" not in script and "<img" not in script and "<!--" not in script
    assert "\u2028" not in script and "\u2029" not in script
    form = built(script)
    assert any("</script>" in row for item in form["items"] for row in item.get("rows", []))
    assert not re.search(r"<br|&lt;", str(form))


@EVERY
def test_what_google_would_export_of_a_form_is_read_strictly(name, tmp_path):
    instrument = INSTRUMENTS[name]
    form = built(google_script(instrument, "en"))
    file = tmp_path / "answers.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header(form), *(answered(form, student) for student in range(1, 41))])
    study = rs.read(file, instrument, wave=next(iter(instrument.waves), None))
    rows = study.responses
    assert len(rows) == 40 and rows[list(instrument.items)].notna().any().all()
    assert set(study.ledger.loc[study.ledger.step == "columns not used", "what"]) <= {
        "'Do you want to take part?' was left out",
        "'Timestamp' was left out",
    }
    assert all(rows[key].notna().all() for key in instrument.groups)
    assert len(study.comments) == (8 if instrument.open_questions else 0)
    if "respondent" in instrument.identity:
        assert rows["respondent"].nunique() == 40

"""The Qualtrics survey: the format's tags and no others, and its export read again."""

from __future__ import annotations

import csv
import json
import re

import pytest

import relsurvey as rs
from relsurvey.instrument import say
from relsurvey.instrument.fold import fold
from relsurvey.starting.qualtrics import qualtrics_text
from tests.starting.test_google import EVERY, INSTRUMENTS

_TAG = re.compile(
    r"\[\[(?:AdvancedFormat|Block:[^\[\]]+|ID:\w+|Choices|AdvancedChoices|Choice:-?[\d.]+"
    r"|Question:(?:DB|TE:SingleLine|TE:Essay|MC:SingleAnswer:(?:Vertical|Horizontal)"
    r"|MC:MultipleAnswer:Vertical))\]\]\Z"
)


def imported(text: str) -> list[dict]:
    """Return the questions of a text as Qualtrics takes it: a tag is a line of its own."""
    questions: list[dict] = []
    for line in text.splitlines():
        if line.startswith("[["):
            assert _TAG.match(line), line
            tag, _, value = line[2:-2].partition(":")
            if tag == "Question":
                questions.append(
                    {"kind": value, "id": "", "text": "", "codes": [], "choices": [], "in": False}
                )
            elif tag == "ID":
                questions[-1]["id"] = value
            elif tag in ("Choices", "AdvancedChoices"):
                questions[-1]["in"] = True
            elif tag == "Choice":
                questions[-1]["codes"].append(float(value))
        elif line and questions[-1]["in"]:
            questions[-1]["choices"].append(line)
        elif line:
            assert not questions[-1]["text"]
            questions[-1]["text"] = line
    return questions


@EVERY
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_survey_has_every_question_under_its_id(name, language):
    instrument = INSTRUMENTS[name]
    text = qualtrics_text(instrument, language)
    assert text.startswith("[[AdvancedFormat]]\n")
    questions = {question["id"]: question for question in imported(text)}
    assert len(questions) == text.count("[[Question:")
    for key, item in instrument.items.items():
        options = instrument.options_of(key).options
        found = questions[key]
        assert fold(found["text"]) == fold(say(item.text, language))
        assert list(map(fold, found["choices"])) == [fold(say(o.label, language)) for o in options]
        assert [code for code, o in zip(found["codes"], options, strict=True) if o.counted] == [
            o.code for o in options if o.counted
        ]
        assert len(set(found["codes"])) == len(options)
    for key, group in instrument.groups.items():
        assert ("Multiple" in questions[key]["kind"]) == group.multiple
        assert "Two or more" not in questions[key]["choices"]
    assert [q["kind"] for q in imported(text)[:2]] == ["DB", "MC:SingleAnswer:Vertical"]
    assert {q.id for q in instrument.open_questions} <= questions.keys()


def test_no_text_is_a_tag_html_or_piped_in():
    text = qualtrics_text(INSTRUMENTS["hostile"], "en")
    # What is left of tags in angle brackets are the breaks between the paragraphs of the first page.
    assert set(re.findall(r"<[a-z/!][^>]*>", text)) == {"<br>"}
    assert "${" not in text and "$e{" not in text and not re.search(r"&\w", text)
    assert sum(line.startswith("[[PageBreak") for line in text.splitlines()) == 0


@EVERY
@pytest.mark.parametrize("words", [True, False])
def test_what_qualtrics_would_export_is_read_strictly(name, words, tmp_path):
    instrument = INSTRUMENTS[name]
    asked = [question for question in imported(qualtrics_text(instrument, "en")) if question["kind"] != "DB"]
    about = ["StartDate", "EndDate", "Status", "Progress", "Finished", "RecordedDate", "ResponseId"]

    def cell(question, student):
        if not question["choices"]:
            return f"{student:05}" if question["kind"] == "TE:SingleLine" else "More time." * (student % 2)
        which = student % len(question["choices"])
        if question["codes"] and not words:
            return f"{question['codes'][which]:g}"
        if "Multiple" in question["kind"]:
            return ",".join(dict.fromkeys((question["choices"][which], question["choices"][-1])))
        return question["choices"][which]

    def row(student):
        day = f"2026-05-13 09:{student:02}:00"
        return [
            *(day, day, "IP Address", "100", "True", day, f"R_{student}"),
            *(cell(question, student) for question in asked),
        ]

    texts = [question["text"].replace("<br>", " ") for question in asked]
    imports = [json.dumps({"ImportId": f"QID{number}"}) for number in range(len(about) + len(asked))]
    top = [[*about, *(question["id"] for question in asked)], [*about, *texts], imports]
    file = tmp_path / "answers.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*top, *(row(student) for student in range(1, 41))])
    study = rs.read(file, instrument, wave=next(iter(instrument.waves), None))
    assert len(study.responses) == 40
    assert study.responses[list(instrument.items)].notna().any().all()
    assert all(study.responses[key].notna().all() for key in instrument.groups)
    assert len(study.comments) == (20 if instrument.open_questions else 0)
    if "respondent" in instrument.identity:
        assert study.responses["respondent"].nunique() == 40

"""The groups page: its headline says what its rows say, and why questions were not checked."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.instrument import Instrument

#: Scales by their number of questions.
SIZES = {"three": 3, "skipped": 3, "alone": 1, **{f"two{k}": 2 for k in range(8)}}


def survey(scales=SIZES):
    items = {scale: [f"{scale}_{j}" for j in range(size)] for scale, size in scales.items()}
    lines = [
        "format: 1",
        "id: many",
        'version: "1.0"',
        "title: {en: Many, es: Muchas}",
        "source: Written for relsurvey.",
        "options:",
        "  five:",
        *(f"    - {{code: {k}, label: {{en: L{k}, es: E{k}}}, favorable: {k > 3}}}" for k in range(1, 6)),
        "scales:",
        *(
            f"  {scale}: {{title: {{en: Scale {scale}, es: Escala {scale}}}, items: {of}, min_answered: 1}}"
            for scale, of in items.items()
        ),
        "items:",
        *(
            f"  {item}: {{text: {{en: 'Is {item} so?', es: '¿Es así {item}?'}}, options: five}}"
            for of in items.values()
            for item in of
        ),
        "groups:",
        "  pair: {title: {en: Pair, es: Par}, merge: any, categories: [A, B]}",
        "  many: {title: {en: Several, es: Varios}, merge: any, categories: [A, B, C, D]}",
        "identity: {respondent: student_id, school: school, team: team}",
    ]
    return Instrument.parse("\n".join(lines).replace("True", "true").replace("False", "false"))


def answers(instrument, n, seed=1, gap=0.0, schools=("North",)):
    """Return answers; ``gap`` lowers the trait of group A of both variables."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "student_id": [f"s{k}" for k in range(n)],
            "school": rng.choice([*schools], n),
            "team": "T",
            "pair": rng.choice(["A", "B"], n),
            "many": rng.choice(["A", "B", "C", "D"], n),
        }
    )
    trait = rng.normal(size=n) - gap * (frame["pair"] == "A") - gap * (frame["many"] == "A")
    for item in instrument.items:
        frame[item] = np.clip(np.round(3.3 + trait + rng.normal(scale=0.7, size=n)), 1, 5).astype(int)
        if item == "skipped_0":
            frame[item] = frame[item].where(rng.random(n) < 0.2)
    return frame


def view_of(n, **more):
    instrument = survey()
    return rs.read(answers(instrument, n, **more), instrument).view(min_n=11, by=["pair", "many"])


def tables(view):
    """Yield each shown table, its verdicts and its sentences."""
    for unit in view.units:
        for table in unit.groups:
            verdicts = Counter(cell.verdict for row in table.rows for cell in row.cells if cell.verdict)
            if table.rows:
                yield table, verdicts, [text["en"] for text in table.say]


@pytest.fixture(scope="module")
def flat():
    return view_of(900, seed=3)


def test_a_headline_says_what_is_alike_and_what_cannot_be_told(flat):
    mixed = [
        (table.variable, verdicts, said)
        for table, verdicts, said in tables(flat)
        if set(verdicts) == {"about_the_same", "cannot_tell"}
    ]
    assert mixed
    for variable, verdicts, said in mixed:
        of = "scales" if variable == "pair" else "comparisons of a group with other students"
        (sentence,) = said
        assert sentence.startswith(
            f"Of {verdicts.total()} {of}: about the same in {verdicts['about_the_same']}; "
            f"cannot tell in {verdicts['cannot_tell']} (a gap smaller than "
        )


def test_findings_that_are_not_told_are_counted():
    found = [
        (verdicts["clear"] + verdicts["maybe"], said)
        for _, verdicts, said in tables(view_of(500, gap=0.3, seed=2))
        if verdicts["maybe"] > 3
    ]
    assert found
    for total, said in found:
        *told, last = said
        assert len(told) == 3
        grouped = [re.search(r"on (\d+) of \d+ scales", sentence) for sentence in told]
        counted = sum(int(group[1]) if group else 1 for group in grouped)
        assert last == f"More differences, clear or possible, each on one scale: {total - counted}."


def test_each_scale_is_named_with_what_was_found_or_why_it_was_not_checked(flat):
    section = next(s for s in flat.about if s.title["en"] == "Do groups read the questions alike?")
    marks = {row[0]["en"]: row[1]["en"] for row in section.rows}
    assert marks["Scale three"] == "comparable" and marks["Scale two0"] == "not checked"
    said = next(table.comparable["en"] for table, _, _ in tables(flat) if table.variable == "pair")
    twos = ", ".join(f"Scale two{k}" for k in range(8))
    unchecked = "Whether these groups read the questions alike was not checked for"
    assert said.split(". ")[:3] == [
        "Checked over all students: these groups seem to read the questions alike in Scale three",
        f"{unchecked} Scale skipped: too few students answered all of the questions",
        f"{unchecked} {twos}: that takes three questions or more",
    ]
    assert "Scale alone" not in said


def test_a_scale_of_one_question_did_not_fall_apart(flat):
    assert next(s for s in flat.scales if s.id == "alone").reading == "one_by_one"
    assert not any("hang together" in text["en"] for unit in flat.units for text in unit.hidden)
    single = survey({"alone": 1})
    (unit,) = rs.read(answers(single, 200), single).view(min_n=11, by=[]).units
    assert [text["en"] for text in unit.say] == ["Each scale here is one question: each is read by itself."]


def test_joined_groups_read_as_a_sentence_does():
    """In Spanish *o* is *u* before an o, and what is other has a small letter within a name."""
    text = survey({"three": 3}).to_yaml()
    for key, english, spanish in (("C", "Hmong", "Hmong"), ("D", "Other language", "Otro idioma")):
        text = text.replace(f"label: {key}\n", f"label: {{en: {english}, es: {spanish}}}\n")
    instrument = Instrument.parse(text)
    frame = answers(instrument, 300)
    frame["many"] = ["C"] * 7 + ["D"] * 7 + ["A", "B"] * 143
    table = rs.read(frame, instrument).view(min_n=11, by="many").units[0].groups[0]
    assert [row.label for row in table.rows if "Hmong" in row.label["en"]] == [
        {"en": "Hmong or other language", "es": "Hmong u otro idioma"}
    ]

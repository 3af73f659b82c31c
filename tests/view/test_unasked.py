"""Questions that a school left out, or that few of its students answered: these alone are not shown."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml

import relsurvey as rs
from relsurvey import scoring
from relsurvey.disclosure import ALL
from relsurvey.disclosure.forgetting import forget
from relsurvey.errors import DisclosureError
from relsurvey.instrument import Instrument
from relsurvey.view import View
from tests.reading.belonging import INSTRUMENT

FIRST, SECOND = ["b1", "b2", "b3"], ["c1", "c2", "c3"]


def two_scales():
    document = yaml.safe_load(INSTRUMENT.to_yaml())
    document["scales"]["care"] = {"title": {"en": "Care", "es": "Cuidado"}, "items": SECOND}
    for item, text in zip(SECOND, ("One", "Two", "Three"), strict=True):
        document["items"][item] = {"text": {"en": f"{text}.", "es": f"{text}!"}, "options": "agree5"}
    return Instrument.parse(json.dumps(document))


BOTH = two_scales()


def answers(sizes, wave="spring", seed=1):
    """Return answers to two scales of schools of given sizes; girls answer higher."""
    rng = np.random.default_rng(seed)
    rows = []
    for school, n in enumerate(sizes):
        for k in range(n):
            gender = "Girl" if k % 2 else "Boy"
            found = []
            for _ in range(2):
                trait = rng.normal(scale=1.6) + (1.2 if gender == "Girl" else -0.6)
                three = np.clip(np.round(3.4 + trait + rng.normal(scale=0.8, size=3)), 1, 5)
                found.append(three)
            found[0][2] = 6 - found[0][2]
            own = [f"p{school}-{k}", f"School {school}", wave, gender, "Asian"]
            rows.append([*own, *map(int, np.hstack(found)), ""])
    columns = ["student_id", "school", "wave", "gender", "race", *FIRST, *SECOND, "more"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys([*FIRST, *SECOND], object))


def without(frame, columns, answered=0, school="School 0", wave="spring"):
    """Return the frame with questions blank in a school, but for some of its students."""
    found = frame.copy()
    blank = found.index[(found["school"] == school) & (found["wave"] == wave)][answered:]
    found.loc[blank, columns] = ""
    return found


def viewed(frame, instrument=BOTH, **options):
    view = rs.read(frame, instrument).view(**options)
    assert View.model_validate_json(view.to_json()) == view
    return view, {unit.id: unit for unit in view.units}


def cell(unit, key):
    return next(
        c for c in (*unit.scales, *unit.items) if key in (getattr(c, "scale", ""), getattr(c, "item", ""))
    )


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (0, "Nobody answered this here: it may not have been asked."),
        (5, "Fewer than 11 students answered this."),
    ],
)
def test_a_question_that_a_school_left_out_takes_neither_the_school_nor_the_whole(answered, said):
    frame = answers([120, 90, 80, 70, 60])
    view, units = viewed(without(frame, ["c2"], answered), min_n=11, by=["gender"])
    assert set(units) == {ALL, "school-0", "school-1", "school-2", "school-3", "school-4"}
    mine = units["school-0"]
    assert (cell(mine, "c2").reason, cell(mine, "c2").words["en"]) == ("too_few", said)
    assert (
        cell(mine, "c2").share is None and not cell(mine, "c2").parts and cell(mine, "c2").not_counted is None
    )
    assert "What fewer than 11 students answered here is not shown." in [text["en"] for text in mine.hidden]
    # Two of the three questions make a score, so the scale stands, and so does all else.
    assert all(c.share for c in (*mine.scales, *mine.items) if c is not cell(mine, "c2"))
    # All schools less the others' would give away those few who answered.
    assert (cell(units[ALL], "c2").share is None) == (answered > 0)
    assert all(cell(units[name], "c2").share for name in units if name not in (ALL, "school-0"))
    hidden = next(section for section in view.about if section.title["en"] == "What is not shown")
    assert "What fewer than 11 students answered here is not shown." in [t["en"] for t in hidden.paragraphs]


def test_a_scale_that_a_school_left_out_has_no_bar_no_mark_and_no_finding_there():
    frame = answers([120, 90, 80, 70, 60])
    _, units = viewed(without(frame, SECOND), min_n=11, by=["gender"])
    mine = units["school-0"]
    nobody = "Nobody answered this here: it may not have been asked."
    care = cell(mine, "care")
    assert (care.words["en"], care.share, care.reference) == (nobody, None, None)
    rows = mine.groups[0].rows
    assert [row.cells[1].words["en"] for row in rows] == [nobody, nobody]
    assert all(row.cells[0].share and row.cells[1].verdict is None for row in rows)
    assert not any("Care" in text["en"] for text in mine.say)
    # What is said of one scale is not called one of two.
    assert not any(re.search("of 2 scales", text["en"]) for text in mine.say)
    # The four that asked it are set beside each other, and this one is none of the others.
    assert cell(units["school-1"], "care").reference is not None
    assert cell(units["school-1"], "belonging").reference is not None
    # Of three schools that asked, each has only two others.
    two_left_out = without(without(frame, SECOND), SECOND, school="School 4")
    _, units = viewed(two_left_out, min_n=11, by=["gender"])
    assert cell(units["school-1"], "care").share and cell(units["school-1"], "care").reference is None
    assert cell(units["school-1"], "belonging").reference is not None


def test_a_school_that_answered_nothing_enough_has_no_page():
    frame = answers([120, 90, 80, 70])
    for item in [*FIRST, *SECOND]:
        kept = frame.index[frame["school"] == "School 0"][:5]
        frame.loc[frame.index[frame["school"] == "School 0"].difference(kept), item] = ""
    _, units = viewed(frame, min_n=11, by=["gender"])
    assert "school-0" not in units


def test_a_change_of_all_schools_says_where_a_scale_was_not_asked_everywhere():
    fall, spring = answers([120, 90, 80, 70], "fall"), answers([120, 90, 80, 70], "spring", seed=2)
    both = pd.concat([fall, spring], ignore_index=True)
    other = "Not all schools are the same in both surveys, so a change may come from that."
    _, units = viewed(both, min_n=11, by=[])
    assert units[ALL].change.note is None
    _, units = viewed(without(both, SECOND), min_n=11, by=[])
    assert other in units[ALL].change.note["en"]
    mine = {c.scale: c for c in units["school-0"].change.cells}
    assert mine["care"].verdict == "too_few" and mine["care"].now is None
    assert mine["belonging"].before and mine["belonging"].now


def test_a_scale_that_few_answered_does_not_join_groups_of_the_others():
    """Twenty of 120 answered a scale: by gender there are too few, and the other scale has its rows."""
    frame = without(answers([120, 90, 80, 70]), SECOND, answered=20)
    _, units = viewed(frame, min_n=11, by=["gender"])
    mine = units["school-0"]
    assert cell(mine, "care").share is not None
    assert [row.cells[0].share is not None for row in mine.groups[0].rows] == [True, True]
    assert {row.cells[1].words["en"] for row in mine.groups[0].rows} == {
        "Fewer than 11 students answered this."
    }


def test_all_schools_say_which_scale_not_every_school_is_counted_in():
    frame = answers([120, 90, 80, 70, 60])
    view, units = viewed(without(frame, SECOND), min_n=11, by=["gender"])
    said = "Not every school is counted in this, since nobody answered it there: Care."
    assert said in [text["en"] for text in units[ALL].hidden]
    assert not any("Not every school" in text["en"] for text in units["school-1"].hidden)
    hidden = next(section for section in view.about if section.title["en"] == "What is not shown")
    assert said in [text["en"] for text in hidden.paragraphs]
    _, units = viewed(frame, min_n=11, by=["gender"])
    assert not any("Not every school" in text["en"] for text in units[ALL].hidden)


def test_a_variable_that_is_shown_nowhere_takes_no_other_with_it():
    """Five boys answered a scale, and gender asks for twenty of each: race is shown all the same."""
    document = yaml.safe_load(BOTH.to_yaml())
    document["groups"]["gender"]["min_n"] = 20
    frame = answers([200])
    frame["race"] = ["Asian" if k % 3 else "White" for k in range(len(frame))]
    boys = frame.index[frame["gender"] == "Boy"]
    frame.loc[boys[5:], SECOND] = ""
    _, units = viewed(frame, Instrument.parse(json.dumps(document)), min_n=11, by=["gender", "race"])
    (unit,) = units.values()
    assert [table.variable for table in unit.groups] == ["race"] and unit.groups[0].rows


def test_in_a_group_that_answered_it_is_said_that_another_one_did_not():
    frame = answers([130, 90, 80, 70])
    boys = frame.index[(frame["gender"] == "Boy") & (frame["school"] == "School 0")]
    frame.loc[boys[5:], SECOND] = ""
    _, units = viewed(frame, min_n=11, by=["gender"])
    words = {row.label["en"]: row.cells[1].words["en"] for row in units["school-0"].groups[0].rows}
    assert words == {
        "Girl": "In another group fewer than 11 students answered this.",
        "Boy": "Fewer than 11 students answered this.",
    }
    assert all(row.cells[0].share for row in units["school-0"].groups[0].rows)
    # Of all schools the other groups keep theirs, and the scale alone is left out.
    assert all(row.cells[0].share for row in units[ALL].groups[0].rows)


def test_no_mark_stands_beside_a_share_that_is_coded_nor_is_made_of_one():
    """It is made of the other schools whose shares are shown as they are: it tells nothing beside them."""
    frame = answers([120, 90, 80, 70, 60])
    frame.loc[frame["school"] == "School 0", SECOND] = 5
    _, units = viewed(frame, min_n=11, by=["gender"])
    assert cell(units["school-0"], "care").share.coded == "top"
    assert cell(units["school-0"], "care").reference is None
    scored = scoring.score(frame[SECOND].astype(float), BOTH, "care").favorable
    for k in range(1, 5):
        others = frame["school"].isin([f"School {i}" for i in range(1, 5) if i != k])
        assert cell(units[f"school-{k}"], "care").reference.percent == round(100 * np.nanmean(scored[others]))
    assert all(cell(units[f"school-{k}"], "belonging").reference is not None for k in range(5))
    # With fewer than three of them there is none.
    frame.loc[frame["school"] == "School 1", SECOND] = 5
    _, units = viewed(frame, min_n=11, by=["gender"])
    assert all(cell(units[f"school-{k}"], "care").reference is None for k in range(5))


def test_groups_that_are_about_the_same_are_so_on_the_scales_that_are_shown():
    frame = answers([1600])
    frame["gender"] = np.random.default_rng(3).choice(["Girl", "Boy"], len(frame))
    boys = frame.index[frame["gender"] == "Boy"]
    frame.loc[boys[5:], SECOND] = ""
    (unit,) = viewed(frame, min_n=11, by=["gender"])[1].values()
    assert [text["en"] for text in unit.groups[0].say] == [
        "About the same for these groups on every scale that is shown."
    ]


def test_the_few_forgotten_who_alone_answered_a_scale_are_not_told_by_what_is_left(tmp_path):
    frame = without(answers([60, 60]), SECOND, answered=0)
    few = frame.index[frame["school"] == "School 0"]
    asked = answers([60, 60])
    frame.loc[few[:3], SECOND] = asked.loc[few[:3], SECOND]
    frame.loc[few[12:], SECOND] = asked.loc[few[12:], SECOND]
    study, ledger = rs.read(frame, BOTH), tmp_path / "ledger.jsonl"
    study.publish(tmp_path / "out", ledger=ledger, by=[], formats=["voila"])
    forget(ledger, study.responses["respondent"][few[:12]])
    with pytest.raises(DisclosureError, match="students were forgotten"):
        rs.read(frame.drop(few[:12]), BOTH).publish(tmp_path / "out", ledger=ledger, by=[], formats=["voila"])

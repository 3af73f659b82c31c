"""A view: what it may hold, and that its sentences agree with its numbers and with each other."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml

import relsurvey as rs
from relsurvey.errors import DisclosureError
from relsurvey.instrument import Instrument
from relsurvey.view import View, cells
from relsurvey.view.model import NUMBERS
from tests.reading.belonging import INSTRUMENT


def simulate(sizes, seed=1, gap=0.0, groups=("Girl", "Boy")):
    """Return answers of schools of given sizes; ``gap`` moves the first group's chance of a high answer."""
    rng = np.random.default_rng(seed)
    rows = []
    for school, n in enumerate(sizes):
        for _ in range(n):
            group = rng.choice([*groups])
            trait = rng.normal(scale=1.6) + (gap if group == groups[0] else 0)
            answers = np.clip(np.round(3.4 + trait + rng.normal(scale=0.8, size=3)), 1, 5)
            answers[2] = 6 - answers[2]
            rows.append(
                [f"p{len(rows)}", f"School {school}", "spring", group, "Asian", *map(int, answers), ""]
            )
    columns = ["student_id", "school", "wave", "gender", "race", "b1", "b2", "b3", "more"]
    return pd.DataFrame(rows, columns=columns)


def numbers(value, owner="View", name=""):
    """Yield every number of a view with the field that holds it."""
    owners = {
        "share": "Share",
        "reference": "Reference",
        "parts": "Part",
        "units": "Unit",
        "items": "ItemCell",
        "settings": "Settings",
        "certificate": "Certificate",
        "provenance": "Provenance",
        "scales": "ScaleCell",
        "groups": "GroupTable",
        "cells": "GroupCell",
        "before": "Share",
        "now": "Share",
    }
    if isinstance(value, dict):
        for key, part in value.items():
            yield from numbers(
                part, owner if not isinstance(part, (dict, list)) else owners.get(key, owner), key
            )
    elif isinstance(value, list):
        for part in value:
            yield from numbers(part, owner, name)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield f"{owner}.{name}", value


def test_a_view_holds_no_number_but_those_listed(demo_view):
    found = list(numbers(json.loads(demo_view.to_json())))
    assert len(found) > 500
    assert {field for field, _ in found} <= set(NUMBERS)
    assert all(isinstance(value, int) for _, value in found)


def test_shares_are_coded_and_ordered(demo_view):
    for unit in demo_view.units:
        cells = [*unit.scales, *unit.items, *(c for g in unit.groups for r in g.rows for c in r.cells)]
        for cell in cells:
            if cell.share is None:
                assert cell.reason in ("words_only", "one_by_one", "too_few", "protected")
                continue
            assert 5 <= cell.share.low <= cell.share.percent <= cell.share.high <= 95
            if cell.share.coded:
                assert cell.range is None and cell.share.percent in (5, 95)
        for item in unit.items:
            assert not item.parts or sum(part.percent for part in item.parts) == 100


def test_words_agree_with_numbers_in_both_languages(demo_view):
    for unit in demo_view.units:
        for cell in [*unit.scales, *unit.items, *(c for g in unit.groups for r in g.rows for c in r.cells)]:
            if cell.share is None or cell.share.coded:
                continue
            if cell.words["en"] == f"{cell.share.percent} %":
                # The same percent as another question's, and not the same tenth.
                assert sum(c.words == cell.words for c in unit.items) > 1
                assert cell in unit.items and cell.words["es"] == cell.words["en"]
                continue
            tenths = re.fullmatch(r"about (\d) in 10", cell.words["en"])
            assert tenths and abs(int(tenths[1]) * 10 - cell.share.percent) <= 5
            low, high = map(int, re.fullmatch(r"between (\d) and (\d+)", cell.range["en"]).groups())
            assert low * 10 <= cell.share.low + 1 and high * 10 >= cell.share.high - 1
            assert low <= int(tenths[1]) <= high
            assert tenths[1] in cell.words["es"] and str(high) in cell.range["es"]


def test_no_sentence_contradicts_another(demo_view):
    """A group said to be fewer is drawn lower than the others; a gap in tenths is what the tenths show."""
    for unit in demo_view.units:
        for table in unit.groups:
            for row in table.rows:
                for i, cell in enumerate(row.cells):
                    if cell.verdict != "clear" or cell.share is None or len(table.rows) != 2:
                        continue
                    other = next(r for r in table.rows if r.id != row.id).cells[i]
                    fewer = "Fewer" in cell.sentence["en"]
                    assert (cell.share.percent < other.share.percent) == fewer
                    gap = re.search(r"about (\d+) in 10", cell.sentence["en"])
                    if gap:
                        shown = [int(re.search(r"(\d+) in 10", c.words["en"])[1]) for c in (cell, other)]
                        assert abs(shown[0] - shown[1]) == int(gap[1])


def test_every_text_is_there_in_every_language(demo_view):
    def walk(value):
        if isinstance(value, dict):
            if "en" in value:
                assert set(value) == {"en", "es"} and all(value.values())
            else:
                for part in value.values():
                    walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(json.loads(demo_view.to_json()))


def test_no_identity_no_comment_no_file_name(demo_study, demo_view):
    text = demo_view.to_json()
    assert not re.search(r"\bS0\d{3}\b", text) and "xlsx" not in text
    for respondent in demo_study.responses.respondent.unique():
        assert respondent not in text
    for comment in demo_study.comments.text:
        assert comment not in text or len(comment) < 5


def test_the_same_input_gives_the_same_view(demo_study):
    day = {"made": "2026-05-01"}
    assert demo_study.view(min_n=11).model_copy(update=day) == demo_study.view(min_n=11).model_copy(
        update=day
    )


def test_a_view_is_read_back_as_it_was_written(demo_view):
    assert View.model_validate_json(demo_view.to_json()) == demo_view


def test_simulated_data_are_said_to_be(demo_view):
    assert demo_view.simulated
    assert any("program" in p["en"] for s in demo_view.about for p in s.paragraphs)


def test_a_school_under_the_threshold_has_no_page_and_the_whole_does_not_give_it_away():
    view = rs.read(simulate([80, 60, 7]), INSTRUMENT).view(min_n=11)
    ids = {unit.id for unit in view.units}
    assert "school-2" not in ids and "all" not in ids and {"school-0", "school-1"} <= ids


def test_what_the_gate_left_out_is_said_on_every_page_and_nobody_is_named():
    view = rs.read(simulate([80, 60, 7]), INSTRUMENT).view(min_n=11)
    for unit in view.units:
        (said,) = [text for text in unit.hidden if "small school" in text["en"]]
        assert said["en"].startswith("All schools together have no page here")
        assert said["es"].startswith("Aquí no hay página de todas las escuelas juntas")
    section = next(s for s in view.about if s.title["en"] == "What is not shown")
    assert said in section.paragraphs and "School 2" not in view.to_json()
    whole = rs.read(simulate([80, 60, 60]), INSTRUMENT).view(min_n=11)
    assert not any("no page" in text["en"] for unit in whole.units for text in unit.hidden)


def test_a_school_says_that_one_of_its_teams_is_not_shown():
    frame = simulate([120])
    frame["team"] = ["Gold"] * 60 + ["Blue"] * 53 + ["Tiny"] * 7
    document = yaml.safe_load(INSTRUMENT.to_yaml())
    document["identity"]["team"] = "team"
    named = Instrument.parse(json.dumps(document))
    school, *teams = rs.read(frame, named).view(min_n=11, by=[]).units
    few = (
        "Some schools or teams are not shown: too few students answered there, or they would give "
        "others away."
    )
    assert few in [text["en"] for text in school.hidden]
    assert teams and not any(few in [text["en"] for text in team.hidden] for team in teams)


def test_other_schools_need_three():
    three = rs.read(simulate([60, 60, 60]), INSTRUMENT).view()
    assert all(cell.reference is None for unit in three.units for cell in unit.scales)
    four = rs.read(simulate([60, 60, 60, 60]), INSTRUMENT).view()
    marks = {unit.kind: [cell.reference for cell in unit.scales] for unit in four.units}
    assert marks["all"] == [None] and marks["school"][0].kind == "other_schools"


def test_a_real_gap_is_found_and_none_is_invented():
    clear = rs.read(simulate([220], gap=-1.5), INSTRUMENT).view(by="gender").units[0]
    assert clear.groups[0].rows[0].cells[0].verdict == "clear"
    assert "fewer students in the group “Gender: Girl”" in " ".join(s["en"] for s in clear.say)
    none = rs.read(simulate([220], seed=5), INSTRUMENT).view(by="gender").units[0]
    assert none.groups[0].rows[0].cells[0].verdict in ("about_the_same", "cannot_tell")


def test_of_ten_to_nineteen_students_only_words_are_given():
    view = rs.read(simulate([15]), INSTRUMENT).view()
    cell = view.units[0].scales[0]
    assert cell.share is None and cell.words["en"] in (
        "few",
        "about half",
        "most",
        "nearly all",
        "almost none",
    )
    assert all(not item.parts and item.share is None for item in view.units[0].items)


def test_too_few_students_are_refused_in_a_sentence():
    with pytest.raises(DisclosureError, match="Fewer than 10 students"):
        rs.read(simulate([9]), INSTRUMENT).view()


def test_a_scale_that_does_not_hang_together_has_no_bar_but_its_questions():
    frame = simulate([160])
    rng = np.random.default_rng(3)
    frame["b2"] = rng.integers(1, 6, len(frame))
    frame["b3"] = rng.integers(1, 6, len(frame))
    view = rs.read(frame, INSTRUMENT).view()
    unit = view.units[0]
    assert view.scales[0].reading == "one_by_one"
    assert unit.scales[0].share is None and unit.scales[0].reason == "one_by_one"
    assert all(c.share is None for g in unit.groups for r in g.rows for c in r.cells)
    assert all(item.share is not None for item in unit.items)


def test_a_reversed_item_is_told_by_its_own_labels():
    view = rs.read(simulate([160]), INSTRUMENT).view()
    item = next(i for i in view.units[0].items if i.item == "b3")
    assert item.parts[0].label["en"] == "Strongly agree" and item.parts[0].tone == "unfavorable"
    assert item.parts[-1].label["en"] == "Strongly disagree" and item.parts[-1].tone == "favorable"
    assert abs(item.share.percent - sum(p.percent for p in item.parts if p.tone == "favorable")) <= 1


def test_questions_of_one_percent_are_not_told_as_two_tenths():
    """54.5 and 55 % are both 55 in whole percents, but 5 and 6 in tenths."""
    frame = simulate([200])
    for item, favorable in (("b1", 109), ("b2", 110), ("b3", 60)):
        frame[item] = [4 if item != "b3" else 2] * favorable + [3] * (200 - favorable)
    cells = rs.read(frame, INSTRUMENT).view(min_n=11).units[0].items
    assert [cell.share.percent for cell in cells] == [55, 55, 30]
    assert [cell.words["en"] for cell in cells] == ["55 %", "55 %", "about 3 in 10"]
    assert cells[0].range == {"en": "between 47 % and 62 %", "es": "entre 47 % y 62 %"}
    assert cells[2].range["en"] == "between 2 and 4"


@pytest.mark.parametrize(
    ("changes", "en", "es"),
    [
        (
            {"b3": {"reverse": False}},
            "Favorable answers are “Agree”, “Strongly agree”. On a scale,",
            "Son favorables estas respuestas: «De acuerdo», «Muy de acuerdo». En una escala,",
        ),
        (
            {},
            "“Strongly agree”; to questions put the other way round, “Disagree”, “Strongly disagree”.",
            "«Muy de acuerdo»; en las preguntas planteadas al revés, «En desacuerdo», «Muy en desacuerdo».",
        ),
        (
            {"b2": {"options": "often"}},
            "“Agree”, “Strongly agree”, “Often”; to questions put the other way round, “Disagree”,",
            "«Muy de acuerdo», «A menudo»; en las preguntas planteadas al revés, «En desacuerdo»,",
        ),
        # The same answer counts to one question and not to the other.
        (
            {"b2": {"favorable": [5]}},
            "Which answers are favorable depends on the question: those that speak well of",
            "Qué respuestas son favorables depende de la pregunta:",
        ),
    ],
)
def test_which_answers_are_favorable_is_said_by_their_labels(changes, en, es):
    whole = yaml.safe_load(INSTRUMENT.to_yaml())
    labels = [(1, "Seldom", "Rara vez", False), (5, "Often", "A menudo", True)]
    whole["options"]["often"] = [
        {"code": code, "label": {"en": english, "es": spanish}, "favorable": counts}
        for code, english, spanish, counts in labels
    ]
    for item, change in changes.items():
        whole["items"][item] |= change
    frame = simulate([60])
    if "options" in changes.get("b2", {}):
        frame["b2"] = np.where(frame["b2"] > 3, "Often", "Seldom")
    said = rs.read(frame, Instrument.parse(json.dumps(whole))).view().favorable
    assert en in said["en"] and es in said["es"]
    # On a page of single questions as well: first of one answer, then of a scale.
    assert said["en"].endswith("when more than half of the answers they gave there are favorable.")


def test_each_question_has_its_own_answer_that_is_not_counted():
    frame = simulate([160])
    assert rs.read(frame, INSTRUMENT).view().not_counted == {"en": "Not sure", "es": "No sé"}
    document = INSTRUMENT.to_yaml()
    sets = INSTRUMENT.options["agree5"].model_dump(mode="json", exclude_none=True)["options"]
    options = {"agree5": sets, "plain5": sets[:5], "pass5": [*sets[:5], {"label": "Pass", "counted": False}]}
    whole = yaml.safe_load(document) | {"options": options}
    whole["items"]["b1"]["options"], whole["items"]["b2"]["options"] = "plain5", "pass5"
    view = rs.read(frame, Instrument.parse(json.dumps(whole))).view()
    assert [item.not_counted and item.not_counted["en"] for item in view.items] == [None, "Pass", "Not sure"]
    assert view.not_counted == {"en": "Not counted", "es": "No se cuenta"}


def test_hostile_labels_stay_text_in_every_door(tmp_path):
    frame = simulate([60, 60])
    frame["school"] = frame["school"].map(
        {"School 0": "<img src=x onerror=alert(1)>", "School 1": "</script><script>alert(2)</script>"}
    )
    published = rs.read(frame, INSTRUMENT).publish(tmp_path)
    page = (tmp_path / "view.html").read_text("utf-8")
    assert "<img src=x" not in page and "<script>alert(2)" not in page
    assert {unit.id for unit in published.view.units} == {
        "all",
        "img-src-x-onerror-alert-1",
        "script-script-alert-2-script",
    }
    assert rs.read(frame, INSTRUMENT).view().units[1].title["en"].startswith("<")


def test_scales_that_are_answered_alike_are_said_to_be():
    """One trait behind two scales: nothing is singled out, because they say the same thing."""
    frame = simulate([240], seed=3)
    twin = INSTRUMENT.model_copy(
        update={
            "scales": {
                **INSTRUMENT.scales,
                "twin": INSTRUMENT.scales["belonging"].model_copy(update={"id": "twin"}),
            }
        }
    )
    said = rs.read(frame, twin).view(by="gender").units[0].say
    assert any("much alike" in sentence["en"] for sentence in said)


def three_scales():
    """Return answers to three unlike scales of two questions, of three schools of 80 students."""
    rng = np.random.default_rng(4)
    frame = simulate([80, 80, 80])
    whole = yaml.safe_load(INSTRUMENT.to_yaml())
    whole["scales"], whole["items"], whole["comments"] = {}, {}, []
    for scale in ("care", "power", "safety"):
        trait = rng.normal(3.4, 1.2, len(frame))
        items = [f"{scale}{k}" for k in (1, 2)]
        for item in items:
            frame[item] = np.clip(np.round(trait + rng.normal(0, 0.5, len(frame))), 1, 5).astype(int)
            whole["items"][item] = {"text": item, "options": "agree5"}
        whole["scales"][scale] = {"title": scale.capitalize(), "items": items}
    return frame, Instrument.parse(json.dumps(whole))


@pytest.mark.parametrize(
    ("blank", "first"),
    [
        ((), "We cannot single out one scale: each has its own line below."),
        (("care",), "We cannot single out one of the scales that are shown here."),
        (("care", "power"), "Safety: "),
        (("care", "power", "safety"), "No scale can be shown here: below it says why."),
    ],
)
def test_the_first_sentence_speaks_of_the_scales_that_are_shown(blank, first):
    frame, instrument = three_scales()
    frame.loc[frame["school"] == "School 2", [f"{scale}{k}" for scale in blank for k in (1, 2)]] = None
    frame.loc[frame["school"] == "School 2", "b1"] = 4
    whole = yaml.safe_load(instrument.to_yaml())
    whole["items"]["b1"] = {"text": "I belong here.", "options": "agree5"}
    unit = rs.read(frame, Instrument.parse(json.dumps(whole))).view(by="gender").units[-1]
    assert sum(cell.share is None for cell in unit.scales) == len(blank)
    assert unit.say[0]["en"].startswith(first)
    text = " ".join(sentence["en"] for sentence in unit.say)
    assert ("no clear difference" in text) == (len(blank) < 3)


def test_thresholds_count_people_and_not_rows():
    """Seven students who answered twice are seven, however many rows were kept of them."""
    few = simulate([7])
    twice = rs.read(pd.concat([few, few]), INSTRUMENT, keep="all")
    assert len(twice.responses) == 14
    with pytest.raises(DisclosureError, match="Fewer than 10 students"):
        twice.view()
    many = simulate([60, 60])
    kept, last = (rs.read(pd.concat([many, many]), INSTRUMENT, keep=keep).view() for keep in ("all", "last"))
    assert kept.units == last.units


def test_a_scale_that_would_tell_a_small_group_is_not_shown_there_and_the_view_says_so(demo_view):
    tables = [(table, row) for unit in demo_view.units for table in unit.groups for row in table.rows]
    hidden = [(table, cell) for table, row in tables for cell in row.cells if cell.reason == "protected"]
    assert hidden
    for table, cell in hidden:
        assert cell.share is None and cell.verdict is None and cell.sentence is None and cell.range is None
        assert "protect a small group" in cell.words["en"] and "grupo pequeño" in cell.words["es"]
        assert "what a small group answered" in table.note["en"]
        # Withheld in one row, it is withheld in all: the others would give it back.
        assert all(c.share is None for row in table.rows for c in row.cells if c.scale == cell.scale)
    shown = sum(cell.share is not None for _, row in tables for cell in row.cells)
    # Teams crossed with groups are protected too, which took a table of all schools.
    assert shown > 3 * len(hidden)


def test_the_view_carries_the_gates_certificate_and_says_it_in_plain_words(demo_view):
    certificate = demo_view.provenance.certificate
    assert certificate.package == rs.__version__ and certificate.min_n == 11 and certificate.width == 50
    tables = [table for unit in demo_view.units for table in unit.groups]
    assert certificate.tables_shown == sum(bool(table.rows) for table in tables)
    assert certificate.groups_shown == sum(len(table.rows) for table in tables)
    assert certificate.narrowest >= 50
    said = [p for s in demo_view.about for p in s.paragraphs]
    assert any(f"{certificate.narrowest} points in 100" in p["en"] for p in said)
    assert any(f"{certificate.narrowest} puntos de 100" in p["es"] for p in said)


def test_the_plan_knows_who_is_in_which_unit_and_category():
    frame = simulate([60, 45])
    frame["team"] = np.where(frame.index % 3 == 0, "Oak", np.where(frame.index % 3 == 1, "Elm", ""))
    frame.loc[frame.index % 7 == 0, "gender"] = ""
    teams = type(INSTRUMENT).parse(
        INSTRUMENT.to_yaml().replace("  wave: wave\n", "  wave: wave\n  team: team\n")
    )
    study = rs.read(frame, teams)
    material = study._material()
    plan = cells.make(
        material.responses, material.answers, material.instrument, ("gender", "race"), material.reported
    ).plan
    assert len(plan.inside) == 8
    for table in (*plan.tables, *plan.inside):
        k = plan.variables.index(table.variable)
        for cell in table.cells:
            alike = [
                p.figures
                for p in plan.profiles
                if table.unit in plan.holders(p.unit) and p.categories[k] == cell.category
            ]
            assert (
                cell.students.figures == tuple(map(sum, zip(*alike, strict=True)))
                if alike
                else (cell.students.none)
            )
    favorable = next(i for i, f in enumerate(plan.figures) if (f.of, f.kind) == ("b1", "item"))
    counted = [i for i, f in enumerate(plan.figures) if (f.of, f.kind) == ("b1", "answers")]
    n = plan.units[0].students.figures[plan.figures[favorable].students]
    assert sum(plan.units[0].students.counts[i] for i in counted) == n
    assert 0 < plan.units[0].students.counts[favorable] < n


def test_the_first_page_tells_one_difference_of_a_variable_and_not_its_mirror():
    frame = simulate([400], gap=2.5, groups=("Girl", "Boy", "Nonbinary"))
    unit = rs.read(frame, INSTRUMENT).view(min_n=11, by=["gender"]).units[0]
    assert sum("Gender" in text["en"] for text in unit.say) == 1
    # All that differs stands on the page of groups.
    assert len({row.label["en"] for row in unit.groups[0].rows if row.cells[0].verdict == "clear"}) == 3


def test_a_scale_is_marked_clear_where_the_first_page_says_so():
    frame = simulate([120, 120, 120, 120])
    high = frame.school == "School 0"
    frame.loc[high, ["b1", "b2"]] = (frame.loc[high, ["b1", "b2"]] + 2).clip(upper=5)
    frame.loc[high, "b3"] = (frame.loc[high, "b3"] - 2).clip(lower=1)
    units = rs.read(frame, INSTRUMENT).view(min_n=11, by=[]).units
    said = {u.id: any("in other schools" in text["en"] for text in u.say) for u in units}
    assert {u.id: u.scales[0].verdict == "clear" for u in units} == said
    assert set(said.values()) == {True, False}

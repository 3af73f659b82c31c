"""What changed since the wave before: numbers, verdicts and sentences, and whom they rest on."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.analysis.change import change, change_verdicts
from relsurvey.instrument import Instrument
from relsurvey.scoring import score
from relsurvey.view import since
from relsurvey.words import say
from tests.reading.belonging import INSTRUMENT
from tests.view.test_view import simulate

ITEMS = ["b1", "b2", "b3"]
TEAMS = Instrument.parse(INSTRUMENT.to_yaml().replace("  wave: wave\n", "  wave: wave\n  team: team\n"))


def waves(sizes, new=(), *, rise=0.0, seed=1, **options):
    """Return answers of two waves; of each school that many students are new in the second one."""
    fall = simulate(sizes, seed=seed, **options).assign(wave="fall")
    spring = simulate(sizes, seed=seed + 100, **options)
    rng = np.random.default_rng(seed)
    up = rng.random(len(spring)) < rise
    spring.loc[up, ["b1", "b2"]], spring.loc[up, "b3"] = 5, 1
    for place, n in enumerate(new):
        rows = spring.index[spring.school == f"School {place}"][:n]
        spring.loc[rows, "student_id"] = [f"new{place}-{i}" for i in range(n)]
    return pd.concat([fall, spring], ignore_index=True)


def view(frame, instrument=INSTRUMENT, **options):
    return rs.read(frame, instrument).view(**options)


def unit(found, name="school-0"):
    return next(u for u in found.units if u.id == name)


def changes(found):
    return [(u, u.change, cell) for u in found.units if u.change for cell in u.change.cells]


def test_one_wave_has_no_change(demo_study):
    assert all(u.change is None for u in demo_study.where(wave="spring").view().units)


def test_numbers_equal_those_of_the_analysis(demo_study, demo_view):
    """Where mostly the same students answered, all figures are those of study.change."""
    page = demo_view.units[0].change
    assert page.base == "same_students" and page.title == {"en": "Since fall", "es": "Desde el otoño"}
    for cell in page.cells:
        found = demo_study.change(cell.scale)
        assert found.headline == "overlapping" and cell.verdict == found.verdict
        assert cell.before.percent == int(100 * found.shares.share_before + 0.5)
        assert cell.now.percent == int(100 * found.shares.share_after + 0.5)
        if cell.verdict in ("clear", "maybe"):
            assert cell.direction == ("up" if found.favorable_change > 0 else "down")
    assert {cell.verdict for cell in page.cells} == {"clear", "about_the_same"}


def test_the_share_now_is_the_one_of_the_first_page(demo_view):
    for u, _, cell in changes(demo_view):
        mine = next(c for c in u.scales if c.scale == cell.scale)
        assert cell.now == mine.share and (cell.before is None) == (cell.now is None)


def test_the_share_then_is_the_one_of_that_waves_own_view(demo_study, demo_view):
    """Nothing is told of the wave before that its own view, with the same settings, does not tell."""
    then = demo_study.where(wave="fall").view(min_n=11)
    own = {(u.title["en"], c.scale): c.share for u in then.units for c in u.scales}
    shown = [(u, cell) for u, _, cell in changes(demo_view) if cell.before]
    assert len(shown) > 20
    assert all(cell.before == own[u.title["en"], cell.scale] for u, cell in shown)


@pytest.mark.parametrize("new", [0, 4, 15, 40])
def test_a_few_who_answered_once_are_no_part_of_the_verdict(new):
    """With 1 to 10 new students the verdict rests on what is shown alone: as if nobody were the same."""
    found = view(waves([120], [new], rise=0.2))
    page, cell = unit(found).change, unit(found).change.cells[0]
    assert page.base == ("same_students" if new in (0, 15) else "all_students")
    study = rs.read(waves([120], [new], rise=0.2), INSTRUMENT)
    frames = [
        pd.DataFrame(
            {
                "respondent": part.responses.respondent,
                "score": (scored := score(part.responses, INSTRUMENT, "belonging")).score,
                "favorable": scored.favorable,
            }
        )
        for part in (study.where(wave="fall"), study.where(wave="spring"))
    ]
    if page.base == "all_students":
        frames = [frame.drop(columns="respondent") for frame in frames]
    assert cell.verdict == change_verdicts([change(*frames)])[0].verdict
    words = {0: "nearly all answered", 4: "nearly all answered", 15: "about 9 in 10", 40: "about 7 in 10"}
    assert words[new] in page.who["en"]
    assert ("the few who answered only once" in page.who["en"]) == (new == 4)


def test_without_ids_all_students_are_compared():
    page = unit(view(waves([120]).drop(columns="student_id"))).change
    assert page.base == "all_students" and "No student could be found in both" in page.who["en"]


def test_a_rise_is_told_and_none_is_invented():
    found = unit(view(waves([200], rise=0.3)))
    cell = found.change.cells[0]
    assert cell.verdict == "clear" and cell.direction == "up" and cell.before.percent < cell.now.percent
    assert cell.sentence["en"].startswith("Up since fall: ")
    assert any("up since fall" in text["en"] for text in found.say), "on the first page too"
    down = view(
        waves([200], rise=0.3).assign(wave=lambda f: f.wave.map({"fall": "spring", "spring": "fall"}))
    )
    assert unit(down).change.cells[0].direction == "down"
    same = [unit(view(waves([200], seed=seed))).change.cells[0].verdict for seed in range(10)]
    assert same.count("clear") <= 1 and "cannot_tell" in same


@pytest.mark.parametrize(("then", "now"), [(19, 60), (60, 19), (15, 15), (20, 20)])
def test_a_change_takes_twenty_students_both_times(then, now):
    frame = waves([60])
    keep = frame.groupby("wave").cumcount() < frame.wave.map({"fall": then, "spring": now})
    page = unit(view(frame[keep])).change
    if min(then, now) < 20:
        assert page.cells == [] and "Too few students" in page.say[0]["en"] and "20" in page.who["en"]
    else:
        assert page.cells[0].before and page.cells[0].now and page.cells[0].verdict


def test_a_school_is_found_again_by_its_name():
    """Schools whose names make the same address keep their own answers."""
    frame = waves([40, 60, 80])
    names = {"School 0": "A B", "School 1": "A-B", "School 2": "C"}
    frame["school"] = frame["school"].map(names)
    then_only = simulate([50], seed=9).assign(wave="fall", school="A  b!")
    then_only["student_id"] = [f"x{i}" for i in range(50)]
    found = view(pd.concat([then_only, frame], ignore_index=True))
    own = view(frame[frame.wave == "fall"])
    for name in names.values():
        here, there = (next(u for u in v.units if u.title["en"] == name) for v in (found, own))
        assert here.change.cells[0].before == there.scales[0].share
    assert "Not all schools are the same" in unit(found, "all").change.note["en"]


def test_a_new_school_and_a_hidden_one_have_no_figures_of_then():
    frame = waves([80, 60, 60])
    new = frame[~((frame.wave == "fall") & (frame.school == "School 1"))]
    assert unit(view(new), "school-1").change is None
    small = frame.school == "School 2"
    few = frame[~((frame.wave == "fall") & small & (frame[small].groupby("wave").cumcount() >= 7))]
    found = view(few)
    assert unit(found, "school-2").change.cells == []
    # All schools of then are not shown either: less the two others they would give the seven away.
    assert unit(found, "all").change.cells == []


def test_teams_have_changes_and_groups_have_none():
    frame = waves([120])
    frame["team"] = np.where(frame.index % 2, "Oak", "Elm")
    found = view(frame, TEAMS)
    assert {u.kind for u, _, cell in changes(found) if cell.before} == {"school", "team"}
    assert "change" not in str([u.groups for u in found.units])


def test_a_scale_that_is_read_one_by_one_in_a_wave_is_not_compared():
    frame = waves([160])
    rng = np.random.default_rng(3)
    fall = frame.wave == "fall"
    for item in ("b2", "b3"):
        frame.loc[fall, item] = rng.integers(1, 6, fall.sum())
    cell = unit(view(frame)).change.cells[0]
    assert cell.reason == "one_by_one" and cell.before is None and "one by one in fall" in cell.words["en"]
    frame[ITEMS] = frame[ITEMS].astype(object)
    frame.loc[fall, ["b2", "b3"]] = ""
    cell = unit(view(frame)).change.cells[0]
    assert cell.reason == "dropped" and "not answered in fall" in cell.words["en"]


def test_a_wave_that_nobody_answered_has_nothing_to_stand_beside():
    frame = waves([60])
    frame[ITEMS] = frame[ITEMS].astype(object)
    frame.loc[frame.wave == "fall", ITEMS] = ""
    page = unit(view(frame)).change
    assert page.cells == [] and page.base == "all_students"


def named(fall, spring, instrument):
    frame = waves([60]).assign(wave=lambda f: f.wave.map({"fall": fall, "spring": spring}))
    return view(frame, instrument)


def test_a_wave_called_after_a_month_is_said_in_both_languages():
    found = named("october_2025", "may", INSTRUMENT.model_copy(update={"waves": {}}))
    assert found.wave == {"en": "October 2025", "es": "Octubre de 2025"}  # by the alphabet, may comes first
    page = unit(found).change
    assert page.title == {"en": "Since May", "es": "Desde mayo"}
    assert "estudiantes en mayo," in page.who["es"]


def test_a_wave_is_called_by_its_title():
    text = INSTRUMENT.to_yaml().replace(
        "waves:\n- fall\n- spring\n",
        "waves:\n  b: {title: {en: First round, es: Primera ronda}}\n  a: {title: Last one}\n",
    )
    found = named("b", "a", Instrument.parse(text))
    assert found.wave == {"en": "Last one", "es": "Last one"}
    page = unit(found).change
    assert page.title == {"en": "Since “First round”", "es": "Desde «Primera ronda»"}
    assert page.wave == {"en": "First round", "es": "Primera ronda"}
    assert "students in “First round”," in page.who["en"]


def test_a_hostile_wave_name_stays_text():
    frame = waves([60]).assign(wave=lambda f: f.wave.map({"fall": "<b>{0}</b>", "spring": "z"}))
    page = unit(view(frame, INSTRUMENT.model_copy(update={"waves": {}}))).change
    assert page.title["en"] == "Since “<b>{0}</b>”"


def tenths_of(text):
    return [int(k) for k in re.findall(r"about (\d+) in 10", text)]


def test_no_sentence_of_a_change_contradicts_another(demo_view):
    views = [
        demo_view,
        *(view(waves([90, 45, 150], rise=r, seed=s)) for r in (0, 0.1, 0.25) for s in (1, 2, 3)),
    ]
    verdicts = set()
    for u, page, cell in (place for v in views for place in changes(v)):
        if cell.before is None:
            continue
        verdicts.add(cell.verdict)
        words, d = cell.words["en"], cell.now.percent - cell.before.percent
        tenths = tenths_of(words.lower())
        if len(tenths) == 2:
            assert abs(10 * abs(tenths[1] - tenths[0]) - abs(d)) <= 6
            assert cell.verdict != "about_the_same" or tenths[0] == tenths[1]
        if cell.verdict in ("clear", "maybe"):
            assert cell.direction == ("up" if d > 0 else "down") and d
            assert f"{cell.direction} since" in cell.sentence["en"].lower()
            assert len(tenths) < 2 or tenths[0] != tenths[1]
        else:
            assert cell.direction is None
        said = " ".join(text["en"] for text in (*u.say, *page.say))
        title = next(s.title["en"] for v in views for s in v.scales if s.id == cell.scale)
        if cell.verdict == "clear":
            assert f"{title}: {cell.direction} since" in said
        else:
            assert f"{title}: up since" not in said and f"{title}: down since" not in said
    assert {"clear", "about_the_same", "cannot_tell"} <= verdicts


@pytest.mark.parametrize(
    ("verdict", "before", "now", "tenths"),
    [
        ("clear", 0.52, 0.71, True),
        ("clear", 0.58, 0.64, False),
        ("clear", 0.549, 0.651, False),
        ("maybe", 0.58, 0.61, False),
        ("about_the_same", 0.549, 0.55, False),
        ("about_the_same", 0.53, 0.59, False),
        ("about_the_same", 0.58, 0.61, True),
        ("cannot_tell", 0.52, 0.61, True),
        ("cannot_tell", 0.549, 0.551, False),
    ],
)
def test_whole_percents_are_said_where_tenths_would_contradict(verdict, before, now, tenths):
    assert since._by_tenths(verdict, before, now) == tenths


def test_a_verdict_tells_no_more_of_a_coded_share_than_its_code():
    """Whatever hides behind '95 % or more', the page is the same."""
    frame = waves([100], rise=0.0)
    frame[["b1", "b2", "b3"]] = [4, 4, 2]
    low = frame.groupby("wave").cumcount() < frame.wave.map({"fall": 20, "spring": 5})
    frame.loc[low, ITEMS] = [2, 2, 4]
    pages = []
    for n in (5, 3, 0):
        turned = frame.copy()
        rows = turned.index[(turned.wave == "spring") & low][n:]
        turned.loc[rows, ITEMS] = [4, 4, 2]
        pages.append(unit(view(turned)).change)
    assert pages[0].cells[0].now.coded == "top" and pages[0].cells[0].verdict == "clear"
    assert "nearly all now" in pages[0].cells[0].sentence["en"]
    assert pages[0] == pages[1] == pages[2]


def test_of_students_half_of_whom_did_not_answer_no_tenths_are_said():
    frame = waves([120], rise=0.4)
    for asked, expected in (
        (125, "students then"),
        (180, "students who answered then"),
        (400, "among the students"),
    ):
        roster = pd.DataFrame({"student_id": [f"p{i}" for i in range(asked)]})
        found = unit(rs.read(frame, INSTRUMENT, roster=roster).view())
        assert found.change.cells[0].verdict == "clear"
        assert expected in found.change.cells[0].sentence["en"]
        assert expected.replace(" then", "") in found.change.say[0]["en"]


def test_the_rules_of_a_change_are_told_among_about_these_numbers(demo_study, demo_view):
    title = say("en", "about.change_title")
    assert any(s.title["en"] == title for s in demo_view.about)
    assert not any(s.title["en"] == title for s in demo_study.where(wave="spring").view().about)

"""What a view says of those who did not answer (rules.md 4)."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.analysis.response import Invited
from relsurvey.view.asked import bounds_words, percent_words, rate_words, reach, shown_groups, who_answered
from tests.reading.belonging import INSTRUMENT
from tests.view.test_view import simulate


def asked(invited, answered, group=None):
    return Invited("gender" if group else None, group, invited, answered)


@pytest.mark.parametrize(
    ("invited", "answered", "says"),
    [
        (100, 97, "Of the students asked, nearly all answered."),
        (100, 88, "Of the students asked, about 9 in 10 answered."),
        (100, 92, "Of the students asked, most answered."),
        (100, 71, "Of the students asked, about 7 in 10 answered. What the others"),
        (100, 40, "Of the students asked, only about 4 in 10 answered. Read it as what these students say"),
        (100, 0, "Of the students asked, only almost none answered."),
        (5, 4, "How many students were asked is not known here"),
    ],
)
def test_the_share_that_answered_in_words(invited, answered, says):
    assert who_answered(["en"], asked(invited, answered), 11)["en"].startswith(says)


def test_without_a_roster_it_is_not_known():
    assert who_answered(["en"], None, 11)["en"].startswith("How many students were asked is not known here")
    assert reach(None, 11) == "nearly"


@pytest.mark.parametrize(
    ("answered", "far"),
    [(100, "nearly"), (85, "nearly"), (84, "some"), (50, "some"), (49, "half"), (0, "half")],
)
def test_how_far_sentences_go(answered, far):
    assert reach(asked(100, answered), 11) == far


def test_shares_of_groups_are_whole_percents_coded_and_never_of_a_handful():
    assert (
        percent_words(["es"], 0.955) == {"es": "95 % o más"}
        and percent_words(["en"], 0.004)["en"] == "5 % or less"
    )
    assert rate_words(["en"], asked(200, 143), 11) == {"en": "72 %"}
    assert rate_words(["en"], asked(30, 20), 11) == {"en": "most"}  # ten did not answer
    girls, boys, few = asked(80, 60, "girl"), asked(70, 50, "boy"), asked(14, 6, "nonbinary")
    other, none = asked(9, 6, "other"), asked(0, 0, "none")
    assert shown_groups([girls, boys, none], 11) == (girls, boys)
    assert shown_groups([girls, boys, few], 11) == ()  # six answered, and all less the others gives them
    joined = shown_groups([girls, few, other], 11)[-1]
    assert (joined.group, joined.invited, joined.answered) == (None, 23, 12)
    assert shown_groups([girls], 11) == ()


@pytest.mark.parametrize(
    ("favorable", "answered", "says"),
    [
        (0.6, 80, "between 48 % and 68 %"),
        (0.615, 64, "between 39 % and 76 %"),
        (0.99, 80, "from 76 % to 95 % or more"),  # as any share of 95 or more
        (0.95, 80, "from 76 % to 95 % or more"),
        (0.01, 80, "from 5 % or less to 24 %"),
        (0.05, 80, "from 5 % or less to 24 %"),
        (0.5, 10, "from 5 % or less to 95 % or more"),
    ],
)
def test_bounds_hold_whatever_the_others_think_and_give_no_coded_share_back(favorable, answered, says):
    assert bounds_words(["en"], favorable, answered, 100) == {"en": says}


def published(more, seed=1, sizes=(150, 130), alike=False, **roster):
    """Return the view of two schools whose roster names some more; ``alike``: all are favorable in one."""
    rows = simulate(sizes, seed=seed, gap=2.0)
    if alike:
        rows.loc[rows.school == "School 1", ["b1", "b2", "b3"]] = [5, 5, 1]
    study = rs.read(rows, INSTRUMENT, ids="as-is")
    listed = rows[["student_id", "school", "gender"]]
    absent = pd.DataFrame(
        {"student_id": [f"absent{i}" for i in range(more)], "school": "School 1", "gender": "Boy"} | roster
    )
    return study.with_roster(pd.concat([listed, absent])).view(min_n=11)


def section(view, title):
    return next((s for s in view.about if s.title["en"] == title), None)


def said(view, unit):
    return " ".join(text["en"] for text in next(u for u in view.units if u.id == unit).say)


TENTH = re.compile(r"\d+ in 10|\d+ in 100")


def test_a_school_where_some_did_not_answer_speaks_of_students_who_answered():
    view = published(60)
    whole, first, second = view.units
    assert [unit.students["en"] for unit in (whole, first, second)] == [
        "100 to 299 students who answered",
        "100 to 299 students",
        "100 to 299 students who answered",
    ]
    assert [unit.reach for unit in (whole, first, second)] == ["some", "nearly", "some"]
    assert second.students["es"] == "de 100 a 299 estudiantes que respondieron"
    assert "of the students who answered, about" in said(view, second.id) and TENTH.search(
        said(view, second.id)
    )
    assert "of the students who answered" not in said(view, first.id)
    assert not any("of students who answered" in text["en"] for text in first.hidden)
    assert second.hidden[0]["en"].startswith(
        "Of the students asked, about 7 in 10 answered: all shares are of"
    )


def test_under_half_no_sentence_of_the_first_page_gives_a_share():
    view = published(400)
    for unit in view.units:
        if unit.title["en"] == "School 0":
            assert unit.reach == "nearly" and TENTH.search(said(view, unit.id))
            continue
        assert unit.reach == "half"
        assert "who answered (less than half)" in said(view, unit.id)
        assert not TENTH.search(said(view, unit.id)), said(view, unit.id)
        assert not re.search(r"\d+ de cada 1", " ".join(text["es"] for text in unit.say))


def test_who_answered_stands_by_group_and_the_bounds_by_scale():
    view = published(60)
    groups = section(view, "Which students answered")
    table = {row[0]["en"]: row[1]["en"] for row in groups.rows}
    assert table["All students"] == "82 %" and table["Gender: Girl"] == "95 % or more"
    assert table["Gender: Boy"].endswith(" %") and int(table["Gender: Boy"][:2]) < 82
    assert len(groups.head) == len(groups.rows[0]) == 2
    bounds = section(view, "What those who did not answer could change")
    [[scale, share, between]] = [[cell["en"] for cell in row] for row in bounds.rows]
    assert scale == "Belonging"
    low, high = map(int, re.findall(r"\d+", between))
    p, r = int(share[:-2]) / 100, 280 / 340
    assert abs(low / 100 - p * r) < 0.02 and abs(high / 100 - (p * r + 1 - r)) < 0.02
    assert low < int(share[:-2]) < high
    for made in view.about:
        assert all(len(row) == len(made.head) for row in made.rows), made.title


def test_a_school_where_some_did_not_answer_has_bounds_of_its_own_and_is_not_told_those_of_all():
    view = published(60)
    whole, full, short = view.units
    [bounds] = [text["en"] for text in short.hidden if "Belonging, between" in text["en"]]
    low, high = map(int, re.findall(r"(\d+) %", bounds))
    cell, r = short.scales[0].share, 130 / 190
    assert abs(low - cell.percent * r) < 2 and abs(high - cell.percent * r - 100 * (1 - r)) < 2
    # The whole's stand in the table, and of a school that nearly all answered there is nothing to say.
    assert not any("Belonging, between" in text["en"] for unit in (whole, full) for text in unit.hidden)
    for title in ("Who answered", "What those who did not answer could change"):
        [said] = section(view, title).paragraphs
        assert said["en"].startswith("All schools together: ")
        assert said["es"].startswith("En todas las escuelas juntas, ")


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        (60, {"alike": True}),  # a coded share
        (8, {"sizes": (150, 30)}),  # a handful that did not answer
        (40, {"sizes": (150, 15)}),  # a share in words alone
    ],
)
def test_a_school_has_no_bounds_that_would_say_more_than_its_page(more, kind):
    short = published(more, **kind).units[2]
    assert short.reach != "nearly" and "Of the students asked" in short.hidden[0]["en"]
    assert not any("Belonging, between" in text["en"] for text in short.hidden)


def test_a_school_by_itself_is_not_told_whose_its_figures_are():
    rows = simulate((150,), seed=1)
    study = rs.read(rows, INSTRUMENT, ids="as-is")
    absent = pd.DataFrame({"student_id": [f"absent{i}" for i in range(60)], "school": "School 0"})
    view = study.with_roster(pd.concat([rows[["student_id", "school"]], absent])).view(min_n=11)
    assert section(view, "Who answered").paragraphs[0]["en"].startswith("Of the students asked")
    assert (
        section(view, "What those who did not answer could change").paragraphs[0]["en"].startswith("If every")
    )
    assert len([text for text in view.units[0].hidden if "between" in text["en"]]) == 0


def test_a_roster_of_those_who_answered_alone_has_nothing_to_bound():
    view = published(0)
    assert section(view, "What those who did not answer could change") is None
    assert section(view, "Who answered").paragraphs[0]["en"] == (
        "All schools together: of the students asked, nearly all answered."
    )
    assert all(not unit.students["en"].endswith("who answered") for unit in view.units)


def test_without_a_roster_nothing_is_said_by_group():
    view = rs.read(simulate((150,)), INSTRUMENT).view(min_n=11)
    assert "not known here" in section(view, "Who answered").paragraphs[0]["en"]
    assert section(view, "Which students answered") is None

"""Who is missing, and bounds."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.analysis.nonresponse import Asked, bounds, nonresponse
from relsurvey.analysis.response import response
from relsurvey.analysis.shares import newcombe
from relsurvey.errors import AnalysisError


def whole(invited: int, answered: int, favorable: int | None = None) -> Asked:
    return Asked(None, None, invited, answered, favorable)


counts = st.integers(1, 500).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda a: st.tuples(st.just(n), st.just(a), st.integers(0, a)))
)


@given(counts, st.floats(0, 1))
def test_the_truth_lies_within_the_bounds_whatever_the_others_think(found, others):
    invited, answered, favorable = found
    low, high = bounds(favorable, answered, invited)
    truth = (favorable + others * (invited - answered)) / invited
    assert low - 1e-12 <= truth <= high + 1e-12
    # As rules.md 4 writes them: p·r and p·r + (1 - r).
    rate = answered / invited
    share = favorable / answered if answered else 0.0
    assert low == pytest.approx(share * rate) and high == pytest.approx(share * rate + 1 - rate)


def test_the_sentence_of_the_rules():
    found = nonresponse([whole(100, 80, 48)])
    assert found.sentence.startswith(
        "Of 100 students asked, 80 answered. Of 100 students who answered, 60 answered favorably. "
        "Whatever the others think, between 48 and 68 of 100 students asked are favorable."
    )
    assert found.in_words("es").startswith(
        "De 100 estudiantes invitados, respondieron 80. De 100 estudiantes que respondieron, 60 respondieron "
        "de forma favorable. Piensen lo que piensen los demás, entre 48 y 68 de cada 100"
    )


def test_bounds_are_rounded_outward():
    assert "between 33 and 51 of 100" in nonresponse([whole(300, 250, 101)]).sentence
    assert "between 28 and 58 of 100" in nonresponse([whole(7000, 5000, 1999)]).sentence


@pytest.mark.parametrize(
    ("answered", "said", "not_said"),
    [
        (200, "All students asked answered. 50 of 100 students answered favorably.", "Whatever"),
        (199, "Of 100 students asked, 99 answered.", "students who answered,"),
        (170, "50 of 100 students answered favorably.", "students who answered,"),
        (168, "Of 100 students who answered, 50 answered favorably.", "Less than half"),
        (100, "Of 100 students who answered, 50", "Less than half"),
        (98, "Less than half answered: read it as what those students say", "50 answered favorably"),
        (98, "not as what all students would say", "school"),  # it may be of one school, or of several
        (98, "anything between 24 and 76 of 100 is possible", "50 of 100"),
    ],
)
def test_what_is_said_depends_on_the_response(answered, said, not_said):
    sentence = nonresponse([whole(200, answered, answered // 2)]).sentence
    assert said in sentence
    assert not_said not in sentence


def test_who_is_missing():
    found = nonresponse(
        [whole(400, 280), Asked("gender", "girl", 200, 170), Asked("gender", "boy", 200, 110)]
    )
    assert "Fewer answered in: gender “boy” (55 of 100)." in found.sentence
    assert "Respondieron menos en: gender «boy» (55 de cada 100)." in found.in_words("es")
    assert "cannot be told" in found.sentence
    table = found.table.set_index("group")
    assert table.loc["boy", "difference"] == pytest.approx(0.55 - 0.70)
    # The others are half of all: the interval is half of Newcombe's.
    low, high = newcombe(110, 200, 170, 200)
    assert table.loc["boy", "difference_low"] == pytest.approx(low / 2)
    assert table.loc["boy", "difference_high"] == pytest.approx(high / 2)
    assert table.loc["girl", "of_roster"] == 0.5
    assert table.loc["girl", "of_respondents"] == pytest.approx(170 / 280)
    same = nonresponse([whole(400, 280), Asked("g", "a", 200, 142), Asked("g", "b", 200, 138)])
    assert "No group shown here clearly answered less" in same.sentence


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=6))
def test_groups_add_up_to_all(parts):
    groups = [Asked("g", str(i), n, int(n * share)) for i, (n, share) in enumerate(parts)]
    found = nonresponse([whole(sum(g.invited for g in groups), sum(g.answered for g in groups)), *groups])
    table = found.table[1:]
    assert table["of_roster"].sum() == pytest.approx(1)
    # Weighted by their size the differences from all cancel out.
    apart = (table["of_roster"] * table["difference"].fillna(0)).sum()
    assert apart == pytest.approx(0, abs=1e-12)
    assert (
        (table["rate_low"] <= table["rate"] + 1e-12) & (table["rate"] <= table["rate_high"] + 1e-12)
    ).all()


def test_from_a_roster():
    roster = pd.DataFrame({"school": ["North"] * 60 + ["South"] * 60})
    came = pd.Series([True] * 50 + [False] * 10 + [True] * 20 + [False] * 40)
    found = nonresponse(response(roster, came, ["school"]))
    assert found.table["rate"].round(3).tolist() == [0.583, 0.833, 0.333]
    assert list(found.tables) == ["response"] and "favorabl" not in found.sentence
    assert "school “South” (33 of 100)" in found.sentence


def test_small_groups_are_masked():
    found = nonresponse(
        [
            whole(200, 150, 90),
            Asked("g", "few asked", 9, 5, 3),
            Asked("g", "few came", 50, 9, 3),
            Asked("g", "few missing", 50, 45, 33),
            Asked("g", "<i>all came", 91, 91, 51),
        ]
    )
    rows = {row[0]: row[1:] for row in found.faces()[0].rows}
    assert rows["g: few asked"] == ("under 10", *[None] * 9)
    assert rows["g: few came"] == (50, "fewer than 10 answered", *[None] * 8)
    assert rows["g: few missing"] == (50, "all but a few", *[None] * 8)
    assert rows["g: <i>all came"][:2] == (91, 100.0)
    assert "few" not in found.sentence and "&lt;i&gt;all came" in found._repr_html_()
    assert "Too few students" in nonresponse([whole(200, 9, 3)]).sentence
    assert "Muy pocos" in nonresponse([whole(9, 9, 3)]).in_words("es")


def test_degenerate_counts_are_answered():
    nobody = nonresponse([whole(50, 0, 0), Asked("g", "a", 50, 0, 0), Asked("g", "none asked", 0, 0, 0)])
    assert nobody.tables["bounds"].loc[0, ["bound_low", "bound_high"]].tolist() == [0, 1]
    assert math.isnan(nobody.tables["bounds"].loc[0, "share"])
    assert nobody.table["rate"].isna().tolist() == [False, False, True]
    assert nobody._repr_html_() and "Too few" in nobody.sentence
    assert all(math.isnan(b) for b in (*bounds(None, 3, 4), *bounds(0, 0, 0)))


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([], "must be all students"),
        ([Asked("g", "a", 10, 5)], "must be all students"),
        ([whole(0, 0)], "at least one who was asked"),
        ([whole(10, 11)], "do not fit"),
        ([whole(10, 5), Asked("g", "a", 12, 2)], "do not fit"),
        ([whole(10, 5), Asked("g", "a", 8, 6)], "counts of g: a do not fit"),
        ([whole(10, 5, 6)], "More are favorable than answered"),
    ],
)
def test_misuse_is_one_clear_sentence(groups, said):
    with pytest.raises(AnalysisError, match=said):
        nonresponse(groups)

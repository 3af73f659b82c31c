"""Answers beside marks: worked by hand, gated at 20 in each band, in words that never say why."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from relsurvey.analysis.groups.twosample import holm
from relsurvey.grades.bands import BANDS
from relsurvey.grades.beside import beside, with_df
from relsurvey.grades.units import Cell, Unit, judged, units_of
from tests.grades.made import HILL, LAKE, TINY

TITLE = {"en": "Care", "es": "Interés"}
CAUSES = re.compile(
    "because|due to|leads? to|effects?|affects?|improves?|makes? students|results? in"
    "|debido|porque|efecto|provoca"
)


def rows_of(sizes):
    """Return students, and who of them has a D or F."""
    rows, bad, k = [], {}, 0
    for school, bands in sizes.items():
        for band, (n, hits) in bands.items():
            for i in range(n):
                rows.append({"student": f"s{k}", "band": band, "school": school})
                bad[f"s{k}"] = i < hits
                k += 1
    return pd.DataFrame(rows), bad


def found_of(sizes, **more):
    rows, bad = rows_of(sizes)
    return beside(rows, bad, title=TITLE, **more)


def pooled(*schools):
    return {band: tuple(sum(x) for x in zip(*(one[band] for one in schools), strict=True)) for band in BANDS}


def shown(found, school=None):
    table = found.table
    mine = table[table.school.isna()] if school is None else table[table.school == school]
    return {row.band: (row.n_students, round(row.n_students * row.any_df)) for row in mine.itertuples()}


def text_of(found, language="en"):
    faces = found.faces(language)
    cells = [face.text(cell) for face in faces for row in face.rows for cell in row]
    return "\n".join([found.in_words(language), *(h for face in faces for h in face.head), *cells])


def test_two_schools_by_hand():
    found = found_of({"Hill": HILL, "Lake": LAKE})
    assert shown(found, "Hill") == HILL and shown(found, "Lake") == LAKE
    assert shown(found) == pooled(HILL, LAKE) == {"strong": (70, 11), "mixed": (50, 18), "few": (45, 23)}
    for row in found.table.itertuples():
        low, high = proportion_confint(round(row.n_students * row.any_df), row.n_students, method="wilson")
        assert (row.any_df_low, row.any_df_high) == pytest.approx((low, high))
    whole, hill, _ = found.tables["trend"].to_dict("records")
    # Hill: 25 of 65 and 15 of 25; strong 8 of 40.
    assert hill["gap"] == pytest.approx(15 / 25 - 8 / 40)
    # Within schools: each at the weight of all its students in the two bands, 65 and 50 of 115.
    assert whole["gap"] == pytest.approx((65 * (15 / 25 - 8 / 40) + 50 * (8 / 20 - 3 / 30)) / 115)
    # Mantel: sum of scores of those with D or F less its expectation, by hand.
    apart = (12 + 2 * 15) - 35 * (30 + 2 * 25) / 95 + (6 + 2 * 8) - 17 * (20 + 2 * 20) / 70
    spread = 35 * 60 * (95 * (30 + 4 * 25) - 80**2) / (95**2 * 94)
    spread += 17 * 53 * (70 * (20 + 4 * 20) - 60**2) / (70**2 * 69)
    assert whole["z"] == pytest.approx(apart / math.sqrt(spread))
    assert whole["p_adjusted"] == whole["p"] and whole["verdict"] == "clear"
    trends = found.tables["trend"]
    assert trends.p_adjusted[1:].tolist() == pytest.approx(holm(trends.p[1:].tolist()))


def test_what_is_said():
    found = found_of({"Hill": HILL, "Lake": LAKE})
    assert found.sentence.startswith(
        "Care: favorable answers go with fewer D's and F's. Students with a D or F: 16 in 100 of those with "
        "strong favorable answers, 36 in 100 of those with mixed and 51 in 100 of those with few. Where the "
        "two go together, this does not say that one causes the other"
    )
    assert (
        "more than two thirds" in found.sentence and "no published source gives cut points" in found.sentence
    )
    assert found.in_words("es").startswith(
        "Interés: las respuestas favorables van de la mano con menos D y F."
    )
    assert repr(found) == f"<Beside: {found.sentence}>"
    first, second = found.faces()
    assert first.rows[0][:5] == (
        "all schools",
        "strong (more than two thirds)",
        "40 to 99 students",
        "16 %",
        "9 to 26 %",
    )
    assert second.rows[0][0] == "all schools" and second.rows[0][1] == "+36 points"
    assert second.rows[0][3] == "favorable answers go with fewer D's and F's"


def test_tenths_are_said_where_they_say_as_large_a_gap():
    found = found_of({"Hill": {"strong": (100, 20), "mixed": (40, 12), "few": (50, 25)}})
    assert (
        "about 2 in 10 of those with strong favorable answers, about 3 in 10 of those with mixed and"
        in found.sentence
    )
    assert "cerca de 5 de cada 10 entre los de pocas" in found.in_words("es")


def test_more_or_no_difference_is_said_as_plainly():
    turned = {band: HILL[other] for band, other in zip(BANDS, reversed(BANDS), strict=True)}
    found = found_of({"Hill": turned})
    assert found.sentence.startswith("Care: favorable answers go with more D's and F's.")
    assert found.tables["trend"].gap[0] < 0
    alike = found_of({"Hill": dict.fromkeys(BANDS, (400, 160))})
    assert alike.tables["trend"].verdict[0] == "about_the_same"
    assert "have a D or F about equally often. Students with a D or F: 40 in 100" in alike.sentence
    few = found_of({"Hill": dict.fromkeys(BANDS, (25, 10))})
    assert few.tables["trend"].verdict[0] == "cannot_tell"
    # 1.960 + 0.842 standard errors of a difference of two shares of 40 %.
    smallest = (1.95996 + 0.84162) * math.sqrt(0.4 * 0.6 * 2 / 25)
    assert few.tables["trend"].smallest[0] == pytest.approx(smallest, abs=1e-4)
    assert "A gap smaller than 39 in 100 would often not have shown." in few.sentence


def test_a_trend_whose_gap_may_be_none_is_not_clear():
    sizes = {"strong": (150, 50), "mixed": (60, 33), "few": (30, 14)}
    unit = found_of({"Hill": sizes}).units[0]
    assert unit.trend.p < 0.05 and unit.gap.low < 0 < unit.gap.high
    assert unit.verdict == "maybe"


def test_a_difference_between_schools_makes_no_relation():
    # Within each school nothing goes together; Low has both fewer D's and F's and stronger answers.
    low = {"strong": (300, 30), "mixed": (100, 10), "few": (30, 3)}
    high = {"strong": (30, 18), "mixed": (100, 60), "few": (300, 180)}
    found = found_of({"Low": low, "High": high})
    assert found.tables["trend"].verdict[0] not in ("clear", "maybe")
    assert found.tables["trend"].gap[0] == pytest.approx(0)
    alone = found_of({"All": pooled(low, high)})
    assert alone.tables["trend"].verdict[0] == "clear"
    # Within schools the other way round: then neither is told.
    low["few"], high["strong"] = (30, 0), (30, 27)
    found = found_of({"Low": low, "High": high})
    assert (
        "All students together point one way, and students within their schools the other." in found.sentence
    )


def test_a_school_with_a_small_band_is_nowhere_and_does_not_follow():
    found = found_of({"Hill": HILL, "Lake": LAKE, "Tiny": TINY})
    assert "Tiny" not in repr(found.tables) and "Tiny" not in text_of(found)
    assert shown(found) == pooled(HILL, LAKE), "all less the schools shown would be Tiny"
    assert "One school has a band of fewer than 20 students and is left out." in found.sentence
    assert found.faces()[0].rows[0][0] == "these schools together"
    assert (found.schools, found.hidden, found.everyone) == (3, 1, False)


def test_schools_left_out_count_among_all_where_together_they_are_enough():
    found = found_of({"Hill": HILL, "Lake": LAKE, "Tiny": TINY, "Wee": TINY})
    assert shown(found) == pooled(HILL, LAKE, TINY, TINY)
    assert (
        "2 schools have a band of fewer than 20 students: they are not shown by themselves, and"
        in found.sentence
    )
    only = found_of({"Tiny": TINY, "Wee": TINY})
    assert shown(only) == pooled(TINY, TINY) and set(only.table.school.dropna()) == set()


def test_one_school_that_is_left_is_named():
    found = found_of({"Hill": HILL, "Tiny": TINY})
    assert set(found.table.school) == {"Hill"} and len(found.table) == 3
    assert "All of this is about Hill alone." in found.sentence
    assert "Todo esto es solo de Hill." in found.in_words("es")


def test_students_without_a_school_count_as_a_school_that_is_not_shown():
    rows, bad = rows_of({"Hill": HILL, "Lake": LAKE, "Tiny": TINY})
    without = rows.assign(school=rows.school.where(rows.school != "Tiny"))
    found = beside(without, bad, title=TITLE)
    assert shown(found) == pooled(HILL, LAKE) and found.schools == 2
    enough = beside(rows.assign(school=None), bad, title=TITLE)
    assert shown(enough) == pooled(HILL, LAKE, TINY)


def test_nobody_left_says_so():
    found = found_of({"Tiny": TINY})
    assert found.units == () and found.faces() == () and len(found.table) == 0
    assert found.sentence == (
        "Care: too few students to show beside marks. Each band needs 20 or more who answered and have marks."
    )
    assert list(found.tables["trend"]) and found._repr_html_()
    none = beside(pd.DataFrame(columns=["student", "band", "school"]), {}, title=TITLE)
    assert none.units == ()


@pytest.mark.parametrize(
    "rest", [(0, 0, 0), (20, 20, 20), (25, 30, 0), (19, 40, 40), (1, 0, 0), (30, 30, 19)]
)
def test_what_follows_from_all_less_the_schools_shown_is_nothing_or_twenty_in_each_band(rest):
    hill, other = (tuple(Cell(n, n // 2) for n in sizes) for sizes in ((30, 30, 30), rest))
    units = units_of({"Hill": hill, "Lake": hill, **({None: other} if any(rest) else {})})
    everyone = not any(rest) or min(rest) >= 20
    assert (sum(cell.n for cell in units[0].cells) == 180 + sum(rest)) is everyone


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 45)] * 3, st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=5
    ),
    st.booleans(),
)
def test_no_small_band_is_shown_or_follows(schools, lost):
    found = {
        None if lost and i == 0 else f"s{i}": tuple(
            Cell(n, n * share // 100, n * known // 100, n * known // 200) for n in sizes
        )
        for i, (*sizes, share, known) in enumerate(schools)
    }
    units = judged([units_of(found)]) if units_of(found) else ()
    for what, told in (("n", True), ("known", False)):
        seen = [unit for unit in units if told or unit.tracked]
        assert all(getattr(cell, what) >= 20 for unit in seen for cell in unit.cells)
        whole = [unit for unit in seen if unit.school is None]
        for unit in whole:
            others = [one for one in seen if one.school is not None]
            rest = [
                getattr(unit.cells[i], what) - sum(getattr(one.cells[i], what) for one in others)
                for i in range(3)
            ]
            assert not any(rest) or min(rest) >= 20
    assert len({unit.school for unit in units}) == len(units)


def test_on_track_has_its_own_twenty():
    from relsurvey.grading.trackrule import rule_of

    rows, bad = rows_of({"Hill": HILL, "Lake": LAKE})
    rule = rule_of("bs-or-better")
    on = {name: not one for name, one in bad.items()}
    found = beside(rows, bad, title=TITLE, on_track=on, rule=rule)
    table = found.table
    assert (table.known == table.n_students).all()
    assert np.allclose(table.on_track, 1 - table.any_df) and table.on_track_low.notna().all()
    assert "Students on track: " in found.sentence and rule.text["en"] in found.sentence
    # Of six students with few favorable answers at Lake it cannot be told: 14 are left, and 39 of all.
    lake = rows[(rows.school == "Lake") & (rows.band == "few")].student[:6]
    part = beside(rows, bad, title=TITLE, on_track=on | dict.fromkeys(lake), rule=rule)
    shown_of = part.table.set_index(["school", "band"]).known
    assert shown_of["Lake"].isna().all() and shown_of["Hill"].notna().all()
    assert part.table[part.table.school.isna()].known.isna().all(), "all less Hill would be Lake"
    assert "Who is on track is not shown" in part.sentence and part.table.any_df.notna().all()
    assert [row[5:] for row in part.faces()[0].rows if row[0] == "Lake"] == [(None, None)] * 3


def test_nearly_all_and_almost_none_are_said_no_closer():
    found = found_of({"Hill": {"strong": (40, 0), "mixed": (40, 20), "few": (40, 40)}})
    rows = found.faces()[0].rows
    assert [row[3:] for row in rows] == [("almost none", None), ("50 %", "35 to 65 %"), ("nearly all", None)]
    assert (
        "almost none of those with strong" in found.sentence
        and "nearly all of those" not in found.sentence[:20]
    )


def test_who_is_not_counted_is_counted():
    rows, bad = rows_of({"Hill": HILL, "Lake": LAKE})
    more = pd.DataFrame(
        [{"student": f"t{i}", "band": None, "school": "Hill"} for i in range(12)]
        + [{"student": f"u{i}", "band": "few", "school": "Hill"} for i in range(13)]
        + [{"student": None, "band": "few", "school": "Hill"}] * 3
        + [{"student": f"v{i}", "band": "few", "school": "Hill"} for i in range(14)]
    )
    marked = bad | {f"w{i}": True for i in range(15)} | {"t0": True}
    found = beside(
        pd.concat([rows, more]), marked, title=TITLE,
        in_gradebook=frozenset(marked) | {f"v{i}" for i in range(14)},
    )  # fmt: skip
    assert shown(found) == pooled(HILL, LAKE)
    assert found.not_counted == (
        ("few_answers", 12),
        ("not_found", 16),
        ("no_mark", 14),
        ("not_answered", 15),
    )
    assert found.sentence.endswith(
        "Students who answered too few questions for a band: 12. Students who answered and are not in the "
        "gradebook: 16. Students who answered and have no final mark: 14. Students with marks who are not "
        "among these answers, so that nothing is known of what they would say: 15."
    )
    few = beside(pd.concat([rows, more[:3]]), bad, title=TITLE)
    assert few.sentence.endswith("for a band: fewer than 10.")


def test_of_several_rows_of_a_student_the_last_counts():
    rows, bad = rows_of({"Hill": HILL, "Lake": LAKE})
    earlier = rows.assign(band="few", school="Elsewhere")
    assert shown(beside(pd.concat([earlier, rows]), bad, title=TITLE)) == pooled(HILL, LAKE)


@settings(deadline=None, max_examples=20)
@given(st.randoms())
def test_the_order_of_rows_does_not_matter(random):
    rows, bad = rows_of({"Hill": HILL, "Lake": LAKE, "Tiny": TINY})
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = beside(rows.iloc[order], dict(sorted(bad.items(), key=lambda _: random.random())), title=TITLE)
    expected = beside(rows, bad, title=TITLE)
    for name in expected.tables:
        pd.testing.assert_frame_equal(shuffled.tables[name], expected.tables[name])
    assert shuffled.sentences == expected.sentences


def test_other_scales_count_where_one_is_judged():
    # A relation that is clear by itself is one of five here, and the others show nothing.
    rows, bad = rows_of({"Hill": {"strong": (60, 18), "mixed": (40, 17), "few": (60, 31)}})
    draw = np.random.default_rng(3)
    others = [rows.assign(band=draw.permutation(rows.band)) for _ in range(4)]
    alone, among = beside(rows, bad, title=TITLE), beside(rows, bad, title=TITLE, others=others)
    assert alone.units[0].verdict == "clear" and among.units[0].verdict == "maybe"
    p = [alone.units[0].trend.p, *(beside(one, bad, title=TITLE).units[0].trend.p for one in others)]
    assert among.units[0].p_adjusted == pytest.approx(holm(p)[0])
    assert among.table.equals(alone.table)
    # A scale whose bands are too small to show is none of them.
    tiny = rows.assign(band=["few"] * 5 + ["strong"] * (len(rows) - 5))
    assert beside(rows, bad, title=TITLE, others=[tiny]).units[0].verdict == "clear"


def test_bands_that_no_school_has_both_of_are_not_compared():
    cells = tuple(Cell(*pair) for pair in ((60, 20), (0, 0), (0, 0)))
    others = tuple(Cell(*pair) for pair in ((0, 0), (30, 9), (60, 30)))
    found = judged([units_of({"A": cells, "B": others})])
    assert [unit.school for unit in found] == [None] and found[0].verdict == "cannot_tell"
    rows, bad = rows_of({"A": {"strong": (60, 20)}, "B": {"mixed": (30, 9), "few": (60, 30)}})
    assert beside(rows, bad, title=TITLE).faces()[1].rows[0][1:3] == (None, None)


def test_it_is_clear_by_chance_in_about_one_of_twenty():
    draw = np.random.default_rng(8)
    clear = 0
    for _ in range(300):
        sizes = ((60, 35, 25), (70, 50, 30), (90, 40, 40))
        strata = tuple(
            tuple(Cell(n, int(draw.binomial(n, rate))) for n in own)
            for own, rate in zip(sizes, (0.3, 0.45, 0.6), strict=True)
        )
        clear += judged([(Unit(None, strata),)])[0].verdict == "clear"
    assert 5 <= clear <= 27


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_never_says_why(language):
    turned = {band: HILL[other] for band, other in zip(BANDS, reversed(BANDS), strict=True)}
    alike = dict.fromkeys(BANDS, (400, 160))
    for sizes in (
        {"Hill": HILL},
        {"Hill": turned},
        {"Hill": alike},
        {"Hill": HILL, "Lake": LAKE, "Tiny": TINY},
    ):
        text = text_of(found_of(sizes), language)
        assert not CAUSES.search(text.casefold().replace("no se deba", ""))
        word = "causes" if language == "en" else "cause"
        said = (
            "does not say that one causes the other" if language == "en" else "no dice que una cause la otra"
        )
        assert said in text and len(re.findall(rf"\b{word}\b", text)) == 1


def test_no_student_is_in_any_face():
    rows, bad = rows_of({"Hill": HILL, "=cmd|'/c'!A1": LAKE, "<script>alert(1)</script>": LAKE})
    rows["student"] = "pupil-" + rows.student
    found = beside(rows, {f"pupil-{name}": one for name, one in bad.items()}, title=TITLE)
    said = [
        repr(found),
        found._repr_html_(),
        str(found.tables),
        repr(found.show(exact=True)),
        str(vars(found)),
    ]
    assert not any("pupil" in text for text in said)
    assert "<script>" not in found._repr_html_() and "&lt;script&gt;" in found._repr_html_()


def test_a_workbook_has_labels_as_text(tmp_path):
    from openpyxl import load_workbook

    found = found_of({"Hill": HILL, "=1+1": LAKE})
    book = load_workbook(found.to_excel(tmp_path / "found.xlsx"))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value == "=1+1"]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_a_final_mark_of_d_f_or_not_passed_counts_and_an_open_one_does_not():
    letters = {"a": "A", "b": "D-", "c": "NP", "d": "P", "e": "I", "f": "W", "g": ""}
    marks = pd.DataFrame({"student": [*letters, "a", "d"], "letter": [*letters.values(), "B", "f"]})
    assert with_df(marks) == {"a": False, "b": True, "c": True, "d": True}

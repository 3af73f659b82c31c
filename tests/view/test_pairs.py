"""Two variables together: for all schools alone, only if named, and in no file that travels."""

from __future__ import annotations

import numpy as np
import pytest

import relsurvey as rs
from relsurvey.disclosure import ALL, Row, exposures
from relsurvey.disclosure.gate import release
from relsurvey.errors import AnalysisError, DisclosureError
from relsurvey.view import cells
from tests.reading.belonging import INSTRUMENT
from tests.view.test_no_small_group import smallest
from tests.view.test_view import simulate

MIN_N = 11
PAIR = "gender*race"


def district(seed, blank=0.05, schools=(140, 160, 120)):
    """Return schools whose students differ in two variables, some of which they left blank."""
    rng = np.random.default_rng(seed)
    frame = simulate(np.array(schools), seed=seed)
    n = len(frame)
    frame["gender"] = rng.choice(["Girl", "Boy", ""], size=n, p=[0.5 - blank / 2, 0.5 - blank / 2, blank])
    frame["race"] = rng.choice(["Asian", "White", "Asian, White", ""], size=n, p=[0.4, 0.4, 0.15, 0.05])
    return rs.read(frame, INSTRUMENT)


def table_of(view, variable=PAIR):
    return [(unit.id, table) for unit in view.units for table in unit.groups if table.variable == variable]


def test_one_table_for_all_schools_with_labels_of_both():
    view = district(1).view(by=[PAIR])
    ((unit, table),) = table_of(view)
    assert unit == ALL
    labels = [row.label["en"] for row in table.rows]
    assert labels[:4] == ["Girl · Asian", "Girl · White", "Girl · Two or more", "Boy · Asian"]
    assert all("share" in row.cells[0].model_fields_set for row in table.rows)
    assert [v.id for v in view.variables] == [PAIR]
    assert " · " in view.variables[0].title["en"]


def test_without_its_name_no_pair_is_shown_and_the_rest_stays_as_it_was():
    study = district(1)
    assert table_of(study.view()) == []
    alone = study.view(by=["gender"])
    both = study.view(by=[PAIR, "gender"])
    assert [v.id for v in both.variables] == ["gender", PAIR]
    assert alone.provenance.instrument_sha256 == both.provenance.instrument_sha256
    schools = [[t.variable for t in u.groups] for u in both.units if u.id != ALL]
    assert schools and all(of == ["gender"] for of in schools)


def test_a_pair_is_named_once_whatever_its_order_and_spaces():
    view = district(1).view(by=["race * gender", PAIR])
    assert [v.id for v in view.variables] == ["race*gender"]


@pytest.mark.parametrize(
    ("by", "kind", "words"),
    [
        ("gender*gender", AnalysisError, "two different group variables"),
        ("gender*race*gender", AnalysisError, "two different group variables"),
        ("gender*", AnalysisError, "is not a group variable"),
        ("gender*shoes", AnalysisError, "'shoes' is not a group variable"),
        ("gender*school", AnalysisError, "is a unit, not a group"),
        ("gender*teacher", AnalysisError, "that would rank adults"),
    ],
)
def test_what_is_no_pair_gets_one_clear_sentence(by, kind, words):
    with pytest.raises(kind, match=words):
        district(1).view(by=by)


def test_one_school_has_no_pair():
    with pytest.raises(DisclosureError, match="for all schools only"):
        district(1, schools=(200,)).view(by=PAIR)


@pytest.mark.parametrize("formats", [("html",), ("voila", "html"), ("excel",), ("slides",)])
def test_no_file_that_travels_holds_a_pair(tmp_path, formats):
    with pytest.raises(DisclosureError, match="in no file that travels"):
        district(1).publish(tmp_path / "out", by=["gender", PAIR], formats=formats)
    assert not (tmp_path / "out").exists()


def test_the_app_holds_a_pair_and_the_ledger_knows_who_is_in_it(tmp_path):
    study = district(1)
    book = tmp_path / "kept" / "ledger.json"
    study.publish(tmp_path / "one", by=["gender", PAIR], formats=["voila"], ledger=book)
    assert PAIR in (tmp_path / "one" / "view.relsurvey.json").read_text()
    # The same answers again change nothing.
    study.publish(tmp_path / "two", by=["gender", PAIR], formats=["voila"], ledger=book)


def sets_of(plan, released, variables):
    """Return who stands behind every figure shown, as profiles, each as often as it has students."""
    everyone = [(i, k) for i, p in enumerate(plan.profiles) for k in range(p.figures[0])]
    found = []
    for unit in released.units:
        inside = frozenset(s for s in everyone if unit in plan.holders(plan.profiles[s[0]].unit))
        found.append(inside)
        for k, variable in enumerate(variables):
            found += [
                frozenset(s for s in inside if plan.profiles[s[0]].categories[k] in row.categories)
                for row in released.rows(unit, variable)
            ]
    return [one for one in found if one]


def planned(study, by):
    material = study._material().crossing(by)
    rows, instrument = material.responses, material.instrument
    return cells.make(rows, material.answers, instrument, by, material.reported).plan


@pytest.mark.parametrize("seed", range(10))
def test_a_pair_beside_its_variables_leaves_no_small_group(seed):
    by = ("gender", "race", PAIR)
    plan = planned(district(seed, blank=[0.01, 0.03, 0.1][seed % 3]), by)
    released = release(plan, MIN_N)
    found = sets_of(plan, released, by)
    assert smallest(set(found)) >= MIN_N
    # What is left of a set when all rows of the pair in it are taken away.
    everyone = frozenset().union(*found)
    rows = [
        frozenset(s for s in everyone if plan.profiles[s[0]].categories[2] in row.categories)
        for row in released.rows(ALL, PAIR)
    ]
    for whole in found:
        left = whole.difference(*(row for row in rows if row <= whole))
        assert not 0 < len(left) < MIN_N
    # By rank in floating point, no small cell of the pair follows.
    if rows:
        kinds = list({s[0] for one in found for s in one})
        matrix = np.array([[float((i, 0) in one) for i in kinds] for one in found])
        for category in {p.categories[2] for p in plan.profiles}:
            cell = np.array([float(plan.profiles[i].categories[2] == category) for i in kinds])
            n = sum(p.figures[0] for p in plan.profiles if p.categories[2] == category)
            if n < MIN_N:
                rank = np.linalg.matrix_rank
                assert rank(np.vstack([matrix, cell])) > rank(matrix)


def test_some_pairs_are_shown_beside_their_variables_and_some_rows_are_joined_for_it():
    by = ("gender", "race", PAIR)
    shown = joined = 0
    for seed in range(6):
        plan = planned(district(seed, blank=[0.01, 0.03, 0.1][seed % 3]), by)
        rows = release(plan, MIN_N).rows(ALL, PAIR)
        shown += bool(rows)
        joined += any(len(row.categories) > 1 for row in rows)
    assert shown >= 3 and joined >= 1


def test_every_row_of_a_pair_shown_alone_again_is_refused_where_sums_give_a_small_group():
    """Girl · Asian is hidden with few blanks: the girls less the others that are shown would give it away."""
    by = ("gender", "race", PAIR)
    for seed in (0, 3):
        plan = planned(district(seed, blank=0.01), by)
        released = release(plan, MIN_N)
        table = next(t for t in plan.tables if (t.unit, t.variable) == (ALL, PAIR))
        every = tuple(Row((c.category,)) for c in table.cells if c.students.enough(MIN_N))
        opened = {**released.tables, (ALL, PAIR): every}
        mutated = type(released)(released.units, opened, released.withheld)
        assert exposures(plan, mutated, MIN_N)

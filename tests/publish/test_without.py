"""Single tables that are left out of a view: by the names that people know, and the page says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import relsurvey as rs
from relsurvey.cli import app
from relsurvey.demo import demo_workbook
from relsurvey.errors import AnalysisError
from relsurvey.publish.write import VIEW
from tests.widgets import town

LEFT_OUT = "Not published: this table was left out by those who published the view."


@pytest.fixture(scope="module")
def study() -> rs.Study:
    return town.town()


def notes(view: rs.View) -> dict[tuple[str, str], str]:
    """Return what is said in the place of each table that has no rows."""
    return {
        (unit.title["en"], table.variable): table.note["en"]
        for unit in view.units
        for table in unit.groups
        if table.note is not None and not table.rows
    }


def test_a_table_that_is_left_out_says_so_and_no_other(study: rs.Study) -> None:
    usual = study.view()
    view = study.view(without={"South": "race", "all": ["race"]})
    there = {(u.title["en"], t.variable) for u in usual.units for t in u.groups if t.rows}
    left = {("South", "race"), ("All schools", "race")}
    assert left <= there
    found = notes(view)
    assert {place for place, note in found.items() if note == LEFT_OUT} == left
    # Nothing is said of its groups elsewhere on the page, and none is said to be hidden to protect them.
    for unit in view.units:
        if unit.title["en"] == "South":
            table = next(t for t in unit.groups if t.variable == "race")
            assert table.rows == [] and unit.hidden == next(u for u in usual.units if u.id == unit.id).hidden
            assert "Asian" not in unit.model_dump_json()
    assert all(
        "dejaron fuera esta tabla" in t.note["es"]
        for u in view.units
        for t in u.groups
        if t.note is not None and t.note["en"] == LEFT_OUT and "es" in t.note
    )


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ({"Sout": "race"}, "'Sout' has no tables to leave out (nearest: 'South'"),
        ({"South": "rase"}, "'South' has no table by 'rase' to leave out (nearest: 'race'"),
        ({"south": ["race"]}, "nearest: 'South'"),
        ({"all": ["gender", "zzz"]}, "'all' has no table by 'zzz' to leave out: name a group variable"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(study: rs.Study, without, said: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        study.view(without=without)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_table_of_a_variable_that_is_not_shown_cannot_be_left_out(study: rs.Study) -> None:
    with pytest.raises(AnalysisError, match="has no table by 'gender'"):
        study.view(by=["race"], without={"South": ["gender"]})


def test_a_later_release_may_show_what_was_left_out(
    study: rs.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    first = study.publish(tmp_path / "a", by=["race"], without={"South": ["race"]})
    assert notes(first.view)["South", "race"] == LEFT_OUT
    again = study.publish(tmp_path / "b", by=["race"])
    assert ("South", "race") not in notes(again.view)


def test_the_command_line_leaves_out_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    common = ["publish", str(demo_workbook()), "--out", str(tmp_path / "out"), "--format", "html"]
    done = CliRunner().invoke(app, [*common, "--without", "all=gender"])
    assert done.exit_code == 0, done.output
    view = json.loads((tmp_path / "out" / VIEW).read_text("utf-8"))
    whole = next(unit for unit in view["units"] if unit["id"] == "all")
    assert next(t for t in whole["groups"] if t["variable"] == "gender")["note"]["en"] == LEFT_OUT
    for wrong in ("gender", "=gender", "all="):
        refused = CliRunner().invoke(app, [*common, "--without", wrong])
        assert refused.exit_code != 0

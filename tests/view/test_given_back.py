"""Of tables that linked ones give away, no more is left out than has to be."""

from __future__ import annotations

import json

import pytest

import relsurvey as rs
from relsurvey.instrument import Instrument
from relsurvey.view import View
from tests.view.test_unasked import BOTH, answers


def with_teams():
    document = json.loads(BOTH.model_dump_json(exclude_none=True))
    document["identity"]["team"] = "team"
    return Instrument.parse(json.dumps(document))


@pytest.mark.parametrize("school", [0, 2])
def test_a_few_ninth_graders_without_a_team_cost_their_school_its_table_and_no_other(school):
    frame = answers([240, 220, 200])
    frame["team"] = ""
    for k in range(3):
        rows = frame.index[frame["school"] == f"School {k}"]
        more = 3 if k == school else 0
        frame.loc[rows[:40], "team"], frame.loc[rows[40:80], "team"] = "Otter", "Heron"
        frame.loc[rows, "gender"] = "Boy"
        frame.loc[rows[: 80 + more], "gender"] = "Girl"
    view: View = rs.read(frame, with_teams()).view(by=["gender"])
    shown = {unit.title["en"] for unit in view.units for table in unit.groups if table.rows}
    assert shown == {f"School {k}" for k in range(3) if k != school}

"""Google Classroom: points and dates above students, addresses that do not stay, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import ReadError
from relsurvey.grading import BlankChoiceError, Policy, read_gradebook, regrade

HEAD = ("Last Name", "First Name", "Email Address", "Overall Grade", "Maya’s map", "Quiz 1", "Read this")
ROWS = (
    ("Date", "", "", "", "2026-09-10", "2026-09-20", ""),
    ("Points", "", "", "", "10", "20", ""),
    ("Class Average", "", "", "80%", "8.5", "15", ""),
    ("Rivera", "Ana", "ana@school.example", "86.7%", "9", "17", ""),
    ("Wei", "Li", "li@school.example", "80%", "8", "", ""),
)
NAMES = ("Rivera", "Ana", "Wei", "school.example")


def frame(rows=ROWS, head=HEAD):
    return pd.DataFrame(rows, columns=head)


def test_work_points_dates_and_marks():
    found = read_gradebook(frame(), course="Geography", blank="ungraded")
    assert found.scores[["item", "points_possible", "status"]].to_numpy().tolist() == [
        ["Maya’s map", 10.0, "scored"], ["Maya’s map", 10.0, "scored"],
        ["Quiz 1", 20.0, "scored"], ["Quiz 1", 20.0, "ungraded"],
    ]  # fmt: skip
    assert found.scores["due"].dt.strftime("%m-%d").tolist() == ["09-10", "09-10", "09-20", "09-20"]
    assert found.marks["percent"].tolist() == [86.7, 80.0]
    effects = found.ledger.groupby("effect")["rows"].sum()
    assert effects["rows in"] - effects["rows out"] == effects["rows kept"] == 2


@pytest.mark.parametrize("ids", ["as-is", "hashed"])
def test_no_name_and_no_address_stays(ids):
    found = read_gradebook(frame(), blank="ungraded", ids=ids)
    frames = (found.scores, found.marks, found.totals, found.ledger)
    everything = " ".join(frame.astype(str).to_csv() for frame in frames) + repr(found)
    assert not any(name in everything for name in NAMES)
    assert found.scores["student"].str.fullmatch("[0-9a-f]{16}").all()
    # The same student in the same form, however ids are kept.
    other = read_gradebook(frame(), blank="ungraded")
    assert found.scores["student"].tolist() == other.scores["student"].tolist()


def test_blanks_are_asked_about_and_words_known():
    bare = frame().drop(columns=["Overall Grade"])
    with pytest.raises(BlankChoiceError):
        read_gradebook(bare)
    rows = [list(row) for row in ROWS]
    rows[4][5], rows[3][4] = "Missing", "Excused"
    found = read_gradebook(frame(rows))
    assert found.scores["status"].tolist() == ["excused", "scored", "scored", "missing"]
    floor = regrade(read_gradebook(bare, blank="zero"), Policy(id="f", floor={"percent": 50, "on": "score"}))
    # 26 of 30, and 8 + 10 of 30.
    assert floor.marks["percent"].round(2).tolist() == [86.67, 60.0]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_words_may_stand_over_any_of_the_names(tmp_path, place):
    rows = [list(row) for row in ROWS]
    for row in rows[:2]:
        row[place], row[0] = row[0], row[0] if place == 0 else ""
    path = tmp_path / "class.csv"
    frame(rows).to_csv(path, index=False, encoding="utf-8-sig", sep=";", lineterminator="\r\n")
    assert read_gradebook(path, blank="ungraded").scores["points_possible"].tolist() == [10, 10, 20, 20]


def test_what_is_not_whole_is_refused():
    def refused(rows, **how):
        with pytest.raises(ReadError) as caught:
            read_gradebook(frame(rows), blank="ungraded", **how)
        assert not any(name in str(caught.value) for name in NAMES)
        return str(caught.value)

    rows = [list(row) for row in ROWS]
    rows[1][5] = ""
    assert "does not say how many points are possible" in refused(rows)
    found = read_gradebook(frame(rows), blank="ungraded", mapping={"layout": "classroom", "points": 20})
    assert found.scores["points_possible"].tolist() == [10, 10, 20, 20]
    assert "2 rows of points" in refused([ROWS[1], *ROWS])
    rows = [list(row) for row in ROWS]
    rows[3][2] = ""
    assert "1 row without an id" in refused(rows)
    assert "has no graded work" in refused([(*row[:4], "", "", "") for row in ROWS])
    assert "neither a number nor a known code: 'odd' (1)" in refused(
        [*ROWS, ("A", "B", "c@d.example", "", "odd", "1", "")]
    )

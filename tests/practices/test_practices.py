"""A view of marks: who is in it, what it shows, and what never gets there."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.demo import demo_gradebook, demo_practices, demo_workbook
from relsurvey.errors import AnalysisError, DisclosureError, PolicyError
from relsurvey.grading import Gradebook, Policy
from relsurvey.practices import GradingPractices
from relsurvey.practices.people import RELATIONSHIPS
from relsurvey.practices.trying import try_all
from relsurvey.reading import identity
from relsurvey.view import View
from relsurvey.view.model import NUMBERS
from tests.practices.made import book, marks, scores

SIZES = {"North High": 140, "South High": 120, "West High": 110, "East High": 12}


@pytest.fixture(scope="module")
def demo():
    return demo_practices()


@pytest.fixture(scope="module")
def view(demo):
    return demo.view(by=["gender", "english_learner", RELATIONSHIPS])


def roster(sizes, part=("girl", "boy")):
    rows = [
        (f"{school[:2]}-{k:04d}", part[k % len(part)].title())
        for school, n in sizes.items()
        for k in range(n)
    ]
    return pd.DataFrame(rows, columns=["student_id", "gender"])


def texts(value, key=""):
    """Yield every text of a document with the key it stands under."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, key)
    elif isinstance(value, str):
        yield key, value


def numbers(value, owner="View", name=""):
    owners = {
        "share": "Share", "reference": "Reference", "parts": "Part", "items": "ItemCell",
        "settings": "Settings", "certificate": "Certificate", "provenance": "Provenance",
        "points": "Point", "weeks": "Run",
        "practices": "Adopted", "tried": "Tried", "outcomes": "Outcome", "before": "Share", "now": "Share",
    }  # fmt: skip
    if isinstance(value, dict):
        for key, part in value.items():
            yield from numbers(
                part,
                owners.get(key, owner) if isinstance(part, (dict, list)) and key != "teams" else owner,
                key,
            )
    elif isinstance(value, list):
        for part in value:
            yield from numbers(part, owner, name)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield f"{owner}.{name}", value


def test_it_holds_no_number_but_those_listed(view):
    found = list(numbers(json.loads(view.to_json())))
    assert len(found) > 500
    assert {field for field, _ in found} <= set(NUMBERS)
    assert all(isinstance(value, int) for _, value in found)
    assert {"Adopted.teams", "Point.percent", "Run.middle", "Tried.choices", "Outcome.percent"} <= {
        f for f, _ in found
    }


def test_no_teacher_section_course_or_student_is_in_it(view):
    gradebook = rs.grading.read_gradebook(demo_gradebook(), blank="zero")
    document = view.to_json()
    for column in ("teacher", "section", "course", "student"):
        frame = gradebook.scores if column == "teacher" else gradebook.marks
        names = frame[column].dropna().unique()
        assert len(names)
        assert not [name for name in names if re.search(rf"\b{re.escape(str(name))}\b", document)]


def test_it_speaks_of_marks_and_not_of_answers(view):
    """What is said of a survey stands with the one group that comes from a survey."""
    words = re.compile(r"answer|question|favorabl|\\bsurvey|respond|pregunta|encuesta", re.IGNORECASE)
    for unit in view.units:
        document = unit.model_dump(exclude={"groups"})
        document["groups"] = [table.model_dump() for table in unit.groups if table.variable != RELATIONSHIPS]
        for key, text in texts(document):
            said = "relationships" in text or "relaciones" in text
            assert said or key == "tone" or not words.search(text), (key, text)
    document = view.model_dump(exclude={"units", "strategies", "variables", "ledger"})
    for key, text in texts(document):
        assert not words.search(text), (key, text)


def test_beside_what_students_say_it_stands_that_no_cause_is_known(demo, view):
    beside = [table for unit in demo.view(by=[RELATIONSHIPS]).units for table in unit.groups]
    assert beside and all(table.rows for table in beside)
    assert all("go together" in table.comparable["en"] for table in beside)
    assert all("no dice que una sea la causa" in table.comparable["es"] for table in beside)
    others = [table for unit in view.units for table in unit.groups if table.variable != RELATIONSHIPS]
    assert others and all(table.comparable is None for table in others)


def test_the_change_of_the_demo_is_seen_where_it_was_made(view):
    runs = {unit.id: {run.id: run for run in unit.weeks} for unit in view.units}
    changed = runs["sierra-norte-high-simulated"]["under_passing"]
    assert [phase.week for phase in changed.phases] == ["2025-10-13"]
    assert changed.sentence["en"].startswith("Down since “50 % minimum, from week 10”")
    before = [p.percent for p in changed.points if p.week < "2025-10-13"]
    after = [p.percent for p in changed.points if p.week >= "2025-10-13" and p.percent is not None]
    assert min(before) > max(after)
    for other in ("paper-lantern-high-simulated", "half-moon-mesa-high-simulated"):
        assert runs[other]["under_passing"].phases == []
        assert "by chance" in runs[other]["under_passing"].sentence["en"]


def test_a_number_of_the_grid_is_the_one_of_the_page(view):
    for unit in view.units:
        shown = {cell.scale: cell.share.percent for cell in unit.scales if cell.share}
        first = unit.lab.tried[0]
        assert first.choices == [0] * len(view.dials)
        assert {o.scale: o.percent for o in first.outcomes if o.scale in shown} == shown
        assert len(unit.lab.tried) == len({tuple(t.choices) for t in unit.lab.tried})


def test_repr_log_and_errors_show_no_row(demo):
    assert (
        repr(demo)
        == "<GradingPractices grading-practices-view: 300 or more students, waves Fall 2025, simulated>"
    )
    gradebook = Gradebook.of(marks=marks(SIZES))
    with pytest.raises(AnalysisError) as refused:
        GradingPractices.of(
            gradebook, students=pd.DataFrame({"student_id": ["x1", "x2"], "gender": ["Girl", "Boy"]})
        )
    assert "No-0" not in str(refused.value)
    assert "x1" not in str(refused.value)


def test_ids_never_stand_in_the_study():
    found = GradingPractices.of(book(SIZES), students=roster(SIZES))
    assert not found.responses["respondent"].str.contains("-").any()
    assert not found.gradebook.marks["student"].str.contains("-").any()
    alone = GradingPractices.of(book(SIZES))
    assert not alone.responses["respondent"].str.contains("-").any()
    # The same student has the same hash, whoever was read with it.
    assert set(found.responses["respondent"]) == set(alone.responses["respondent"])


def test_groups_come_from_a_list_and_a_small_school_stays_hidden():
    found = GradingPractices.of(book(SIZES), students=roster(SIZES)).view(min_n=20)
    # All schools less the three with a page would be East.
    assert {unit.id for unit in found.units} == {"north-high", "south-high", "west-high"}
    table = next(unit for unit in found.units if unit.id == "north-high").groups[0]
    assert [row.label["en"] for row in table.rows] == ["Girl", "Boy"]
    assert "east" not in found.to_json().casefold()


def test_a_term_is_set_beside_the_one_before():
    found = GradingPractices.of(book(SIZES, ("Fall", "Spring"), shift=0.9)).view()
    assert found.wave["en"] == "Spring"
    change = next(unit for unit in found.units if unit.id == "all").change
    told = {cell.scale: cell for cell in change.cells}
    assert told["no_df"].verdict == "clear"
    assert told["no_df"].direction == "up"
    assert "term" in change.who["en"]
    assert "survey" not in change.who["en"]


def test_the_last_term_is_shown_whichever_row_comes_first():
    table = marks(SIZES, ("S1", "S2"), shift=0.9).iloc[::-1]
    found = GradingPractices.of(Gradebook.of(marks=table))
    assert found.waves == ("S1", "S2")
    view = found.view()
    assert view.wave["en"] == "S2"
    change = next(unit for unit in view.units if unit.id == "all").change
    assert {cell.scale: cell.direction for cell in change.cells}["no_df"] == "up"
    assert "terms" not in [step.step for step in view.ledger]


def test_an_order_of_terms_that_names_do_not_tell_is_asked_for():
    marks_ = book(SIZES, ("Gold", "Blue"))
    with pytest.raises(AnalysisError, match=r"Give them in order of time, the earliest first: terms="):
        GradingPractices.of(marks_)
    assert GradingPractices.of(marks_, terms=["Blue", "Gold"]).wave == "Gold"


def test_a_summer_of_a_few_students_is_not_what_the_page_is_of():
    table = marks({"North High": 140, "South High": 120}, ("Fall 2025", "Spring 2026", "Summer 2026"))
    few = table[(table["term"] != "Summer 2026") | table["student"].str.endswith(("3", "7"))]
    found = GradingPractices.of(Gradebook.of(marks=few), rule="core-failures")
    assert found.waves == ("Fall 2025", "Spring 2026")
    page = found.view()
    assert page.units[0].students["en"] == "100 to 299 students"
    [step] = [step for step in page.ledger if step.step == "terms"]
    assert "such as a summer" in step.what["en"] and "verano" in step.what["es"]


@pytest.fixture(scope="module")
def falling():
    """Marks that grow worse: who is off track in fall is so in spring too."""
    return GradingPractices.of(book(SIZES, ("Fall", "Spring"), shift=-0.9))


def test_what_counts_all_terms_so_far_is_not_set_beside_the_term_before(falling):
    view = falling.view()
    assert falling.rule is not None
    units = [unit for unit in view.units if unit.change.cells]
    assert len(units) >= 3
    for unit in units:
        told = {cell.scale: cell for cell in unit.change.cells}
        assert told["no_df"].verdict == "clear"
        cell = told["on_track"]
        assert (cell.before, cell.now, cell.verdict, cell.direction, cell.sentence) == (None,) * 5
        assert cell.words["en"] == "Not compared with the term before: this counts all terms so far."
        assert cell.words["es"].startswith("No se compara con el período anterior")
        # The share of all terms so far stands where the latest term is shown.
        assert next(cell for cell in unit.scales if cell.scale == "on_track").share is not None
        said = [*unit.say, *unit.change.say]
        assert not [text for text in said if re.search(r"On track: (it|up|down|about the same)", text["en"])]
    assert view.rules


def test_no_door_says_that_more_or_fewer_are_on_track_than_before(falling, tmp_path):
    import openpyxl
    import pptx

    falling.publish(tmp_path, formats=["html", "excel", "slides"])
    said = [text for _, text in texts(json.loads((tmp_path / "view.relsurvey.json").read_text("utf-8")))]
    sheets = openpyxl.load_workbook(tmp_path / "view.xlsx")
    rows = [[str(c.value) for c in row if c.value] for sheet in sheets for row in sheet.iter_rows()]
    said += [" ".join(row) for row in rows]
    for slide in pptx.Presentation(tmp_path / "view.pptx").slides:
        parts = [*slide.shapes, *(slide.notes_slide.shapes if slide.has_notes_slide else [])]
        said += [
            line for shape in parts if shape.has_text_frame for line in shape.text_frame.text.split("\n")
        ]
    assert any(re.search("No D or F.*since fall", text) for text in said)
    assert not [text for text in said if re.search(r"On track\b.*\b(since|then|as in fall)\b", text)]
    assert any(re.search("On track.*counts all terms so far", text) for text in said)


def test_a_notebook_compares_the_measures_of_a_term_alone(falling):
    assert falling.change("no_df").favorable_change < 0
    with pytest.raises(AnalysisError, match="counts all terms so far"):
        falling.change("on_track")


def test_who_says_what_stands_beside_is_said_once():
    with pytest.raises(AnalysisError, match="not both"):
        GradingPractices.of(book(SIZES), survey=rs.read(demo_workbook()), students=roster(SIZES))
    with pytest.raises(AnalysisError, match="not who is in them"):
        GradingPractices.of(book(SIZES), instrument="five-elements")
    with pytest.raises(AnalysisError, match="read_gradebook"):
        GradingPractices.of(marks(SIZES))


def test_changes_are_policies_or_days():
    table = Gradebook.of(scores({"North High": 120}))
    dated = Policy(id="new", floor={"percent": 50, "on": "score"}, effective={"from": "2025-10-06"})
    found = GradingPractices.of(table, changes=[dated, ("2025-11-03", "<b>late work</b>")])
    [run, _] = found.view().units[0].weeks
    assert [(phase.week, phase.title["en"]) for phase in run.phases] == [
        ("2025-10-06", "new"), ("2025-11-03", "<b>late work</b>"),
    ]  # fmt: skip
    for wrong in ("2025-10-06", ("soon", "x"), (1, 2), ("2025-10-06",)):
        with pytest.raises(AnalysisError, match="a day and a few words"):
            GradingPractices.of(table, changes=[wrong])
    for policy in (Policy(id="new"), dated.but(scope={"level": "course", "ids": ["Algebra 1"]})):
        with pytest.raises(AnalysisError, match="marks no change"):
            GradingPractices.of(table, changes=[policy])


def test_a_rule_of_the_gradebooks_own_marks_the_week_from_which_it_holds():
    dated = Policy(
        id="own", effective={"from": "2025-10-06"}, scope={"level": "school", "ids": ["North High"]}
    )
    table = Gradebook.of(scores({"North High": 120, "South High": 120}), policies=(Policy(), dated))
    units = {unit.id: unit for unit in GradingPractices.of(table).view().units}
    assert [len(units[one].weeks[0].phases) for one in ("north-high", "south-high", "all")] == [1, 0, 0]


def test_weeks_of_few_students_are_left_out_and_so_is_what_tells_of_them():
    table = scores({"North High": 120, "South High": 130, "East High": 14})
    found = GradingPractices.of(Gradebook.of(table)).view(min_n=20)
    units = {unit.id: unit for unit in found.units}
    assert set(units) >= {"north-high", "south-high"}
    assert units["north-high"].weeks
    # All less the two schools with a page would be East, 14 students a week.
    assert "all" not in units or not units["all"].weeks


def test_a_second_release_that_tells_of_few_is_refused(tmp_path):
    table = marks({"North High": 140, "South High": 120})
    GradingPractices.of(Gradebook.of(marks=table)).publish(tmp_path / "a")
    fewer = table[~table["student"].isin(["No-0001", "No-0002", "No-0003"])]
    with pytest.raises(DisclosureError, match="joined, left or got other marks") as caught:
        GradingPractices.of(Gradebook.of(marks=fewer)).publish(tmp_path / "b")
    # Nobody was asked anything.
    assert "Wait for more marks, or, when the next term is over, publish its marks." in str(caught.value)
    assert "answer" not in str(caught.value) and "question" not in str(caught.value)
    assert not (tmp_path / "b" / "view.html").exists()


def test_other_policies_on_the_same_marks_are_refused(tmp_path):
    table = Gradebook.of(scores({"North High": 160}))
    path = tmp_path / "dials.yaml"
    path.write_text(
        "dials:\n- id: floor\n  title: Lowest score\n  choices:\n  - {id: now, title: as now}\n"
        "  - {id: '55', title: at least 55 %, policy: {floor: {percent: 55, on: score}}}\n",
        "utf-8",
    )
    GradingPractices.of(table).publish(tmp_path / "a", formats=["html"])
    with pytest.raises(DisclosureError, match="other policies were tried on the same marks"):
        GradingPractices.of(table, dials=path).publish(tmp_path / "b", formats=["html"])
    GradingPractices.of(table).publish(tmp_path / "c", formats=["html"])
    found = GradingPractices.of(table, dials=False).publish(tmp_path / "d", formats=["html"])
    assert found.view.dials == []
    assert all(unit.lab is None for unit in found.view.units)


def test_a_week_to_which_few_gave_work_late_is_not_drawn_again(tmp_path):
    """Three gave work of the fifth week late, and twelve others of the ninth."""
    sizes = {"North": 80, "South": 70, "East": 60}
    late = scores(sizes)
    north = [f"No-{k:04d}" for k in range(80)]
    gone = (late["student"].isin(north[:3]) & (late["item"] == "Week 4")) | (
        late["student"].isin(north[20:32]) & (late["item"] == "Week 8")
    )

    def drawn(work):
        found = GradingPractices.of(Gradebook.of(marks=marks(sizes)), weekly=Gradebook.of(work), dials=False)
        published = found.publish(tmp_path / "out", formats=["html"])
        return published.notes, {
            unit.id: {point.week for run in unit.weeks for point in run.points if point.percent is not None}
            for unit in published.view.units
        }

    notes, before = drawn(late[~gone])
    assert not notes and all(len(weeks) == 12 for weeks in before.values())
    notes, now = drawn(late)
    fifth = {"2025-09-29"}
    assert now == {
        unit: weeks - (fifth if unit in ("all", "north") else set()) for unit, weeks in before.items()
    }
    assert len(notes) == 1 and "The week of 2025-09-29 (all schools, North)" in notes[0]
    # Said again it is no more.
    assert drawn(late)[1] == now


@pytest.mark.parametrize("formats", [("html", "excel", "slides"), ("voila",)])
def test_every_door_is_written_and_speaks_of_marks(demo, tmp_path, formats):
    published = demo.publish(tmp_path, by="gender", formats=formats)
    assert View.model_validate_json((tmp_path / "view.relsurvey.json").read_text("utf-8")) == published.view
    if "excel" in formats:
        import openpyxl

        book_ = openpyxl.load_workbook(tmp_path / "view.xlsx")
        assert "In detail" in book_.sheetnames
        said = " ".join(str(c.value) for sheet in book_ for row in sheet.iter_rows() for c in row if c.value)
        assert "Percent favorable" not in said
        assert "Percent of students" in said


def test_dials_are_a_file_and_a_wrong_one_is_one_sentence(tmp_path):
    table = Gradebook.of(scores({"North High": 160}))
    path = tmp_path / "dials.yaml"
    path.write_text(
        "dials:\n- id: floor\n  title: Lowest score\n  choices:\n  - {id: now, title: as now}\n"
        "  - {id: '50', title: at least 50 %, policy: {floor: {percent: 50, on: score}}}\n",
        "utf-8",
    )
    found = GradingPractices.of(table, dials=path).view()
    assert [dial.id for dial in found.dials] == ["floor"]
    assert len(found.units[0].lab.tried) == 2
    path.write_text("dials: []\n", "utf-8")
    with pytest.raises((PolicyError, AnalysisError)) as refused:
        GradingPractices.of(table, dials=path)
    assert "\n" not in str(refused.value)


def test_a_handful_of_marks_is_told_as_marks():
    few = GradingPractices.of(book({"North High": 8}), simulated=True)
    with pytest.raises(DisclosureError, match=r"students have a final mark, .* Read more gradebooks first"):
        few.view()


def on_ew9(sizes, **said):
    """Return marks of whole grades by a rule that asks for attendance: every student keeps to all else."""
    frame = marks(sizes).assign(letter="A", grade_level=9)
    frame["subject"] = frame["course"].map({"English 9": "English", "Algebra 1": "Mathematics"})
    return GradingPractices.of(Gradebook.of(marks=frame), rule="ew-9", **said)


def days(sizes, prefix="{}-{:04d}"):
    """Return attendance of which every fourth student has too little."""
    rows = [
        (prefix.format(school[:2], k), 90.0 if k % 4 == 0 else 97.0, 0)
        for school, n in sizes.items()
        for k in range(n)
    ]
    return pd.DataFrame(rows, columns=["student", "attendance", "suspensions"])


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("hashed", [False, True])
def test_a_rule_that_asks_for_attendance_is_told_by_it_whatever_stands_for_the_ids(listed, hashed):
    sizes = {"North High": 120, "South High": 100}
    given = days(sizes)
    if hashed:
        key = identity.local_key()
        given = given.assign(student=[identity.replaced(one, key) for one in given["student"]])
    strangers = pd.DataFrame({"student": ["zz-1"], "attendance": [50.0], "suspensions": [0]})
    known = {"students": roster(sizes)} if listed else {}
    found = on_ew9(sizes, attendance=pd.concat([given, strangers]), **known)
    track = found.responses["track"]
    assert (track == 2).sum() == 165 and (track == 1).sum() == 55
    said = found.ledger[found.ledger["step"] == "attendance"]
    assert said["rows"].tolist() == [220, 1]
    assert not found.attendance["student"].isin(days(sizes)["student"]).any()
    page = found.view().units[0]
    assert {cell.scale: cell.words["en"] for cell in page.scales}["on_track"] == "about 8 in 10"


def test_attendance_with_decimal_commas_is_the_same_page():
    sizes = {"North High": 120, "South High": 100}
    given = days(sizes)
    texts = given.assign(attendance=[f"{rate:.1f}".replace(".", ",") for rate in given["attendance"]])
    shares = given.assign(attendance=given["attendance"] / 100)
    first = on_ew9(sizes, attendance=given)
    for other in (texts, shares):
        found = on_ew9(sizes, attendance=other)
        pd.testing.assert_series_equal(found.responses["track"], first.responses["track"])
    assert "rates of attendance were taken as shares" in found.ledger["what"].tolist()
    with pytest.raises(AnalysisError, match="not between 0 and 100 %"):
        on_ew9(sizes, attendance=given.assign(attendance=970.0))


def test_attendance_is_asked_for_where_the_rule_needs_it_and_of_others_refused():
    sizes = {"North High": 120}
    with pytest.raises(AnalysisError, match=r"The rule ew-9 needs to know attendance"):
        on_ew9(sizes)
    with pytest.raises(AnalysisError, match=r"No student of the attendance is in the gradebook\."):
        on_ew9(sizes, attendance=days({"Zenith": 120}))
    with pytest.raises(AnalysisError, match=r"`attendance` is a file or a DataFrame by student"):
        on_ew9(sizes, attendance=3)


def test_a_school_without_attendance_is_told_nothing_of_who_is_on_track():
    sizes = {"North High": 120, "South High": 100, "West High": 80}
    given = days({name: n for name, n in sizes.items() if name != "South High"})
    missing = [each for each in days(sizes)["student"] if each.startswith("So")]
    table = marks(sizes).assign(letter="A", grade_level=9)
    table["subject"] = table["course"].map({"English 9": "English", "Algebra 1": "Mathematics"})
    # Of who has an F it can be told without attendance; the others are open.
    table.loc[table["student"].isin([each for each in missing if each.endswith("5")]), "letter"] = "F"
    found = GradingPractices.of(Gradebook.of(marks=table), rule="ew-9", attendance=given)
    said = found.ledger[found.ledger["step"] == "untold"]
    assert said["what"].tolist() == ["on track is counted of nobody in 'South High'"]
    assert "not known: attendance, suspensions" in said["why"].item()
    view = found.view()
    cells = {unit.id: {cell.scale: cell for cell in unit.scales} for unit in view.units}
    assert cells["south-high"]["on_track"].words["en"] == "This could be counted of nobody here."
    assert cells["south-high"]["no_df"].reason is None
    for unit in ("north-high", "west-high"):
        assert cells[unit]["on_track"].words["en"] == "about 8 in 10"
    [step] = [step for step in view.ledger if step.step == "untold"]
    assert "South" not in step.what["en"] and step.what["es"]


def test_policies_are_tried_of_no_school_that_counts_nobody():
    sizes = {"North High": 160, "South High": 150}
    rule = {
        "id": "own", "version": "1", "title": {"en": "Own"}, "text": {"en": "Own."}, "source": "the school",
        "requires": {"df_count": 0, "attendance": 96},
    }  # fmt: skip
    given = days({"North High": 160})
    found = GradingPractices.of(Gradebook.of(scores(sizes)), rule=rule, attendance=given)
    labs = {unit.id: unit.lab for unit in found.view().units}
    assert "on_track" in {one.scale for one in labs["north-high"].tried[0].outcomes}
    assert "on_track" not in {one.scale for one in labs["south-high"].tried[0].outcomes}
    rows = found._latest().responses
    units = pd.Series(rows["school"].to_numpy(), rows["respondent"].to_numpy())
    trials = try_all(found.gradebook, found.dials, found.rule, units, found.waves, None, found.attendance)
    assert trials.of["all"]["on_track"] == trials.of["North High"]["on_track"] == 160
    assert trials.of["all"]["no_df"] == 310 and "on_track" not in trials.of["South High"]


def test_policies_are_tried_by_the_rule_that_asks_for_attendance():
    sizes = {"North High": 120}
    rule = {
        "id": "own", "version": "1", "title": {"en": "Own"}, "text": {"en": "Own."}, "source": "the school",
        "requires": {"df_count": 2, "attendance": 96},
    }  # fmt: skip
    found = GradingPractices.of(Gradebook.of(scores(sizes)), rule=rule, attendance=days(sizes))
    page = found.view().units[0]
    first = {one.scale: one.percent for one in page.lab.tried[0].outcomes}
    assert first["on_track"] == 75

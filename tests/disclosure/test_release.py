"""The ledger of releases: what two releases tell together, and a ledger that nobody bends unseen."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relsurvey as rs
from relsurvey.disclosure.apart import alike, nested
from relsurvey.disclosure.compared import Compared
from relsurvey.disclosure.differences import differing, few_told, gives_back, tables_apart
from relsurvey.disclosure.ledger import Book, default_ledger, ledger_key, locked, shown_of
from relsurvey.disclosure.shown import NOT_COUNTED, PERSON, Shown
from relsurvey.errors import DisclosureError, PublishError
from relsurvey.instrument import Instrument
from relsurvey.sealed import last_seal, remember
from tests.reading.belonging import INSTRUMENT
from tests.view.test_view import simulate

TEAMS = Instrument.parse(INSTRUMENT.to_yaml().replace("  wave: wave\n", "  wave: wave\n  team: team\n"))
ITEMS = ["b1", "b2", "b3"]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Give each test a ledger and a key of its own."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@dataclass
class Desk:
    """Somebody who publishes frames of answers, all to one folder."""

    out: Path
    instrument: Instrument = INSTRUMENT

    def publish(self, frame, ids="hashed", **options):
        study = rs.read(frame, self.instrument, ids=ids)
        assert not study.simulated
        return study.publish(self.out, formats=["html"], **options)

    @property
    def ledger(self):
        return default_ledger(self.instrument)

    @property
    def entries(self):
        return [json.loads(line)["release"] for line in self.ledger.read_text("utf-8").splitlines()]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "out")


def school(n=240, **options):
    return simulate([n], seed=5, **options)


def altered(frame, kind, n):
    """Return the frame with n students more, fewer, or with another answer."""
    frame = frame.copy()
    if kind == "added":
        more = frame.iloc[:n].copy()
        more["student_id"] = [f"new{i}" for i in range(n)]
        return pd.concat([frame, more], ignore_index=True)
    if kind == "removed":
        return frame.iloc[n:]
    frame.loc[frame.index[:n], "b1"] = 6 - frame.loc[frame.index[:n], "b1"].where(lambda b: b != 3, 5)
    return frame


@pytest.mark.parametrize("kind", ["added", "removed", "changed"])
@pytest.mark.parametrize("n", [0, 1, 5, 10, 11, 40])
def test_a_second_release_differs_by_nobody_or_by_enough(desk, kind, n):
    desk.publish(school(), by=[])
    second = altered(school(), kind, n)
    if n in (0, 11, 40):
        desk.publish(second, by=[])
        assert len(desk.entries) == 2
        return
    view = (desk.out / "view.html").read_bytes()
    with pytest.raises(DisclosureError, match="fewer than 11 students joined, left or changed") as caught:
        desk.publish(second, by=[])
    assert (desk.out / "view.html").read_bytes() == view and len(desk.entries) == 1
    said = str(caught.value)
    assert "\n" not in said and "Wait for more answers" in said and "new wave" in said
    numbers = re.findall(r"\d+", said.replace(desk.entries[0]["made"], ""))
    assert numbers == ["11"], "a message holds the threshold and no count"


def test_every_earlier_release_counts_and_not_the_last_alone(desk):
    desk.publish(school(), by=[])
    desk.publish(altered(school(), "added", 20), by=[])
    with pytest.raises(DisclosureError):
        desk.publish(altered(school(), "added", 5), by=[])


def joined(frame, **genders):
    """Return the frame with more students of each gender."""
    for gender, n in genders.items():
        more = frame.iloc[:n].assign(gender=gender, student_id=[f"new {gender} {i}" for i in range(n)])
        frame = pd.concat([frame, more], ignore_index=True)
    return frame


def test_each_row_of_a_table_differs_by_nobody_or_by_enough(desk):
    desk.publish(school(), by="gender")
    with pytest.raises(DisclosureError, match=r"groups of gender") as refused:
        desk.publish(joined(school(), Girl=12, Boy=5), by="gender")
    # What the sentence offers is possible.
    without = ast.literal_eval(re.search(r"without=(\{.*?\})", str(refused.value))[1])
    assert without == {"School 0": ["gender"]}
    desk.publish(joined(school(), Girl=12, Boy=5), by="gender", without=without)


@pytest.mark.parametrize(("girls", "boys"), [(11, 0), (11, 12)])
def test_rows_that_differ_by_enough_are_published(desk, girls, boys):
    desk.publish(school(), by="gender")
    desk.publish(joined(school(), Girl=girls, Boy=boys), by="gender")


@pytest.mark.parametrize(("n", "refused"), [(1, True), (10, True), (11, False)])
def test_students_who_move_to_another_group_are_two_differences(desk, n, refused):
    frame = school()
    desk.publish(frame, by="gender")
    moved = frame.copy()
    moved.loc[moved.index[moved.gender == "Girl"][:n], "gender"] = "Boy"
    if refused:
        with pytest.raises(DisclosureError, match="groups of gender"):
            desk.publish(moved, by="gender")
        desk.publish(moved, by=[])
    else:
        desk.publish(moved, by="gender")


def test_a_row_that_pools_small_groups_is_compared_as_one(desk):
    """Of thirteen who join 'another answer or none', one is nonbinary: the row is shown, that one is not."""
    frame = joined(school(), Nonbinary=3, **{"": 20})
    desk.publish(frame, by="gender")
    assert {row for _, variable, row in desk.entries[0]["shown"] if variable} == {"Girl", "Boy", "-"}
    desk.publish(joined(school(), Nonbinary=4, **{"": 32}), by="gender")
    with pytest.raises(DisclosureError):
        desk.publish(joined(school(), Nonbinary=4, **{"": 33}), by="gender")


@pytest.mark.parametrize("label", ["Nonbinary", "Other gender"])
@pytest.mark.parametrize("merge", ["ordered", "any"])
def test_joined_rows_are_told_by_their_labels(desk, merge, label):
    """Every student of a unit stands in exactly one row of each table, whatever was joined with what."""
    rule = f"gender: \n    ordered: true\n    merge: {merge}"
    text = INSTRUMENT.to_yaml().replace("gender:", rule, 1)
    desk.instrument = Instrument.parse(text.replace("label: Nonbinary", f"label: {label}"))
    gender = desk.instrument.groups["gender"]
    assert gender.merge == merge and gender.categories[-1].label == {"*": label}
    frame = joined(school(200), Nonbinary=4, **{"": 3})
    desk.publish(frame, by="gender")
    (entry,) = desk.entries
    rows = [row for _, variable, row in entry["shown"] if variable]
    assert sorted(itertools.chain(*(row.split("+") for row in rows))) == ["-", "Boy", "Girl", "Nonbinary"]
    assert any("+" in row for row in rows)
    per_student = [len(line.split()) for line in entry["students"]]
    assert set(per_student) == {3}, "the unit and one row"


@pytest.mark.parametrize(("oak", "elm", "refused"), [(6, 5, True), (11, 0, False), (12, 11, False)])
def test_teams_are_compared_too(desk, oak, elm, refused):
    desk.instrument = TEAMS
    frame = school()
    frame["team"] = ["Oak", "Elm"] * 120
    desk.publish(frame, by=[])
    assert sum(variable == "" for _, variable, _ in desk.entries[0]["shown"]) == 3
    more = altered(frame, "added", oak + elm)
    more.loc[more.index[240:], "team"] = ["Oak"] * oak + ["Elm"] * elm
    if refused:
        with pytest.raises(DisclosureError, match="schools, teams or the whole"):
            desk.publish(more, by=[])
    else:
        desk.publish(more, by=[])


def test_what_the_whole_gained_less_what_its_schools_gained_is_compared(desk):
    """Twelve join a school that is shown and two one that is not: the two are the difference."""
    frame = simulate([60, 60, 9, 8], seed=5)
    desk.publish(frame, by=[])
    units = {unit for unit, variable, _ in desk.entries[0]["shown"] if not variable}
    assert units == {"all", "school-0", "school-1"}
    more = altered(frame, "added", 14)
    more.loc[more.index[-14:], "school"] = ["School 0"] * 12 + ["School 3"] * 2
    with pytest.raises(DisclosureError, match="the whole"):
        desk.publish(more, by=[])
    more.loc[more.index[-14:], "school"] = "School 0"
    desk.publish(more, by=[])


def moved(frame, column, old, new, n):
    """Return the frame with n students of `old` in `new`, where 30 more join them, and 20 others in `old`.

    So six who move away hide behind twenty who come: what is left is a mixture of few and enough.
    """
    frame = frame.copy()
    frame.loc[frame.index[frame[column] == old][:n], column] = new
    more = frame.iloc[:50].copy()
    more["student_id"] = [f"new{i}" for i in range(50)]
    more[column] = [old] * 20 + [new] * 30
    return pd.concat([frame, more], ignore_index=True)


def teams():
    return school().assign(team=["9", "Elm"] * 120)


def as_before_names(desk):
    """Write the ledger as it was when it held no more of a unit than its id."""
    with locked(desk.ledger) as head:
        old, new = Book.read(desk.ledger, ledger_key(), last_seal(head)), Book(ledger_key(), [], [], "")
        for entry in old.entries:
            new.append({name: value for name, value in entry.items() if name != "units"})
        remember(head, "")
        new.write(desk.ledger)
        remember(head, new.seal)


@pytest.mark.parametrize("ledger", ["new", "old"])
@pytest.mark.parametrize(("n", "refused"), [(6, True), (12, False)])
def test_a_team_is_the_same_under_another_id(desk, n, refused, ledger):
    """Beside a team whose name gives the same id, each has one of its own."""
    desk.instrument = TEAMS
    desk.publish(teams(), by=[])
    if ledger == "old":
        as_before_names(desk)
    more = moved(teams(), "team", "9", "9+", n)
    if refused:
        with pytest.raises(DisclosureError, match="schools, teams or the whole"):
            desk.publish(more, by=[])
    else:
        desk.publish(more, by=[])
        first, second = ({unit for unit, _, _ in entry["shown"]} for entry in desk.entries)
        assert len(first - second) == 1, "the team has another id now"


@pytest.mark.parametrize(("n", "refused"), [(6, True), (12, False)])
def test_a_school_is_the_same_under_another_name(desk, n, refused):
    frame = simulate([120, 120], seed=5)
    desk.publish(frame, by=[])
    desk.publish(frame.replace({"school": {"School 0": "Oak"}}), by=[])
    more = moved(frame, "school", "School 0", "School 2", n).replace({"school": {"School 0": "Elm"}})
    if refused:
        with pytest.raises(DisclosureError, match="schools, teams or the whole"):
            desk.publish(more, by=[])
    else:
        desk.publish(more, by=[])


def test_an_old_ledger_is_read_on(desk):
    desk.publish(school(), by="gender")
    as_before_names(desk)
    with pytest.raises(DisclosureError, match="fewer than 11"):
        desk.publish(altered(school(), "added", 4), by=[])
    desk.publish(school(), by="gender")
    desk.publish(altered(school(), "added", 40), by=[])
    assert ["units" in entry for entry in desk.entries] == [False, True, True]


def test_another_unit_with_the_id_of_one_before_is_not_that_one():
    who = [f"{i:012d}{0:012d}" for i in range(200)]
    changed = [f"{i:012d}{1:012d}" for i in range(45, 50)]
    before = {("q-9", "", ""): frozenset(who[:50])}
    # Twenty moved to a team that was not there, and five of them changed answers.
    now = {
        ("q-9-1", "", ""): frozenset(who[:30]),
        ("q-9", "", ""): frozenset([*who[30:45], *changed, *who[100:150]]),
    }
    assert differing([Shown(11, before)], Shown(11, now)) == ()
    named = Shown(11, before, {"q-9": "nine"}), Shown(11, now, {"q-9-1": "nine", "q-9": "nine plus"})
    assert differing([named[0]], named[1]) is None


def test_other_doors_variables_and_thresholds_on_the_same_answers_are_a_release_each(desk):
    study = rs.read(school(), INSTRUMENT)
    for options in ({}, {"formats": ["voila"]}, {"by": "gender"}, {"by": []}, {"min_n": 30}, {}):
        study.publish(desk.out, **options)
    assert [entry["settings"]["min_n"] for entry in desk.entries] == [11, 10, 11, 11, 30, 11]
    assert [entry["formats"] for entry in desk.entries][:2] == [["html", "voila"], ["voila"]]


def test_rows_without_a_few_flagged_students_are_refused(desk):
    frame = school()
    study = rs.read(frame, INSTRUMENT)
    study.publish(desk.out, by=[])
    with pytest.raises(DisclosureError):
        study.without(np.arange(240) < 4).publish(desk.out, by=[])


def test_a_wave_is_held_against_itself_and_against_a_release_that_names_none(desk):
    frame = school()
    desk.publish(frame, by=[])
    fall = altered(frame, "changed", 3)
    desk.publish(fall.assign(wave="fall"), by=[])
    with pytest.raises(DisclosureError):
        desk.publish(fall.drop(columns="wave"), by=[])


def test_one_student_is_one_whether_ids_are_hashed_or_kept(desk):
    frame = school()
    desk.publish(frame, by=[])
    desk.publish(frame, ids="as-is", by=[])
    with pytest.raises(DisclosureError):
        desk.publish(altered(frame, "added", 2), ids="as-is", by=[])


@pytest.mark.parametrize(("n", "refused"), [(0, False), (4, True), (11, False)])
def test_rows_without_ids_are_known_by_what_they_say(desk, n, refused):
    frame = school().drop(columns="student_id")
    desk.publish(frame, by=[])
    # In another order, row numbers are other ones.
    second = frame.iloc[n:].sample(frac=1, random_state=1)
    if refused:
        with pytest.raises(DisclosureError):
            desk.publish(second, by=[])
    else:
        desk.publish(second, by=[])


@pytest.mark.parametrize("then", [lambda n: f"{n}", lambda n: ""])
def test_a_wave_is_not_published_again_with_other_ids(desk, then):
    frame = school()
    numbers = list(range(len(frame)))
    desk.publish(frame.assign(student_id=[then(n) for n in numbers]).iloc[5:], by=[])
    with pytest.raises(DisclosureError, match="or their ids were others then") as caught:
        desk.publish(frame.assign(student_id=[f"{n}@school.example" for n in numbers]), by=[])
    assert "@" not in str(caught.value) and "\n" not in str(caught.value)
    desk.publish(frame.assign(student_id=[f"{n}@school.example" for n in numbers], wave="fall"), by=[])


def test_a_school_is_held_against_itself_when_another_one_gives_the_same_ids(desk):
    both = simulate([120, 120], seed=5)
    both["student_id"] = [*range(120), *range(120)]
    desk.publish(both.iloc[5:120], by=[])
    with pytest.raises(DisclosureError, match="or their ids were others then"):
        desk.publish(both, by=[])


def test_rows_coded_anew_under_another_id_leave_no_few_of_several_earlier_ones():
    who = [f"{i:012d}{0:012d}" for i in range(120)]
    page = {("s", "", ""): frozenset(who)}
    lunch = {"free": who[:45], "reduced": who[45:70], "paid": who[70:]}
    then = Shown(11, page | {("s", "lunch", row): frozenset(some) for row, some in lunch.items()})

    def income(low):
        rows = {"yes": who[:low], "no": who[low:]}
        return Shown(11, page | {("s", "income", row): frozenset(some) for row, some in rows.items()})

    assert [differing([then], income(low)) for low in (70, 73, 81)] == [None, ("income",), None]


@pytest.mark.parametrize("without_a_team", [0, 3, 12])
def test_a_scale_filled_in_by_few_without_a_team_is_not_left_by_school_and_teams(without_a_team):
    care, power = {*range(12), *range(100, 100 + without_a_team)}, range(115, 127)

    def release(filled):
        lines = {}
        for i in range(130):
            late = i in care or i in power
            care_code, power_code = ("0000" if i in some and not filled else "002a" for some in (care, power))
            codes = "".join("0001" if code != "0000" else "0000" for code in (care_code, power_code))
            lines[i] = (f"{i:012d}{int(late and filled):012d}", codes + care_code + power_code)
        places = {"s": range(130), "s-1": range(50), "s-2": range(50, 100)}
        sets = {(unit, "", ""): frozenset(lines[i][0] for i in some) for unit, some in places.items()}
        scales = {"care": ("c1",), "power": ("b1",)}
        return Shown(
            11, sets, scales=scales, questions={"c1": "One?", "b1": "Two?"}, answered=dict(lines.values())
        )

    told = {(unit, "", what) for unit in ["s-1"] for what in ("scale care", "item c1")}
    then, now = release(filled=False), release(filled=True)
    # Without the first team's the school's page tells of all who filled it in together.
    assert differing([then], now) is None
    assert few_told([then], now) == (told if 0 < without_a_team < 11 else set())


def test_a_category_called_as_those_without_an_answer_is_refused(desk):
    text = INSTRUMENT.to_yaml()
    assert text.count("label: Girl") == 1
    desk.instrument = Instrument.parse(text.replace("label: Girl", "label: No answer"))
    with pytest.raises(DisclosureError, match="give the category a label of its own"):
        desk.publish(school(), by=["gender"])


def test_a_question_that_nobody_answered_before_changes_those_who_answer_it(desk):
    frame = school().assign(b3="")
    desk.publish(frame, by=[])
    frame.loc[frame.index[:5], "b3"] = "2"
    with pytest.raises(DisclosureError):
        desk.publish(frame, by=[])
    frame.loc[frame.index[:20], "b3"] = "2"
    desk.publish(frame, by=[])


def test_the_ledger_holds_no_id_no_label_of_a_hidden_group_and_no_count(desk):
    frame = joined(school(), **{"Moon child": 3, "": 20})
    desk.publish(frame)
    text = desk.ledger.read_text("utf-8")
    study = rs.read(frame, INSTRUMENT)
    assert "oon" not in text and "School 0" not in text
    assert not any(student in text for student in (*frame.student_id, *study.responses.respondent))
    (entry,) = desk.entries
    assert set(entry) == {
        "by", "formats", "ids", "inputs", "instrument", "instrument_version", "made", "package", "questions",
        "salt", "scales", "settings", "shown", "students", "units", "untold", "view", "wave", "withheld",
    }  # fmt: skip
    # Ids of the instrument alone.
    assert [question for question, _ in entry["questions"]] == [*INSTRUMENT.items]
    assert entry["scales"] == [[scale, [*of.items]] for scale, of in INSTRUMENT.scales.items()]
    numbers = [n for key, value in entry.items() for n in ([value] if isinstance(value, int) else [])]
    assert not numbers and set(entry["settings"]) == {"min_n", "same_within"}
    assert entry["students"] == sorted(entry["students"])
    assert all(re.fullmatch(r"[0-9a-f]{24}:([0-9a-f]{2})+( \d+)+", line) for line in entry["students"])
    assert all(re.fullmatch(r"[0-9a-f]{12}", name) for name in entry["units"].values())
    # Two students who gave the same answers do not look alike.
    assert len({line[PERSON : 2 * PERSON] for line in entry["students"]}) == len(frame)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_only_its_owner_reads_the_ledger(desk, own_home):
    desk.publish(school(), by=[])
    files = sorted((own_home / "releases").iterdir())
    assert [file.name for file in files] == ["belonging-short.jsonl", "belonging-short.jsonl.lock"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert (own_home / "releases").stat().st_mode & 0o777 == 0o700
    desk.ledger.chmod(0o644)
    with pytest.raises(DisclosureError, match=r"open to other users.*chmod 600"):
        desk.publish(school(), by=[])


def bend_line(lines):
    return [lines[0].replace("html", "HTML"), *lines[1:]]


def forget_a_student(lines):
    entry = json.loads(lines[1])
    entry["release"]["students"].pop()
    return [lines[0], json.dumps(entry) + "\n", lines[2]]


@pytest.mark.parametrize(
    "bend",
    [
        bend_line,
        forget_a_student,
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: lines[1:],
        lambda lines: lines[:2],
        lambda lines: [*lines[:2], lines[2][:-300]],
        lambda lines: [*lines[:2], lines[2][:-1]],
        lambda lines: [*lines, lines[2]],
        lambda lines: [*lines, "\n"],
        lambda lines: [],
        lambda lines: ["\udcff\n", *lines],
    ],
)
def test_a_ledger_that_was_bent_is_refused(desk, bend):
    for _ in range(3):
        desk.publish(school(), by=[])
    lines = desk.ledger.read_text("utf-8").splitlines(keepends=True)
    desk.ledger.write_text("".join(bend(lines)), "utf-8", errors="surrogateescape")
    with pytest.raises(DisclosureError, match="changed or cut short") as caught:
        desk.publish(school(), by=[])
    assert "\n" not in str(caught.value)
    desk.ledger.write_text("".join(lines), "utf-8")
    desk.publish(school(), by=[])


def test_a_ledger_that_is_gone_is_missed(desk, tmp_path):
    desk.publish(school(), by=[])
    kept = desk.ledger.rename(tmp_path / "backup")
    with pytest.raises(DisclosureError, match="is gone"):
        Desk(tmp_path / "elsewhere").publish(school(), by=[])
    kept.rename(desk.ledger)
    desk.publish(school(), by=[])


def test_a_folder_whose_release_is_not_in_the_ledger_is_left_alone(desk, tmp_path, monkeypatch):
    desk.publish(school(), by=[])
    view = (desk.out / "view.html").read_bytes()
    first = tmp_path / "home"
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "another"))
    with pytest.raises(DisclosureError, match="Publishing without the earlier ledger is refused"):
        desk.publish(school(), by=[])
    assert (desk.out / "view.html").read_bytes() == view
    # The ledger without the key would take every student for a new one.
    desk.ledger.parent.mkdir(parents=True, exist_ok=True)
    desk.ledger.write_bytes((first / "releases" / desk.ledger.name).read_bytes())
    desk.ledger.chmod(0o600)
    with pytest.raises(DisclosureError, match="another key"):
        desk.publish(school(), by=[])
    (tmp_path / "another" / "id.key").write_bytes((first / "id.key").read_bytes())
    with pytest.raises(DisclosureError, match="fewer than 11"):
        desk.publish(altered(school(), "added", 4), by=[])
    desk.publish(school(), by=[])


@pytest.mark.parametrize("damage", ["not json", '{"files": {}}', "[]"])
def test_a_manifest_that_cannot_be_read_is_no_licence(desk, damage):
    desk.out.mkdir()
    (desk.out / "manifest.json").write_text(damage, "utf-8")
    with pytest.raises(DisclosureError, match="without the earlier ledger"):
        desk.publish(school(), by=[])


def test_simulated_answers_have_no_ledger_and_may_give_way(desk, demo_study):
    demo_study.publish(desk.out, formats=["html"])
    demo_study.where(school=demo_study.responses.school.iloc[0]).publish(desk.out, formats=["html"])
    assert not default_ledger(demo_study.instrument).exists()
    desk.publish(school(), by=[])
    assert len(desk.entries) == 1


def test_a_ledger_of_its_own_keeps_studies_apart_and_lies_beside_no_view(desk, tmp_path):
    desk.publish(school(), by=[])
    other = Desk(tmp_path / "other")
    with pytest.raises(DisclosureError, match="fewer than 11"):
        other.publish(altered(school(), "added", 4), by=[])
    other.publish(altered(school(), "added", 4), by=[], ledger=tmp_path / "books" / "other.jsonl")
    assert (tmp_path / "books" / "other.jsonl").is_file()
    for place in (desk.out / "ledger.jsonl", tmp_path / "third" / "in" / "ledger.jsonl"):
        with pytest.raises(DisclosureError, match="may not lie beside a view"):
            Desk(tmp_path / "third").publish(school(), by=[], ledger=place)
    (tmp_path / "a file").write_text("")
    with pytest.raises(PublishError, match="Cannot write the ledger"):
        other.publish(school(), by=[], ledger=tmp_path / "a file" / "ledger.jsonl")


def test_the_entry_is_there_before_the_view(desk, monkeypatch):
    """Killed in between, there is an entry and no view, and that does no harm."""

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("relsurvey.publish.write.write_release", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.publish(school(), by=[])
    assert len(desk.entries) == 1 and not list(desk.out.iterdir())
    desk.publish(school(), by=[])
    with monkeypatch.context() as patch:
        patch.setattr("relsurvey.disclosure.ledger.write_atomic", killed)
        with pytest.raises(KeyboardInterrupt):
            Desk(desk.out.with_name("new")).publish(school(), by=[])
    assert not list(desk.out.with_name("new").iterdir()) and len(desk.entries) == 2
    # Killed after the ledger and before its last seal is remembered.
    with monkeypatch.context() as patch:
        patch.setattr("relsurvey.disclosure.release.remember", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.publish(school(), by=[])
    (desk.ledger.parent / f".{desk.ledger.name}.left").write_text("half")
    desk.publish(school(), by=[])
    assert len(desk.entries) == 4 and len(list(desk.ledger.parent.iterdir())) == 2


def test_what_is_refused_anyway_leaves_no_entry(desk):
    with pytest.raises(PublishError, match="Cannot publish as pdf"):
        rs.read(school(), INSTRUMENT).publish(desk.out, formats=["pdf"])
    with pytest.raises(DisclosureError, match="Fewer than"):
        desk.publish(school(7))
    assert not desk.ledger.exists()


SCRIPT = """
import sys, time
import pandas as pd, relsurvey as rs
from tests.reading.belonging import INSTRUMENT
study = rs.read(pd.read_csv(sys.argv[1], dtype=str), INSTRUMENT)
try:
    study.publish(sys.argv[2], by=[], formats=["html"])
except rs.RelsurveyError as error:
    print("refused", error)
"""


def test_of_two_processes_the_second_one_sees_the_first(desk, tmp_path, own_home):
    """Each alone is fine; the two together would show four students."""
    for name, n in (("a", 0), ("b", 4)):
        altered(school(), "added", n).to_csv(tmp_path / f"{name}.csv", index=False)
    names = ["a", "b", "a", "b"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, tmp_path / f"{name}.csv", tmp_path / f"out{i}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
            env={**os.environ, "RELSURVEY_HOME": str(own_home)},
        )
        for i, name in enumerate(names)
    ]
    said = [process.communicate(timeout=300) for process in running]
    assert not any(process.returncode for process in running), said
    done = {name for name, (out, _) in zip(names, said, strict=True) if "refused" not in out}
    assert len(done) == 1 and all("fewer than 11" in out for out, _ in said if out)
    assert len(desk.entries) == 2 == sum((tmp_path / f"out{i}" / "view.html").is_file() for i in range(4))


FEW = 4


@st.composite
def release_pairs(draw):
    """Draw a small district published twice: who is where, what each release shows, and who changed."""
    unit = st.sampled_from(["s0", "s1", "s2"])
    category = st.sampled_from(["a", "b", "-"])
    n = draw(st.integers(8, 26))
    before = {f"{i:012d}": (draw(unit), draw(category), 0) for i in range(n)}
    now = dict(before)
    for person in draw(st.lists(st.sampled_from(sorted(now)), max_size=8, unique=True)):
        place = draw(unit), draw(category)
        now[person] = (*now[person][:2], 1) if draw(st.booleans()) else (*place, draw(st.integers(0, 1)))
    for person in draw(st.lists(st.sampled_from(sorted(now)), max_size=6, unique=True)):
        now.pop(person)
    for i in range(draw(st.integers(0, 9))):
        now[f"9{i:011d}"] = (draw(unit), draw(category), 0)

    def published(people):
        sets = {}
        for name in ("all", "s0", "s1", "s2"):
            inside = {p: v for p, v in people.items() if name in ("all", v[0])}
            for row in ("", "a", "b", "-"):
                who = {f"{p}{v[2]:012d}" for p, v in inside.items() if row in ("", v[1])}
                if len(who) >= FEW and draw(st.booleans()):
                    sets[name, "v" if row else "", row] = frozenset(who)
        return Shown(FEW, sets)

    return published(before), published(now)


def told_together(before, now):
    """Say by projection, over all signed sums of whole atoms, whether the two releases single out a few."""
    sets = [*before.sets.values(), *now.sets.values()]
    everyone = sorted(set().union(*sets))
    held: dict[tuple[bool, ...], list[str]] = {}
    for student in everyone:
        held.setdefault(tuple(student in s for s in sets), []).append(student)
    people = [{student[:PERSON] for student in atom} for atom in held.values()]
    small = [i for i, some in enumerate(people) if len(some) < FEW]
    matrix = np.array(list(held), dtype=float).T

    def space(rows):
        if not len(rows):
            return np.zeros((0, matrix.shape[1]))
        _, values, vectors = np.linalg.svd(rows, full_matrices=False)
        return vectors[values > 1e-9]

    spaces = [space(matrix), space(matrix[: len(before.sets)]), space(matrix[len(before.sets) :])]

    def follows(vector, k):
        return np.abs(vector - vector @ spaces[k].T @ spaces[k]).max() < 1e-8

    def parts(chosen):
        return (part for k in range(len(chosen) + 1) for part in itertools.combinations(chosen, k))

    def told(vector, part):
        """Say whether the one release tells a part by itself, and the other one the rest."""
        own = np.zeros_like(vector)
        own[list(part)] = vector[list(part)]
        return follows(own, 1) and follows(vector - own, 2)

    for size in range(1, FEW):
        for chosen in itertools.combinations(small, size):
            if len(set().union(*(people[i] for i in chosen))) >= FEW:
                continue
            for signs in itertools.product([1, -1], repeat=size - 1):
                vector = np.zeros(matrix.shape[1])
                vector[list(chosen)] = [1, *signs]
                if follows(vector, 0) and not any(told(vector, part) for part in parts(chosen)):
                    return True
    return False


@settings(max_examples=400, deadline=None)
@given(release_pairs())
def test_whatever_two_releases_tell_of_a_few_is_found(pair):
    before, now = pair
    if before.sets and now.sets and told_together(before, now):
        assert differing([before], now) is not None


@settings(max_examples=400, deadline=None)
@given(release_pairs())
def test_without_the_tables_that_tell_of_a_few_two_releases_go_together(pair):
    before, now = pair
    apart = tables_apart([before], now) if before.sets and now.sets else frozenset()
    assert bool(apart) == (differing([before], now) is not None) or not before.sets or not now.sets
    if all(variable for _, variable in apart):
        left = dataclasses.replace(now, sets={k: some for k, some in now.sets.items() if k[:2] not in apart})
        assert not (before.sets and left.sets and told_together(before, left))


@st.composite
def answered_pairs(draw):
    """Draw the same with a scale of two questions: who answered which, and what."""
    releases = draw(release_pairs())
    lines = sorted(set().union(*(some for release in releases for some in release.sets.values())))
    code = st.sampled_from([0, 1, 1, 2, NOT_COUNTED + 1])
    said = {line: (draw(code), draw(code)) for line in lines}
    answered = {
        line: "".join(f"{code:04x}" for code in (any(0 < c < NOT_COUNTED for c in codes), *codes))
        for line, codes in said.items()
    }

    def telling(release):
        own = {line: answered[line] for some in release.sets.values() for line in some}
        withheld = frozenset(
            (unit, variable, of)
            for unit, variable, _ in release.sets
            for of in ("scale s", "item q1", "item q2")
            if (not variable or of == "scale s") and draw(st.integers(0, 9)) == 0
        )
        return dataclasses.replace(
            release,
            scales={"s": ("q1", "q2")},
            questions={"q1": "One?", "q2": "Two?"},
            answered=own,
            withheld=withheld,
        )

    return tuple(map(telling, releases))


def told_of(release, what, counted):
    """Return who stands behind what a release tells of a scale or question, each with the answer."""

    def answer(line):
        told = release.answered[line]
        share, *codes = (int(told[i : i + 4], 16) for i in (0, 4, 8))
        if what == "scale s":
            # What counts as no answer is none.
            one, two = (code if code < NOT_COUNTED else 0 for code in codes)
            return share and 1 + 1000 * one + two
        code = codes[["item q1", "item q2"].index(what)]
        return code if code < NOT_COUNTED or not counted else 0

    sets = {
        key: frozenset(f"{line[:PERSON]}{answer(line):012d}" for line in some if answer(line))
        for key, some in release.sets.items()
        if (not key[1] or what == "scale s") and (*key[:2], what) not in release.withheld | release.untold
    }
    # Of few nothing is told by a release alone.
    return Shown(FEW, {key: some for key, some in sets.items() if len(some) >= FEW})


@settings(max_examples=200, deadline=None)
@given(answered_pairs())
def test_whatever_two_releases_tell_of_a_scale_or_question_is_left_out(pair):
    before, now = pair
    # As long as more is found, which the view leaves out in turn.
    while places := few_told([before], now):
        now = dataclasses.replace(now, untold=now.untold | places)
    for what, counted in (("scale s", True), ("item q1", True), ("item q2", True), ("item q1", False)):
        then, today = told_of(before, what, counted), told_of(now, what, counted)
        if then.sets and today.sets:
            assert not told_together(then, today), what
    assert not few_told([before, now], now)


@settings(max_examples=200, deadline=None)
@given(release_pairs())
def test_a_release_may_be_repeated_in_whole_and_in_part(pair):
    _, now = pair
    if now.sets:
        assert differing([now], now) is None
        part = dict(itertools.islice(now.sets.items(), 2))
        assert differing([now], Shown(FEW, part)) is None


@settings(max_examples=200, deadline=None)
@given(release_pairs(), st.permutations(["all", "s0", "s1", "s2"]))
def test_what_is_found_does_not_hang_on_the_ids_of_units(pair, others):
    ids = dict(zip(["all", "s0", "s1", "s2"], others, strict=True))

    def under(ids, release):
        sets = {(ids[unit], *rest): students for (unit, *rest), students in release.sets.items()}
        return Shown(FEW, sets, {ids[unit]: f"name of {unit}" for unit, _, _ in release.sets})

    before, now = pair
    own = {unit: unit for unit in ids}
    earlier = under(own, before)
    assert differing([earlier], under(ids, now)) == differing([earlier], under(own, now))


def test_only_the_three_questions_together_find_all():
    """Each question has a pair of releases that the other two let pass."""
    who = [f"{i:012d}{0:012d}" for i in range(200)]
    first, second, rest = frozenset(who[:50]), frozenset(who[50:100]), frozenset(who[150:])

    def releases(before, now):
        return Shown(11, before), Shown(11, now)

    def asked(before, now):
        then, today = Compared([before], now)._all
        return [v for _, v in alike(then, today, 11)], [v for _, v in nested(then, today, 11)]

    # Six left and twenty joined: a mixture, yet six is few.
    mixed = releases({("a", "", ""): first}, {("a", "", ""): frozenset(who[6:70])})
    assert asked(*mixed) == ([""], [])
    # Another variable on the same answers.
    crossed = releases(
        {("a", "", ""): first | second, ("a", "v", "x"): first},
        {("a", "", ""): first | second, ("a", "w", "y"): frozenset(who[:55])},
    )
    assert asked(*crossed) == ([], ["w"])
    # The whole and one of its schools gain enough each, and what lies between them gains few.
    gained = releases(
        {("all", "", ""): first | second, ("s", "", ""): first},
        {
            ("all", "", ""): first | second | frozenset(who[150:165]),
            ("s", "", ""): first | frozenset(who[150:162]),
        },
    )
    assert asked(*gained) == ([], [])
    assert differing([gained[0]], gained[1]) == () and rest


def test_a_release_for_each_school_is_one_entry_and_known_by_its_folders(desk):
    frame = simulate([120, 140], seed=7)
    desk.publish(frame, each="school")
    folders = sorted(path.parent.name for path in desk.out.glob("*/view.html"))
    assert len(folders) == 2
    assert len(desk.entries) == 1
    # The whole is held against, whatever the folders hold: one student more in one school is refused.
    with pytest.raises(DisclosureError, match="fewer than 11 students"):
        desk.publish(altered(frame, "added", 1), each="school")
    desk.publish(frame, each="school")
    desk.publish(frame)
    desk.ledger.unlink()
    desk.ledger.with_name(f"{desk.ledger.name}.lock").unlink()
    for name in ("view.relsurvey.json", "manifest.json"):
        (desk.out / name).unlink()
    with pytest.raises(DisclosureError, match="without the earlier ledger"):
        desk.publish(frame, each="school")


def test_another_studys_folder_below_does_not_stand_in_the_way(tmp_path):
    frame, site = simulate([240], seed=7), tmp_path / "site"
    Desk(site / "one").publish(frame)
    Desk(site).publish(frame, ledger=tmp_path / "books" / "another.jsonl")
    assert (site / "view.html").is_file()


# Scale by scale, and for other groups.


@pytest.fixture
def two_scales(tmp_path):
    from tests.view.test_unasked import BOTH

    return Desk(tmp_path / "out", BOTH)


def told_by(view):
    """Return the scales and questions of which the page of a lone school tells a share."""
    (unit,) = view.units
    return {cell.scale for cell in unit.scales if cell.share} | {
        cell.item for cell in unit.items if cell.share
    }


@pytest.mark.parametrize(("n", "left_out"), [(0, False), (5, True), (10, True), (11, False), (20, False)])
def test_of_those_who_join_no_few_have_answered_a_scale(two_scales, n, left_out):
    """Twenty join, and n of them answered the second scale: the two releases would tell their share."""
    from tests.view.test_unasked import FIRST, SECOND, answers

    frame = answers([120])
    frame.loc[frame.index[100 + n :], SECOND] = ""
    before = told_by(two_scales.publish(frame[:100], by=[]).view)
    published = two_scales.publish(frame, by=[])
    second = {"care", *SECOND}
    assert before == {*two_scales.instrument.scales, *FIRST, *second}
    assert told_by(published.view) == before - (second if left_out else set())
    assert len(published.notes) == (len(second) if left_out else 0)
    # Once left out it may be told again when enough are new, as seen from all that was told before.
    assert (two_scales.publish(frame, by=[]).notes == ()) is not left_out


@pytest.mark.parametrize(("n", "left_out"), [(5, True), (15, False)])
def test_of_those_who_change_no_few_change_a_scale(two_scales, n, left_out):
    from tests.view.test_unasked import FIRST, SECOND, answers

    frame = answers([120])
    two_scales.publish(frame, by=[])
    frame.loc[frame.index[:20], FIRST[0]] = 6 - frame.loc[frame.index[:20], FIRST[0]].astype(int)
    frame.loc[frame.index[:n], SECOND[0]] = 6 - frame.loc[frame.index[:n], SECOND[0]].astype(int)
    # Threes are their own opposites.
    frame.loc[frame.index[:20], FIRST[1]] = 1 + frame.loc[frame.index[:20], FIRST[1]].astype(int) % 5
    frame.loc[frame.index[:n], SECOND[1]] = 1 + frame.loc[frame.index[:n], SECOND[1]].astype(int) % 5
    told = told_by(two_scales.publish(frame, by=[]).view)
    assert ("care" not in told) is left_out and (SECOND[1] not in told) is left_out
    assert {*FIRST, *two_scales.instrument.scales} - {"care"} <= told


@pytest.mark.parametrize(("n", "left_out"), [(5, True), (11, False), (0, False)])
def test_a_question_that_few_filled_in_later_is_left_out(two_scales, n, left_out):
    """Twenty filled in another question of the scale, and n this one."""
    from tests.view.test_unasked import SECOND, answers

    frame, early = answers([120]), answers([120])
    early.loc[early.index[:n], SECOND[0]] = ""
    early.loc[early.index[n : n + 20], SECOND[1]] = ""
    two_scales.publish(early, by=[])
    published = two_scales.publish(frame, by=[])
    told = told_by(published.view)
    assert "care" in told and {SECOND[1], SECOND[2]} <= told and (SECOND[0] not in told) is left_out
    assert len(published.notes) == left_out and all(
        "fewer than 11 students" in note for note in published.notes
    )
    (entry,) = two_scales.entries[1:]
    assert [of for *_, of in entry["untold"]] == [f"item {SECOND[0]}"] * left_out


def test_the_ledger_tells_no_answer_without_its_key(desk):
    """Neither what was answered nor that nothing was, nor whether two said the same, or one twice."""
    frame = school(200).astype({"b1": object})
    frame.loc[frame.index[:40], "b1"] = ""
    desk.publish(frame, by=[])
    desk.publish(frame, by=[])
    coded = [[line.split()[0].partition(":")[2] for line in entry["students"]] for entry in desk.entries]
    assert all(len({*some}) == len(some) == 200 for some in coded) and not {*coded[0]} & {*coded[1]}
    # Of each place in the line all numbers are about as frequent: 200 in 256.
    columns = np.array([list(bytes.fromhex(code)) for code in coded[0]]).T
    assert all(len(np.unique(column)) > 100 for column in columns)
    then, again = map(_shown_of, desk.entries)
    assert then.answered == again.answered and sum("0000" in code for code in then.answered.values()) >= 40


def test_a_ledger_from_before_scales_were_noted_goes_on(two_scales):
    from tests.view.test_unasked import answers

    frame = answers([120])
    two_scales.publish(frame[:100], by=[])
    now = _shown_of(two_scales.entries[0])
    before = Shown(now.min_n, now.sets)
    assert differing([before], now) is None and not gives_back(before, now)


def _shown_of(entry):
    return shown_of(entry, ledger_key())


def test_other_groups_of_the_same_students_do_not_tell_what_was_left_out():
    """What each release left out for its own groups, the other one's groups or pages would give back."""
    who = [f"{i:012d}{0:012d}" for i in range(90)]
    pages = {("all", "", ""): frozenset(who), ("s", "", ""): frozenset(who[:60])}
    ell = {("all", "ell", "yes"): frozenset(who[:40]), ("all", "ell", "no"): frozenset(who[40:])}
    care = frozenset({("s", "", "scale care")})
    alone, both = Shown(11, pages), Shown(11, pages | ell, withheld=care)
    assert gives_back(alone, both) and gives_back(both, alone)
    # The same again, a part that leaves the same out, and a stricter one are no more than was told.
    assert not gives_back(both, both) and not gives_back(alone, Shown(11, pages, withheld=care))
    assert not gives_back(both, Shown(11, pages, withheld=care))
    assert not gives_back(alone, Shown(11, pages | ell))
    # Beside a later wave the page may tell the rest, without what was left out: and that tells nothing.
    assert gives_back(both, alone) and not gives_back(both, Shown(11, pages, untold=care))
    assert not gives_back(Shown(11, pages, untold=care), both)
    # Of other students nothing is said here.
    fewer = {key: frozenset(list(some)[:30]) for key, some in pages.items()}
    assert not gives_back(Shown(11, fewer), both)

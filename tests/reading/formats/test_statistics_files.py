"""SPSS and Stata: labels and codes, what is missing, and files that nobody should have written."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from relsurvey.errors import MatchError, ReadError
from relsurvey.reading import choose
from relsurvey.reading.formats import google_forms, statistics
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Sheet, open_file
from relsurvey.reading.opening import statistics as opening
from relsurvey.reading.opening.refused import RefusedError
from tests.reading.formats.canon import A5, INSTRUMENT, STUDENTS, TEXT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.statistics_files import (
    VARIANTS,
    Kept,
    background,
    grid,
    item,
    items,
    limesurvey,
    more,
    qualtrics,
    races,
    to_spss,
    to_stata,
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (google_forms, statistics))


def notes(study, step):
    """Return the ledger's entries of one step."""
    return study.ledger[study.ledger.step == step]


def sheet(path):
    """Return a file's sheet."""
    return open_file(path, Limits()).sheets[0]


def table(folder, kept):
    """Return what variables are read as."""
    return statistics.read(sheet(to_spss(folder, kept)))


def column(found, name):
    """Return a column of a table."""
    return next(column for column in found.columns if column.name == name)


def roles(found):
    """Return the roles that columns have."""
    return {column.name: column.role for column in found.columns if column.role}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_reads_to_the_canon(variant, tmp_path):
    study = read_canon(VARIANTS[variant](tmp_path))
    assert_canon(study)
    assert not study.flags["unfinished"].any()
    form = "SPSS file" if variant.startswith("SPSS") else "Stata file"
    assert notes(study, "open").what.str.startswith(f"read as {form}").all()
    assert len(notes(study, "joined columns")) == 1


def test_no_other_format_claims_it(tmp_path):
    from relsurvey.reading.formats import limesurvey, qualtrics, redcap

    for variant in ("SPSS, from Qualtrics", "SPSS, from LimeSurvey", "SPSS, from REDCap", "Stata"):
        found = sheet(VARIANTS[variant](tmp_path))
        assert statistics.detect(found)
        assert not any(form.detect(found) for form in (google_forms, limesurvey, qualtrics, redcap))


def test_a_table_of_text_is_not_claimed():
    assert not statistics.detect(Sheet.of([["StartDate", "Q1"], ["2026", "4"]]))
    assert not statistics.detect(Sheet.of([]))


def test_a_variable_has_its_name_and_other_names(tmp_path):
    found = table(tmp_path, [Kept("Q7_1", "12. How true? - Now: I belong.", ["Agree"])])
    assert found.columns[0].header == "Q7_1"
    assert dict(found.columns[0].also) == {
        "12. How true? - Now: I belong.": "by its label",
        "How true? - Now: I belong.": "without its number",
        "Now: I belong.": "by its row in the grid",
        "I belong.": "by its row in the grid",
    }
    found = table(tmp_path, [Kept("gender", "How do you describe yourself? - Selected Choice", ["Girl"])])
    assert dict(found.columns[0].also)["How do you describe yourself?"] == "by the question before the dash"


class TestMissing:
    """What a file itself calls no answer."""

    def read(self, folder, cells, missing, labels=None):
        """Return the one variable of a file."""
        return sheet(to_spss(folder, [Kept("b1", "", cells, labels or {}, missing)])).columns[0]

    def gone(self, cells):
        """Return the texts that the file marks as no answer."""
        return sorted(cells.texts[position] for position in cells.missing)

    def test_single_values(self, tmp_path):
        cells = self.read(tmp_path, [1.0, 7.0, 8.0, 9.0], [7.0, 8.0, 9.0], {9.0: "Refused"})
        assert self.gone(cells) == ["7", "8", "Refused"]

    def test_a_range_and_a_value(self, tmp_path):
        cells = self.read(tmp_path, [1.0, -99.0, -95.0, -89.0, 9.0], [{"lo": -99.0, "hi": -90.0}, 9.0])
        assert self.gone(cells) == ["-95", "-99", "9"]

    def test_text(self, tmp_path):
        cells = self.read(tmp_path, ["Agree", "N/A", "NA ", "N/A  "], ["N/A"])
        assert self.gone(cells) == ["N/A"]
        assert cells.cells() == ["Agree", "N/A", "NA", "N/A"]

    def test_the_label_of_an_answer_and_of_what_is_missing(self, tmp_path):
        cells = self.read(
            tmp_path, [4.0, 9.0, 5.0], [9.0], {4.0: "Agree", 9.0: "Agree", 5.0: "Strongly agree"}
        )
        assert self.gone(cells) == ["9 - Agree"]
        cells = self.read(tmp_path, [4.0, 9.0], [9.0], {9.0: "4"})
        assert cells.cells() == ["4", "9 - 4"]
        assert self.gone(cells) == ["9 - 4"]

    def test_letters_of_stata(self, tmp_path):
        labels = {1.0: "Disagree", -1.0: "Refused"}
        path = to_stata(tmp_path, [Kept("b1", "", [1.0, -1.0, -2.0, None], labels, [-1.0, -2.0])])
        found = sheet(path)
        assert found.columns[0].cells() == ["Disagree", "Refused", ".b", ""]
        assert self.gone(found.columns[0]) == [".b", "Refused"]

    def test_a_letter_that_is_text_is_an_answer(self, tmp_path):
        found = sheet(to_stata(tmp_path, [Kept("b1", "", ["a", "z"])]))
        assert found.columns[0].cells() == ["a", "z"]
        assert not found.columns[0].missing

    @pytest.mark.parametrize("write", [to_spss, to_stata])
    def test_it_is_counted(self, write, tmp_path):
        study = read_canon(write(tmp_path, [*background(), *races(), *items(missing=-99.0), more()]))
        blank = sum(not getattr(student, key) for student in STUDENTS for key in ("b1", "b2", "b3", "d1"))
        found = notes(study, "missing codes")
        assert found.rows.sum() == blank
        assert set(found.why) == {"the file itself marks it as no answer"}
        assert_adds_up(study)


class TestLabels:
    """What stands for a value."""

    def test_two_values_of_one_label_stay_apart(self, tmp_path):
        labels = {1.0: "Agree", 2.0: "Agree", 3.0: "Disagree"}
        found = sheet(to_spss(tmp_path, [Kept("b1", "", [1.0, 2.0, 3.0], labels)])).columns[0]
        assert found.cells() == ["1 - Agree", "2 - Agree", "Disagree"]

    def test_blanks_around_a_label_do_not_matter(self, tmp_path):
        labels = {1: " Agree  ", 2: "   "}
        found = sheet(to_stata(tmp_path, [Kept("b1", "", [1.0, 2.0], labels)])).columns[0]
        assert found.cells() == ["Agree", "2"]
        behind = found.values  # noqa: PD011
        assert behind == ("", "1", "2")

    def test_a_value_without_a_label_is_itself(self, tmp_path):
        found = sheet(to_spss(tmp_path, [Kept("b1", "", [1.0, 2.0, 2.5], {1.0: "Agree"})])).columns[0]
        assert found.cells() == ["Agree", "2", "2.5"]

    def test_numbers_that_run_another_way_are_noticed(self, tmp_path):
        turned = [
            replace(
                variable,
                cells=[None if c is None else 6.0 - c if c < 6 else c for c in variable.cells],
                labels={6.0 - value if value < 6 else value: text for value, text in variable.labels.items()},
            )
            for variable in items()[:3]
        ]
        study = read_canon(to_spss(tmp_path, [*background(), *races(), *turned, item("d1"), more()]))
        assert_canon(study)
        assert len(notes(study, "code direction")) == 1

    def test_dates_and_long_texts(self, tmp_path):
        long = "ñ" * 3000
        kept = [
            Kept("when", "", [pd.Timestamp(2026, 10, 2, 9, 14, 7), None]),
            Kept("words", "", [long, "  "]),
        ]
        for write in (to_spss, to_stata):
            found = sheet(write(tmp_path, kept))
            assert found.columns[0].cells() == ["2026-10-02 09:14:07", ""]
            assert found.columns[1].stripped().cells() == [long, ""]

    def test_a_date_outside_the_calendar_leaves_them_numbers(self, tmp_path):
        path = tmp_path / "a.sav"
        frame = pd.DataFrame({"when": [1e300, 13e9], "b1": [1.0, 2.0]})
        pyreadstat.write_sav(frame, path, variable_format={"when": "DATETIME20"})
        opened = open_file(path, Limits())
        assert opened.sheets[0].columns[0].cells() == ["1e+300", "13000000000"]
        assert any("outside the calendar" in note for note in opened.notes)


class TestChoices:
    """Questions of which each choice has a variable."""

    def test_a_choice_that_is_its_label(self, tmp_path):
        found = table(tmp_path, races())
        assert found.names == ["race"]
        assert (
            found.columns[0].cells.cells()[3] == "Black, or African American\x1fHispanic, Latino, or Latina"
        )
        assert found.columns[0].place == "variables 1 to 4"

    @pytest.mark.parametrize("labels", [{}, {0.0: "No", 1.0: "Yes"}])
    def test_yes_and_no_may_be_answers_of_their_own(self, labels, tmp_path):
        found = table(tmp_path, races(labels=lambda _: labels, off=0.0))
        assert found.names == ["race_1", "race_2", "race_3", "race_4", "race"]
        assert column(found, "race").cells.cells()[0] == "Asian"

    def test_of_two_dashes_the_last_parts_the_choices(self, tmp_path):
        found = table(tmp_path, races("{stem} - Selected Choice - {race}", lambda _: {}, off=0.0))
        assert column(found, "race").cells.cells()[1] == "Asian\x1fWhite"

    def test_a_label_cut_short_is_whole_in_its_cells(self, tmp_path):
        path = to_stata(
            tmp_path, races(stem="What is your race or ethnicity? Choose all that you think apply.")
        )
        found = statistics.read(sheet(path))
        assert found.names == ["race"]
        assert found.columns[0].cells.cells()[2] == "Black, or African American"

    def test_rows_of_a_grid_stay_questions(self, tmp_path):
        found = table(tmp_path, grid("{stem} - {row}"))
        assert found.names == ["Q7_1", "Q7_2", "Q7_3", "Q8"]

    def test_a_grid_answered_alike_stays_questions(self, tmp_path):
        same = [replace(variable, cells=[4.0] * 6) for variable in grid("{stem} - {row}")[:3]]
        assert table(tmp_path, same).names == ["Q7_1", "Q7_2", "Q7_3"]

    def test_what_is_missing_was_not_chosen(self, tmp_path):
        kept = [
            replace(
                variable,
                cells=[-9.0 if cell is None else cell for cell in variable.cells],
                labels={**variable.labels, -9.0: "Not seen"},
                missing=[-9.0],
            )
            for variable in races()
        ]
        found = table(tmp_path, kept)
        assert found.names == ["race"]
        assert found.columns[0].cells.cells()[4] == ""

    def test_variables_without_answers_are_left_alone(self, tmp_path):
        empty = [replace(variable, cells=[None] * 6) for variable in races()]
        assert table(tmp_path, empty).names == ["race_1", "race_2", "race_3", "race_4"]


class TestPrograms:
    """What a survey's program writes about the answering."""

    def test_previews_of_qualtrics_are_left_out(self, tmp_path):
        kept = [*qualtrics(status=(0, 1, 0, 2, 0, 0)), *background(), *races(), *items(), more()]
        study = read_canon(to_spss(tmp_path, kept))
        assert study.responses["respondent"].tolist() == ["00101", "00103", "00105", "00106"]
        assert notes(study, "test rows").rows.tolist() == [1, 1]
        assert_adds_up(study)

    def test_unfinished_answers_of_qualtrics_are_flagged(self, tmp_path):
        kept = [*qualtrics(finished=(1, 1, 0, 1, 1, 0)), *background(), *races(), *items(), more()]
        study = read_canon(to_spss(tmp_path, kept))
        assert_canon(study)
        assert study.flags["unfinished"].tolist() == [False, False, True, False, False, True]
        assert study.responses["duration"].tolist() == [241, 242, 243, 244, 245, 246]
        assert study.responses["date"].iloc[0] == "2026-10-01 09:14:07"

    def test_what_qualtrics_writes_is_not_asked(self, tmp_path):
        found = roles(table(tmp_path, [*qualtrics(), item("b1")]))
        assert found.pop("RecordedDate") == "date"
        assert found.pop("Duration__in_seconds_") == "duration"
        assert set(found.values()) == {"meta"}
        assert set(found) == {variable.name for variable in qualtrics()} - {
            "RecordedDate",
            "Duration__in_seconds_",
        }

    def test_a_variable_of_such_a_name_is_no_qualtrics(self, tmp_path):
        found = table(tmp_path, [Kept("Status", "", [1.0, 0.0]), Kept("Finished", "", [0.0, 0.0])])
        assert roles(found) == {}
        assert found.partial is None
        assert found.dropped == ()

    def test_limesurvey_says_what_was_sent(self, tmp_path):
        kept = [*limesurvey(left=(2,)), *background(), *races(), *items(), more()]
        study = read_canon(to_spss(tmp_path, kept))
        assert study.flags["unfinished"].tolist() == [False, False, True, False, False, False]
        assert study.responses["date"].notna().sum() == 5


class TestFiles:
    """Files that are empty, damaged, or too much."""

    @pytest.mark.parametrize("write", [to_spss, to_stata])
    def test_no_rows(self, write, tmp_path):
        empty = [replace(variable, cells=[]) for variable in [Kept("sid", "Student ID", []), *items()]]
        with pytest.raises(ReadError, match="no answers under it"):
            read_canon(write(tmp_path, [replace(variable, labels={}) for variable in empty]))

    def test_no_variables(self, tmp_path):
        path = tmp_path / "a.dta"
        pyreadstat.write_dta(pd.DataFrame(index=range(3)), path)
        with pytest.raises(ReadError, match="it has no variables"):
            open_file(path, Limits())

    @pytest.mark.parametrize("variant", ["SPSS", "SPSS, compressed", "Stata", "Stata 11"])
    @pytest.mark.parametrize("part", [0.02, 0.7])
    def test_a_file_that_is_cut_short(self, variant, part, tmp_path):
        path = VARIANTS[variant](tmp_path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * part)])
        with pytest.raises(ReadError, match="cannot be read: it is cut short or damaged"):
            open_file(path, Limits())

    def test_a_file_without_its_last_byte(self, tmp_path):
        path = VARIANTS["SPSS"](tmp_path)
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(ReadError, match="cannot be read: it is cut short or damaged"):
            open_file(path, Limits())

    @pytest.mark.parametrize("position", [180, 295, 324, 392])
    def test_a_file_that_stops_the_parser(self, position, tmp_path):
        # Each of these bytes makes the parser read where nothing is.
        path = VARIANTS["SPSS"](tmp_path)
        content = bytearray(path.read_bytes())
        content[position] = 127
        path.write_bytes(content)
        with pytest.raises(ReadError, match="cannot be read"):
            open_file(path, Limits())

    def test_too_many_rows_or_columns(self, tmp_path):
        path = VARIANTS["SPSS"](tmp_path)
        for limits in (Limits(rows=5), Limits(columns=11)):
            with pytest.raises(ReadError, match="more than"):
                open_file(path, limits)

    def test_a_file_that_does_not_say_its_rows(self, tmp_path, monkeypatch):
        path = VARIANTS["SPSS"](tmp_path)
        content = bytearray(path.read_bytes())
        assert int.from_bytes(content[80:84], "little") == len(STUDENTS)
        content[80:84] = b"\xff" * 4
        path.write_bytes(content)
        assert_canon(read_canon(path))
        monkeypatch.setattr(opening, "_BLOCK", 2)
        with pytest.raises(RefusedError, match="more than"):
            opening.read(path, Limits(rows=3), "spss")

    @pytest.mark.parametrize("block", [1, 3, 6, 7])
    @pytest.mark.parametrize(
        "variant", ["SPSS", "SPSS, compressed", "SPSS, letters of Windows, not said", "Stata"]
    )
    def test_blocks_make_no_difference(self, variant, block, tmp_path, monkeypatch):
        path = VARIANTS[variant](tmp_path)
        kind = "stata" if path.suffix == ".dta" else "spss"
        whole = opening.read(path, Limits(), kind)
        monkeypatch.setattr(opening, "_BLOCK", block)
        assert opening.read(path, Limits(), kind) == whole

    def test_letters_that_are_not_those_the_file_names(self, tmp_path):
        opened = open_file(VARIANTS["SPSS, letters of Windows, not said"](tmp_path), Limits())
        assert opened.notes == ("not all UTF-8, so other letters were taken as those of Windows (cp1252)",)
        assert "Escuela Peña" in opened.sheets[0].columns[1].texts
        assert TEXT["b3"] in [variable.label for variable in opened.sheets[0].variables]

    def test_one_text_in_other_letters_spoils_no_other(self, tmp_path):
        path = to_spss(tmp_path, [Kept("school", "Género", ["Peña", "Águila"])])
        content = path.read_bytes().replace("Peña".encode(), b"Pe\xf1a ")
        path.write_bytes(content)
        found = sheet(path)
        assert found.columns[0].cells() == ["Peña", "Águila"]
        assert found.variables[0].label == "Género"

    def test_the_child_stays_light(self, tmp_path):
        path = VARIANTS["SPSS"](tmp_path)
        code = (
            "import sys, json, resource; from pathlib import Path;"
            "from relsurvey.reading.limits import Limits; from relsurvey.reading.opening import child;"
            "resource.setrlimit(resource.RLIMIT_AS, (256 * 1024**2,) * 2);"
            "child.tables(Path(sys.argv[1]), Limits());"
            "print(json.dumps([m for m in ('pandas', 'polars', 'pyarrow') if m in sys.modules]))"
        )
        ran = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
        assert json.loads(ran.stdout) == []

    @pytest.mark.parametrize("kind", ["sav", "zsav", "dta"])
    def test_a_district_is_read(self, kind, tmp_path):
        draw = np.random.default_rng(7)
        labels = dict(enumerate(A5[:5], 1))
        codes = {f"b{k}": draw.integers(1, 6, 20_000).astype(float) for k in range(55)}
        words = {f"w{k}": [f"text {i % 5000}" for i in range(20_000)] for k in range(5)}
        path = tmp_path / f"a.{kind}"
        if kind == "dta":
            pyreadstat.write_dta(
                pd.DataFrame(codes | words), path, variable_value_labels=dict.fromkeys(codes, labels)
            )
        else:
            pyreadstat.write_sav(
                pd.DataFrame(codes | words),
                path,
                variable_value_labels=dict.fromkeys(codes, labels),
                compress=kind == "zsav",
            )
        found = statistics.read(sheet(path))
        assert len(found) == 20_000
        assert len(found.columns) == 60


def test_two_rows_of_one_wording_are_an_error_with_a_way_out(tmp_path):
    kept = [
        *background(),
        *races(),
        *grid("Now - {row}", "n_{k}"),
        *grid("Last year - {row}", "l_{k}")[:3],
        more(),
    ]
    path = to_spss(tmp_path, kept)
    with pytest.raises(MatchError, match="are both the column of `b1`"):
        read_canon(path)
    study = read_canon(path, mapping={"columns": {f"l_{k}": None for k in (1, 2, 3)}})
    assert_canon(study)


def test_codes_of_a_group_are_kept_where_no_label_says_what_they_mean(tmp_path):
    kept = [
        replace(variable, labels={}) if variable.name == "gender" else variable for variable in background()
    ]
    study = read_canon(to_spss(tmp_path, [*kept, *races(), *items(), more()]))
    assert plain(study.responses["gender"]) == ["1", "2", "3", "1", None, "2"]
    assert INSTRUMENT.groups["gender"].categories[0].match == ()

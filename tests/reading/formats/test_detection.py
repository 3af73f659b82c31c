"""Every fixture of every format is recognised as its own, and no format takes another's file."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from relsurvey.demo import demo_workbook
from relsurvey.reading.choose import table_of
from relsurvey.reading.formats import FORMATS
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Sheet, open_file
from tests.reading import formats

#: By the module with the fixtures, the names under which the ledger knows them.
NAMES = {
    "google_files": {"Google Forms"},
    "limesurvey_files": {"LimeSurvey"},
    "long_files": {"long table"},
    "microsoft_files": {"Microsoft Forms"},
    "qualtrics_files": {"Qualtrics"},
    "redcap_files": {"REDCap"},
    "statistics_files": {"SPSS file", "Stata file"},
    "surveymonkey_files": {"SurveyMonkey"},
}
MODULES = [name for _, name, _ in pkgutil.iter_modules(formats.__path__) if name in NAMES]
FIXTURES = [
    (module, name, write)
    for module in MODULES
    for name, write in importlib.import_module(f"tests.reading.formats.{module}").VARIANTS.items()
]


def test_every_format_has_fixtures():
    assert set(MODULES) == set(NAMES)
    files = Path(formats.__file__).parent.glob("[!t]*_files.py")
    assert {path.stem for path in files} == set(NAMES)
    assert {form.NAME for form in FORMATS} >= {name for names in NAMES.values() for name in names} - {
        "SPSS file",
        "Stata file",
    }
    assert len(FIXTURES) >= 140


@pytest.mark.parametrize(("module", "name", "write"), FIXTURES, ids=[f"{m}-{n}" for m, n, _ in FIXTURES])
def test_a_file_is_known_as_its_own_programs(module, name, write, tmp_path):
    found = [(sheet, table_of(sheet)) for sheet in open_file(write(tmp_path), Limits()).sheets]
    forms = {table.form for _, table in found if table is not None}
    assert forms & NAMES[module], forms
    for sheet, table in found:
        claims = [form.NAME for form in FORMATS if form.detect(sheet)]
        assert len(claims) <= 1, claims
        assert table is None or len(set(table.names)) == len(table.names)


@pytest.mark.parametrize(
    "folder", ["autonomy_support", "bfi", "sasr", "mass_survey", "nyc_survey_2019", "exam_grades"]
)
def test_real_plain_tables_are_plain(folder, shared):
    for path in sorted((shared / folder).glob("*.csv")):
        (sheet,) = open_file(path, Limits()).sheets
        assert table_of(sheet).form == "plain table"


def test_the_demo_is_a_google_form():
    assert table_of(open_file(Path(demo_workbook()), Limits()).sheets[0]).form == "Google Forms"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [[""]],
        [["x"]],
        [["", ""], ["", ""]],
        [["Timestamp"]],
        [["ID", "Start time"]],
        [["record_id"]],
        [["a"], []],
    ],
)
def test_no_format_stumbles_over_next_to_nothing(rows):
    sheet = Sheet.of(rows)
    for form in FORMATS:
        if form.detect(sheet):
            form.read(sheet)
    table_of(sheet)

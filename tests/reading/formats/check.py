"""What reading a variant of the canon must give."""

from __future__ import annotations

from pathlib import Path

import relsurvey as rs
from tests.reading.formats.canon import CODES, GENDER, INSTRUMENT, MORE, RACE, SCHOOL


def plain(values):
    """Return a column with None for what is missing."""
    return [None if value != value or value is None else value for value in values]


def read_canon(path: Path, **more):
    """Read a variant as it comes, ids as they are."""
    return rs.read(path, INSTRUMENT, ids="as-is", **more)


def assert_canon(study, *, school=True, gender=True, race=True, more=True):
    """Assert that a study holds the canon's answers, and that its ledger adds up.

    Parameters
    ----------
    study
        What was read.
    school, gender, race, more
        Whether the layout can hold them.
    """
    rows = study.responses
    assert [plain(row) for row in rows[["b1", "b2", "b3", "d1"]].to_numpy().tolist()] == CODES
    if school:
        assert rows["school"].tolist() == SCHOOL
    if gender:
        assert plain(rows["gender"]) == GENDER
    if race:
        assert plain(rows["race"]) == RACE
    if more:
        assert [text.replace("\r\n", "\n") for text in study.comments["text"]] == MORE
    assert_adds_up(study)


def assert_adds_up(study):
    """Assert that rows in less rows out are rows kept, and that every answer is counted once."""
    ledger = study.ledger
    total = ledger.groupby("effect")["rows"].sum().to_dict()
    assert total["rows in"] - total.get("rows out", 0) == total["rows kept"] == len(study.responses)
    early = ledger[ledger.step.isin(["blank rows", "totals rows", "test rows"])]["rows"].sum()
    matched = total["rows in"] - early
    assert total["answers"] == matched * len(study.instrument.items)
    assert total.get("group answers", 0) == matched * len(study.instrument.groups)

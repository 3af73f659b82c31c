"""What a view says of those who did not answer."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.view.pages import who_answered


def roster(study, more):
    """Return a roster of everybody who answered in spring, and some who did not."""
    rows = study.responses[study.responses.wave == "spring"]
    ids = [*rows.respondent, *(f"absent-{i}" for i in range(more))]
    return pd.DataFrame({"student_id": ids, "school": "Sierra"})


@pytest.mark.parametrize(
    ("invited", "answered", "says"),
    [
        (100, 97, "Of the students asked, nearly all answered."),
        (100, 88, "Of the students asked, about 9 in 10 answered."),
        (100, 92, "Of the students asked, most answered."),
        (100, 71, "Of the students asked, about 7 in 10 answered. What the others"),
        (100, 40, "Of the students asked, only about 4 in 10 answered. Read it as what these students say"),
        (100, 0, "Of the students asked, only almost none answered."),
        (5, 4, "How many students were asked is not known here"),
        (None, None, "How many students were asked is not known here"),
    ],
)
def test_the_share_that_answered_in_words(invited, answered, says):
    assert who_answered(["en"], invited, answered, 11)["en"].startswith(says)


def test_a_view_says_which_share_answered_once_a_roster_is_joined(demo_study):
    import relsurvey as rs
    from relsurvey.demo import demo_workbook

    study = rs.read(demo_workbook(), "five-elements", ids="as-is")
    view = study.with_roster(roster(study, 300)).view()
    said = " ".join(text["en"] for section in view.about for text in section.paragraphs)
    assert "about 6 in 10 answered" in said and "is not known here" not in said
    spanish = " ".join(text["es"] for section in view.about for text in section.paragraphs)
    assert "unos 6 de cada 10" in spanish
    before = " ".join(text["en"] for section in demo_study.view().about for text in section.paragraphs)
    assert "How many students were asked is not known here" in before

"""Which comments reach a view, and which files never hold one."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from relsurvey.comments import Desk, released
from tests.comments import school
from tests.comments.test_desk import ADULT, DANGER, desk


def release_all(study):
    one = desk(study)
    while one.current is not None:
        if one.current.screened.names_adult or one.current.screened.danger:
            one.hold()
        else:
            one.release()


def quoted(study, min_n=10):
    return {
        unit: {q.question["en"]: q.texts for q in found}
        for unit, found in released(
            study._latest().responses, study.comments, study.instrument, min_n=min_n, languages=["en", "es"]
        ).items()
    }


def test_nothing_is_shown_that_nobody_released(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(12)})
    assert quoted(study) == {}
    release_all(study)
    assert set(quoted(study)["north"]["more"]) == set(school.plain(12))


def test_a_school_needs_ten_and_a_setting_may_raise_it(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(10), "South": school.plain(9, "The bus is late")})
    release_all(study)
    assert set(quoted(study)) == {"north"}
    assert quoted(study, min_n=11) == {} and set(quoted(study, min_n=2)) == {"north"}


def test_held_and_passed_on_ones_do_not_count(tmp_path):
    study = school.study(tmp_path, {"North": [*school.plain(9), DANGER, ADULT]})
    release_all(study)
    assert quoted(study) == {}


def test_one_taken_back_leaves_the_view(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(10)})
    one = desk(study)
    while one.current is not None:
        one.release()
    assert len(quoted(study)["north"]["more"]) == 10
    one.undo()
    assert quoted(study) == {}


def test_a_language_in_which_few_wrote_stays_out(tmp_path):
    few = ["Me gusta mucho la clase", "Quiero más ejemplos por favor", "Todo bien con mis maestros"]
    study = school.study(tmp_path, {"North": [*school.plain(12), *few, "ok", ":)"]})
    release_all(study)
    shown = quoted(study)["north"]["more"]
    assert len(shown) == 14 and not set(few) & set(shown)
    things = ("arte", "banda", "coro", "danza", "foto", "teatro", "yoga", "lectura", "ajedrez", "cocina")
    many = [f"{few[0]} y también {thing}" for thing in things]
    study = school.study(tmp_path, {"North": [*school.plain(12), *many]})
    release_all(study)
    assert set(many) <= set(quoted(study)["north"]["more"])


def test_the_same_student_counts_once(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(10)})
    release_all(study)
    first = study.comments["respondent"].iloc[0]
    twice = study.comments.copy()
    twice["respondent"] = [first, first, *study.comments["respondent"].iloc[2:]]
    again = replace(study, comments=twice)
    release_all(again)
    assert quoted(again) == {}


def test_the_order_is_no_file_s_and_the_same_each_time(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(20)})
    release_all(study)
    shown = quoted(study)["north"]["more"]
    assert shown == quoted(study)["north"]["more"]
    assert shown not in (school.plain(20), school.plain(20)[::-1], sorted(shown))
    place = [shown.index(text) for text in school.plain(20)]
    # Neighbours of the file are no neighbours on the page, but by chance.
    assert sum(abs(a - b) == 1 for a, b in pairwise(place)) < 8


def test_other_waves_are_not_shown(tmp_path):
    early = school.rows({"North": school.plain(12, "In the fall it was good")}, wave="fall")
    late = school.rows({"North": school.plain(12, "In the spring it was good")}, wave="spring")
    from tests.reading.belonging import HEADER, INSTRUMENT, as_csv

    path = tmp_path / "both.csv"
    path.write_text(as_csv([*early, *late], HEADER), "utf-8")
    import relsurvey as rs

    study = rs.read(path, INSTRUMENT)
    release_all(study)
    assert all("spring" in text for text in quoted(study)["north"]["more"])


@pytest.fixture
def published(tmp_path):
    hostile = ["</script><b>hi</b> and more of it please", "=SUM(1,2) and more of it please"]
    study = school.study(tmp_path, {"North": [*school.plain(12), *hostile, DANGER, ADULT]})
    release_all(study)
    study.publish(tmp_path / "out", by=[], formats=["voila", "html"])
    return study, tmp_path / "out"


def test_only_the_app_holds_released_comments_and_only_at_the_school(published):
    _, out = published
    view = json.loads((out / "view.relsurvey.json").read_text("utf-8"))
    held = {unit["id"]: [q["texts"] for q in unit.get("comments", [])] for unit in view["units"]}
    assert len(held.pop("north")[0]) == 14 and not any(held.values())
    text = (out / "app.ipynb").read_text("utf-8")
    assert "like the class" in text and DANGER not in text and "Okafor" not in text
    page = (out / "view.html").read_text("utf-8")
    assert "like the class" not in page and "SUM(1,2)" not in page


def test_publishing_again_leaves_out_what_was_taken_back(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(11)})
    release_all(study)
    shown = []
    for _ in range(3):
        study.publish(tmp_path / "out", by=[], formats=["voila"])
        view = json.loads((tmp_path / "out" / "view.relsurvey.json").read_text("utf-8"))
        shown.append([t for unit in view["units"] for q in unit.get("comments", []) for t in q["texts"]])
        one = desk(study)
        one.withdraw(one.released[0])
    # One comment fewer, in the same order; under ten there is no page of them.
    assert [len(texts) for texts in shown] == [11, 10, 0]
    assert shown[1] == [text for text in shown[0] if text in shown[1]]
    app = (tmp_path / "out" / "app.ipynb").read_text("utf-8")
    assert "like the class" not in app


def test_a_view_in_a_notebook_holds_none(published):
    study, _ = published
    assert not any(unit.comments for unit in study.view(by=[]).units)


def test_files_alone_make_no_view_with_comments(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(14)})
    release_all(study)
    study.publish(tmp_path / "out", by=[], formats=["html"])
    for path in (tmp_path / "out").iterdir():
        assert b"like the class" not in path.read_bytes(), path


def test_a_single_school_is_a_school(tmp_path):
    import relsurvey as rs
    from tests.reading.belonging import HEADER, INSTRUMENT, as_csv

    rows = [row for row in school.rows({"North": school.plain(12)}) if row[1] == "North"]
    path = tmp_path / "one.csv"
    path.write_text(as_csv(rows, HEADER), "utf-8")
    study = rs.read(path, INSTRUMENT)
    release_all(study)
    assert set(quoted(study)) == {"north"}
    assert Desk(study.responses, study.comments, study.instrument).unread.count == 0

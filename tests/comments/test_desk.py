"""The desk: what comes first, what may be released, what is kept of it, and what is not."""

from __future__ import annotations

import datetime
import json
import stat
from dataclasses import replace

import pytest

import relsurvey as rs
from relsurvey.comments import Desk, Names, unread
from relsurvey.errors import DisclosureError
from relsurvey.keeping import log
from tests.comments import school
from tests.reading.belonging import HEADER, INSTRUMENT, as_csv

DANGER, ADULT, NAME = "I want to die", "Mr. Okafor is mean", "I sit with Kayla and it helps"
SECRETS = (DANGER, "Okafor", "Kayla", "like the class")


def desk(study, **more):
    return Desk(study.responses, study.comments, study.instrument, ids=study._ids, **more)


@pytest.fixture
def study(tmp_path):
    return school.study(tmp_path, {"North": [*school.plain(3), NAME, DANGER, ADULT]})


def texts(one):
    found = []
    while one.current is not None:
        found.append(one.current.text)
        one.hold()
    return found


def test_danger_comes_first_then_names_then_the_rest(study):
    assert desk(study).dangers == 1
    order = texts(desk(study))
    assert order[0] == DANGER and set(order[1:3]) == {NAME, ADULT}


def test_unread_says_how_many_since_when_and_whether_that_is_late(study, monkeypatch):
    today = datetime.date.today()
    found = desk(study).unread
    assert (found.count, found.since, found.by, found.late) == (
        6,
        today,
        today + datetime.timedelta(2),
        False,
    )

    class Later(datetime.date):
        @classmethod
        def today(cls):
            return cls.fromordinal(today.toordinal() + 3)

    monkeypatch.setattr(datetime, "date", Later)
    assert desk(study).unread.late and desk(study).unread.since == today
    assert unread(study.responses, study.comments, study.instrument).late


def test_a_decision_stands_in_the_next_sitting(study):
    first = desk(study)
    first.pass_on("Counselor Kim")
    first.hold()
    later = desk(study)
    assert later.unread.count == 4 and later.counts == {"released": 0, "held": 1, "passed on": 1}
    assert not later.can_undo


def test_danger_is_released_only_by_one_who_is_sure(study):
    one = desk(study)
    with pytest.raises(DisclosureError, match="words of danger"):
        one.release()
    assert one.unread.count == 6 and one.counts["released"] == 0
    one.release(sure=True)
    assert one.counts["released"] == 1


def test_a_comment_that_names_an_adult_cannot_be_released(study):
    one = desk(study, names=Names.of(staff=["Kayla Jones"]))
    seen = []
    while one.current is not None:
        if one.current.screened.names_adult:
            seen.append(one.current.text)
            with pytest.raises(DisclosureError, match="names an adult"):
                one.release(sure=True)
            one.hold()
        else:
            one.release(sure=True)
    assert set(seen) == {ADULT, NAME} and one.counts["released"] == 4


def test_undo_takes_back_one_step_after_the_other(study):
    one = desk(study)
    first = one.current
    one.skip()
    second = one.current
    one.hold()
    one.undo()
    assert one.current == second and one.counts["held"] == 0
    one.undo()
    assert one.current == first and not one.can_undo and one.unread.count == 6
    with pytest.raises(DisclosureError, match="nothing to take back"):
        one.undo()
    assert desk(study).unread.count == 6


def test_a_release_is_taken_back_at_any_later_time(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(3)})
    first = desk(study)
    first.release()
    first.release()
    later = desk(study)
    one, other = later.released
    later.withdraw(one)
    assert later.released == [other] and later.counts == {"released": 1, "held": 1, "passed on": 0}
    assert desk(study).counts == later.counts and later.unread.count == 1
    with pytest.raises(DisclosureError, match="not released"):
        later.withdraw(one)
    with pytest.raises(DisclosureError, match="not released"):
        later.withdraw(later.current)
    whats = [(e.what, e.facts) for e in log.read(what="comment").entries]
    assert whats[-1] == ("took back a comment", {"instrument": "belonging-short"}) and len(whats) == 3


def test_a_release_taken_back_and_undone_is_read_again(study):
    one = desk(study)
    one.skip()
    while one.current is not None and one.current.text != DANGER:
        one.skip()
    one.release(sure=True)
    (comment,) = one.released
    one.withdraw(comment)
    one.undo()
    # Not released again unseen: its marks are looked at anew.
    assert one.current == comment and one.counts["released"] == 0
    while one.can_undo:
        one.undo()
    assert one.unread.count == 6 and one.counts["held"] == 0


def test_passing_on_asks_to_whom_and_is_in_the_log(study):
    one = desk(study)
    with pytest.raises(DisclosureError, match="to whom"):
        one.pass_on(" \x1b ")
    one.pass_on("Counselor \x1b[31mKim\n")
    one.undo()
    whats = [(e.what, e.facts) for e in log.read(what="comment").entries]
    assert whats == [
        ("passed on a comment", {"instrument": "belonging-short", "to": "Counselor Kim"}),
        ("took back a comment", {"instrument": "belonging-short"}),
    ]


def test_no_word_and_no_id_of_a_student_is_kept(study, own_home):
    one = desk(study)
    one.pass_on("counselor")
    while one.current is not None:
        one.hold()
    kept = own_home / "comments" / "belonging-short.jsonl"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for path in own_home.rglob("*"):
        if path.is_file() and path.name != "id.key":
            text = path.read_text("utf-8", errors="replace")
            assert not any(secret in text for secret in SECRETS), path
            assert not any(respondent in text for respondent in study.responses["respondent"]), path


def test_a_comment_is_known_again_in_another_order_and_with_more_rows(tmp_path):
    first = school.study(tmp_path, {"North": school.plain(5)})
    one = desk(first)
    while one.current is not None:
        one.hold()
    rows = school.rows({"North": [*school.plain(5), "one more of these"]})
    path = tmp_path / "later.csv"
    path.write_text(as_csv(rows[::-1], HEADER), "utf-8")
    assert texts(desk(rs.read(path, INSTRUMENT))) == ["one more of these"]
    # With ids as they are, too.
    assert desk(rs.read(path, INSTRUMENT, ids="as-is")).unread.count == 0


def test_without_ids_a_comment_is_known_by_its_words(tmp_path):
    rows = [row[1:] for row in school.rows({"North": school.plain(3)})]
    header = HEADER[1:]
    for name, some in (("a.csv", rows), ("b.csv", [*rows[2:], *rows[:2]])):
        (tmp_path / name).write_text(as_csv(some, header), "utf-8")
    one = desk(rs.read(tmp_path / "a.csv", INSTRUMENT))
    while one.current is not None:
        one.release()
    assert desk(rs.read(tmp_path / "b.csv", INSTRUMENT)).unread.count == 0


def test_a_changed_store_releases_nothing(study, own_home):
    one = desk(study)
    one.hold()
    path = own_home / "comments" / "belonging-short.jsonl"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"decided":"held"', '"decided":"released"'), "utf-8")
    with pytest.raises(DisclosureError, match="not as it was written"):
        desk(study)
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    with pytest.raises(DisclosureError, match="chmod 600"):
        desk(study)


def test_a_store_cut_short_releases_nothing(study, own_home):
    one = desk(study)
    one.hold()
    one.hold()
    path = own_home / "comments" / "belonging-short.jsonl"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    path.chmod(0o600)
    with pytest.raises(DisclosureError, match="end is missing"):
        desk(study)


def test_invented_comments_lie_apart(demo_study, own_home):
    one = desk(demo_study, simulated=True)
    one.hold()
    assert [p.name for p in (own_home / "comments").glob("*.jsonl")] == ["five-elements-simulated.jsonl"]


def test_without_a_safety_contact_there_is_no_desk(study):
    without = INSTRUMENT.model_copy(update={"safety": None})
    with pytest.raises(DisclosureError, match="safety"):
        desk(replace(study, instrument=without))
    assert unread(study.responses, study.comments, without).count == 0


def test_a_repr_shows_no_word_of_a_comment(study):
    one = desk(study)
    assert DANGER not in repr(one.current) and "die" not in repr(one.current.screened)


def test_what_the_store_holds_is_what_its_docs_say(study, own_home):
    one = desk(study)
    one.pass_on("counselor")
    lines = (own_home / "comments" / "belonging-short.jsonl").read_text("utf-8").splitlines()
    entries = [json.loads(line)["entry"] for line in lines]
    assert set(entries[0]) == {"arrived", "comments"} and len(entries[0]["comments"]) == 6
    assert set(entries[1]) == {"comments", "decided", "when", "who", "to"}

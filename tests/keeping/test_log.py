"""The log: what is noted, by whom, and that a change is seen."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys

import pytest

import relsurvey as rs
from relsurvey.errors import ReadError
from relsurvey.keeping import log
from relsurvey.publish.each import TEAMS
from relsurvey.publish.teams import _tokens
from tests.comments import school
from tests.reading.belonging import INSTRUMENT


def whats():
    return [entry.what for entry in log.read().entries]


def test_reading_is_logged_once_a_day_for_the_same_file(tmp_path):
    path = school.file(tmp_path, {})
    rs.read(path, INSTRUMENT)
    rs.read(path, INSTRUMENT)
    assert whats() == ["read"]
    school.file(tmp_path, {"North": ["more"]})
    rs.read(path, INSTRUMENT)
    assert whats() == ["read", "read"]
    entry = log.read().entries[0]
    assert entry.facts == {"instrument": "belonging-short", "kind": "answers", "files": "1"}
    assert entry.who and datetime.datetime.fromisoformat(entry.when).tzinfo is not None


def test_publishing_and_a_raised_threshold_are_logged(tmp_path):
    study = school.study(tmp_path, {})
    study.publish(tmp_path / "a", by=[], formats=["html"], min_n=11)
    study.publish(tmp_path / "b", by=[], formats=["html"], min_n=15)
    assert whats() == ["read", "published", "published", "raised a threshold"]
    raised = log.read(what="threshold").entries[0]
    assert raised.facts == {
        "instrument": "belonging-short",
        "wave": "fall",
        "usual": "11",
        "min_n": "15",
    }


def test_invented_answers_are_nobody_s(demo_study, tmp_path):
    demo_study.publish(tmp_path / "out", formats=["html"])
    assert whats() == []


def test_tokens_made_and_renewed_are_logged(tmp_path):
    from relsurvey.publish.each import Place, Places

    places = Places(tmp_path, (Place("north", {"en": "North"}), Place("south", {"en": "South"})), {}, False)
    _tokens(tmp_path / TEAMS, places, (), room=False)
    _tokens(tmp_path / TEAMS, places, (), room=False)
    _tokens(tmp_path / TEAMS, places, ("south",), room=False)
    told = [(e.what, e.facts["folder"]) for e in log.read().entries]
    made = [("made a token", "north"), ("made a token", "south")]
    assert told == [*made, ("revoked a token", "south"), ("made a token", "south")]
    text = json.dumps([e.facts for e in log.read().entries])
    tokens, _ = _tokens(tmp_path / TEAMS, places, (), room=False)
    assert set(tokens) == {"north", "south"} and not any(token in text for token in tokens.values())


def test_it_holds_no_student_no_label_and_no_file_name(tmp_path, own_home):
    study = school.study(tmp_path, {"North": ["a comment of mine"]})
    study.publish(tmp_path / "out", by=["gender"], formats=["html"])
    text = (own_home / "log.jsonl").read_text("utf-8")
    for hidden in (
        "Girl",
        "Asian",
        "Agree",
        "answers.csv",
        "comment of mine",
        "1000",
        *study.responses["respondent"],
    ):
        assert hidden not in text


def test_parts_of_it(tmp_path):
    log.note("published", instrument="a")
    log.note("made a token", folder="b")
    assert [e.what for e in log.read(what="token").entries] == ["made a token"]
    assert log.read(since=datetime.date(2999, 1, 1)).entries == ()
    with pytest.raises(ReadError, match="It has: read, published"):
        log.read(what="grades")


def test_the_command_checks_the_chain(own_home):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "relsurvey.cli", "log", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert "Nothing is in the log." in run().stdout
    log.note("published", instrument="[bold]x")
    log.note("made a token", folder="north")
    done = run("--what", "published")
    assert done.returncode == 0 and "[bold]x" in done.stdout and "north" not in done.stdout
    assert "as it was written" in done.stdout
    path = own_home / "log.jsonl"
    path.write_text(path.read_text("utf-8").replace("north", "south"), "utf-8")
    done = run()
    assert done.returncode == 2 and "line 2 is not what was written there" in done.stderr
    # What comes later does not mend it.
    log.note("published", instrument="y")
    assert "line 2" in run().stderr
    assert run("--since", "yesterday").returncode == 2


def test_a_home_that_cannot_be_written_stops_no_reading(tmp_path, monkeypatch):
    path = school.file(tmp_path, {})
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "file" / "home"))
    assert len(rs.read(path, INSTRUMENT, ids="as-is").responses) == 160

"""Mappings: proposed, looked over, used, and remembered for the next file with the same header."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import MatchError
from relsurvey.reading.limits import Limits
from relsurvey.reading.mapping import Mapping, beside, remembered
from relsurvey.reading.opening import open_file
from relsurvey.reading.propose import propose, write_proposal
from tests.reading.formats.canon import CODES, INSTRUMENT, STUDENTS
from tests.reading.formats.check import assert_adds_up, plain

HEADER = [
    "Student ID",
    "How do you describe your gender",
    "Race",
    "I feel I belong here",
    "People here know me and I know them",
    "I'm left out of things here",
    "On how many days did an adult greet you by name last week?",
    "Notes",
]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Remember nothing from one test to the next."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@pytest.fixture
def panorama(tmp_path):
    """Write a file whose questions are worded otherwise, and whose labels have one more."""

    def write(name="panorama.csv", agree="Agree", header=HEADER):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for s in STUDENTS:
                labels = [agree if label == "Agree" else label for label in (s.b1, s.b2, s.b3)]
                writer.writerow([s.id, s.gender, ", ".join(s.race), *labels, s.d1, "kept by the office"])
        return path

    return write


def codes(study):
    return [plain(row) for row in study.responses[["b1", "b2", "b3", "d1"]].to_numpy().tolist()]


def proposal(path):
    return propose(open_file(path, Limits()), INSTRUMENT)[1]


def test_a_proposal_names_every_column_and_how_alike_it_is(panorama):
    found = proposal(panorama(agree="Agree!"))
    assert found.mapping.columns == {
        HEADER[0]: "respondent",
        HEADER[1]: "gender",
        HEADER[2]: "race",
        HEADER[3]: "b1",
        HEADER[4]: "b2",
        HEADER[5]: "b3",
        HEADER[6]: "d1",
        HEADER[7]: None,
    }
    assert found.mapping.labels == {"agree5": {"Agree!": "Agree"}}
    assert not found.mapping.confirmed and found.mapping.missing == ()
    assert found.scores[HEADER[0]] == 1 and 0.6 < found.scores[HEADER[3]] < 1


def test_a_proposal_is_used_once_it_is_confirmed_and_then_remembered(panorama):
    path = panorama(agree="Agree!")
    with pytest.raises(MatchError, match="lacks 4 of the 4 questions"):
        rs.read(path, INSTRUMENT)
    place = write_proposal(open_file(path, Limits()), path, INSTRUMENT)
    assert place == beside(path) and place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(MatchError, match=r"panorama\.mapping\.yaml: look it over"):
        rs.read(path, INSTRUMENT)
    place.write_text(place.read_text("utf-8").replace("confirmed: false", "confirmed: true"), "utf-8")
    study = rs.read(path, INSTRUMENT)
    assert codes(study) == CODES
    assert "panorama.mapping.yaml" in study.ledger.loc[study.ledger.step == "mapping", "what"].item()
    assert_adds_up(study)
    # The next file with this header needs nothing, wherever it lies and whatever it is called.
    place.unlink()
    again = rs.read(panorama("next.csv", agree="Agree!"), INSTRUMENT)
    assert codes(again) == CODES
    assert "remembered" in again.ledger.loc[again.ledger.step == "mapping", "what"].item()


def test_a_file_with_another_header_is_asked_about(panorama):
    path = panorama()
    rs.read(path, INSTRUMENT, mapping=proposal(path).mapping)
    with pytest.raises(MatchError, match="lacks"):
        rs.read(panorama("other.csv", header=[*HEADER[:-1], "Remarks"]), INSTRUMENT)


def test_an_error_under_a_remembered_mapping_names_it_and_the_ways_out(panorama):
    path = panorama(agree="Agree!")
    found = proposal(path)
    rs.read(path, INSTRUMENT, mapping=found.mapping)
    kept = remembered(found.mapping.fingerprint, INSTRUMENT)
    with pytest.raises(MatchError) as refused:
        rs.read(panorama("next.csv", agree="Concur"), INSTRUMENT)
    assert f"the one remembered from an earlier file, {kept}: give another one as mapping=" in str(
        refused.value
    )
    # Of a mapping that the caller gave, or without one, nothing is said of remembering.
    with pytest.raises(MatchError) as refused:
        rs.read(panorama("next.csv", agree="Concur"), INSTRUMENT, mapping=found.mapping)
    assert "remembered" not in str(refused.value)


def test_what_is_remembered_is_private_and_holds_no_answers(panorama):
    path = panorama()
    found = proposal(path)
    rs.read(path, INSTRUMENT, mapping=found.mapping)
    kept = remembered(found.mapping.fingerprint, INSTRUMENT)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not any(student.id in kept.read_text("utf-8") for student in STUDENTS)


def test_a_persons_mapping_is_never_written_over(panorama):
    path = panorama()
    beside(path).write_text("format: 1\ninstrument: canon\nconfirmed: true\ncolumns: {}\n", "utf-8")
    assert write_proposal(open_file(path, Limits()), path, INSTRUMENT) is None
    assert "confirmed: true" in beside(path).read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        'quote " and \\ back',
        "a: b # c",
        "- {x: y}",
        "line\nbreak",
        "\u2028",
        "!!python/object",
        "é" * 1500,
        "? x",
    ],
)
def test_no_column_name_breaks_out_of_the_yaml(name):
    mapping = Mapping(
        instrument="canon", columns={name: "b1", "n": None}, labels={"agree5": {name: 4, "x": None}}
    )
    text = mapping.to_yaml({name: f"# {name}"}, head=f"# {name}".replace("\u2028", " "))
    assert Mapping.parse(text) == mapping


def test_a_mapping_settles_columns_labels_groups_and_what_was_not_asked():
    frame = pd.DataFrame(
        {
            "x1": ["SA", "A", "dunno", "prefer not"],
            "b2": ["Agree"] * 4,
            "b3": ["Agree"] * 4,
            "gender": ["F", "M", "x", ""],
            "term": ["F26", "F26", "S27", "S27"],
        }
    )
    study = rs.read(
        frame,
        INSTRUMENT,
        mapping={
            "columns": {"x1": "b1", "term": "wave"},
            "missing": ["d1"],
            "labels": {
                "agree5": {"SA": 5, "A": "Agree", "dunno": "Not sure", "prefer not": None},
                "gender": {"F": "girl", "M": "Boy", "x": None},
                "wave": {"F26": "fall", "S27": "spring"},
            },
        },
    )
    assert plain(study.responses.b1) == [5, 4, None, None]
    assert plain(study.responses.gender) == ["girl", "boy", None, None]
    assert study.waves == ("fall", "spring")
    steps = study.ledger.groupby("step").rows.sum()
    assert (steps["not counted"], steps["missing codes"]) == (1, 1)
    assert "the mapping says it was not asked" in study.ledger.why.tolist()
    assert_adds_up(study)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"columns": {"nowhere": "b1"}}, "names a column 'nowhere'"),
        ({"columns": {"b1": "b9"}}, r"names `b9`.*nearest"),
        ({"missing": ["b9"]}, "has no such question"),
        ({"labels": {"agree9": {"a": 1}}}, "explains labels of `agree9`"),
        ({"labels": {"agree5": {"a": 9}}}, "no code or label"),
        ({"labels": {"agree5": {"a": "Agre"}}}, "no code or label"),
        ({"labels": {"gender": {"a": "grl"}}}, r"no category of it.*nearest"),
        ({"lables": {}}, "lables"),
        ({"instrument": "another"}, "made for the instrument `another`"),
    ],
)
def test_a_mapping_that_does_not_fit_is_one_sentence(mapping, says):
    frame = pd.DataFrame({"b1": ["Agree"], "b2": ["Agree"], "b3": ["Agree"], "d1": ["5"], "gender": ["Girl"]})
    with pytest.raises(MatchError, match=says) as caught:
        rs.read(frame, INSTRUMENT, mapping=mapping)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("format: 1\ninstrument: canon\ncolums: {}\n", r"line 3.*colums"),
        ("format: 2\ninstrument: canon\n", "line 1"),
        ("[1, 2]", "a mapping starts with keys"),
        ("format: 1\ninstrument: canon\ncolumns:\n  a: [b]\n", "line 4"),
        ("format: 1\n  x: [", "not valid YAML"),
    ],
)
def test_a_mapping_file_that_is_not_right_names_the_line(tmp_path, text, says):
    path = tmp_path / "m.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(MatchError, match=says):
        Mapping.from_yaml(path)


def test_a_mapping_may_come_from_a_file(panorama, tmp_path):
    path = panorama()
    place = tmp_path / "mine.yaml"
    place.write_text(proposal(path).to_yaml(path.name), "utf-8")
    assert codes(rs.read(path, INSTRUMENT, mapping=place)) == CODES
    with pytest.raises(MatchError, match="There is no mapping"):
        rs.read(path, INSTRUMENT, mapping=tmp_path / "none.yaml")


def test_a_label_like_no_answer_is_left_for_a_person(panorama):
    found = proposal(panorama(agree="Whatever works"))
    assert found.mapping.labels == {}
    assert [problem.found for problem in found.open] == ["Whatever works"]
    assert "Whatever works" in found.to_yaml("panorama.csv")

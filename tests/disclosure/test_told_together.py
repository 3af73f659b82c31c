"""What two releases of the same answers would tell together, as one who tried found it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.disclosure.forgetting import forget
from relsurvey.errors import DisclosureError
from relsurvey.instrument import Instrument

CARE, POWER = ["c1", "c2", "c3"], ["b1", "b2", "b3"]


def instrument(*groups, care="care", first="c1", codes=(1, 2, 3, 4, 5), version="1.0"):
    """Return an instrument of two scales; a group is its id, with yes and no."""
    labels = ("Never", "Seldom", "Sometimes", "Often", "Always")
    options = [
        {"code": code, "label": {"en": label}, **({"favorable": True} if i > 2 else {})}
        for i, (code, label) in enumerate(zip(codes, labels, strict=True))
    ]
    items = [first if item == "c1" else item for item in CARE]
    return Instrument.parse(
        json.dumps(
            {
                "format": 1,
                "id": "told",
                "version": version,
                "title": {"en": "Told"},
                "source": "our own",
                "options": {"often": options},
                "scales": {
                    care: {"title": {"en": "Care"}, "items": items},
                    "power": {"title": {"en": "Power"}, "items": POWER},
                },
                "items": {
                    key: {"text": {"en": f"Question {name}."}, "options": "often"}
                    for key, name in zip([*items, *POWER], [*CARE, *POWER], strict=True)
                },
                "groups": {
                    group: {
                        "title": {"en": group.title()},
                        "categories": [{"id": c, "label": {"en": c.title()}} for c in ("yes", "no")],
                    }
                    for group in groups
                },
                "identity": {"respondent": "sid", "school": "school", "team": "team", "wave": "wave"},
            }
        )
    )


def answers(*sizes):
    """Return answers in words of schools of some sizes."""
    random, n = np.random.default_rng(0), sum(sizes)
    frame = pd.DataFrame({"sid": [f"s{i:04d}" for i in range(n)], "school": "", "team": "", "wave": "fall"})
    frame["school"] = np.repeat([f"S{k}" for k in range(len(sizes))], sizes)
    labels = np.array(["Never", "Seldom", "Sometimes", "Often", "Always"], dtype=object)
    for scale in (CARE, POWER):
        liking = random.normal(size=n)
        for item in scale:
            code = np.clip(np.rint(2.2 + liking + random.normal(scale=0.6, size=n)), 0, 4).astype(int)
            frame[item] = labels[code]
    return frame


@pytest.fixture
def publish(tmp_path):
    def publish(frame, of, *by, formats=("html",)):
        study = rs.read(frame, of)
        view = study.publish(
            tmp_path / "out", by=list(by), formats=list(formats), ledger=tmp_path / "l" / "releases.jsonl"
        )
        shares = {
            (unit.id, ""): {c.scale for c in unit.scales if c.share} | {c.item for c in unit.items if c.share}
            for unit in view.view.units
        }
        for unit in view.view.units:
            for table in unit.groups:
                shares[unit.id, table.variable] = {c.scale for r in table.rows for c in r.cells if c.share}
        return SimpleNamespace(shares=shares, notes=view.notes, study=study)

    (tmp_path / "l").mkdir()
    return publish


def before(frame, items=CARE):
    """Return the answers as they were before three students of a school gave some and fifteen gave others."""
    early, mine = frame.copy(), frame.index[frame["school"] == "S0"]
    early.loc[mine[:3], items] = ""
    early.loc[mine[3:18], POWER] = ""
    return early


def test_a_group_that_lies_in_one_of_another_variable(publish):
    frame = answers(100, 90, 80, 70).assign(a="no", b="no")
    mine = frame.index[frame["school"] == "S0"]
    frame.loc[mine[:41], "a"] = "yes"
    frame.loc[mine[3:56], "b"] = "yes"
    # Eighteen lie between the two groups, but of those who answered care only three do.
    frame.loc[mine[41:56], CARE] = ""
    of = instrument("a", "b")
    assert "care" in publish(frame, of, "a").shares["s0", "a"]
    second = publish(frame, of, "b")
    assert "care" not in second.shares["s0", "b"] and "power" in second.shares["s0", "b"]


def test_a_pair_of_variables_and_one_of_them(publish):
    frame = answers(95, 90, 85, 80, 60).assign(a="no", b="no")
    for k, n in enumerate((50, 45, 40, 40, 5)):
        frame.loc[frame.index[frame["school"] == f"S{k}"][:n], "a"] = "yes"
    frame.loc[frame.index[::2], "b"] = "yes"
    of = instrument("a", "b")
    assert not publish(frame, of, "a", formats=("voila",)).shares["all", "a"]
    with pytest.raises(DisclosureError, match=r"groups of a\*b"):
        publish(frame, of, "a*b", formats=("voila",))


def test_a_variable_under_another_name_where_two_schools_are_one(publish):
    frame = answers(95, 90, 85, 80, 60).assign(ell="no")
    for k, n in enumerate((40, 40, 40, 30, 5)):
        frame.loc[frame.index[frame["school"] == f"S{k}"][:n], "ell"] = "yes"
    publish(frame, instrument("ell"), "ell")
    joined = frame.replace({"school": {"S3": "S4"}}).rename(columns={"ell": "learner"})
    with pytest.raises(DisclosureError, match="groups of learner"):
        publish(joined, instrument("learner", version="1.1"), "learner")


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({}, {"codes": (0, 1, 2, 3, 4), "version": "1.1"}),
        ({}, {"first": "c9", "version": "1.1"}),
        ({}, {"care": "caring", "version": "1.1"}),
    ],
    ids=["numbered", "question", "scale"],
)
def test_another_name_or_number_for_the_same(publish, then, now):
    """Twelve more answer anew another scale, so that no few differ in all."""
    frame = answers(100, 90, 80, 70)
    early = before(frame)
    first = now.get("first", "c1")
    publish(early, instrument(**then))
    second = publish(frame.rename(columns={"c1": first}), instrument(**now))
    told = second.shares["s0", ""]
    assert not told & {"care", "caring", first, "c2", "c3"} and {"power", *POWER} <= told
    assert second.shares["s1", ""] >= {now.get("care", "care"), first, "c2", "c3"}


@pytest.mark.parametrize("more", [False, True])
def test_rows_without_an_id_are_taken_for_those_they_may_have_been(publish, more):
    frame = answers(100, 90, 80, 70).assign(sid="", a="no")
    early = before(frame)
    of = instrument("a")
    # All rows are others once they say one thing more.
    publish(early.drop(columns="a") if more else early, of)
    told = publish(frame, of).shares["s0", ""]
    assert not told & {"care", *CARE} and {"power", *POWER} <= told


def test_those_forgotten_stand_between_a_school_and_its_team(publish, tmp_path):
    frame = answers(160, 90, 80, 70)
    mine = frame.index[frame["school"] == "S0"]
    frame.loc[mine[:60], "team"], frame.loc[mine[60:120], "team"] = "T1", "T2"
    gone = [*mine[:12], *mine[-3:]]
    study = publish(frame, instrument()).study
    read = study.responses["respondent"][study.responses["school"] == "S0"]
    forget(tmp_path / "l" / "releases.jsonl", [*read[:12], *read[-3:]])
    with pytest.raises(DisclosureError, match="students were forgotten"):
        publish(frame.drop(gone), instrument())
    # Of whom none was forgotten more may be told.
    elsewhere = frame[frame["school"] == "S1"]
    assert publish(elsewhere, instrument()).shares


def test_a_question_alone(publish):
    frame = answers(100, 90, 80, 70)
    early = before(frame, ["c1"])
    publish(early, instrument())
    assert "c1" not in publish(frame, instrument()).shares["s0", ""]


def test_what_little_more_is_told_of_one_team_costs_no_other_page(publish):
    frame = answers(160, *[90] * 6)
    mine = frame.index[frame["school"] == "S0"]
    frame.loc[mine[:60], "team"], frame.loc[mine[60:120], "team"] = "T1", "T2"
    late = [
        *mine[:12],
        *mine[-3:],
        *(i for k in range(1, 7) for i in frame.index[frame["school"] == f"S{k}"][:20]),
    ]
    early = frame.copy()
    early.loc[late, CARE] = ""
    early.loc[mine[120:140], POWER] = ""
    publish(early, instrument())
    second = publish(frame, instrument())
    assert [page for page, told in second.shares.items() if "care" not in told] == [("s0-t1", "")]
    assert all("fewer than 11 students" in note and "T1" in note for note in second.notes)


def test_answers_are_no_other_wave_by_its_name(publish):
    frame = answers(100, 90, 80, 70)
    publish(before(frame), instrument())
    with pytest.raises(DisclosureError, match=r"were published on .* as fall"):
        publish(frame.assign(wave="Fall 2026"), instrument())
    # Others say other things.
    others = (
        answers(101, 90, 80, 70)
        .iloc[1:]
        .assign(sid=frame["sid"].to_numpy(), school=frame["school"].to_numpy())
    )
    publish(others.assign(wave="spring"), instrument())


def test_the_wave_before_may_be_a_corrected_one(publish):
    fall, spring = answers(100, 90, 80, 70), answers(101, 90, 80, 70).assign(wave="spring").iloc[1:]
    spring["sid"] = fall["sid"].to_numpy()
    early = before(fall)
    publish(early, instrument())
    corrected = publish(fall, instrument())
    assert "care" not in corrected.shares["s0", ""] and "care" in corrected.shares["s1", ""]
    both = publish(pd.concat([fall, spring]), instrument())
    assert {"care", *CARE} <= both.shares["s0", ""]
    assert any("in the wave before (" in note and "S0" in note for note in both.notes)

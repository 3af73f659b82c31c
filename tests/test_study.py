"""The façade: each verb, what it refuses, and that nothing is changed in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import AnalysisError


def test_the_demo_reads_scores_compares_and_publishes(demo_study, tmp_path):
    assert demo_study.waves == ("fall", "spring") and demo_study.simulated
    scores = demo_study.scores()
    assert list(scores.columns) == list(demo_study.instrument.scales)
    assert len(scores) == (demo_study.responses.wave == "spring").sum()
    assert scores.min().min() >= 1 and scores.max().max() <= 5
    found = demo_study.reliability()
    assert found.table.scale.tolist() == list(scores.columns) and (found.table.wave == "spring").all()
    assert found.table.alpha.between(0.75, 0.92).all()
    comparison = demo_study.compare("share_power", by="english_learner")
    assert comparison.table.group.tolist() == ["yes", "no"]
    assert comparison.table.favorable[0] < comparison.table.favorable[1]
    assert comparison.comparable == "not checked"
    published = demo_study.publish(tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "view.html",
        "view.relsurvey.json",
        "app.ipynb",
        "manifest.json",
    }
    assert published.view.provenance.settings.min_n == 11


def test_tables_have_the_columns_that_others_read(demo_study):
    assert list(demo_study.items("express_care").columns) == [
        "item",
        "n",
        "mean",
        "sd",
        "favorable",
        "r_item_rest",
        "alpha_if_deleted",
    ]
    comparison = demo_study.compare("express_care", by="gender")
    assert list(comparison.table.columns) == [
        "scale",
        "wave",
        "group",
        "n",
        "mean",
        "sd",
        "favorable",
        "favorable_low",
        "favorable_high",
        "favorable_answers",
        "verdict",
    ]
    assert list(comparison.tests.columns) == ["scale", "test", "statistic", "df1", "df2", "p"]
    assert list(comparison.pairs.columns) == [
        "scale",
        "a",
        "b",
        "difference",
        "low",
        "high",
        "g",
        "g_low",
        "g_high",
        "p",
        "p_adjusted",
    ]
    wanted = [
        "scale",
        "wave",
        "by",
        "group",
        "n_items",
        "n",
        "alpha",
        "alpha_low",
        "alpha_high",
        "alpha_std",
        "omega",
        "omega_low",
        "omega_high",
        "mean_r",
        "sem",
        "verdict",
    ]
    assert set(wanted) <= set(demo_study.reliability(by="gender").table.columns)


def test_scores_follow_the_stated_rules(demo_study):
    """Recompute one scale by hand from the responses: mean of the answered, at least half of them."""
    items = list(demo_study.instrument.scales["share_power"].items)
    rows = demo_study.responses[demo_study.responses.wave == "spring"][items]
    expected = rows.mean(axis=1).where(rows.notna().sum(axis=1) >= 2)
    pd.testing.assert_series_equal(demo_study.scores()["share_power"], expected, check_names=False)
    comparison = demo_study.compare("share_power", by="school")
    favorable = ((rows >= 4).sum(axis=1) / rows.notna().sum(axis=1) > 0.5).where(expected.notna())
    by_school = favorable.astype(float).groupby(demo_study.responses.school).mean()
    assert comparison.table.set_index("group").favorable.to_dict() == pytest.approx(by_school.to_dict())


def test_a_part_of_a_study_is_a_study_and_the_whole_is_unchanged(demo_study):
    school = demo_study.responses.school.iloc[0]
    part = demo_study.where(wave="fall", school=school)
    assert part.waves == ("fall",) and set(part.responses.school) == {school}
    assert len(demo_study.waves) == 2 and len(part.ledger) == len(demo_study.ledger) + 1
    with pytest.raises(AnalysisError, match=r"no wave 'winter'\. It has: fall, spring"):
        demo_study.where(wave="winter")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: s.compare("share_power", by="teacher"), "rank adults"),
        (lambda s: s.compare("share_power", by="section"), "rank adults"),
        (lambda s: s.compare("share_power", by="shoe_size"), "not a group variable"),
        (lambda s: s.compare("power", by="gender"), "There is no scale"),
        (lambda s: s.view(by="teacher"), "rank adults"),
        (lambda s: s.view(by="school"), "already has its schools"),
        (lambda s: s.items("nothing"), "There is no scale"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(demo_study, call, says):
    with pytest.raises(AnalysisError, match=says) as caught:
        call(demo_study)
    assert "\n" not in str(caught.value)


def test_a_setting_may_raise_a_threshold_and_never_lower_it(demo_study):
    assert demo_study.view(min_n=3).provenance.settings.min_n == 10
    assert demo_study.view(min_n=30).provenance.settings.min_n == 30


def test_what_is_published_as_a_file_stands_for_eleven(demo_study, tmp_path):
    assert demo_study.publish(tmp_path / "a", formats=["voila"]).view.provenance.settings.min_n == 10
    assert demo_study.publish(tmp_path / "b", formats=["html"]).view.provenance.settings.min_n == 11
    with pytest.raises(rs.RelsurveyError, match="Cannot publish as pdf"):
        demo_study.publish(tmp_path / "c", formats=["pdf"])


def test_publishing_again_leaves_no_door_of_the_older_release(demo_study, tmp_path):
    demo_study.publish(tmp_path)
    demo_study.publish(tmp_path, formats=["voila"])
    assert not (tmp_path / "view.html").exists()


def test_a_repr_holds_no_count_and_no_row(demo_study):
    assert repr(demo_study) == "<Study five-elements: 300 or more students, waves fall, spring, simulated>"


def test_reliability_by_group_masks_small_groups(demo_study):
    found = demo_study.reliability(by="race_ethnicity")
    small = found.table[found.table.n < 10]
    assert len(small) and "under 10" in found._repr_html_()


def test_every_public_name_can_be_reached():
    for name in rs.__all__:
        assert getattr(rs, name) is not None
    with pytest.raises(AttributeError, match="has no 'nothing'"):
        rs.nothing  # noqa: B018


def test_importing_relsurvey_imports_nothing_heavy():
    import subprocess
    import sys

    heavy = ("pandas", "numpy", "scipy", "pydantic", "yaml")
    code = f"import sys, relsurvey; print([m for m in {heavy!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_study_without_waves_or_schools():
    rng = np.random.default_rng(2)
    trait = rng.normal(size=(80, 1))
    answers = np.clip(np.round(3 + trait + rng.normal(size=(80, 7)) * 0.7), 1, 5)
    frame = pd.DataFrame(answers, columns=list(rs.instruments()["teacher-autonomy"].items))
    study = rs.read(frame, "teacher-autonomy")
    assert study.wave is None and study.view().units[0].kind == "all"


def test_schools_and_teams_are_compared_like_groups(demo_study):
    for by in ("school", "team"):
        found = demo_study.compare("share_power", by=by)
        assert found.table.verdict.notna().all()
        assert len(found.table) == demo_study.responses[by].nunique()


def test_teams_of_one_name_in_several_schools_are_several_teams(demo_study):
    pairs = demo_study.responses[["school", "team"]].drop_duplicates().sort_values(["school", "team"])
    names = {team: f"Team {i % 2}" for i, team in enumerate(pairs.team)}
    responses = demo_study.responses.assign(team=demo_study.responses.team.map(names))
    found = replace(demo_study, responses=responses).compare("share_power", by="team")
    assert len(found.table) == len(names)
    assert all(": Team " in group for group in found.table.group)
    assert found.table.verdict.notna().all()


def test_reliability_by_wave_says_how_far_students_keep_their_order(demo_study):
    found = demo_study.reliability(by="wave")
    assert set(found.table.wave) == {"fall", "spring"}
    one = found.tables["stability"].iloc[0]
    scores = {
        wave: demo_study.where(wave=wave)
        .scores()
        .set_index(demo_study.where(wave=wave).responses["respondent"])
        for wave in ("fall", "spring")
    }
    both = scores["fall"][one.scale].to_frame("a").join(scores["spring"][one.scale].rename("b"), how="inner")
    assert one.n == len(both.dropna()) and one.r == pytest.approx(both.corr().iloc[0, 1])
    assert "kept" in found.sentence

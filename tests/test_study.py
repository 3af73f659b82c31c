"""The façade: each verb, what it refuses, and that nothing is changed in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pptx
import pytest

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.instrument.model import Wave
from relsurvey.publish.verify import verify


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


def test_a_workbook_and_a_deck_come_in_each_language_of_the_view(demo_study, tmp_path):
    formats = ["excel", "slides"]
    found = demo_study.publish(tmp_path, by=["gender"], formats=formats)
    books, decks = ("view.xlsx", "view.es.xlsx"), ("view.pptx", "view.es.pptx")
    assert found.files == ("view.relsurvey.json", *books, *decks, "manifest.json")
    sheets = [openpyxl.load_workbook(tmp_path / name) for name in books]
    assert [book.sheetnames[0] for book in sheets] == ["Start", "Inicio"]
    slides = [pptx.Presentation(tmp_path / name).slides for name in decks]
    assert len(slides[0]) == len(slides[1])
    said = [[slide.notes_slide.notes_text_frame.text for slide in one] for one in slides]
    stamps = ["Aggregates only", "Solo datos agregados"]
    for notes, stamp in zip(said, stamps, strict=True):
        assert all(stamp in text for text in notes)
    assert verify(tmp_path)
    # What is not among the doors of a new release goes in every language.
    demo_study.publish(tmp_path, by=["gender"], formats=["html"])
    assert {path.name for path in tmp_path.iterdir()} == {
        "view.relsurvey.json",
        "view.html",
        "manifest.json",
    }


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


class TestStatistics:
    """Each verb asks one room with the study's own rows: the figures are those of the pure function."""

    def test_factor_of_one_scale_and_of_all(self, demo_study):
        from relsurvey.analysis.factor import factor
        from relsurvey.scoring import keyed

        one = demo_study.factor("share_power")
        rows = demo_study.where(wave="spring").responses
        alone = factor(keyed(rows, demo_study.instrument, "share_power"), scale="share_power", wave="spring")
        pd.testing.assert_frame_equal(one.table, alone.table)
        every = demo_study.factor()
        assert set(every.table["scale"]) == set(demo_study.instrument.scales)
        assert "tell the scales apart" in every.sentence
        with pytest.raises(AnalysisError, match="no scale"):
            demo_study.factor("nonsense")

    def test_small_groups_are_not_checked_and_said_so(self, demo_study):
        assert demo_study.invariance("share_power", "gender").comparable == "not checked"
        assert demo_study.dif("share_power", "gender").comparable == "not checked"

    def test_change_follows_the_same_students_and_is_judged_with_the_other_scales(self, demo_study):
        found = demo_study.change("share_power", by="gender")
        assert (found.wave_before, found.wave_after) == ("fall", "spring")
        assert found.headline == "overlapping"
        table = found.table.set_index("estimate")
        scores = {w: demo_study.where(wave=w).scores()["share_power"].dropna() for w in ("fall", "spring")}
        assert table.mean_before["independent"] == pytest.approx(scores["fall"].mean())
        assert table.mean_after["independent"] == pytest.approx(scores["spring"].mean())
        assert "composition" in found.tables
        assert "since fall" in found.sentence
        backwards = demo_study.change("share_power", before="spring", after="fall")
        assert (backwards.wave_before, backwards.wave_after) == ("spring", "fall")

    def test_a_change_is_told_since_the_title_of_the_wave(self, demo_study):
        titled = {"fall": Wave(id="fall", title={"en": "First round", "es": "Primera ronda"})}
        instrument = demo_study.instrument.model_copy(update={"waves": titled})
        found = replace(demo_study, instrument=instrument).change("share_power")
        assert "since “First round”" in found.sentence and "desde «Primera ronda»" in found.in_words("es")
        assert found.wave_before == "fall" and "since “First round”" in repr(found)

    def test_a_change_needs_two_waves(self, demo_study):
        with pytest.raises(AnalysisError, match="two waves"):
            demo_study.where(wave="fall").change("share_power")
        with pytest.raises(AnalysisError, match="no wave 'winter'"):
            demo_study.change("share_power", before="winter")
        with pytest.raises(AnalysisError, match="both are"):
            demo_study.change("share_power", before="spring", after="spring")

    def test_screening_flags_rows_and_removes_none(self, demo_study):
        found = demo_study.screen()
        spring = demo_study.where(wave="spring")
        assert len(found.flags) == len(spring.responses)
        in_spring = demo_study.responses.wave == "spring"
        assert list(found.flags.index) == list(demo_study.responses.index[in_spring])
        careless = found.flags["longstring"].to_numpy()
        assert len(spring.without(careless).responses) == len(spring.responses) - careless.sum()

    def test_nesting_is_one_number_for_adults(self, demo_study):
        found = demo_study.nesting("share_power")
        assert found.table.clusters[0] == 3
        with pytest.raises(AnalysisError, match="no unit"):
            demo_study.nesting("share_power", by="gender")
        with pytest.raises(AnalysisError, match="No row"):
            demo_study.nesting("share_power", by="section")

    def test_nonresponse_bounds_a_share_by_who_did_not_answer(self, demo_study):
        spring = demo_study.where(wave="spring").responses
        ids = [*spring["respondent"].tolist(), *(f"absent{i}" for i in range(50))]
        roster = pd.DataFrame(
            {"student_id": ids, "school": [*spring["school"], *[spring["school"].iloc[0]] * 50]}
        )
        places = demo_study.instrument.identity
        columns = {key: place.column or place.text["en"] for key, place in places.items()}
        again = rs.read(spring.rename(columns=columns), demo_study.instrument, ids="as-is")
        known = again.with_roster(roster)
        found = known.nonresponse("share_power")
        row = found.tables["bounds"].iloc[0]
        from relsurvey.scoring import score

        favorable = score(spring, demo_study.instrument, "share_power").favorable
        p, r = np.nanmean(favorable), (~np.isnan(favorable)).sum() / len(ids)
        assert row["bound_low"] == pytest.approx(p * r)
        assert row["bound_high"] == pytest.approx(p * r + 1 - r)
        assert len(known.nonresponse("share_power", by="school").table) == 4
        with pytest.raises(AnalysisError, match="not known"):
            demo_study.nonresponse("share_power")

    def test_weights_make_answers_spread_as_the_roster_is(self, demo_study):
        spring = demo_study.where(wave="spring").responses
        places = demo_study.instrument.identity
        columns = {key: place.column or place.text["en"] for key, place in places.items()}
        again = rs.read(spring.rename(columns=columns), demo_study.instrument, ids="as-is")
        first = spring["school"].iloc[0]
        # A hundred more of one school were asked than answered.
        ids = [*spring["respondent"], *(f"absent{i}" for i in range(100))]
        known = again.with_roster(
            pd.DataFrame({"student_id": ids, "school": [*spring["school"], *[first] * 100]})
        )
        found = known.weights("school")
        schools = known.responses["school"].to_numpy()
        mine = (schools == first).sum()
        assert found.weight[schools == first] == pytest.approx((mine + 100) / mine)
        assert found.weight[schools != first] == pytest.approx(1)
        with pytest.raises(AnalysisError, match="not known"):
            demo_study.weights("school")
        with pytest.raises(AnalysisError, match="no column"):
            known.weights("gender")

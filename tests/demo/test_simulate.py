"""The demo's workbook: it is what its simulator writes, and what is true in it is what the truth says."""

from __future__ import annotations

import zipfile
import zlib
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from python_calamine import CalamineWorkbook
from scipy.optimize import minimize
from scipy.stats import norm

from relsurvey.demo import demo_workbook
from relsurvey.demo.comments import HOSTILE, SPANISH
from relsurvey.demo.simulate import GROUPS, SCHOOLS, headers, main, simulate, write_workbook
from relsurvey.demo.truth import TRUTH, WAVES, ElementTruth
from relsurvey.instrument import instruments
from relsurvey.study import Study
from relsurvey.view import View

CURLY = "\u2019"
INSTRUMENT = instruments()["five-elements"]
SCALES = {scale: list(entry.items) for scale, entry in INSTRUMENT.scales.items()}
OPTIONS = INSTRUMENT.options_of("care_1")
CODES = {option.label["en"]: option.code for option in OPTIONS.counted}
NOT_COUNTED = {
    group: {category.label["en"] for category in entry.categories if not category.counted}
    for group, entry in INSTRUMENT.groups.items()
}


def is_test_row(frame: pd.DataFrame) -> pd.Series:
    return (frame["respondent"] == "test") | (frame["more"] == "test")


def scored(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Codes, and by rule 3 whether each student is favorable; test rows out, the last submission kept."""
    frame = pd.DataFrame(rows)
    frame = frame[~is_test_row(frame)].drop_duplicates(["respondent", "wave"], keep="last").copy()
    for scale, items in SCALES.items():
        frame[items] = frame[items].apply(lambda column: column.map(CODES)).astype(float)
        answered = frame[items].notna().sum(axis=1)
        favorable = (frame[items] >= 4).sum(axis=1) > answered / 2
        frame[scale] = favorable.astype(float).where(answered >= 2)
    return frame


@pytest.fixture(scope="module")
def sheet() -> pd.DataFrame:
    """The shipped workbook as a spreadsheet reader sees it."""
    header, *rows = CalamineWorkbook.from_path(str(demo_workbook())).get_sheet_by_index(0).to_python()
    return pd.DataFrame(rows, columns=header)


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return pd.DataFrame(simulate())


@pytest.fixture(scope="module")
def population() -> pd.DataFrame:
    return scored(simulate(students=20_000))


# The workbook -------------------------------------------------------------------------------------


def members(path: Path) -> dict[str, tuple[object, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: (entry.date_time, archive.read(entry)) for entry in archive.infolist()}


def test_shipped_workbook_is_what_the_simulator_writes(tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    main(["--out", str(again)])
    assert members(again) == members(demo_workbook()), "run `python -m relsurvey.demo.simulate`"
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION:  # zlib-ng packs the same content into other bytes
        assert again.read_bytes() == demo_workbook().read_bytes()


def test_seed_decides_every_byte(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_workbook(tmp_path / name, seed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_errors_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, sentence in (
        (["--out", str(tmp_path / "none" / "demo.xlsx")], "Cannot write to the folder"),
        (["--seed", "-1", "--out", str(tmp_path / "demo.xlsx")], "--seed must be from 0 to 4294967295"),
    ):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_workbook_looks_like_a_form_export(sheet: pd.DataFrame, sample: pd.DataFrame) -> None:
    assert CalamineWorkbook.from_path(str(demo_workbook())).sheet_names == ["Form Responses 1"]
    assert list(sheet.columns) == [text.replace("'", CURLY) for text in headers().values()]
    assert list(sheet.columns)[:5] == [
        "Timestamp",
        "Student ID",
        "What school do you go to?",
        "Which ninth-grade team are you on?",
        "Survey",
    ]
    assert list(sheet["Timestamp"]) == list(sample["date"])
    assert all(isinstance(value, datetime) for value in sheet["Timestamp"])
    assert sheet["Timestamp"].is_monotonic_increasing
    assert set(sheet["Survey"]) == set(WAVES)
    assert len(sheet) == len(sample)
    cells = [value for name in sheet.columns[1:] for value in sheet[name]]
    assert all(isinstance(value, str) for value in cells)
    assert not any("'" in value for value in cells)
    assert any(CURLY in name for name in sheet.columns)
    assert (sheet["Does your family qualify for free or reduced-price lunch?"] == f"I don{CURLY}t know").any()


def test_every_label_is_the_instruments(sample: pd.DataFrame) -> None:
    for item in INSTRUMENT.items:
        labels = {option.label["en"] for option in INSTRUMENT.options_of(item).options}
        assert set(sample[item].dropna()) == labels
    for group, entry in INSTRUMENT.groups.items():
        ticked = {option for cell in sample[group].dropna() for option in cell.split(", ")}
        assert ticked == {category.label["en"] for category in entry.categories} - {"Two or more"}
    assert sample["race_ethnicity"].str.contains(", ").any()


def test_it_says_simulated(sheet: pd.DataFrame) -> None:
    assert len(SCHOOLS) == 3
    assert set(sheet["What school do you go to?"]) == set(SCHOOLS)
    assert all("simulated" in school for school in SCHOOLS)
    assert "simulated" in demo_workbook().name
    with zipfile.ZipFile(demo_workbook()) as archive:
        assert "simulated data</dc:title>" in archive.read("docProps/core.xml").decode()


def test_hostile_comments_stay_text(sheet: pd.DataFrame) -> None:
    comments = list(sheet.iloc[:, -1])
    assert [comments.count(text) for text in HOSTILE] == [1, 1]
    with zipfile.ZipFile(demo_workbook()) as archive:
        content = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in content
    assert "<img" not in content


# Who answered -------------------------------------------------------------------------------------


def test_exactly_two_test_rows(sample: pd.DataFrame) -> None:
    first, second = (row for _, row in sample[is_test_row(sample)].iterrows())
    assert first["respondent"] == "test"
    assert set(first[list(INSTRUMENT.items)]) == {"Hardly ever"}
    assert second["more"] == "test"
    assert second["respondent"] not in set(sample["respondent"].drop(index=second.name))


def test_exactly_one_second_submission(sample: pd.DataFrame) -> None:
    twice = sample[sample.duplicated(["respondent", "wave"], keep=False)].fillna("")
    before, after = (row for _, row in twice.iterrows())
    assert after["date"] - before["date"] == timedelta(minutes=6)
    changed = [key for key in INSTRUMENT.items if before[key] != after[key]]
    assert changed == ["care_1", "care_2", "care_3"]


def test_students_schools_and_waves(sample: pd.DataFrame) -> None:
    students = sample[~is_test_row(sample)]
    assert students["respondent"].str.fullmatch(r"S\d{4}").all()
    assert students["respondent"].nunique() == 480
    waves = students.groupby("respondent")["wave"].nunique()
    assert 0.85 < (waves == 2).mean() < 0.90
    one_school = students.groupby("respondent")[["school", "team"]].nunique()
    assert (one_school == 1).all(axis=None)
    sizes = students.groupby("school")["respondent"].nunique()
    assert sorted(sizes) == [124, 160, 196]
    assert (students.groupby("school")["team"].nunique() == 2).all()


def test_blanks_and_not_sure(sample: pd.DataFrame) -> None:
    students = sample[~is_test_row(sample)]
    items = students[list(INSTRUMENT.items)]
    assert 0.01 < items.isna().mean().mean() < 0.03
    assert 0.01 < (items == "Not sure").mean().mean() < 0.05
    assert students[list(GROUPS)].isna().mean().between(0.01, 0.06).all()
    assert students["more"].isin(SPANISH).sum() >= 10


def test_the_gate_has_work_to_do(sample: pd.DataFrame) -> None:
    students = sample[~is_test_row(sample)].drop_duplicates(["respondent", "wave"], keep="last")
    for _, cell in students.groupby(["school", "wave"]):
        # Too small alone, large enough together: nonbinary, declined and blank.
        gender = cell["gender"].fillna("blank").value_counts().drop(["Girl", "Boy"])
        assert set(gender.index) == {"Nonbinary", "Prefer not to say", "blank"}
        assert (gender < 11).all()
        assert gender.sum() >= 11
        races = cell["race_ethnicity"].value_counts()
        assert races["Hispanic or Latino"] >= 11
        assert (races < 11).sum() >= 3
        assert (cell["english_learner"] == "Yes").sum() >= 25


def clear_contrasts(view: View, unit_id: str | None = None) -> set[tuple[str, str, str]]:
    """Group variable, group and scale of every difference that the pages call clear."""
    return {
        (table.variable, row.label["en"], cell.scale)
        for unit in view.units
        if unit_id in (None, unit.id)
        for table in unit.groups
        for row in table.rows
        for cell in row.cells
        if cell.verdict == "clear"
    }


def test_the_view_calls_the_planted_difference_clear(demo_view: View) -> None:
    clear = clear_contrasts(demo_view, "all")
    assert ("english_learner", "Yes", "share_power") in clear
    assert len(clear) >= 2


@pytest.mark.parametrize("min_n", [10, 11])
def test_the_view_calls_nothing_else_clear(demo_study: Study, min_n: int) -> None:
    view = demo_study.view(min_n=min_n)
    verdicts = [
        cell.verdict
        for unit in view.units
        for table in unit.groups
        if table.variable != "english_learner"
        for row in table.rows
        for cell in row.cells
        if cell.verdict is not None
    ]
    assert len(verdicts) > 100  # there are pages to be wrong on
    assert {(variable, group) for variable, group, _ in clear_contrasts(view)} == {("english_learner", "Yes")}


# The truth ----------------------------------------------------------------------------------------


def answers(element: ElementTruth, shift: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chance of each code given the element's value: nodes, items, codes; and the nodes' weights."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    loading, ease = np.array(element.loadings), np.array(element.ease)
    centre = element.location + shift + ease + loading * nodes[:, None]
    cuts = np.concatenate([[-np.inf], TRUTH.thresholds, [np.inf]])
    below = norm.cdf((cuts - centre[..., None]) / np.sqrt(1 - loading**2)[:, None])
    return np.diff(below, axis=-1), weights / weights.sum()


def favorable_share(element: ElementTruth, shift: float, missing: NDArray[np.float64]) -> float:
    """Rule 3 over every pattern of missing, unfavorable and favorable answers."""
    chances, weights = answers(element, shift)
    pattern = np.zeros((len(weights), 5, 5))  # answered, favorable
    pattern[:, 0, 0] = 1
    for item in range(4):
        favorable = chances[:, item, 3:].sum(axis=1)[:, None, None]
        answered = 1 - missing[item]
        longer = missing[item] * pattern
        longer[:, 1:, :] += answered * (1 - favorable) * pattern[:, :-1, :]
        longer[:, 1:, 1:] += answered * favorable * pattern[:, :-1, :-1]
        pattern = longer
    total = np.einsum("n,naf->af", weights, pattern)
    number = np.arange(5)
    enough = number[:, None] >= 2
    return float(total[enough & (number > number[:, None] / 2)].sum() / total[enough[:, 0]].sum())


def alpha_and_omega(element: ElementTruth, parts: dict[float, float]) -> tuple[float, float]:
    """Of the codes, in a population whose parts (weights) have these shifts."""
    mean, products = np.zeros(4), np.zeros((4, 4))
    code = np.arange(1, 6)
    for shift, part in parts.items():
        chances, weights = answers(element, shift)
        expected = chances @ code
        mean += part * weights @ expected
        within = np.diag(weights @ (chances @ code**2 - expected**2))
        products += part * ((expected.T * weights) @ expected + within)
    covariance = products - np.outer(mean, mean)
    alpha = 4 / 3 * (1 - np.trace(covariance) / covariance.sum())

    def misfit(values: NDArray[np.float64]) -> float:
        implied = np.outer(values[:4], values[:4]) + np.diag(np.exp(values[4:]))
        return float(np.linalg.slogdet(implied)[1] + np.trace(np.linalg.solve(implied, covariance)))

    variance = np.diag(covariance)
    fitted = minimize(misfit, np.concatenate([0.8 * np.sqrt(variance), np.log(0.4 * variance)])).x
    common = fitted[:4].sum() ** 2
    return alpha, common / (common + np.exp(fitted[4:]).sum())


@pytest.mark.parametrize("number", range(5))
def test_stated_values_follow_from_the_parameters(number: int) -> None:
    element = TRUTH.elements[number]
    blank = np.linspace(*TRUTH.blank, 20)[4 * number : 4 * number + 4]
    shares: dict[str, dict[float, float]] = {}
    for place, wave in enumerate(WAVES):
        risen = TRUTH.change_shift * (element.scale == TRUTH.change_scale and wave == "spring")
        parts = {
            risen: 1 - TRUTH.english_learners,
            risen + element.gap_shift[place]: TRUTH.english_learners,
        }
        shares[wave] = {shift: favorable_share(element, shift, blank + element.not_sure) for shift in parts}
        overall = sum(part * shares[wave][shift] for shift, part in parts.items())
        assert overall == pytest.approx(element.favorable[place], abs=6e-4)
        alpha, omega = alpha_and_omega(element, parts)
        assert alpha == pytest.approx(element.alpha[place], abs=6e-4)
        assert omega == pytest.approx(element.omega[place], abs=6e-4)
        others, learners = shares[wave].values()
        assert learners - others == pytest.approx(element.gap, abs=6e-4)
    if element.scale == TRUTH.change_scale:
        assert element.favorable[1] - element.favorable[0] == pytest.approx(TRUTH.change, abs=6e-4)
    else:
        assert element.favorable[0] == element.favorable[1]


def sample_alpha(items: pd.DataFrame) -> float:
    covariance = items.dropna().cov().to_numpy()
    return float(4 / 3 * (1 - np.trace(covariance) / covariance.sum()))


def test_population_has_the_stated_alpha(population: pd.DataFrame) -> None:
    # About 15,000 complete students a wave: the standard error of alpha is .002, so .010 is five of them.
    for element in TRUTH.elements:
        for place, wave in enumerate(WAVES):
            alpha = sample_alpha(population.loc[population["wave"] == wave, SCALES[element.scale]])
            assert alpha == pytest.approx(element.alpha[place], abs=0.010)
            assert 0.80 <= alpha <= 0.88


def test_population_has_the_stated_shares(population: pd.DataFrame) -> None:
    # 18,800 students a wave: the standard error of a share is at most .0037, so .016 is more than four.
    for element in TRUTH.elements:
        for place, wave in enumerate(WAVES):
            share = population.loc[population["wave"] == wave, element.scale].mean()
            assert share == pytest.approx(element.favorable[place], abs=0.016)


def test_elements_are_alike_but_not_the_same(population: pd.DataFrame) -> None:
    # The latent correlation, less what five steps and missing answers take, and a little more for the gaps
    # that all five share: far from .90.
    spring = population[population["wave"] == "spring"]
    for a, b in combinations(TRUTH.elements, 2):
        means = pd.DataFrame({scale: spring[SCALES[scale]].mean(axis=1) for scale in (a.scale, b.scale)})
        raw = means.corr().iloc[0, 1]
        latent = raw / np.sqrt(a.alpha[1] * b.alpha[1])
        assert latent == pytest.approx(TRUTH.element_correlation - 0.01, abs=0.03)


def difference(values: pd.Series, chosen: pd.Series) -> tuple[float, float]:
    """Share of the chosen minus share of all others, and how many standard errors that is."""
    a, b = values[chosen].dropna(), values[~chosen].dropna()
    gap = a.mean() - b.mean()
    return gap, gap / np.sqrt(a.var() / len(a) + b.var() / len(b))


def test_one_subgroup_differs_and_no_other(population: pd.DataFrame) -> None:
    # About 4,300 English learners a wave: the standard error of a gap is .008, so .032 is four of them. The
    # other contrasts stay under 4.5 standard errors, all of them, with a chance of .997 when nothing differs.
    gaps = {element.scale: element.gap for element in TRUTH.elements}
    looked_at = 0
    for wave in WAVES:
        now = population[population["wave"] == wave]
        for variable in ("school", "team", *GROUPS):
            known = now[now[variable].notna() & ~now[variable].isin(NOT_COUNTED.get(variable, set()))]
            for category, count in known[variable].value_counts().items():
                if count < 30:
                    continue
                for scale in SCALES:
                    gap, errors = difference(known[scale], known[variable] == category)
                    if variable == "english_learner":
                        expected = gaps[scale] if category == "Yes" else -gaps[scale]
                        assert gap == pytest.approx(expected, abs=0.032)
                    else:
                        looked_at += 1
                        assert abs(errors) < 4.5, (wave, variable, category, scale, gap)
    assert looked_at > 250


def test_one_scale_changes_and_no_other(population: pd.DataFrame) -> None:
    # 17,600 students answered twice, 4,000 of them English learners: the standard errors of a change are .004
    # and .0085.
    learners = population.loc[population["english_learner"] == "Yes", "respondent"]
    both = population.pivot_table(index="respondent", columns="wave", values=list(SCALES))
    for scale in SCALES:
        change = (both[scale]["spring"] - both[scale]["fall"]).dropna()
        assert len(change) > 17_000
        expected = TRUTH.change if scale == TRUTH.change_scale else 0.0
        assert change.mean() == pytest.approx(expected, abs=0.018)
        assert change[change.index.isin(learners)].mean() == pytest.approx(expected, abs=0.035)


def test_answers_of_two_waves_belong_together(population: pd.DataFrame) -> None:
    # Stability times reliability, less what the five steps take: matched students, not two samples.
    for scale, items in SCALES.items():
        means = population.assign(mean=population[items].mean(axis=1))
        both = means.pivot_table(index="respondent", columns="wave", values="mean").dropna()
        reliability = next(element.alpha[0] for element in TRUTH.elements if element.scale == scale)
        assert both.corr().iloc[0, 1] == pytest.approx(TRUTH.stability * reliability, abs=0.04)

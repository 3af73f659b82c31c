"""Change of the same students: paired t, Wilcoxon, effect sizes, reliable change (effectsize, psych)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pandas as pd

from relsurvey.analysis.change import Change, change
from relsurvey.analysis.reliability import reliability
from tests.reference.oracle import Figure, Record, data, keyed, reproduces, scale


@cache
def anxiety(time: int) -> pd.DataFrame:
    """Return respondents and scores of one occasion: the mean if at least 10 of 20 were answered."""
    items = keyed("state_anxiety", f"SAI_time{time}")
    rows = data("state_anxiety").loc[items.index]
    score = items.mean(axis=1).where(items.notna().sum(axis=1) >= 10)
    return pd.DataFrame({"study": rows["study"], "respondent": rows["id"], "score": score})


@cache
def alpha(study: str) -> float:
    """Return the reliability at the first occasion, of complete rows."""
    items = keyed("state_anxiety", "SAI_time1")
    chosen = data("state_anxiety").loc[items.index, "study"] == study
    return (
        reliability(items[chosen][scale("state_anxiety", "SAI")["items"]], missing="listwise").scales[0].alpha
    )


@cache
def ours(dataset: str, part: str) -> Change:
    if dataset == "state_anxiety":
        first, second = (anxiety(time)[anxiety(time)["study"] == part] for time in (1, 2))
        return change(first, second, reliability=alpha(part))
    before, after = {"exam1_exam3": ("exam1", "exam3"), "mid1_mid2": ("midterm1", "midterm2")}[part]
    frame = data(dataset)
    waves = [
        pd.DataFrame({"respondent": frame["student"], "score": frame[column]}) for column in (before, after)
    ]
    return change(*waves)


def row(found: Change, table: str, **where: str) -> pd.Series:
    frame = found.tables[table]
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


@reproduces("*/paired_*", tolerance=1e-8, what="Change: the same students")
def paired(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.figure.removeprefix("paired_"))
    same = row(found, "change", estimate="matched")
    t = row(found, "tests", test="paired_t")
    z = row(found, "effects", effect="d_z")
    v = row(found, "tests", test="wilcoxon")
    # Where the effect's interval is named as the difference's is elsewhere.
    plain = "dz_lo" in record.value
    figures = {
        "n": same.matched,
        "mean_pre": same.mean_before,
        "mean_post": same.mean_after,
        "diff": same.mean_difference,
        "t": t.statistic,
        "df": t.df,
        "p": t.p,
        "lo": same.mean_low if plain else z.low,
        "hi": same.mean_high if plain else z.high,
        "dz": z.value,
        "dz_lo": z.low,
        "dz_hi": z.high,
        "gz": z.corrected,
        "gz_lo": z.corrected_low,
        "gz_hi": z.corrected_high,
        "d_av": row(found, "effects", effect="d_av").value,
        "d_rm": row(found, "effects", effect="d_rm").value,
        "r": found.score.r,
        "wilcoxon_V": v.statistic,
        "wilcoxon_V_rounded": v.statistic,
        "wilcoxon_p_rounded": v.p,
    }
    interval = {"dz_lo", "dz_hi", "gz_lo", "gz_hi"} | (set() if plain else {"lo", "hi"})
    # Of unrounded differences, the last digits of the computer break ties: p (and V of means) is no figure.
    noise = {"wilcoxon_p", "wilcoxon_p_correct"} | (
        {"wilcoxon_V"} if "wilcoxon_V_rounded" in record.value else set()
    )
    for name, r in record.value.items():
        if name in noise:
            continue
        is_p = name == "p" or "_p" in name
        tolerance = 1e-4 if name in interval else 1e-6 if is_p else None
        yield Figure(name, r, figures[name], tolerance, is_p or None)


@reproduces("*/rci_*", tolerance=1e-8, what="Change: reliable change")
def reliable(record: Record) -> Iterator[Figure]:
    study = record.figure.removeprefix("rci_")
    found = row(ours(record.dataset, study), "reliable_change")
    names = {"alpha": "reliability", "sem": "sem", "n_up": "up", "n_down": "down", "mean_rci": "mean_index"}
    for theirs, name in names.items():
        yield Figure(theirs, record.value[theirs], found[name])


@reproduces("state_anxiety/match_*", tolerance=0, what="Change: the same students")
def matched(record: Record) -> Iterator[Figure]:
    def rows(study: str, time: int) -> pd.DataFrame:
        frame = data("state_anxiety")
        frame = frame[(frame["study"] == study) & (frame["time"] == time)]
        # Every row counts here, scored or not.
        return pd.DataFrame({"respondent": frame["id"], "score": range(len(frame))})

    film = change(rows("FILM", 1), rows("VALE", 3)).score
    vale = change(rows("VALE", 1), rows("VALE", 3)).score
    yield Figure("film_t1", record.value["film_t1"], film.before.n)
    yield Figure("vale_t3", record.value["vale_t3"], film.after.n)
    yield Figure("vale_both_1_3", record.value["vale_both_1_3"], vale.matched)

"""What a change shows of itself: exact tables, sentences, masked tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import Face, Value
from relsurvey.analysis.groups.twosample import mean_difference
from relsurvey.analysis.sampling.sandwich import MIN_CLUSTERS
from relsurvey.analysis.shares import newcombe
from relsurvey.analysis.waves.paired import (
    Difference,
    Overlap,
    SharesTwice,
    matched_difference,
    mcnemar,
    overlapping_difference,
    paired_effects,
    share_interval,
    share_test,
    wilcoxon,
)
from relsurvey.words import gap_words, say, share_words, signed, wave_phrase
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from relsurvey.analysis.change import Change, Unit
    from relsurvey.analysis.groups.twosample import Test
    from relsurvey.analysis.waves.composition import Split

_NAN = math.nan
# What comes from who answered is said from one point on where there is a change, else from five on.
_TOLD, _LARGE = 0.01, 0.05


def tables(c: Change) -> dict[str, pd.DataFrame]:
    """Return a change's tables; exact, for this kernel alone."""
    import pandas as pd

    found = {
        "change": _table(c),
        "tests": pd.DataFrame(
            [(c.scale, what, name, t.statistic, t.df1, t.p) for what, name, t in _tests(c)],
            columns=["scale", "figure", "test", "statistic", "df", "p"],
        ),
        "effects": pd.DataFrame(
            [(c.scale, *vars(effect).values()) for effect in paired_effects(c.score)],
            columns=[
                "scale",
                "effect",
                "value",
                "low",
                "high",
                "corrected",
                "corrected_low",
                "corrected_high",
            ],
        ),
        "composition": pd.DataFrame(
            [(c.scale, s.by, s.figure, s.total, s.within, s.who, s.joined, s.left) for s in c.splits],
            columns=["scale", "by", "figure", "total", "within", "who_answered", "joined", "left"],
        ),
    }
    if c.reliability is not None:
        found["reliable_change"] = _reliable(c, c.reliability)
    if c.clusters is not None:
        found["units"] = pd.DataFrame(
            [_unit_row(u, c) for u in c.clusters.units],
            columns=[
                *("scale", "unit", "n_before", "n_after", "before", "after"),
                *("difference", "low", "high", "expected_rise", "beyond_expected"),
            ],
        )
    return found


def _table(c: Change) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for estimate in ("matched", "overlapping", "independent", *(["clusters"] if c.clusters else [])):
        only, use = estimate == "matched", estimate in ("matched", "overlapping")
        score = _figure(c.score, only, use)
        answers = (*[_NAN] * 6,) if c.answers is None else _figure(c.answers, only, use)
        shares = (*[_NAN] * 6,) if c.shares is None else _share(c.shares.same if only else c.shares, use)
        if estimate == "clusters" and c.clusters is not None:
            term, own = c.clusters.favorable, c.clusters.score
            answers = (*answers[:3], _NAN, _NAN, _NAN)
            enough = own.clusters >= MIN_CLUSTERS
            score = (*score[:2], own.estimate, *((own.low, own.high, own.p) if enough else [_NAN] * 3))
            if term is not None:
                shares = (
                    *shares[:2],
                    term.estimate,
                    *((term.low, term.high, term.p) if enough else [_NAN] * 3),
                )
        top = estimate == c.headline
        o = c.score
        n = (o.matched, o.matched) if only else (o.before.n, o.after.n)
        judged = (c.verdict, c.p_adjusted, c.smallest) if top else (None, _NAN, _NAN)
        waves = (c.scale, c.wave_before, c.wave_after)
        rows.append((*waves, estimate, top, *n, o.matched, *shares, *judged, *score, *answers[:5]))
    return pd.DataFrame(
        rows,
        columns=[
            *("scale", "wave_before", "wave_after", "estimate", "headline", "n_before", "n_after", "matched"),
            *("favorable_before", "favorable_after", "difference", "low", "high", "p"),
            *("verdict", "p_adjusted", "smallest_change"),
            *("mean_before", "mean_after", "mean_difference", "mean_low", "mean_high", "mean_p"),
            *("favorable_answers_before", "favorable_answers_after", "favorable_answers_difference"),
            *("favorable_answers_low", "favorable_answers_high"),
        ],
    )


def _figure(o: Overlap, only_matched: bool, use_matches: bool) -> tuple[float, ...]:
    d = mean_change(o, only_matched, use_matches)
    then, now = (o.same_before, o.same_after) if only_matched else (o.before, o.after)
    return then.mean, now.mean, d.value, d.low, d.high, d.test.p


def mean_change(o: Overlap, only_matched: bool, use_matches: bool) -> Difference:
    """Return one of the estimates of a change of means."""
    return matched_difference(o) if only_matched else overlapping_difference(o, use_matches=use_matches)


def _share(s: SharesTwice, use_matches: bool) -> tuple[float, ...]:
    then, now = s.share_before, s.share_after
    low, high = share_interval(s, use_matches=use_matches)
    return then, now, now - then, low, high, share_test(s, use_matches=use_matches).p


def _tests(c: Change) -> list[tuple[str, str, Test]]:
    o = c.score
    found = [
        ("score", "paired_t", matched_difference(o).test),
        ("score", "wilcoxon", wilcoxon(o)),
        ("score", "overlapping_t", overlapping_difference(o).test),
        ("score", "welch_t", overlapping_difference(o, use_matches=False).test),
    ]
    if c.clusters is not None:
        found.append(("score", "random_intercept", c.clusters.intercept.test))
    if c.shares is not None:
        chi_square, exact = mcnemar(c.shares)
        found += [
            ("favorable", "mcnemar", chi_square),
            ("favorable", "mcnemar_exact", exact),
            ("favorable", "overlapping_z", share_test(c.shares)),
            ("favorable", "independent_z", share_test(c.shares, use_matches=False)),
        ]
    return found


def _reliable(c: Change, reliability: float) -> pd.DataFrame:
    """Count changes beyond the error of two scores: |d| > 1.96 · sqrt(2) · SEM (Jacobson & Truax 1991)."""
    import pandas as pd

    o = c.score
    sem = o.same_before.sd * math.sqrt(1 - reliability) if o.matched > 1 else _NAN
    error = math.sqrt(2) * sem
    index = o.differences / error if error > 0 else o.differences * _NAN
    row = (
        *(c.scale, reliability, sem, o.matched),
        *(int(o.counts[index > 1.96].sum()), int(o.counts[index < -1.96].sum())),
        o.change.mean / error if error > 0 else _NAN,
    )
    return pd.DataFrame([row], columns=["scale", "reliability", "sem", "matched", "up", "down", "mean_index"])


def _unit_row(u: Unit, c: Change) -> tuple[Value, ...]:
    change = _unit_change(u, shares=c.shares is not None)
    sizes = (u.before.n, u.after.n)
    return (c.scale, u.name, *sizes, *change, u.expected_rise, change[2] - u.expected_rise)


def _unit_change(u: Unit, *, shares: bool) -> tuple[float, float, float, float, float]:
    then, now = u.before, u.after
    if shares and then.n and now.n:
        low, high = newcombe(round(now.mean * now.n), now.n, round(then.mean * then.n), then.n)
    else:
        by_mean = mean_difference(now, then)
        low, high = by_mean.low, by_mean.high
    return then.mean, now.mean, now.mean - then.mean, low, high


def since(c: Change, language: str) -> str:
    """Return *since fall*: never *since you began* (rules.md 7)."""
    if c.wave_before is None:
        return say(language, "change.since_before")
    title = c.title_before and {language: pick(c.title_before, language)}
    return wave_phrase([language], "change.since", c.wave_before, title)[language]


def in_words(c: Change, language: str) -> str:
    """Return what can be said of a change, on what it rests, and what it cannot tell."""
    when = since(c, language)
    if c.too_few:
        return say(language, "change.too_few", since=when, min_n=c.min_n)
    if c.shares is None:
        term = c.clusters.score if c.clusters else None
        d = mean_change(c.score, False, c.headline == "overlapping")
        value, low, high = (term.estimate, term.low, term.high) if term else (d.value, d.low, d.high)
        key = "mean" if not math.isnan(low) else "mean_alone"
        figures = {name: _decimals(x) for name, x in (("value", value), ("low", low), ("high", high))}
        parts = [say(language, f"change.{key}", since=when, **figures)]
    else:
        parts = [_verdict(c, c.shares, language, when)]
    parts.append(_basis(c, language))
    told = _TOLD if c.verdict in ("clear", "maybe") else _LARGE
    parts += [
        _split(s, language)
        for s in c.splits
        if s.figure == "favorable" and s.smallest >= c.min_n and abs(s.who) >= told
    ]
    parts.append(say(language, "change.cannot_why"))
    return " ".join(parts)


def _verdict(c: Change, shares: SharesTwice, language: str, when: str) -> str:
    then, now = shares.share_before, shares.share_after
    way = "up" if now > then else "down"
    if c.verdict in ("clear", "maybe"):
        words = {
            "before": share_words([language], then, shares.n_before)[language],
            "after": share_words([language], now, shares.n_after)[language],
            "gap": gap_words([language], now, then)[language],
        }
        same = "_alike" if words["before"] == words["after"] else ""
        key = f"clear_{way}{same}" if c.verdict == "clear" else f"maybe_{way}"
        return say(language, f"change.{key}", since=when, **words)
    if c.verdict == "about_the_same":
        return say(language, "change.about_the_same", since=when)
    if math.isnan(c.smallest):
        return say(language, "change.cannot_tell_plain", since=when)
    # Rounded up: a gap just under the one said would also often not have shown.
    gap = say(language, "share.percent_gap", k=math.ceil(100 * c.smallest - 1e-9))
    return say(language, "change.cannot_tell", since=when, gap=gap)


def _basis(c: Change, language: str) -> str:
    o = c.score
    if c.clusters is not None:
        fewest = (c.clusters.favorable or c.clusters.score).clusters
        key = "basis_clusters" if fewest >= MIN_CLUSTERS else "basis_few_clusters"
        return say(language, f"change.{key}", k=fewest, fewest=MIN_CLUSTERS)
    if not c.followed:
        return say(language, "change.basis_nobody")
    larger = max(o.before.n, o.after.n)
    # Of fewer than 20 the words are not shares; nobody of a large wave is far from 70 %.
    share = share_words([language], o.matched / larger, larger)[language]
    return say(language, f"change.basis_{c.headline}", share=share)


def _split(s: Split, language: str) -> str:
    total, within = round(100 * s.total), round(100 * s.within)
    figures = {"total": signed(total), "within": signed(within), "who": signed(total - within)}
    key = "split_respondent" if s.by == "respondent" else "split_group"
    return say(language, f"change.{key}", by=s.by, **figures)


def _decimals(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def faces(c: Change, language: str, min_n: int) -> tuple[Face, ...]:
    """Return a change's tables as they are shown; waves under the threshold masked."""
    fewest = max(c.min_n, min_n)
    tables = [_estimates(c, language, fewest, min_n)]
    splits = [s for s in c.splits if s.smallest >= max(min_n, 1)] if not c.too_few else []
    if splits:
        tables.append(_composition(splits, language))
    if c.clusters is not None:
        rows = [_unit_shown(u, c, language, fewest) for u in c.clusters.units]
        head = ("unit", "n_before", "n_after", "before", "after", "change", "range", "expected")
        tables.append(Face(say(language, "change.title_units"), _heads(language, head), tuple(rows)))
    return tuple(tables)


def _heads(language: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(say(language, f"change.head_{name}") for name in names)


def _estimates(c: Change, language: str, fewest: int, min_n: int) -> Face:
    o = c.score
    under = say(language, "change.under", min_n=fewest)
    rows: list[tuple[Value, ...]] = []
    for row in tables(c)["change"].to_dict("records"):
        if row["estimate"] not in (c.headline, "matched"):
            continue
        name = say(language, f"change.estimate_{row['estimate']}")
        matched = row["estimate"] == "matched"
        # A few more or less than all would be shown by the two lines together.
        near = any(0 < n - o.matched < min_n for n in (o.before.n, o.after.n))
        if min(row["n_before"], row["n_after"]) < fewest or (matched and near):
            rows.append((name, under, under, None, None, None, None))
            continue
        mean = c.shares is None
        keys = (
            ("mean_before", "mean_after", "mean_difference", "mean_low", "mean_high")
            if mean
            else ("favorable_before", "favorable_after", "difference", "low", "high")
        )
        then, now, d, low, high = (float(row[str(key)]) for key in keys)
        rows.append((name, row["n_before"], row["n_after"], *_cells(then, now, d, low, high, mean, language)))
    title = say(language, "change.title", scale=c.scale).strip(": ")
    head = ("who", "n_before", "n_after", "before", "after", "change", "range")
    return Face(title, _heads(language, head), tuple(rows))


def _cells(
    then: float, now: float, d: float, low: float, high: float, mean: bool, language: str
) -> tuple[str, str, str, str]:
    def figure(x: float) -> str:
        return _decimals(x) if mean else signed(round(100 * x))

    interval = "" if math.isnan(low) else say(language, "change.range", low=figure(low), high=figure(high))
    text = [f"{x:.2f}" if mean else f"{100 * x:.0f} %" for x in (then, now)]
    return text[0], text[1], figure(d), interval


def _composition(splits: Sequence[Split], language: str) -> Face:
    rows = []
    for s in splits:
        by = say(language, "change.by_respondent") if s.by == "respondent" else s.by
        figures = (s.total, s.within, s.who)
        if any(math.isnan(x) for x in figures):
            continue
        if s.figure == "favorable":
            total, within = round(100 * s.total), round(100 * s.within)
            cells = tuple(signed(x) for x in (total, within, total - within))
        else:
            cells = tuple(_decimals(x) for x in figures)
        rows.append((by, say(language, f"change.figure_{s.figure}"), *cells))
    head = _heads(language, ("by", "figure", "total", "within", "from_who"))
    return Face(say(language, "change.title_composition"), head, tuple(rows))


def _unit_shown(u: Unit, c: Change, language: str, fewest: int) -> tuple[Value, ...]:
    if min(u.before.n, u.after.n) < fewest:
        under = say(language, "change.under", min_n=fewest)
        return (u.name, under, under, None, None, None, None, None)
    mean = c.shares is None
    then, now, d, low, high = _unit_change(u, shares=not mean)
    expected = ""
    if not math.isnan(u.expected_rise):
        expected = _decimals(u.expected_rise) if mean else signed(round(100 * u.expected_rise))
    return (u.name, u.before.n, u.after.n, *_cells(then, now, d, low, high, mean, language), expected)

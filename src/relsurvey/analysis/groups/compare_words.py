"""What a comparison of groups says and shows: sentences, and tables with small groups masked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_FILE, Face, Value
from relsurvey.words import gap_words, say

if TYPE_CHECKING:
    from relsurvey.analysis.compare import Comparison
    from relsurvey.analysis.groups.compare_others import Beside
    from relsurvey.analysis.groups.strata import Within

#: Under this many students, numbers come too close to counting them (rules.md 13).
_NUMBERS_FROM = 20
#: Of more groups, every two of them is a table that no one reads.
_MOST_PAIRED = 10


def sentence(found: Comparison, language: str) -> str:
    """Return what can be said of each group beside all other students, strengths first, and what cannot.

    Parameters
    ----------
    found
        The comparison. Groups of fewer than 11 students are not spoken of: a sentence may leave the notebook.
    language
        A language of the catalogue.
    """
    large = [b for b in found.others if b.n >= MIN_N_FILE and b.n_others >= MIN_N_FILE]
    parts = _beside(large, language, two=len(found.groups) == 2)
    if len(found.groups) == len(large) == 2:
        parts.append(_between(found, language))
    if large and all(b.verdict is None for b in large):
        parts.append(say(language, "compare.intervals_only"))
    else:
        parts += [_within(w, found.within_name, language) for w in found.within if _may_be_said(w)]
    if not any(parts):
        parts.append(say(language, "compare.nothing"))
    small = sum(1 for s in found.sums if s.n < MIN_N_FILE)
    if small:
        parts.append(_capital(say(language, "compare.too_few", k=small, min_n=MIN_N_FILE)) + ".")
    if any(math.isnan(found.overall[test].p) for test in ("anova", "welch_anova", "kruskal")):
        parts.append(say(language, "compare.untested"))
    parts.append(say(language, f"compare.{found.comparable.replace(' ', '_')}"))
    return " ".join(part for part in parts if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _beside(large: Sequence[Beside], language: str, *, two: bool) -> list[str]:
    parts: list[str] = []
    # Strengths first; of two groups the lower one is the same fact told twice.
    for direction in (1, -1):
        for kind in ("clear", "maybe"):
            chosen = [b for b in large if b.verdict == kind and direction * b.gap.value > 0]
            if two and direction < 0 and len(large) == 2 and parts:
                continue
            chosen.sort(key=lambda b: -abs(b.gap.value))
            parts.extend(_differs(b, kind, direction, language) for b in chosen)
    same = [b.group for b in large if b.verdict == "about_the_same"]
    if same:
        parts.append(say(language, "compare.about_the_same", groups=_listed(same, language)))
    unknown = [b for b in large if b.verdict == "cannot_tell"]
    if unknown:
        gap = _smallest(unknown, language)
        names = _listed([b.group for b in unknown], language)
        parts.append(say(language, "compare.cannot_tell", groups=names, gap=gap))
    return parts


def _differs(b: Beside, kind: str, direction: int, language: str) -> str:
    side = "above" if direction > 0 else "below"
    if kind == "maybe":
        return say(language, f"compare.maybe_{side}", group=b.group)
    if not b.on_shares:
        low, high = sorted((abs(b.gap.low), abs(b.gap.high)))
        return say(
            language,
            f"compare.mean_{side}",
            group=b.group,
            low=_points(low, math.floor),
            high=_points(high, math.ceil),
        )
    if min(b.n, b.n_others) < _NUMBERS_FROM:
        return say(language, f"compare.{side}_plain", group=b.group)
    gap = gap_words([language], b.share, b.share - b.gap.value)
    return say(language, f"compare.{side}", group=b.group, gap=gap)


def _smallest(unknown: Sequence[Beside], language: str) -> str:
    """Return the gap that would have shown, rounded up: too sharp an eye is not promised."""
    largest = max((b.smallest for b in unknown), default=math.nan)
    if unknown[0].on_shares:
        return say(language, "share.tenths", k=min(10, max(1, math.ceil(largest * 10 - 1e-9))))
    return say(language, "compare.points", x=_points(largest, math.ceil))


def _points(x: float, to: Callable[[float], int]) -> str:
    """Return points of a scale with two decimals, limits outward."""
    return "?" if math.isnan(x) else f"{to(round(x * 100, 6)) / 100:.2f}"


def _between(found: Comparison, language: str) -> str:
    """Say between what limits the difference of two groups lies."""
    first = found.others[0]
    if math.isnan(first.gap.low) or min(first.n, first.n_others) < _NUMBERS_FROM:
        return ""
    low, high = (
        signed(limit, first.on_shares, to, language)
        for limit, to in ((first.gap.low, math.floor), (first.gap.high, math.ceil))
    )
    return say(language, "compare.between", a=found.groups[0], b=found.groups[1], low=low, high=high)


def signed(x: float, on_shares: bool, to: Callable[[float], int], language: str) -> str:
    """Return a difference in words: how many in 100 more or fewer, or points higher or lower."""
    if on_shares:
        k = to(round(x * 100, 6))
        return say(language, "compare.more" if k >= 0 else "compare.fewer", k=abs(k))
    x = to(round(x * 100, 6)) / 100
    return say(language, "compare.higher" if x >= 0 else "compare.lower", x=f"{abs(x):.2f}")


def _may_be_said(w: Within) -> bool:
    sizes = [
        sum(side.score.n for side in sides) for sides in zip(*((a, b) for _, a, b in w.strata), strict=True)
    ]
    return w.sign != "unclear" and len(sizes) == 2 and min(sizes) >= MIN_N_FILE


def _within(w: Within, name: str, language: str) -> str:
    unit = say(language, f"compare.unit_{name}") if name in ("school", "team") else ""
    unit = unit or say(language, "compare.unit_other", name=name)
    b = say(language, "page.quoted", text=w.b) if w.b else say(language, "compare.other_students")
    about = {"a": w.a, "b": b, "unit": unit, "k": w.same_way, "n": w.compared}
    up = w.gap.value > 0 if w.sign == "turns" else w.gap_within.value > 0
    side = f"_{'above' if up else 'below'}" if w.sign in ("turns", "appears") else ""
    return say(language, f"compare.within_{w.sign}{side}", **about)


def _listed(names: Sequence[str], language: str) -> str:
    return ", ".join(say(language, "page.quoted", text=name) for name in names)


def faces(found: Comparison, language: str, min_n: int) -> tuple[Face, ...]:
    """Return the groups, every two of them, and the strata as they are shown.

    Parameters
    ----------
    found
        The comparison.
    language
        Of headings and words.
    min_n
        Groups under it are masked; pairs and strata with such a side have no figures.
    """
    shown = [_groups(found, language, min_n)]
    if len(found.groups) <= _MOST_PAIRED:
        shown.append(_pairs(found, language, min_n))
    # The other students of a stratum hold the hidden groups too, and would give them away.
    if found.within and all(s.n >= min_n for s in found.sums):
        shown.append(_strata(found, language, min_n))
    return tuple(shown)


def _head(language: str, *keys: str) -> tuple[str, ...]:
    return tuple(say(language, f"compare.head_{key}") for key in keys)


def _groups(found: Comparison, language: str, min_n: int) -> Face:
    rows: list[tuple[Value, ...]] = []
    for row, b in zip(found.table.to_dict("records"), found.others, strict=True):
        name = str(row["group"])
        if row["n"] < min_n:
            few = say(language, "verdict.too_few")
            rows.append((name, say(language, "compare.under", min_n=min_n), None, None, None, few))
            continue
        share = between = None
        if b.on_shares:
            share = f"{100 * row['favorable']:.0f} %"
            low, high = row["favorable_low"], row["favorable_high"]
            between = f"{math.floor(100 * low)}–{math.ceil(100 * high)} %"
        words = say(language, f"verdict.{b.verdict}") if b.verdict else None
        rows.append((name, int(row["n"]), float(row["mean"]), share, between, words))
    head = _head(language, "group", "students", "mean", "share", "between", "beside")
    return Face(say(language, "compare.title_groups"), head, tuple(rows))


def _pairs(found: Comparison, language: str, min_n: int) -> Face:
    large = {name for name, s in zip(found.groups, found.sums, strict=True) if s.n >= min_n}
    rows: list[tuple[Value, ...]] = []
    for p in found.pairs.to_dict("records"):
        figures = [float(p[key]) for key in ("difference", "low", "high", "g")]
        rows.append((str(p["a"]), str(p["b"]), *(figures if {p["a"], p["b"]} <= large else [None] * 4)))
    head = _head(language, "a", "b", "difference", "from", "to", "size")
    return Face(say(language, "compare.title_pairs"), head, tuple(rows))


def _strata(found: Comparison, language: str, min_n: int) -> Face:
    others = say(language, "compare.other_students")
    rows: list[tuple[Value, ...]] = []
    for w in found.within:
        for name, a, b in w.strata:
            figures: tuple[Value, ...] = (None, None)
            if min(a.score.n, b.score.n) >= min_n:
                shares = not math.isnan(a.share)
                figures = (
                    (f"{100 * a.share:.0f} %", f"{100 * b.share:.0f} %")
                    if shares
                    else (a.score.mean, b.score.mean)
                )
            rows.append((name, w.a, w.b or others, *figures))
    head = _head(language, "stratum", "a", "b", "of_a", "of_b")
    return Face(say(language, "compare.title_strata"), head, tuple(rows))

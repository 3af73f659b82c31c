"""What is said and shown of students who moved from lane to lane."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import Face, Value, fewest
from relsurvey.grading.lane_names import lane_name, lanes_words
from relsurvey.grading.shares import count_words, limits_words, percent_words, points_of_100
from relsurvey.words import outward, say, signed, students_words

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading.movement import Movement

#: Fewest students at each time to speak of a change (rules.md 16).
FEWEST_CHANGE = 20

_NOTES = ("only_before", "only_after", "no_lane_before", "no_lane_after")


def points(value: float, digits: int = 0) -> str:
    """Return a difference of shares in points of 100, with its sign, half away from zero.

    Examples
    --------
    >>> points(-0.0649), points(0.125), points(0.001)
    ('−6', '+13', '0')
    """
    size = points_of_100(abs(value), digits)
    return f"{'+' if value > 0 else '−'}{size:.{digits}f}" if size else "0"


def digits_of(a: float, b: float) -> int:
    """Return how many decimals two percents need so that they and their difference agree (rules.md 13).

    Examples
    --------
    >>> digits_of(0.60, 0.57), digits_of(0.506, 0.503)
    (0, 1)
    """
    for digits in (0, 1, 2):
        apart = abs(points_of_100(a, digits) - points_of_100(b, digits))
        if math.isclose(apart, points_of_100(abs(a - b), digits), abs_tol=1e-6):
            return digits
    return 2


def beside(language: str, a: float, b: float) -> tuple[str, str, str]:
    """Return two shares of 20 students or more in percent, and the first less the second in points.

    Examples
    --------
    >>> beside("en", 0.506, 0.503)
    ('50.6 %', '50.3 %', '+0.3')
    """
    digits = digits_of(a, b)
    first, second = (percent_words(language, share, FEWEST_CHANGE, digits) for share in (a, b))
    return first, second, points(a - b, digits)


def points_range(language: str, low: float, high: float) -> str:
    """Return the interval of a difference in points of 100, rounded outward."""
    lower, upper = outward(low, high)
    return say(language, "grading.movement_points", low=signed(lower), high=signed(upper))


def sentences(found: Movement, language: str) -> Iterator[str]:
    """Yield what can be said of all students."""
    row = found.whole.iloc[0]
    if int(row["matched"]) < fewest():
        yield say(language, "grading.movement_too_few", min_n=fewest())
        return
    if bool(row["picked"]):
        yield say(language, "grading.movement_all_picked")
    else:
        yield from _of_shares(found, row, language)
        yield from _of_rates(found, row, language)
        if found.last_whole is not None:
            yield from _of_years(found, language)
        yield say(language, "grading.movement_picked_warning")
    for key in _NOTES:
        if int(row[key]):
            yield say(language, f"grading.movement_{key}", n=count_words(language, int(row[key])))
    for key, n in (("unnamed", found.unnamed), ("again", found.again)):
        if n:
            yield say(language, f"grading.movement_{key}", n=count_words(language, n))


def _of_shares(found: Movement, row: pd.Series, language: str) -> Iterator[str]:
    if not found.vulnerable:
        yield say(language, "grading.lanes_none_vulnerable")
        return
    two = [
        percent_words(language, row[f"vulnerable_{when}"], int(row[f"n_{when}"]))
        for when in ("before", "after")
    ]
    lanes = lanes_words(language, found.order, found.vulnerable)
    if min(row["n_before"], row["n_after"]) < FEWEST_CHANGE:
        yield say(language, "grading.movement_shares_small", lanes=lanes, before=two[0], after=two[1])
        yield say(language, "grading.movement_few_for_change", min_n=FEWEST_CHANGE)
        return
    limits = [
        limits_words(language, row[f"vulnerable_{when}_low"], row[f"vulnerable_{when}_high"])
        for when in ("before", "after")
    ]
    low, high = row["vulnerable_change_low"], row["vulnerable_change_high"]
    later, earlier, change = beside(language, row["vulnerable_after"], row["vulnerable_before"])
    yield say(
        language,
        "grading.movement_shares",
        lanes=lanes,
        before=earlier,
        before_range=limits[0],
        after=later,
        after_range=limits[1],
    )
    key = "movement_change_unsure" if low <= 0 <= high else "movement_change"
    yield say(language, f"grading.{key}", change=change, range=points_range(language, low, high))


def _of_rates(found: Movement, row: pd.Series, language: str) -> Iterator[str]:
    n, below = int(row["matched"]), int(row["below_top"])
    same = row["same"] / n
    yield say(
        language,
        "grading.movement_rates" if n >= FEWEST_CHANGE else "grading.movement_rates_small",
        students=students_words([language], n)[language],
        up=percent_words(language, row["up_share"], n),
        up_range=limits_words(language, row["up_share_low"], row["up_share_high"]),
        same=percent_words(language, same, n),
        down=percent_words(language, row["down_share"], n),
        down_range=limits_words(language, row["down_share_low"], row["down_share_high"]),
    )
    if below >= fewest():
        small = below < FEWEST_CHANGE
        yield say(
            language,
            "grading.movement_below_top_small" if small else "grading.movement_below_top",
            top=lane_name(language, found.order[0]),
            up=percent_words(language, row["up_below_top"], below, _digits_up(found)),
            range=limits_words(language, row["up_below_top_low"], row["up_below_top_high"]),
        )
    if found.reliability is not None and below >= fewest():
        yield say(
            language,
            "grading.movement_chance",
            reliability=f"{found.reliability:.2f}",
            up=percent_words(language, row["chance_up_below_top"], FEWEST_CHANGE),
            up_all=percent_words(language, row["chance_up"], FEWEST_CHANGE),
            down=percent_words(language, row["chance_down"], FEWEST_CHANGE),
        )
    elif found.reliability is None:
        yield say(language, "grading.movement_no_reliability")


def _digits_up(found: Movement) -> int:
    """Return to how many decimals it is said who moved up, so that it agrees with last year's difference."""
    row, last = found.whole.iloc[0], found.last_whole
    past = None if last is None else last.iloc[0]
    if past is None or bool(past["picked"]) or min(row["below_top"], past["below_top"]) < FEWEST_CHANGE:
        return 0
    return digits_of(row["up_below_top"], past["up_below_top"])


def _of_years(found: Movement, language: str) -> Iterator[str]:
    row, last = found.whole.iloc[0], found.last_whole
    assert last is not None
    past = last.iloc[0]
    if bool(past["picked"]):
        yield say(language, "grading.movement_last_picked")
        return
    if min(row["below_top"], past["below_top"]) < FEWEST_CHANGE:
        yield say(language, "grading.movement_last_few", min_n=FEWEST_CHANGE)
        return
    from relsurvey.analysis.shares import newcombe

    low, high = newcombe(int(row["up"]), int(row["below_top"]), int(past["up"]), int(past["below_top"]))
    yield say(
        language,
        "grading.movement_last_unsure" if low <= 0 <= high else "grading.movement_last",
        up=percent_words(language, past["up_below_top"], int(past["below_top"]), _digits_up(found)),
        down=percent_words(language, past["down_share"], int(past["matched"])),
        difference=points(row["up_below_top"] - past["up_below_top"], _digits_up(found)),
        range=points_range(language, low, high),
    )


def _head(found: Movement, language: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return (*(found.by or ("",)), *(say(language, f"grading.movement_head_{key}") for key in keys))


def _name(found: Movement, row: pd.Series, language: str) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in found.by) or (say(language, "grading.rates_all"),)


def groups_face(found: Movement, language: str, min_n: int) -> Face:
    """Return the shares and rates of each group; nothing has changed for one picked for a low start."""
    keys = ["students", "before", "after", "change", "up", "up_below_top", "same", "down"]
    keys += [] if found.reliability is None else ["chance"]
    rows: list[tuple[Value, ...]] = []
    for _, row in found.groups.iterrows():
        name, n, below = _name(found, row, language), int(row["matched"]), int(row["below_top"])
        if n < min_n:
            under = say(language, "grading.rates_under", min_n=min_n)
            rows.append((*name, under, *[None] * (len(keys) - 1)))
            continue
        chance: list[Value] = []
        if found.reliability is not None:
            share = row["chance_up_below_top"]
            tell = below >= min_n and not math.isnan(share)
            chance = [percent_words(language, share, FEWEST_CHANGE) if tell else None]
        band = students_words([language], n)[language]
        if bool(row["picked"]):
            rows.append((*name, band, say(language, "grading.movement_picked"), *[None] * 6, *chance))
            continue
        shares: list[Value] = [
            percent_words(language, row[f"vulnerable_{when}"], int(row[f"n_{when}"]))
            if found.vulnerable
            else None
            for when in ("before", "after")
        ]
        few = min(row["n_before"], row["n_after"]) < FEWEST_CHANGE or not found.vulnerable
        ends = row["vulnerable_change_low"], row["vulnerable_change_high"]
        shares.append(None if few else points_range(language, *ends))
        shares.append(percent_words(language, row["up_share"], n))
        shares.append(percent_words(language, row["up_below_top"], below) if below >= min_n else None)
        shares += [percent_words(language, x, n) for x in (row["same"] / n, row["down_share"])]
        rows.append((*name, band, *shares, *chance))
    return Face(say(language, "grading.movement_title"), _head(found, language, tuple(keys)), tuple(rows))


def flow_face(found: Movement, language: str, min_n: int) -> Face:
    """Return the counts from lane to lane; a lane where fewer than ``min_n`` start is masked whole."""
    names = tuple(lane_name(language, lane) for lane in found.order)
    under = say(language, "grading.rates_under", min_n=min_n)
    rows: list[tuple[Value, ...]] = []
    for name, counts in zip(names, found.flow.to_numpy().tolist(), strict=True):
        if sum(counts) < min_n:
            rows.append((name, *[under] * len(names)))
        else:
            rows.append((name, *(count_words(language, n, min_n) for n in counts)))
    head = (say(language, "grading.movement_head_from"), *names)
    return Face(say(language, "grading.movement_title_flow"), head, tuple(rows))


def years_face(found: Movement, language: str, min_n: int) -> Face:
    """Return this year's rates beside last year's; under 20 in either there is no difference."""
    low = {
        tuple(str(row[column]) for column in found.by): int(row["matched"]) < min_n
        for _, row in found.groups.iterrows()
    }
    rows: list[tuple[Value, ...]] = []
    for _, row in found.beside.iterrows():
        two = int(row["n_this"]), int(row["n_last"])
        own = tuple(str(row[column]) for column in found.by)
        if min(two) < max(min_n, FEWEST_CHANGE) or row["picked"] or low.get(own, False):
            continue
        rows.append(
            (
                *_name(found, row, language),
                say(language, f"grading.movement_rate_{row['rate']}"),
                percent_words(language, row["this"], two[0]),
                percent_words(language, row["last"], two[1]),
                points_range(language, row["low"], row["high"]),
            )
        )
    keys = ("rate", "this", "last", "difference")
    return Face(say(language, "grading.movement_title_years"), _head(found, language, keys), tuple(rows))

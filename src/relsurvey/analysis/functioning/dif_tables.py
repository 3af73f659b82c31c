"""The tables of differential item functioning."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from relsurvey.analysis.functioning.dif_models import (
    ZUMBO_THOMAS,
    Contrast,
    Judged,
    Matched,
    Nested,
    effect_class,
)

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.analysis.dif import DIF, ItemDIF

Row = dict[str, object]


def tables(found: DIF) -> dict[str, pd.DataFrame]:
    """Return all figures: by question, by question and group, on the rest score, coefficients, rounds."""
    import pandas as pd

    rounds = [(i, len(out), ", ".join(out)) for i, out in enumerate(found.rounds, 1)]
    return {
        "items": pd.DataFrame([_item(found, item) for item in found.items]),
        "groups": pd.DataFrame([row for item in found.items for row in _groups(found, item)]),
        "rest": pd.DataFrame([_rest(found, item) for item in found.items]),
        "coefficients": pd.DataFrame(
            [row for item in found.items for row in _coefficients(found, item)],
            columns=["item", "matched", "term", "estimate", "se"],
        ),
        "rounds": pd.DataFrame(rounds, columns=["round", "items_out", "out_of_total"]),
    }


def _item(found: DIF, item: ItemDIF) -> Row:
    models = item.total
    return {
        "item": item.name,
        **_matched(models, item.judged),
        "effect_zumbo_thomas": effect_class(models.nested, ZUMBO_THOMAS) if models else "not checked",
        **_widest(found, models),
        "points_share": models.widest.points / models.span if models and models.span else math.nan,
        "mark": item.mark,
        "rest_disagrees": item.disagrees,
        "in_total": item.in_total,
        "unused_answers": item.unused,
        "note": _note(models),
    }


def _rest(found: DIF, item: ItemDIF) -> Row:
    return {
        "item": item.name,
        **_matched(item.rest, item.rest_judged),
        **_widest(found, item.rest),
        "mark": item.rest_judged.mark,
        "disagrees": item.disagrees,
        "note": _note(item.rest),
    }


def _groups(found: DIF, item: ItemDIF) -> Iterator[Row]:
    there = {found.checked[contrast.group]: (contrast, p, mark) for contrast, p, mark in item.contrasts}
    for group, size in zip(found.groups, found.sizes, strict=True):
        if group == found.reference:
            continue
        contrast, p, mark = there.get(group, (None, math.nan, "not checked"))
        yield {
            "item": item.name,
            "group": group,
            "beside": found.reference or "all others",
            "n": size,
            "n_beside": contrast.n_beside if contrast else math.nan,
            **_steps(contrast.nested if contrast else None),
            "p_adjusted": p,
            "effect": contrast.effect if contrast else "not checked",
            "log_odds": contrast.log_odds if contrast else math.nan,
            "log_odds_low": contrast.log_odds_low if contrast else math.nan,
            "log_odds_high": contrast.log_odds_high if contrast else math.nan,
            **_points(contrast),
            "mark": mark,
        }


def _coefficients(found: DIF, item: ItemDIF) -> Iterator[tuple[str, str, str, float, float]]:
    """Yield the second model: score, groups beside the first or the reference, thresholds; as R's polr."""
    import numpy as np

    base = found.reference or (found.checked[0] if found.checked else "")
    others = [group for group in found.checked if group != base]
    for score, models in (("total", item.total), ("rest", item.rest)):
        if models is None or models.nested.problem:
            continue
        fit = models.nested.by_group
        codes = [f"{code:g}" for code, used in zip(models.codes, fit.used, strict=True) if used]
        terms = ["score", *others, *(f"{low}|{high}" for low, high in pairwise(codes))]
        values = np.concatenate([fit.coefficients, fit.thresholds])
        errors = np.concatenate([fit.standard_errors, np.sqrt(np.diag(fit.covariance)[: len(codes) - 1])])
        for term, value, error in zip(terms, values, errors, strict=True):
            # Where an estimate is infinite, no figure of the fit is one.
            yield item.name, score, term, math.nan if fit.separated else float(value), float(error)


def _matched(models: Matched | None, judged: Judged) -> Row:
    return {
        "n": models.nested.n if models else 0,
        **_steps(models.nested if models else None),
        "p_adjusted": judged.p_adjusted,
        "q": judged.q,
        "kind": judged.kind if models and judged.mark != "not checked" else "not checked",
        "effect": models.effect if models else "not checked",
    }


def _widest(found: DIF, models: Matched | None) -> Row:
    widest = models.widest if models and not models.nested.problem else None
    return {
        "group": found.checked[widest.group] if widest else None,
        "beside": (found.beside(widest) or "all others") if widest else None,
        **_points(widest),
    }


def _steps(nested: Nested | None) -> Row:
    row: Row = {}
    for suffix, name in (("_uniform", "uniform"), ("_nonuniform", "nonuniform"), ("", "total")):
        step = getattr(nested, name) if nested else None
        row[f"chi2{suffix}"] = step.chi2 if step else math.nan
        row[f"df{suffix}"] = step.df if step else 0
        row[f"p{suffix}"] = step.p if step else math.nan
        row[f"r2{suffix or '_change'}"] = step.r2 if step else math.nan
    return row


def _points(contrast: Contrast | None) -> Row:
    names = ("points", "points_low", "points_high", "points_apart")
    return {name: getattr(contrast, name) if contrast else math.nan for name in names}


def _note(models: Matched | None) -> str:
    if models is None:
        return "few"
    return models.nested.problem or ("separated" if models.nested.separated else "")

"""Aggregates of every cell a view might show, and the plan of what it would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey import scoring
from relsurvey.aggregate import Cell, cell
from relsurvey.disclosure import ALL, Plan, PlannedCell, PlannedTable, Row, Students, Unit
from relsurvey.disclosure.plan import Category, UnitKind
from relsurvey.escape import slug
from relsurvey.instrument.fold import fold

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.instrument import Instrument


@dataclass(frozen=True)
class Cells:
    """Aggregates by unit, and by unit, variable and category; ``titles`` holds school and team names by unit.

    Attributes
    ----------
    scales
        Scales with answers; ``reported`` are those read as one.
    items
        Items with answers.
    categories
        The categories of each variable in order, those the instrument does not list last.
    """

    units: dict[str, Cell]
    groups: dict[tuple[str, str, Category], Cell]
    titles: dict[str, tuple[str, ...]]
    plan: Plan
    scales: tuple[str, ...]
    reported: tuple[str, ...]
    items: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]

    def row(self, unit: str, variable: str, row: Row) -> Cell:
        """Return the aggregates of a row's categories together."""
        first, *rest = (self.groups[unit, variable, category] for category in row.categories)
        for other in rest:
            first = first + other
        return first


def make(
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    instrument: Instrument,
    by: tuple[str, ...],
    reported: tuple[str, ...],
) -> Cells:
    """Aggregate one wave's rows into the cells of a view.

    Parameters
    ----------
    responses, answers
        Rows of one wave: codes, and labels. Of several rows of a respondent the last counts.
    instrument
        What was asked.
    by
        Group variables.
    reported
        Scales that are read as one; each student's mean over these is the gate of rules.md 6.
    """
    import numpy as np

    once = _once(responses)
    responses, answers = responses[once], answers[once]
    items = tuple(item for item in instrument.items if responses[item].notna().any())
    scored = {key: scoring.score(responses, instrument, key) for key in instrument.scales}
    scales = tuple(key for key, s in scored.items() if not np.isnan(s.score).all())
    scored = {key: scored[key] for key in scales}
    reported = tuple(key for key in reported if key in scales)
    overall = _overall([scored[key].percent_of_maximum for key in reported], len(responses))
    keyed = {}
    for item in items:
        options = instrument.options_of(item)
        values = responses[item].to_numpy(dtype=float)
        keyed[item] = options.turned(values) if instrument.items[item].reverse else values
    codes = {item: tuple(sorted(_keyed_codes(instrument, item))) for item in items}
    not_counted = {item: _not_counted(answers, instrument, item) for item in items}

    answered = np.zeros(len(responses), dtype=bool)
    for values in keyed.values():
        answered |= ~np.isnan(values)

    def of(chosen: np.ndarray) -> Cell:
        return cell(scored, overall, keyed, codes, not_counted, answered, chosen)

    masks, kinds, titles = _units(responses)
    units = {name: of(mask) for name, mask in masks.items()}
    planned = tuple(
        Unit(name, kinds[name][0], kinds[name][1], Students(c.figures)) for name, c in units.items()
    )

    categories, groups, tables = {}, {}, []
    for variable in by:
        column = responses[variable]
        counted = {c.id: c.counted for c in instrument.groups[variable].categories}
        found = [str(value) for value in column.dropna().unique()]
        order = [c for c, keep in counted.items() if keep] + sorted(v for v in found if v not in counted)
        categories[variable] = tuple(order)
        # Declined, blank and not counted are one cell of their own kind: else the whole less the groups gives
        # them away.
        labels = column.where(column.isin(order), None)
        for name, mask in masks.items():
            if kinds[name][0] == "team":
                continue
            planned_cells = []
            for category in (*order, None):
                chosen = mask & (labels.isna() if category is None else (labels == category)).to_numpy()
                one = of(chosen)
                groups[name, variable, category] = one
                figures = (one.respondents, *(one.scales[s].n for s in scales))
                planned_cells.append(PlannedCell(category, Students(figures)))
            tables.append(
                PlannedTable(name, variable, instrument.groups[variable].merge, tuple(planned_cells))
            )
    return Cells(units, groups, titles, Plan(planned, tuple(tables)), scales, reported, items, categories)


def _once(responses: pd.DataFrame) -> np.ndarray:
    """Say which rows count: a respondent's last one, since thresholds count people and not answers."""
    named = responses["respondent"].notna()
    return ~(named & responses.duplicated("respondent", keep="last")).to_numpy(dtype=bool)


def _overall(columns: list[np.ndarray], rows: int) -> np.ndarray:
    """Return each row's mean over the scales it has; NaN for none."""
    import numpy as np

    if not columns:
        return np.full(rows, np.nan)
    matrix = np.column_stack(columns)
    there = ~np.isnan(matrix)
    count = there.sum(axis=1)
    result: np.ndarray = np.where(there, matrix, 0).sum(axis=1) / np.where(count > 0, count, np.nan)
    return result


def _keyed_codes(instrument: Instrument, item: str) -> tuple[float, ...]:
    options = instrument.options_of(item)
    if instrument.items[item].reverse:
        return tuple(options.turned(code) for code in options.codes)
    return options.codes


def _not_counted(answers: pd.DataFrame, instrument: Instrument, item: str) -> np.ndarray:
    labels = {fold(t) for o in instrument.options_of(item).options if not o.counted for t in o.label.values()}
    column = answers[item]
    wanted = [label for label in column.dropna().unique() if fold(label) in labels]
    return column.isin(wanted).to_numpy(dtype=bool)


def _units(
    responses: pd.DataFrame,
) -> tuple[dict[str, np.ndarray], dict[str, tuple[UnitKind, str | None]], dict[str, tuple[str, ...]]]:
    """Return each unit's rows, its kind and parent, and its name: all schools, each school, each team."""
    import numpy as np

    everyone = np.ones(len(responses), dtype=bool)
    schools, teams = responses.get("school"), responses.get("team")
    names = [] if schools is None else sorted(str(s) for s in schools.dropna().unique())
    masks: dict[str, np.ndarray] = {}
    kinds: dict[str, tuple[UnitKind, str | None]] = {}
    titles: dict[str, tuple[str, ...]] = {}
    # A single school is the whole, unless some rows name no school.
    whole = len(names) != 1 or bool(schools is not None and schools.isna().any())
    if whole:
        masks[ALL], kinds[ALL], titles[ALL] = everyone, ("all", None), ()
    for school in names:
        assert schools is not None  # there are names
        key = slug(school, {ALL, *masks})
        masks[key] = (schools == school).to_numpy()
        kinds[key], titles[key] = ("school", ALL if whole else None), (school,)
        inside = [] if teams is None else sorted(str(t) for t in teams[masks[key]].dropna().unique())
        # One team that holds the whole school is the school.
        if teams is None or (len(inside) == 1 and teams[masks[key]].notna().all()):
            continue
        for team in inside:
            own = slug(f"{school} {team}", set(masks))
            masks[own] = masks[key] & (teams == team).to_numpy()
            kinds[own], titles[own] = ("team", key), (school, team)
    return masks, kinds, titles

"""Aggregates of every cell a view might show, and the plan of what it would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey import scoring
from relsurvey.aggregate import Cell, cell
from relsurvey.disclosure import ALL, Figure, Plan, PlannedCell, PlannedTable, Row, Students, Unit
from relsurvey.disclosure.plan import Category, Profile, UnitKind
from relsurvey.escape import slugs
from relsurvey.instrument.crossing import pair
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
        Group variables; of a pair of them there is a table of all schools alone.
    reported
        Scales that are read as one; each student's mean over these is the gate of rules.md 6.
    """
    import numpy as np

    counting = once(responses)
    responses, answers = responses[counting], answers[counting]
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

    masks, kinds, titles = members(responses)
    units = {name: of(mask) for name, mask in masks.items()}
    figures = _figures(instrument, scales, reported, items, codes)
    planned = tuple(
        Unit(name, kinds[name][0], kinds[name][1], _students(figures, c)) for name, c in units.items()
    )

    categories, groups = {}, {}
    tables: list[PlannedTable] = []
    inside: list[PlannedTable] = []
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
            if pair(variable) is not None and name != ALL:
                continue
            planned_cells = []
            for category in (*order, None):
                chosen = mask & (labels.isna() if category is None else (labels == category)).to_numpy()
                one = of(chosen)
                if kinds[name][0] != "team":
                    groups[name, variable, category] = one
                planned_cells.append(
                    PlannedCell(
                        category,
                        Students(
                            (one.respondents, *(one.scales[s].n for s in scales)),
                            tuple(one.scales[s].favorable for s in reported),
                        ),
                    )
                )
            table = PlannedTable(name, variable, instrument.groups[variable].merge, tuple(planned_cells))
            few = _few(table, instrument.groups[variable].min_n)
            (inside if few or kinds[name][0] == "team" else tables).append(table)
        _hide_whole(tables, inside, variable, instrument.groups[variable].min_n)
    base = np.column_stack([answered, *(~np.isnan(scored[s].score) for s in scales)])
    favorable = [np.nan_to_num(scored[s].favorable).astype(bool) for s in reported]
    profiles = _profiles(
        masks,
        [responses[v].where(responses[v].isin(categories[v]), None) for v in by],
        base,
        np.array(favorable, dtype=bool).reshape(len(reported), len(base)).T,
    )
    made_of = {key: tuple(item for item in instrument.scales[key].items if item in items) for key in reported}
    plan = Plan(planned, tuple(tables), tuple(f for f, _ in figures), tuple(inside), profiles, made_of, by)
    return Cells(units, groups, titles, plan, scales, reported, items, categories)


def _few(table: PlannedTable, least: int | None) -> bool:
    """Say whether a category has students, and in some figure fewer of them than its variable asks for."""
    return any(0 < n < (least or 0) for cell in table.cells[:-1] for n in cell.students.figures)


def _hide_whole(
    tables: list[PlannedTable], inside: list[PlannedTable], variable: str, least: int | None
) -> None:
    """Take all schools' table out where less the schools' that are shown a category would have too few."""
    mine = [table for table in tables if table.variable == variable]
    whole = next((table for table in mine if table.unit == ALL), None)
    if whole is None or least is None:
        return
    schools = [table for table in mine if table is not whole]
    for place, category in enumerate(whole.cells[:-1]):
        shown = [table.cells[place].students.figures for table in schools]
        rest = (n - sum(one[k] for one in shown) for k, n in enumerate(category.students.figures))
        if any(0 < n < least for n in rest):
            tables.remove(whole)
            inside.append(whole)
            return


def _profiles(
    masks: dict[str, np.ndarray], labels: list[pd.Series], base: np.ndarray, counted: np.ndarray
) -> tuple[Profile, ...]:
    """Return who is in which unit and category of every variable.

    ``base``: whom each figure speaks of; ``counted``: whom each scale's share counts.
    """
    import numpy as np
    import pandas as pd

    # A team comes after its school, and that after the whole: the last unit is the smallest.
    names = list(masks)
    unit = np.max([np.where(mask, k, 0) for k, mask in enumerate(masks.values())], axis=0)
    frame = pd.DataFrame({"unit": unit}).assign(**{f"v{k}": v.to_numpy() for k, v in enumerate(labels)})
    grouped = frame.groupby(list(frame.columns), dropna=False, sort=True).ngroup().to_numpy()
    both = np.hstack([base, counted]).astype(np.int64)
    sums = np.zeros((grouped.max() + 1, both.shape[1]), dtype=np.int64)
    np.add.at(sums, grouped, both)
    first = np.unique(grouped, return_index=True)[1]
    return tuple(
        Profile(
            names[unit[row]],
            tuple(None if pd.isna(label.iloc[row]) else str(label.iloc[row]) for label in labels),
            tuple(n[: base.shape[1]].tolist()),
            tuple(n[base.shape[1] :].tolist()),
        )
        for row, n in zip(first, sums, strict=True)
    )


def middle_code(codes: Sequence[float]) -> float | None:
    """Return the middle one of an odd number of codes.

    Examples
    --------
    >>> middle_code([1.0, 3.0, 2.0]), middle_code([1.0, 2.0])
    (2.0, None)
    """
    return sorted(codes)[len(codes) // 2] if len(codes) % 2 else None


#: Which answers a figure counts: keyed codes; None for an answer that is not counted, and for scales.
_Counted = frozenset[float] | None


def _figures(
    instrument: Instrument,
    scales: tuple[str, ...],
    reported: tuple[str, ...],
    items: tuple[str, ...],
    codes: dict[str, tuple[float, ...]],
) -> list[tuple[Figure, _Counted]]:
    """Return every share a unit's page shows: of the scales first, for they alone stand in tables too."""
    found: list[tuple[Figure, _Counted]] = [
        (Figure(key, 1 + scales.index(key), "scale"), None) for key in reported
    ]
    for at, item in enumerate(items):
        n = 1 + len(scales) + at
        favorable = frozenset(instrument.favorable_codes(item))
        found.append((Figure(item, n, "item"), favorable))
        middle = middle_code(codes[item])
        others = frozenset(codes[item]) - favorable
        neutral = others & {middle}
        found += [(Figure(item, n, "classes"), part) for part in (others - neutral, neutral) if part]
        found += [(Figure(item, n, "answers"), frozenset([code])) for code in codes[item]]
        if any(not option.counted for option in instrument.options_of(item).options):
            found.append((Figure(item, n + len(items), "not_counted"), None))
    return found


def _students(figures: list[tuple[Figure, _Counted]], cell: Cell) -> Students:
    """Return how many students a unit has, and how many of them each figure counts."""
    asked = tuple(counts.n + counts.not_counted for counts in cell.items.values())
    return Students((*cell.figures, *asked), tuple(_count(figure, of, cell) for figure, of in figures))


def _count(figure: Figure, counted: _Counted, cell: Cell) -> int:
    if figure.kind == "scale":
        return cell.scales[figure.of].favorable
    counts = cell.items[figure.of]
    if counted is None:
        return counts.not_counted
    return sum(count for code, count in counts.codes if code in counted)


def once(responses: pd.DataFrame) -> np.ndarray:
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


def members(
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
    named: dict[tuple[str, ...], np.ndarray] = {}
    for school in names:
        assert schools is not None  # there are names
        named[school,] = (schools == school).to_numpy()
        inside = [] if teams is None else sorted(str(t) for t in teams[named[school,]].dropna().unique())
        # One team that holds the whole school is the school.
        if teams is None or (len(inside) == 1 and teams[named[school,]].notna().all()):
            continue
        for team in inside:
            named[school, team] = named[school,] & (teams == team).to_numpy()
    keys = dict(zip(named, slugs(list(named), {ALL}), strict=True))
    for name, key in keys.items():
        masks[key], titles[key] = named[name], name
        kinds[key] = ("school", ALL if whole else None) if len(name) == 1 else ("team", keys[name[:1]])
    return masks, kinds, titles

"""Several rows of one variable that leave a small group of several rows of another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import Plan

if TYPE_CHECKING:
    import numpy as np

# Of more rows than this, not every union is tried: one row, two, and all but those.
_MOST_ROWS = 12


def left_by_unions(
    plan: Plan, names: Sequence[tuple[str, str | None]], both: np.ndarray, told: np.ndarray, min_n: int
) -> Iterator[tuple[tuple[str, str | None], tuple[str, str | None]]]:
    """Yield two shown tables of different variables whose rows leave a small group together.

    Parameters
    ----------
    plan
        Its units and what they are part of.
    names, told
        The unit and variable of each shown set (None: the page), and whether it tells the figure asked about.
    both
        How many students any two of them have in common.
    min_n
        Fewest students of anything shown.

    Notes
    -----
    The rows of a variable are disjoint. So any of them, less those of the other variable that lie in them,
    and those that they meet, less them, are sums that follow exactly. The other variable's rows may be the
    unit's own or those of the units inside it. With the page's own sums, all who are in no row are one too.
    """
    import numpy as np

    rows: dict[tuple[str, str | None], list[int]] = {}
    for i in np.flatnonzero(told & (both.diagonal() > 0)).tolist():
        rows.setdefault(names[i], []).append(i)
    for unit in dict.fromkeys(unit for unit, _ in names):
        page = next(iter(rows.get((unit, None), ())), None)
        own = [(variable, rows[unit, variable]) for variable in plan.variables if (unit, variable) in rows]
        for k, (variable, some) in enumerate(own):
            finer = {
                other: [
                    i
                    for part in plan.within(unit)
                    for i in rows.get((part.id, other), rows.get((part.id, None), []))
                ]
                for other in plan.variables
                if other != variable and any((part.id, other) in rows for part in plan.within(unit))
            }
            for other, others in (*own[k + 1 :], *finer.items()):
                if leave_few(both, some, others, page, min_n):
                    place = names[next(i for i in others if names[i][1] == other)]
                    yield (unit, variable), place


def leave_few(
    both: np.ndarray, some: Sequence[int], others: Sequence[int], page: int | None, min_n: int
) -> bool:
    """Say whether a union of some sets and one of the others differ in few students, one inside the other.

    Parameters
    ----------
    both
        How many students any two sets have in common.
    some, others
        Sets that are disjoint, each, by their places in ``both``.
    page
        The place of the set that holds all of them, where that is known too.
    min_n
        Fewest students of anything shown.

    Examples
    --------
    Free and reduced lunch, and low income, which three more have.

    >>> import numpy as np
    >>> both = np.array([[45, 0, 45], [0, 25, 25], [45, 25, 73]])
    >>> leave_few(both, [0, 1], [2], None, 11), leave_few(both, [0], [2], None, 11)
    (True, False)
    """
    import numpy as np

    sizes = both.diagonal()
    rows, columns = sizes[list(some)], sizes[list(others)]
    cells = both[np.ix_(some, others)]
    if page is not None:
        whole = sizes[page]
        corner = whole - rows.sum() - columns.sum() + cells.sum()
        cells = np.block([[cells, (rows - cells.sum(1))[:, None]], [columns - cells.sum(0), corner]])
        rows, columns = cells.sum(1), cells.sum(0)
        cells = cells[rows > 0][:, columns > 0]
        rows, columns = rows[rows > 0], columns[columns > 0]
    if len(rows) > len(columns):
        rows, columns, cells = columns, rows, cells.T
    chosen = _subsets(len(rows))
    meets = chosen @ (cells > 0) > 0
    # Nobody of those inside is outside of the rows chosen, or in none.
    inside = (~chosen @ (cells > 0) == 0) & (columns == cells.sum(0))
    # All of the rows chosen are in what they meet.
    covered = ~(chosen & (rows > cells.sum(1))).any(axis=1)
    within = np.where(inside.any(axis=1), chosen @ rows - inside @ columns, 0)
    around = np.where(covered, meets @ columns - chosen @ rows, 0)
    left = np.concatenate([within, around])
    return bool(((left > 0) & (left < min_n)).any())


def _subsets(n: int) -> np.ndarray:
    """Return which of n rows are in each union that is tried, one union a row."""
    import numpy as np

    if n <= _MOST_ROWS:
        return (np.arange(1, 2**n)[:, None] >> np.arange(n) & 1).astype(bool)
    few = [*combinations(range(n), 1), *combinations(range(n), 2)]
    chosen = np.zeros((len(few), n), dtype=bool)
    for row, some in zip(chosen, few, strict=True):
        row[list(some)] = True
    return np.concatenate([chosen, ~chosen])

"""The groups of students that a release may hide: those of them that are small must never be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from relsurvey.instrument.crossing import crossed, pair

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.instrument import Instrument


def cells(
    responses: pd.DataFrame, students: Sequence[str], instrument: Instrument, by: Iterable[str]
) -> dict[str, list[frozenset[str]]]:
    """Return all schools and teams, what they leave, and each of these by some variables.

    Parameters
    ----------
    responses
        One row a student.
    students
        What stands for each.
    instrument
        What was asked.
    by
        Group variables, and pairs of them; one that the instrument has not is left out.

    Returns
    -------
    dict of str to list of frozenset
        By variable who is in each cell; under "" who is in each school and team.

    Examples
    --------
    >>> import pandas as pd, relsurvey as rs
    >>> rows = pd.DataFrame({"school": ["A"] * 4 + ["B"], "team": ["one", "one", "two", None, None]})
    >>> found = cells(rows, [*"abcde"], next(iter(rs.instruments().values())), [])
    >>> [", ".join(sorted(cell)) for cell in found[""]]
    ['a, b, c, d, e', 'a, b, c, d', 'd', 'a, b', 'c', 'e']
    """
    import numpy as np

    own = np.asarray(students, dtype=object)
    units = [np.flatnonzero(unit) for unit in _units(responses)]
    found = {"": [frozenset(own[unit]) for unit in units if len(unit)]}
    for variable in by:
        if not all(name in instrument.groups and name in responses for name in pair(variable) or (variable,)):
            continue
        numbers = _column(responses, instrument, variable).factorize(use_na_sentinel=False)[0]
        found[variable] = [
            frozenset(own[unit[numbers[unit] == k]]) for unit in units for k in np.unique(numbers[unit])
        ]
    return found


def _column(responses: pd.DataFrame, instrument: Instrument, variable: str) -> pd.Series:
    """Return each row's category; none for one that is not counted."""
    if pair(variable) is not None:
        return crossed(instrument, responses, variable)[1]
    column = responses[variable].astype(object)
    uncounted = [c.id for c in instrument.groups[variable].categories if not c.counted]
    return column.mask(column.isin(uncounted) | column.isna(), None)


def _units(responses: pd.DataFrame) -> Iterator[np.ndarray]:
    """Yield who is in all, in each school and team, and who of each is in none of its parts."""
    import numpy as np

    yield np.ones(len(responses), dtype=bool)
    if "school" not in responses:
        return
    schools = responses["school"]
    yield schools.isna().to_numpy()
    teams = responses["team"] if "team" in responses else schools.mask(schools.notna())
    for school in schools.dropna().unique():
        inside = (schools == school).to_numpy(dtype=bool)
        yield inside
        if teams[inside].notna().any():
            yield inside & teams.isna().to_numpy()
        for name in teams[inside].dropna().unique():
            yield inside & (teams == name).to_numpy(dtype=bool)

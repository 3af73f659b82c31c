"""Columns, one value a respondent, as arrays and as the sums of clusters and of groups in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Sums
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def answers(frame: object) -> pd.DataFrame:
    """Return a table of answers as floats, NaN for missing, its columns named by text.

    Raises
    ------
    AnalysisError
        If it is no table, has no column, or a column holds something else or an infinite number.

    Examples
    --------
    >>> import pandas as pd
    >>> answers(pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})).a.tolist()
    [1.0, nan]
    """
    import numpy as np
    import pandas as pd

    if not isinstance(frame, pd.DataFrame) or not len(frame.columns):
        raise AnalysisError("There are no questions here. Give a DataFrame, one column a question.")
    columns = []
    for place, name in enumerate(frame.columns):
        try:
            column = frame.iloc[:, place].to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError):
            column = np.array([np.inf])
        if np.isinf(column).any():
            raise AnalysisError(f"{name} holds something that is no number. Give the codes of the answers.")
        columns.append(column)
    names = [str(name) for name in frame.columns]
    return pd.DataFrame(np.column_stack(columns), index=frame.index, columns=names)


def numbers(values: pd.Series | np.ndarray | Sequence[float], what: str) -> np.ndarray:
    """Return a column as floats, NaN for missing.

    Raises
    ------
    AnalysisError
        If it holds text or an infinite number.

    Examples
    --------
    >>> numbers([1, None], "scores").tolist()
    [1.0, nan]
    """
    import numpy as np
    import pandas as pd

    try:
        if isinstance(values, pd.Series):
            # Columns that know pandas' own NA do not turn into floats by themselves.
            found: np.ndarray = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            found = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise AnalysisError(
            f"The {what} hold something that is not a number. Give numbers, and NaN where there is none."
        ) from None
    if found.ndim != 1 or np.isinf(found).any():
        raise AnalysisError(f"The {what} must be one column of finite numbers, one a respondent.")
    return found


def members(
    labels: pd.Series | np.ndarray | Sequence[object], rows: int, what: str
) -> tuple[list[str], np.ndarray]:
    """Return the names there are, sorted, and which of them each row has; -1 where it has none.

    Raises
    ------
    AnalysisError
        If there is not one label a row.

    Examples
    --------
    >>> names, which = members(["b", None, "a"], 3, "schools")
    >>> names, which.tolist()
    (['a', 'b'], [1, -1, 0])
    """
    import numpy as np
    import pandas as pd

    column = pd.Series(np.asarray(labels, dtype=object))
    if len(column) != rows:
        raise AnalysisError(f"There are {rows} scores but {len(column)} {what}. Give one a score.")
    codes, found = pd.factorize(column)
    named = [name_of(label) for label in found]
    names = sorted(set(named))
    where = {name: place for place, name in enumerate(names)}
    # Rows without a label have code -1, which is the last place.
    return names, np.array([*(where[name] for name in named), -1])[codes]


def name_of(label: object) -> str:
    """Return a label as text: 3.0 is called 3, since a gap in a column turns whole numbers into floats.

    Examples
    --------
    >>> name_of(3.0), name_of(1.1), name_of("3.0")
    ('3', '1.1', '3.0')
    """
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def _sums(values: np.ndarray, which: np.ndarray, groups: int) -> list[Sums]:
    """Return count, mean and squared deviations of each group in two passes."""
    import numpy as np

    known = ~np.isnan(values) & (which >= 0)
    values, which = values[known], which[known]
    n = np.bincount(which, minlength=groups)
    some = np.maximum(n, 1)
    mean = np.bincount(which, values, groups) / some
    apart = values - mean[which]
    off = np.bincount(which, apart, groups) / some
    squares = np.maximum(np.bincount(which, apart**2, groups) - n * off**2, 0.0)
    return [
        Sums(int(n[g]), float(mean[g] + off[g]) if n[g] else math.nan, float(squares[g]))
        for g in range(groups)
    ]


def cluster_sums(
    scores: pd.Series | np.ndarray, clusters: pd.Series | np.ndarray | Sequence[object]
) -> dict[str, Sums]:
    """Return the sums of each cluster in one look at the rows; rows without score or cluster are left out.

    Examples
    --------
    >>> cluster_sums([1.0, 3.0, 5.0], ["a", "a", "b"])
    {'a': Sums(n=2, mean=2.0, squares=2.0), 'b': Sums(n=1, mean=5.0, squares=0.0)}
    """
    values = numbers(scores, "scores")
    names, which = members(clusters, len(values), "clusters")
    found = _sums(values, which, len(names))
    return {name: sums for name, sums in zip(names, found, strict=True) if sums.n}


def cell_sums(
    scores: pd.Series | np.ndarray,
    clusters: pd.Series | np.ndarray | Sequence[object],
    groups: pd.Series | np.ndarray | Sequence[object],
) -> dict[tuple[str, str], Sums]:
    """Return the sums of each group in each cluster; rows without one of the three are left out.

    Examples
    --------
    >>> cell_sums([1.0, 3.0, 5.0], ["a", "a", "b"], ["x", "y", "x"])
    {('a', 'x'): Sums(n=1, mean=1.0, squares=0.0), ('a', 'y'): Sums(n=1, mean=3.0, squares=0.0),
     ('b', 'x'): Sums(n=1, mean=5.0, squares=0.0)}
    """
    import numpy as np

    values = numbers(scores, "scores")
    names, which = members(clusters, len(values), "clusters")
    kinds, kind = members(groups, len(values), "groups")
    both = np.where((which >= 0) & (kind >= 0), which * len(kinds) + kind, -1)
    keys = [(name, k) for name in names for k in kinds]
    return {key: s for key, s in zip(keys, _sums(values, both, len(keys)), strict=True) if s.n}


def by_cluster(
    scores: pd.Series | np.ndarray | Mapping[str, Sums] | Sequence[Sums],
    clusters: pd.Series | np.ndarray | Sequence[object] | None,
) -> dict[str, Sums]:
    """Return each cluster's sums in the order of their names, from rows or as they are given.

    A list of sums has no names: its clusters are called 1, 2 and so on. Empty clusters are left out.

    Raises
    ------
    AnalysisError
        If the clusters are not named, or nobody has both a score and a cluster.

    Examples
    --------
    >>> by_cluster({"b": Sums(2, 1.0, 0.5), "a": Sums(1, 2.0, 0.0), "c": Sums(0, 0.0, 0.0)}, None)
    {'a': Sums(n=1, mean=2.0, squares=0.0), 'b': Sums(n=2, mean=1.0, squares=0.5)}
    """
    if isinstance(scores, Mapping):
        found = {str(name): scores[name] for name in sorted(scores, key=str)}
    elif clusters is not None:
        found = cluster_sums(scores, clusters)  # type: ignore[arg-type]
    else:
        found = {}
        for place, s in enumerate(scores, 1):
            if not isinstance(s, Sums):
                raise AnalysisError("Give each respondent's cluster, or the sums of each cluster.")
            found[str(place)] = s
    found = {name: s for name, s in found.items() if s.n}
    if not found:
        raise AnalysisError("No respondent has both a score and a cluster, so there is nothing to measure.")
    return found

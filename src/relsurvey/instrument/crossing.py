"""Two group variables taken together: what a pair named as ``a*b`` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.instrument.model import Category, GroupVariable, Instrument
from relsurvey.words import Text, languages, texts
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    import pandas as pd

#: Stands between the names of two variables, and between the ids of their categories.
CROSS = "*"


def pair(name: str) -> tuple[str, str] | None:
    """Return the two variables that a name joins; None where it joins none.

    Examples
    --------
    >>> pair("gender*grade"), pair("gender"), pair("gender*grade*home")
    (('gender', 'grade'), None, None)
    """
    parts = tuple(part.strip() for part in name.split(CROSS))
    return (parts[0], parts[1]) if len(parts) == 2 else None


def crossed(instrument: Instrument, rows: pd.DataFrame, name: str) -> tuple[GroupVariable, pd.Series]:
    """Return a pair as a group variable, and each row's category of it; None where one of the two lacks.

    Parameters
    ----------
    instrument
        Which has both variables.
    rows
        One row a respondent: a column each.
    name
        Two variables, joined by ``*``.

    Examples
    --------
    >>> import pandas as pd
    >>> def group(key, **labels):
    ...     return GroupVariable(
    ...         id=key,
    ...         title={"en": key.title()},
    ...         categories=tuple(Category(id=c, label={"en": label}) for c, label in labels.items()),
    ...     )
    >>> both = {"learner": group("learner", yes="Yes", no="No"), "grade": group("grade", nine="Grade 9")}
    >>> instrument = Instrument.model_construct(groups=both, languages=("en",))
    >>> rows = pd.DataFrame({"learner": ["yes", None], "grade": ["nine", "nine"]})
    >>> variable, column = crossed(instrument, rows, "learner*grade")
    >>> variable.title, [c.label for c in variable.categories], column.tolist()
    ({'en': 'Learner · Grade'}, [{'en': 'Yes · Grade 9'}], ['yes*nine', None])
    """
    names = pair(name)
    assert names is not None  # asked of pairs alone
    columns, labels = [], []
    for part in names:
        group = instrument.groups[part]
        counted = {c.id: c.counted for c in group.categories}
        found = sorted(str(v) for v in rows[part].dropna().unique() if v not in counted)
        known: dict[str, Text] = {c.id: c.label for c in group.categories if c.counted}
        for value in found:
            plain = dict.fromkeys(instrument.languages, value)
            known[value] = texts(languages(), "group.two_or_more") if value == "two_or_more" else plain
        columns.append(rows[part].where(rows[part].isin(list(known)), None))
        labels.append(known)
    first, second = columns
    there = first.notna() & second.notna()
    column = (first.astype(object) + CROSS + second.astype(object)).where(there, None)
    held = set(column.dropna())
    categories = tuple(
        Category(id=f"{a}{CROSS}{b}", label=_joined(labels[0][a], labels[1][b]))
        for a in labels[0]
        for b in labels[1]
        if f"{a}{CROSS}{b}" in held
    )
    titles = [instrument.groups[part].title for part in names]
    least = max((instrument.groups[part].min_n or 0 for part in names), default=0) or None
    return GroupVariable(id=name, title=_joined(*titles), min_n=least, categories=categories), column


def _joined(a: Text, b: Text) -> Text:
    """Return two labels as one, in the languages of either."""
    each = dict.fromkeys([*a, *b])
    return {language: f"{pick(a, language)} · {pick(b, language)}" for language in each}

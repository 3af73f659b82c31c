"""What a person chose about gradebook files, step by step, and the call that does the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from relsurvey.loading.choices import literal, spread

_LONG = 90
#: What may be said of a file.
FIELDS = ("course", "teacher", "section", "term", "school")


@dataclass(frozen=True)
class GradeChoices:
    """Everything that a person may change, as one value; a change makes a new one.

    Attributes
    ----------
    said
        By the place of a file, what it does not say of itself: ``FIELDS``.
    codes
        What a text in place of a number stands for, as :func:`relsurvey.grading.read_gradebook` takes it.
    blank
        What an empty cell is; "" as long as nobody said.
    categories
        By the title of a piece of work its category, where a person changed it.
    confirmed
        Whether a person looked over the categories that were proposed.
    layout, columns, points, all_points, decimal, dates
        What was changed about how a plain table is read: ``points`` by column.

    Examples
    --------
    >>> now = GradeChoices().with_said("a.csv", "course", "Algebra 1").with_code("NHI", "missing")
    >>> now.said, now.with_code("NHI", None).codes
    ({'a.csv': {'course': 'Algebra 1'}}, {})
    """

    said: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: Mapping[str, float | str] = field(default_factory=dict)
    blank: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = False
    layout: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    all_points: float | None = None
    decimal: str = ""
    dates: str = ""

    def with_said(self, file: str, name: str, text: str) -> GradeChoices:
        """Say what a file does not say of itself; "" takes it back."""
        of = {key: value for key, value in self.said.get(file, {}).items() if key != name}
        said = {**self.said, file: {**of, name: text} if text else of}
        return replace(self, said={key: value for key, value in said.items() if value})

    def with_code(self, text: str, meant: float | str | None) -> GradeChoices:
        """Say what a text in place of a number stands for; None leaves it open."""
        rest = {key: value for key, value in self.codes.items() if key != text}
        return replace(self, codes=rest if meant is None else {**rest, text: meant})

    def with_points(self, name: str, points: float | None) -> GradeChoices:
        """Say how many points are possible in a column; None leaves it open."""
        rest = {key: value for key, value in self.points.items() if key != name}
        return replace(self, points=rest if points is None else {**rest, name: points})

    @property
    def of_table(self) -> bool:
        """Whether something was changed about how a plain table is read."""
        return bool(self.layout or self.columns or self.points or self.decimal or self.dates) or (
            self.all_points is not None
        )


def source_call(path: str, said: Mapping[str, str]) -> str:
    """Return a file as it stands in code.

    Examples
    --------
    >>> source_call("a.csv", {}), source_call("a.csv", {"course": "Algebra 1"})
    ('"a.csv"', 'rs.grading.Source("a.csv", course="Algebra 1")')
    """
    if not said:
        return literal(path)
    words = [literal(path), *(f"{name}={literal(said[name])}" for name in FIELDS if name in said)]
    return f"rs.grading.Source({', '.join(words)})"


def grade_call(
    sources: Sequence[str],
    *,
    blank: str | None,
    codes: Mapping[str, float | str],
    mapping: Mapping[str, Any] | None,
    beside: Sequence[str] = (),
) -> str:
    """Return the line of Python that reads the same gradebook.

    Parameters
    ----------
    sources
        The files, as they stand in code.
    blank, codes, mapping
        As :func:`relsurvey.grading.read_gradebook` takes them.
    beside
        Names of files that have to be put beside the notebook first.

    Examples
    --------
    >>> print(grade_call(['"a.csv"'], blank="zero", codes={"M": "missing"}, mapping=None))
    gradebook = rs.grading.read_gradebook("a.csv", blank="zero", codes={"M": "missing"})
    """
    files = sources[0] if len(sources) == 1 else f"[{', '.join(sources)}]"
    if len(sources) > 1 and len(files) > _LONG:
        files = "[\n" + "".join(f"        {source},\n" for source in sources) + "    ]"
    words = [files]
    words += [f"blank={literal(blank)}"] if blank else []
    words += [f"codes={literal(codes)}"] if codes else []
    words += [f"mapping={_nested(mapping, 1)}"] if mapping else []
    return spread("gradebook = rs.grading.read_gradebook", words, beside)


def _nested(value: Any, deep: int) -> str:
    """Return a dict with its entries in lines of their own where it is long."""
    flat = literal(value)
    if not isinstance(value, Mapping) or len(flat) + 4 * deep <= _LONG:
        return flat
    lines = [f"{literal(key)}: {_nested(part, deep + 1)}" for key, part in value.items()]
    return "{\n" + "".join(f"{'    ' * (deep + 1)}{line},\n" for line in lines) + "    " * deep + "}"

"""What a person decided about one kind of gradebook file: which column holds what, and what its codes mean.

A mapping is a YAML file beside the gradebook. Once a file has been read with it, it is remembered by the
fingerprint of the file's header, and the next file with that header needs none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from relsurvey.errors import InstrumentError, MatchError, PolicyError
from relsurvey.escape import one_line, yaml_scalar
from relsurvey.grading.codes import CODED
from relsurvey.grading.gradebook import MARKS, SCORES
from relsurvey.grading.policy import Policy
from relsurvey.instrument import source
from relsurvey.instrument.document import parsed, text_of
from relsurvey.instrument.fold import fold
from relsurvey.reading.mapping import yaml_entry, yaml_line
from relsurvey.reading.match import nearest, shown

if TYPE_CHECKING:
    import pandas as pd


Layout = Literal["wide", "long", "marks", "canvas", "oneroster", "powerschool", "aeries", "classroom"]

#: What a column can hold in every layout.
_ALWAYS = ("student", "school", "course", "section", "teacher", "term", "subject", "grade_level")
_MARK = ("percent", "letter", "credits", "core", "ag")
#: By layout what a column can hold, beside a student's groups.
ROLES: dict[str, tuple[str, ...]] = {
    "wide": (*_ALWAYS, "item", *_MARK),
    "long": (
        *_ALWAYS, "item", "category", "due", "submitted", "days_late", "points_possible", "raw", "percent",
        "status", "attempt", "total", "letter", "credits", "core", "ag",
    ),
    "marks": (*_ALWAYS, *_MARK),
    **dict.fromkeys(("canvas", "oneroster", "powerschool", "aeries", "classroom"), ()),
}  # fmt: skip
#: Layouts whose files say themselves what their columns hold.
OWN = {
    "canvas": "Canvas", "oneroster": "OneRoster", "powerschool": "PowerSchool", "aeries": "Aeries",
    "classroom": "Google Classroom",
}  # fmt: skip
IGNORE = "ignore"
#: The fingerprint of no header: what is only tried is not remembered.
TRIED = "tried"
GROUP = "group:"

_GROUP = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
#: What a code can stand for, besides a number; the first two only in a column of statuses.
MEANT = ("scored", "late", *CODED)

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _code(given: Any) -> Any:
    """Return what a code stands for, if it can; a union of types would name each of them."""
    number = isinstance(given, (int, float)) and not isinstance(given, bool) and math.isfinite(given)
    if not (number or isinstance(given, str)):
        said = f"write {', '.join(CODED)}, or the number that it counts"
        raise PydanticCustomError("code", "{said}", {"said": said})
    return given


Code = Annotated[float | str, BeforeValidator(_code)]
Role = Annotated[str, BeforeValidator(lambda given: IGNORE if given is None else given)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Item(_Part):
    """What the header of a wide table does not say of a piece of work."""

    title: str | None = None
    category: str | None = None
    points: Points | None = None
    due: str | None = None


class Course(_Part):
    """What the marks of a course count for."""

    core: bool | None = None
    ag: bool | None = None
    credits: Points | None = None
    subject: str | None = None


class Rows(_Part):
    """By what stands in front of it, which row of a wide table speaks of the work and of no student."""

    points: str | None = None
    due: str | None = None
    category: str | None = None


class GradebookMapping(_Part):
    """How one kind of gradebook file is read.

    Attributes
    ----------
    layout
        ``wide`` (a row a student, a column a piece of work), ``long`` (a row a score), ``marks`` (report-card
        marks alone), or ``canvas``, ``oneroster``, ``powerschool``, ``aeries``, ``classroom`` for what such a
        file does not say of itself.
    fingerprint
        Of the header it was made for; None fits any file that has its columns.
    confirmed
        Whether a person has looked it over. A proposal is not used until then.
    columns
        By a column's name what it holds: a role of its layout (``ROLES``), ``group:NAME``, or ``ignore``.
    items
        For a wide table, by a column's name what is known of the work: ``title, category, points, due``.
    rows
        For a wide table, which rows hold points, due dates and categories: by what stands in front of them.
    points
        The points possible of work for which nothing else says it.
    categories
        By the title of a piece of work its category.
    courses
        By course what its marks count for: ``core, ag, credits, subject``.
    codes
        What a text in place of a score stands for: ``missing``, ``excused``, ``not_assigned``, ``ungraded``
        (as an empty cell), or a number; in a column of statuses also ``late`` and ``scored``.
    out_of
        What full marks are in a mark's column of numbers: 100 for percents, 4 for grade points. Where it is
        not said, 100, or the number that the row of points has there if no mark is above it.
    cuts
        By letter, on that column's scale, from where it is earned: for marks without a letter.
    dates
        Whether ``3/4/2026`` begins with the day or the month, where the dates do not show it.
    decimal
        What stands before decimals, where the numbers do not show it.

    Examples
    --------
    >>> mapping = GradebookMapping(
    ...     layout="wide", columns={"ID": "student", "Quiz 1": "item"}, items={"Quiz 1": {"points": 10}}
    ... )
    >>> GradebookMapping.parse(mapping.to_yaml()) == mapping
    True
    """

    format: Literal[1] = 1
    layout: Layout
    fingerprint: str | None = None
    confirmed: bool = True
    columns: dict[str, Role] = Field(default_factory=dict)
    items: dict[str, Item] = Field(default_factory=dict)
    rows: Rows = Field(default_factory=Rows)
    points: Points | None = None
    categories: dict[str, str] = Field(default_factory=dict)
    courses: dict[str, Course] = Field(default_factory=dict)
    codes: dict[str, Code] = Field(default_factory=dict)
    out_of: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    cuts: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(default_factory=dict)
    dates: Literal["day first", "month first"] | None = None
    decimal: Literal[".", ","] | None = None

    @classmethod
    def parse(cls, text: str, name: str = "mapping") -> GradebookMapping:
        """Read a mapping from YAML text.

        Raises
        ------
        MatchError
            Naming the line and the fix.
        """
        try:
            return parsed(cls.model_validate, text, name, problems, "a mapping")
        except InstrumentError as cause:
            raise MatchError(str(cause)) from cause

    @classmethod
    def from_yaml(cls, path: str | Path) -> GradebookMapping:
        """Read a mapping from a YAML file.

        Raises
        ------
        MatchError
            Naming the file, the line and the fix.
        """
        try:
            return cls.parse(text_of(Path(path), "mapping"), Path(path).name)
        except InstrumentError as cause:
            raise MatchError(str(cause)) from cause

    @property
    def percent_cuts(self) -> dict[str, float]:
        """The cuts in percent; empty where the mapping names none."""
        return {letter: 100 * cut / (self.out_of or 100) for letter, cut in self.cuts.items()}

    @property
    def roles(self) -> dict[str, str]:
        """By a column's folded name what it holds."""
        said = {fold(name): role for name, role in self.columns.items()}
        return said | {fold(name): "item" for name in self.items}

    @property
    def kinds(self) -> dict[str, str]:
        """By the folded title of a piece of work its category."""
        return {fold(title): kind for title, kind in self.categories.items()}

    def with_courses(self, marks: pd.DataFrame) -> pd.DataFrame:
        """Return marks with what the mapping knows of their courses, where they do not say it themselves."""
        if not self.courses:
            return marks
        by = {fold(name): course for name, course in self.courses.items()}
        known = {name: by[fold(name)] for name in marks["course"].dropna().unique() if fold(name) in by}
        filled = {}
        for key in ("core", "ag", "credits", "subject"):
            told = marks["course"].map({name: getattr(course, key) for name, course in known.items()})
            filled[key] = marks[key].where(marks[key].notna(), told)
        return marks.assign(**filled)

    def to_yaml(self, remarks: Mapping[str, str] | None = None, head: str = "") -> str:
        """Return the mapping as YAML, as :meth:`parse` reads it; what is as it would be anyway is left out.

        Parameters
        ----------
        remarks
            By a column's name, a remark to stand beside its line.
        head
            A remark to stand above everything.
        """
        lines = [
            *(f"# {one_line(line)}" for line in head.splitlines()),
            "format: 1",
            f"layout: {self.layout}",
        ]
        if self.fingerprint is not None:
            lines.append(f"fingerprint: {yaml_scalar(self.fingerprint)}")
        lines.append(f"confirmed: {yaml_scalar(self.confirmed)}")
        for key in ("columns", "categories", "codes"):
            entries: dict[str, Any] = getattr(self, key)
            if entries:
                said = (remarks or {}) if key == "columns" else {}
                lines.append(f"{key}:")
                lines += [
                    yaml_line("  ", name, value, one_line(said.get(name, "")))
                    for name, value in entries.items()
                ]
        for key in ("items", "courses"):
            parts: dict[str, BaseModel] = getattr(self, key)
            if parts:
                lines.append(f"{key}:")
                lines += [yaml_entry("  ", name, _flow(part)) for name, part in parts.items()]
        if self.rows != Rows():
            lines.append(f"rows: {_flow(self.rows)}")
        if self.cuts:
            cuts = ", ".join(
                f"{yaml_scalar(letter)}: {yaml_scalar(cut)}" for letter, cut in self.cuts.items()
            )
            lines.append(f"cuts: {{{cuts}}}")
        for key in ("points", "out_of", "dates", "decimal"):
            value = getattr(self, key)
            if value is not None:
                lines.append(f"{key}: {yaml_scalar(value)}")
        return "\n".join(lines) + "\n"


def _flow(part: BaseModel) -> str:
    said = part.model_dump(exclude_none=True)
    return "{" + ", ".join(f"{key}: {yaml_scalar(value)}" for key, value in said.items()) + "}"


def problems(mapping: GradebookMapping) -> Iterator[tuple[source.Place, str]]:
    """Yield what the parts of a mapping say against each other: the place, and a sentence with the fix."""
    yield from _of_columns(mapping)
    yield from _of_needs(mapping)
    by: dict[str, float | str] = {}
    for text, meant in mapping.codes.items():
        if by.setdefault(fold(text), meant) != meant:
            yield ("codes", text), f"the code {shown(text, 20)} has two meanings. Keep one of them."
        if not text:
            yield ("codes", text), "an empty cell needs no code. Remove it; blank= says what it means."
        if isinstance(meant, str) and meant not in MEANT:
            yield (
                ("codes", text),
                (
                    f"the code {shown(text, 20)} cannot stand for {shown(meant, 20)}. "
                    f"Write {', '.join(CODED)}, or the number that it counts."
                ),
            )
    if mapping.cuts:
        role = "total" if mapping.layout == "long" else "percent"
        if role not in mapping.columns.values() and mapping.layout not in ("powerschool", "aeries"):
            yield (
                ("cuts",),
                f"`cuts` needs a column of numbers that are marks. Give one the role `{role}`, or remove it.",
            )
        try:
            Policy(id="cuts", cuts=mapping.percent_cuts)
        except PolicyError as cause:
            yield ("cuts",), str(cause).removeprefix("cuts: ")


def _of_columns(mapping: GradebookMapping) -> Iterator[tuple[source.Place, str]]:
    allowed = ROLES[mapping.layout]
    holders: dict[str, str] = {}
    if mapping.layout in OWN and mapping.columns:
        file = OWN[mapping.layout]
        yield ("columns",), f"a file of {file} says itself what its columns hold. Remove `columns`."
    for name, role in mapping.columns.items():
        place = ("columns", name)
        group = role.removeprefix(GROUP)
        if role.startswith(GROUP):
            if not _GROUP.match(group) or group in (*MARKS, *SCORES):
                yield (
                    place,
                    (
                        f"`{one_line(role)[:40]}` is no name of a group. "
                        "Write one of letters, digits and _, such as `group:gender`."
                    ),
                )
        elif role not in (*allowed, IGNORE):
            near = nearest(role, allowed)
            elsewhere = [layout for layout, roles in ROLES.items() if role in roles]
            yield (
                place,
                f"`{one_line(role)[:40]}` is nothing that a column of the layout `{mapping.layout}` can hold"
                + (f" (it belongs to the layout `{elsewhere[0]}`)" if elsewhere else "")
                + (f" (nearest: {', '.join(near)})" if near and not elsewhere else "")
                + f". Write one of: {', '.join(allowed)}, {GROUP}NAME, {IGNORE}.",
            )
        if role != IGNORE and (role != "item" or mapping.layout == "long"):
            before = holders.setdefault(role, name)
            if before != name:
                yield (
                    place,
                    (
                        f"the columns {shown(before)} and {shown(name)} are both `{one_line(role)[:40]}`. "
                        f"Set one of them to `{IGNORE}`."
                    ),
                )
    for name in mapping.items:
        other = mapping.columns.get(name, "item")
        if other != "item":
            yield (
                ("items", name),
                f"{shown(name)} stands under `items`, and under `columns` as `{other}`. Correct one of them.",
            )


def _of_needs(mapping: GradebookMapping) -> Iterator[tuple[source.Place, str]]:
    roles = {*mapping.columns.values(), *(["item"] if mapping.items else [])}
    if mapping.layout in OWN:
        return
    if "student" not in roles:
        yield ("columns",), "no column has the role `student`. Give it to the column with the students' ids."
    if mapping.layout in ("wide", "long") and "item" not in roles:
        yield (
            ("columns",),
            "no column has the role `item`. Give it to "
            + ("each column of scores." if mapping.layout == "wide" else "the column that names the work."),
        )
    if mapping.layout == "long" and len(roles & {"raw", "percent"}) != 1:
        both = "two columns have the roles `raw` and `percent`" if "raw" in roles else "no column has scores"
        yield ("columns",), f"{both}. Give one column `raw` (points) or `percent`."
    if mapping.layout == "marks" and not roles & {"letter", "percent"}:
        yield ("columns",), "no column has marks. Give one the role `letter`, or `percent` for numbers."
    if mapping.layout != "wide":
        for key, part in (("items", mapping.items), ("rows", mapping.rows != Rows())):
            if part:
                yield (key,), f"`{key}` is for the layout `wide`. Remove it, or change `layout`."

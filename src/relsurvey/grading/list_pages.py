"""How each protocol's list is laid out: columns, order of what stands on a page, room to write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.grading.lane_names import lane_name
from relsurvey.grading.list_names import name_of, shown
from relsurvey.grading.list_sheets import Cells, Page, Sheet
from relsurvey.words import outward, say

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading.lists import ProtocolList

#: So many of the highest marks stand first.
_HIGHEST = 3


@dataclass(frozen=True)
class _Columns:
    """The columns that stand only where something is known, and how a row's cells are made."""

    made: ProtocolList
    names: Mapping[str, str]
    language: str

    def has(self, column: str) -> bool:
        values = self.made.students[column]
        return bool((values.notna() & (values != "")).any())

    def head(self, *keys: str) -> tuple[str, ...]:
        return tuple(say(self.language, f"grading.lists_head_{key}") for key in keys)

    def who(self, student: str) -> Cells:
        # Without a name the id stands for it.
        return (name_of(student, self.names) or None, shown(student))

    def lane(self, text: str) -> str | None:
        return shown(lane_name(self.language, text)) or None


def _number(value: float, digits: int | None = 1) -> float | None:
    if math.isnan(value):
        return None
    return int(value) if digits is None else round(float(value), digits)


def _percent(value: float) -> float | None:
    """Return a percent in tenths, never rounded up: 69.96 is under 70, as its letter says."""
    return None if math.isnan(value) else outward(value, value, 10)[0] / 10


def cusp_sheet(made: ProtocolList, names: Mapping[str, str], language: str) -> Sheet:
    """Return the On-the-Cusp list: one row a course with a D or F."""
    columns = _Columns(made, names, language)
    more = [name for name in ("attendance", "lane") if columns.has(name)]
    keys = ("student", "id", *more, "course", "mark", "percent", "missing", "made_up", "then", "next")
    rows: list[Cells] = []
    bad = made.marks[made.marks["df"]].groupby("student", sort=False)
    for one in _each(made.students):
        own = {"attendance": _number(one.attendance), "lane": columns.lane(one.lane)}
        head = (*columns.who(one.student), *(own[name] for name in more))
        marks = bad.get_group(one.student).sort_values("percent", ascending=False)
        rows += [
            (
                *head,
                shown(mark.course),
                shown(mark.letter),
                _percent(mark.percent),
                _number(mark.missing, None),
                _percent(mark.made_up),
                mark.made_up_letter or None,
                None,
            )
            for mark in _each(marks)
        ]
    width = {"attendance": 13, "lane": 16}
    widths = (26, 13, *(width[name] for name in more), 27, 8, 12, 11, 13, 10, 34)
    notes = [say(language, "grading.lists_about_on_the_cusp")]
    if made.marks["missing"].notna().any():
        notes.append(say(language, "grading.lists_about_made_up"))
    return _table(made, language, columns.head(*keys), rows, notes, widths)


def risk_sheet(made: ProtocolList, names: Mapping[str, str], language: str) -> Sheet:
    """Return the Student List: one row a student."""
    columns = _Columns(made, names, language)
    more = [name for name in ("missing", "attendance", "lane") if columns.has(name)]
    keys = ("student", "id", "df", "failed", "marks", "courses", *more, "next")
    bad = made.marks[made.marks["df"]]
    rows: list[Cells] = []
    of = {
        str(student): ", ".join(f"{shown(m.course)} {shown(m.letter)}".strip() for m in _each(mine))
        for student, mine in bad.groupby("student", sort=False)
    }
    for one in _each(made.students):
        own = {
            "missing": _number(one.missing, None),
            "attendance": _number(one.attendance),
            "lane": columns.lane(one.lane),
        }
        numbers = (int(one.df), int(one.failed), int(one.marks))
        courses = of.get(one.student)
        rows.append((*columns.who(one.student), *numbers, courses, *(own[name] for name in more), None))
    width = {"missing": 11, "attendance": 13, "lane": 16}
    widths = (26, 13, 6, 6, 9, 48, *(width[name] for name in more), 30)
    df = made.students["df"]
    counts = {"three": df >= 3, "cusp": df.between(1, 2), "none": df == 0}
    notes = [
        say(language, "grading.lists_about_student_list"),
        say(language, "grading.lists_counts", **{key: int(of.sum()) for key, of in counts.items()}),
    ]
    return _table(made, language, columns.head(*keys), rows, notes, widths)


def _table(
    made: ProtocolList,
    language: str,
    head: tuple[str, ...],
    rows: list[Cells],
    notes: list[str],
    widths: tuple[int, ...],
) -> Sheet:
    title = say(language, f"grading.lists_title_{made.kind}")
    page = Page(((title,),), head, tuple(rows))
    return Sheet(title, (page,), tuple(notes), "", widths, "landscape")


def talk_sheet(made: ProtocolList, names: Mapping[str, str], language: str) -> Sheet:
    """Return what KidTalk needs: one page a student, the highest marks first."""
    columns = _Columns(made, names, language)

    def word(key: str) -> str:
        return say(language, f"grading.lists_{key}")

    pages = []
    by = made.marks.groupby("student", sort=False)
    for one in _each(made.students):
        marks = by.get_group(one.student)
        marks = marks.sort_values(["points", "percent"], ascending=False, na_position="last", kind="stable")
        with_mark = marks[marks["points"].notna() | marks["percent"].notna()].head(_HIGHEST)
        high = [_mark_words(mark) for mark in _each(with_mark)]
        name, number = columns.who(one.student)
        lines: list[Cells] = [(name or number,), (word("head_id"), number)]
        lines += [(word("strengths"), "; ".join(high))] if high else []
        rate, lane = _number(one.attendance), columns.lane(one.lane)
        lines += [(word("head_attendance"), f"{rate:g} %")] if rate is not None else []
        lines += [(word("head_lane"), lane)] if lane else []
        if not math.isnan(one.missing):
            lines.append((word("missing_all"), str(int(one.missing))))
        rows: list[Cells] = [
            (
                shown(mark.course),
                shown(mark.letter),
                _percent(mark.percent),
                _number(mark.missing, None),
                _number(mark.ungraded, None),
            )
            for mark in _each(marks)
        ]
        ask = tuple((word(f"ask_{key}"), n) for key, n in (("strengths", 2), ("notes", 5), ("next", 3)))
        head = columns.head("course", "mark", "percent", "missing", "ungraded")
        pages.append(Page(tuple(lines), head, tuple(rows), ask))
    title = word("title_kid_talk")
    return Sheet(title, tuple(pages), (word("about_kid_talk"),), "", (36, 14, 13, 15, 15), "portrait")


def _mark_words(mark: Any) -> str:
    percent = "" if math.isnan(mark.percent) else f"{_percent(mark.percent):g} %"
    parts = (shown(mark.course), shown(mark.letter), percent)
    return " ".join(part for part in parts if part)


def _each(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples()

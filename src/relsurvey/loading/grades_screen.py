"""Both ways between gradebook files and a screen: what may be shown, and what a screen may ask for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from relsurvey.grading.codes import CODED
from relsurvey.grading.mapping import GROUP, IGNORE, ROLES
from relsurvey.loading import shown
from relsurvey.loading.drafts import A_GROUP, LAYOUTS, group_role, tidy
from relsurvey.loading.grades_choices import FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relsurvey.errors import BlankChoiceError
    from relsurvey.grading import Gradebook
    from relsurvey.loading.grades import GradeLoading
    from relsurvey.loading.grades_alone import File

_LONGEST_WORD = 200
_BLANKS = ("ungraded", "zero", "excused")
#: A text as short as this, in capitals or signs, is a code and no one's words.
_SHORT = 3
#: Words that stand for work in gradebooks.
_WORDS = (
    "missing", "excused", "exempt", "absent", "late", "incomplete", "not handed in", "turned in", "no score",
    "missed", "faltante", "ausente", "entregado", "no entregado", "justificado", "pendiente", "tarde",
)  # fmt: skip
_DATES = ("month first", "day first")


class GradeScreen:
    """Gradebook files as a screen shows them: no row, no id, no name.

    Parameters
    ----------
    loading
        The loading.

    Examples
    --------
    >>> from relsurvey.loading.grades import GradeLoading
    >>> from relsurvey.reading import Limits
    >>> state = GradeScreen(GradeLoading(Limits())).state()
    >>> state["files"], state["fits"], state["blank"]
    ([], False, None)
    """

    def __init__(self, loading: GradeLoading) -> None:
        self._loading = loading

    def state(self) -> dict[str, Any]:
        """Return all that may be shown, as plain data."""
        loading = self._loading
        files, tried = loading.files, loading.tried
        read = tried.gradebook or tried.base
        sections = []
        if read is not None:
            sections = shown.sections(read.entries, (), several=len(files) > 1, of="gradebook")
        return {
            "files": [self._file(number, file) for number, file in enumerate(files)],
            "begun": loading.begun,
            "undo": loading.history.behind,
            "redo": loading.history.ahead,
            "error": self.sentence(tried.error),
            "fits": tried.gradebook is not None,
            "table": self._table(),
            "apart": loading.apart,
            "codes": self._codes(),
            "blank": None if tried.asked is None else _blank(tried.asked, loading.history.now.blank),
            "categories": self._categories(),
            "summary": None if read is None else _summary(read),
            "sections": [
                {"title": s.title, "columns": list(s.columns), "lines": [list(line) for line in s.lines]}
                for s in sections
            ],
        }

    def sentence(self, message: str) -> str:
        """Return an error's sentence without any cell in it."""
        return shown.sentence(message, set(self._loading.names()))

    def step(self, change: object) -> Sequence[Path]:
        """Do what a screen asks for, and return files that are needed no more.

        What it cannot have meant changes nothing.

        Raises
        ------
        RelsurveyError
            If it cannot be done, in one sentence.
        """
        loading = self._loading
        now = loading.history.now
        match change:
            case {"do": "undo"}:
                loading.move(-1)
            case {"do": "redo"}:
                loading.move(1)
            case {"do": "remove", "file": int(number)} if 0 <= number < len(loading.files):
                return loading.remove(loading.files[number].key)
            case {"do": "said", "file": int(number), "field": str(name), "text": str(text)} if (
                -1 <= number < len(loading.files) and name in FIELDS
            ):
                self._say(number, name, text.strip()[:_LONGEST_WORD])
            case {"do": "code", "index": int(index), "means": str(means), **more}:
                self._set_code(index, means, more.get("number"))
            case {"do": "blank", "value": str(value)} if value in ("", *_BLANKS):
                loading.choose(replace(now, blank=value))
            case {"do": "confirm", "on": bool(on)}:
                loading.choose(replace(now, confirmed=on))
            case {"do": "category", "title": str(title), "value": str(value)}:
                rest = {key: kind for key, kind in now.categories.items() if key != title}
                changed = value and loading.proposed.get(title) != value
                loading.choose(replace(now, categories={**rest, title: value} if changed else rest))
            case _:
                self._step_of_table(change)
        return ()

    def _say(self, number: int, name: str, word: str) -> None:
        """Say what a file does not say of itself; the number -1 is every file that does not."""
        loading = self._loading
        now = loading.history.now
        for place, file in enumerate(loading.files):
            if place == number or (number < 0 and name in self._lacks(file)):
                # The file's own name is what the course is called without a word.
                bare = name == "course" and word == file.path.stem
                now = now.with_said(file.key, name, "" if bare else word)
        loading.choose(now)

    def _lacks(self, file: File) -> dict[str, str]:
        loading = self._loading
        said = {name: "all" for name in FIELDS if loading.said(file, name)}
        return {**said, **loading.alone(file).lacks}

    def _step_of_table(self, change: object) -> None:
        """Do what changes how a plain table is read."""
        loading, draft = self._loading, self._loading.draft
        if draft is None:
            return
        now, columns = loading.history.now, draft.table.columns
        match change:
            case {"do": "layout", "value": str(value)} if value in LAYOUTS:
                loading.choose(replace(now, layout="" if value == draft.base.layout else value))
            case {"do": "decimal", "value": "" | "." | "," as value}:
                loading.choose(replace(now, decimal=value))
            case {"do": "dates", "value": str(value)} if value in ("", *_DATES):
                loading.choose(replace(now, dates=value))
            case {"do": "role", "position": int(position), "value": str(value)} if (
                0 <= position < len(columns)
            ):
                name = columns[position].name
                role = group_role(name) if value == A_GROUP else value
                if role in (*ROLES[draft.layout(now)], IGNORE) or value == A_GROUP:
                    loading.choose(replace(now, columns={**now.columns, name: role}))
            case {"do": "points", "position": int(position), "number": given} if (
                -1 <= position < len(columns)
            ):
                number = _number(given, 0)
                if position < 0:
                    loading.choose(replace(now, all_points=number))
                else:
                    loading.choose(now.with_points(columns[position].name, number))

    def _file(self, number: int, file: File) -> dict[str, Any]:
        loading = self._loading
        alone = loading.alone(file)
        lacks = self._lacks(file)
        return {
            "index": number,
            "name": file.name,
            "form": file.parts[0].form or "plain table",
            "rows": shown.count(alone.rows) if alone.rows else "",
            "error": self.sentence(alone.error),
            "fields": [
                {
                    "field": name,
                    "lacks": lacks[name],
                    "value": loading.said(file, name) or (file.path.stem if lacks[name] == "name" else ""),
                }
                for name in FIELDS
                if name in lacks
            ],
        }

    def _table(self) -> dict[str, Any] | None:
        """Return how a plain table is read, where one mapping speaks of all of them."""
        loading = self._loading
        draft, now = loading.draft, loading.history.now
        if draft is None:
            return None
        layout = draft.layout(now)
        lines = []
        for position, column in enumerate(draft.table.columns):
            role = draft.role(column.name, now)
            points = draft.points(column.name, now)
            lines.append(
                {
                    "position": position,
                    "name": shown.column_name(column.name, column.place),
                    "place": column.place,
                    "role": A_GROUP if role.startswith(GROUP) else role,
                    "points": "" if points is None else f"{tidy(points)}",
                }
            )
        points = draft.base.points if now.all_points is None else now.all_points
        return {
            "layout": layout,
            "roles": [*ROLES[layout], A_GROUP, IGNORE],
            "columns": lines,
            "points": "" if points is None else f"{tidy(points)}",
            "decimal": now.decimal or draft.base.decimal or "",
            "dates": now.dates or draft.base.dates or "",
            "settled": draft.settled and not now.of_table,
        }

    def _codes(self) -> list[dict[str, Any]]:
        now = self._loading.history.now
        lines = []
        for index, (text, cells, where) in enumerate(self._loading.unmatched):
            meant = now.codes.get(text)
            number = isinstance(meant, (int, float))
            code = len(text) <= _SHORT and text == text.upper() and not text.isdigit()
            lines.append(
                {
                    "index": index,
                    "text": text if code or shown.may_be_shown(text, cells, _WORDS) else "",
                    "where": list(dict.fromkeys(where))[:3],
                    "cells": shown.count(cells),
                    "value": "" if meant is None else "number" if number else meant,
                    "number": f"{tidy(meant)}" if isinstance(meant, (int, float)) else "",
                }
            )
        return lines

    def _set_code(self, index: int, means: str, number: object) -> None:
        loading = self._loading
        texts = [text for text, _, _ in loading.unmatched]
        if not 0 <= index < len(texts):
            return
        meant: float | str | None = means
        if means == "number":
            value = _number(number, -math.inf)
            meant = None if value is None else tidy(value)
        elif means not in CODED:
            meant = None
        loading.choose(loading.history.now.with_code(texts[index], meant))

    def _categories(self) -> dict[str, Any] | None:
        """Return the categories that the files' totals tell; None where they tell none."""
        loading = self._loading
        now, proposed = loading.history.now, loading.proposed
        files = []
        for file in loading.files:
            alone = loading.alone(file)
            if not alone.categories or loading.apart:
                continue
            lines = []
            for title, kind in alone.categories.items():
                lines.append(
                    {
                        "title": title,
                        "value": now.categories.get(title, kind or ""),
                        "proposed": kind or "",
                        # A mapping goes by titles: one that is in two categories cannot be named in it.
                        "fixed": kind is not None and title not in proposed,
                    }
                )
            groups = dict.fromkeys((*alone.groups, *(line["value"] for line in lines if line["value"])))
            files.append({"name": file.name, "groups": list(groups), "items": lines})
        return {"confirmed": now.confirmed, "files": files} if files else None


def _number(given: object, least: float) -> float | None:
    """Return a number that a person typed, None where it is none."""
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    return float(given) if math.isfinite(given) and given >= least else None


def _blank(asked: BlankChoiceError, chosen: str) -> dict[str, Any]:
    """Return what each choice for empty cells would do; a difference of few marks is not worked out."""
    choices = []
    for value in _BLANKS:
        more = asked.low[value] - asked.low[_BLANKS[0]]
        few = 0 < abs(more) < shown.FEW
        choices.append(
            {
                "value": value,
                "changed": shown.count(asked.changes[value]) if asked.changes[value] else "0",
                "low": "" if few else shown.count(asked.low[value]),
                "more": shown.count(abs(more)) if few else "",
            }
        )
    return {
        "value": chosen,
        "cells": shown.count(asked.cells),
        "marks": shown.count(asked.marks),
        "choices": choices,
    }


def _summary(read: Gradebook) -> dict[str, Any]:
    """Return how much there is, students in bands."""
    frames = [frame for frame in (read.scores, read.marks) if len(frame)]
    return {
        "courses": len({course for frame in frames for course in frame["course"].dropna().unique()}),
        "items": len(read.scores[["course", "item"]].drop_duplicates()),
        "scores": shown.count(len(read.scores)),
        "marks": shown.count(len(read.marks)),
        "students": shown.students(read.marks["student"].nunique()),
    }

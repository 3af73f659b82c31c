"""How groups of students differ on a scale or a question, inside a notebook."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from relsurvey.errors import AnalysisError
from relsurvey.widgets.explorer import Choice, Explorer, named, quoted, variables
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    from relsurvey.analysis.compare import Comparison
    from relsurvey.study import Study


class Compare(Explorer):
    """Compares groups of students: choose a scale or a question and a group variable, look.

    Groups stand in the order of the variable's categories, schools and teams by name: nothing is ranked.

    Parameters
    ----------
    study
        The study.
    scale
        Id of the scale or question to begin with; None takes the first scale.
    by
        A group variable, ``"school"`` or ``"team"``; None takes the first one there is.
    language
        ``"en"`` or ``"es"``; empty follows the browser.

    Attributes
    ----------
    result
        The :class:`~relsurvey.analysis.compare.Comparison` of what is chosen.
    table
        Its groups; exact, for this kernel alone.
    code
        The call that gives the same.

    Raises
    ------
    AnalysisError
        If there is no such scale, question or variable, or nothing to compare by.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> explorer = Compare(rs.read(demo_workbook()), "express_care", by="english_learner")
    >>> explorer.code
    'study.compare("express_care", by="english_learner")'
    >>> explorer.choose("share_power", by="school")
    >>> explorer.table.columns[:5].tolist()
    ['scale', 'wave', 'group', 'n', 'mean']
    """

    _kind = "compare"
    _headers = (1, 2, 3)

    def __init__(
        self, study: Study, scale: str | None = None, by: str | None = None, *, language: str = ""
    ) -> None:
        rows = study._latest().responses
        self._scales = study._answered()
        self._items = tuple(
            item
            for key in self._scales
            for item in study.instrument.scales[key].items
            if rows[item].notna().any()
        )
        self._variables = variables(study, units=("school", "team"))
        if not self._scales or not self._variables:
            raise AnalysisError(
                "There is nothing to compare: "
                + (
                    "no scale has an answer."
                    if self._variables
                    else "no row has a group, a school or a team."
                )
            )
        choice = Choice((scale or self._scales[0],), by or self._variables[0]["id"])
        super().__init__(study, choice, language)

    @property
    def result(self) -> Comparison:
        """The comparison of what is chosen.

        Raises
        ------
        AnalysisError
            If it cannot be made, as with fewer than two groups.
        """
        return cast("Comparison", self._result())

    def choose(self, scale: str | None = None, by: str | None = None) -> None:
        """Choose a scale or question and a variable, as the menus do; None leaves what is chosen."""
        self._choose(Choice(self._choice.what if scale is None else (scale,), by or self._choice.by))
        self._tell()

    def _allowed(self, choice: Choice) -> Choice:
        if len(choice.what) != 1:
            raise AnalysisError("Choose one scale or one question.")
        what = choice.what[0]
        if what in self._study.instrument.items and what not in self._items:
            raise AnalysisError(f"The question {what!r} has no answer or is in no scale. Choose another one.")
        if what not in self._items:
            self._study._known(what)
        if what not in (*self._items, *self._scales):
            raise AnalysisError(f"No question of {what!r} has an answer. Choose another scale.")
        self._study._group(choice.by)
        return choice

    def _menu(self) -> dict[str, Any]:
        instrument = self._study.instrument
        scales = named({key: instrument.scales[key].title for key in self._scales})
        for scale in scales:
            items = [item for item in instrument.scales[scale["id"]].items if item in self._items]
            scale["items"] = named({item: instrument.items[item].text for item in items})
        return {"scales": scales, "by": self._variables}

    def _is_question(self, what: str) -> bool:
        return what in self._items and what not in self._scales

    def _measure(self, choice: Choice) -> Comparison:
        return self._study.compare(choice.what[0], by=choice.by)

    def _code(self, choice: Choice) -> str:
        return f"study.compare({quoted(choice.what[0])}, by={quoted(choice.by)})"

    def _named(self, language: str) -> Comparison:
        found, instrument = self.result, self._study.instrument
        names = self._group_names(found.by, found.groups, language)
        text = (
            instrument.items[found.scale].text
            if self._is_question(found.scale)
            else instrument.scales[found.scale].title
        )
        verdicts = found.verdicts
        if verdicts is not None:
            verdicts = {names.get(group, group): verdict for group, verdict in verdicts.items()}
        return replace(
            found,
            scale=pick(text, language),
            counts=replace(found.counts, groups=tuple(names[group] for group in found.groups)),
            verdicts=verdicts,
            # The other side may be all others, who have no name.
            within=tuple(replace(w, a=names[w.a], b=names.get(w.b, w.b)) for w in found.within),
        )

    def _tabled(self, named: Comparison, min_n: int) -> Comparison:
        """Leave out the strata where a group is hidden: it is counted there among the others of each."""
        return replace(named, within=()) if any(s.n < min_n for s in named.sums) else named

    def _sentences(self, named: Comparison, language: str) -> list[str]:
        return [named.in_words(language)]

    def _picture(self) -> dict[str, Any] | None:
        found = self.result
        favorable = found.counts.favorable
        if favorable is None:
            return None
        sizes = [s.n for s in found.sums]
        shown = [n >= self._min_n for n in sizes]
        # The mark of the others joins the groups that are shown: with a hidden one in it, that one's share
        # could be worked out.
        all_n = sum(n for n, there in zip(sizes, shown, strict=True) if there)
        all_favorable = sum(k for k, there in zip(favorable, shown, strict=True) if there)
        rows: list[list[dict[str, Any]] | None] = []
        for row, n, k, there in zip(found.table.to_dict("records"), sizes, favorable, shown, strict=True):
            if not there:
                rows.append(None)
                continue
            marks: list[dict[str, Any]] = [
                {
                    "kind": "share",
                    "value": _percent(row["favorable"]),
                    "low": math.floor(100 * row["favorable_low"]),
                    "high": math.ceil(100 * row["favorable_high"]),
                }
            ]
            if all_n > n:
                share = _percent((all_favorable - k) / (all_n - n))
                marks.append({"kind": "others", "value": share, "low": None, "high": None})
            rows.append(marks)
        return {"limits": [], "rows": rows}


def _percent(share: float) -> int:
    """Return a share as the table beside the picture has it."""
    return int(f"{100 * share:.0f}")

"""What marks come to before and after, as cells that may be shown: small groups and changes masked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.grading.compared import ComparedPolicies
from relsurvey.grading.compared_cells import Compared
from relsurvey.grading.faces import Figures, Moves, figures, letters_said, moves, moves_cells, share_cell
from relsurvey.grading.mark_groups import groups_of
from relsurvey.grading.tally import Tally
from relsurvey.words import Text, languages, say, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What is shown, in order; after these the marks that change letter, move up and move down.
MEASURES = ("df_marks", "any_df", "one_two", "three_plus", "c_or_better", "gpa")

MOVES = ("changed", "up", "down")

#: Students with any D or F are those with one or two and those with three or more.
_PARTS = ("any_df", "one_two", "three_plus")


@dataclass(frozen=True)
class Standing(Figures):
    """What all students' marks come to, with the students who have 1-2, and 3 or more, D's and F's."""

    one_two: int = 0
    three_plus: int = 0

    def of(self, measure: str) -> int:
        """Return of how many marks or students a measure is a share."""
        return self.students if measure in _PARTS else super().of(measure)


def standing(found: Tally) -> Standing:
    """Return what all students' marks come to."""
    import numpy as np

    final = found.final
    bad = np.bincount(found.student[final], found.df[final], len(found.names))
    whole = figures(found, _together(found), 1)[0]
    return Standing(
        **asdict(whole), one_two=int(((bad >= 1) & (bad <= 2)).sum()), three_plus=int((bad >= 3).sum())
    )


def moved(before: Tally, after: Tally) -> Moves:
    """Return how many marks move."""
    return moves(before, after, _together(before), 1)[0]


def _together(found: Tally) -> NDArray[np.intp]:
    import numpy as np

    return np.zeros(len(found.student), np.intp)


def cells(own: Standing, now: Standing, change: Moves | None) -> list[dict[str, Any]]:
    """Return a column of the table: of each measure its text by language, and its percent where one is shown.

    Parameters
    ----------
    own
        What the marks come to under the courses' own rules.
    now
        What they come to under these.
    change
        How many move; None for the courses' own rules.
    """
    by = {language: _texts(language, own, now, change) for language in languages()}
    column = []
    for i in range(len(MEASURES) + len(MOVES)):
        text = by["en"][i]
        number = text.removesuffix(" %")
        # Only what is shown as a percent has a length.
        share = int(number) if number != text and number.isdecimal() else None
        column.append({"text": {language: by[language][i] for language in by}, "share": share})
    return column


def _texts(language: str, own: Standing, now: Standing, change: Moves | None) -> list[str]:
    if min(own.students, now.students) < MIN_N_SHOWN:
        return [say(language, "grading.compare_under", min_n=MIN_N_SHOWN)] * (len(MEASURES) + len(MOVES))
    n = 0 if change is None else change.students_any
    shown = {measure: share_cell(language, measure, now, own, n) for measure in MEASURES}
    masks = [say(language, f"grading.compare_{key}") for key in ("same", "masked")]
    hidden = [measure for measure in _PARTS if shown[measure] in masks]
    if len(hidden) == 1:
        # The one that is left out could be worked out from the other two.
        other = next(measure for measure in reversed(_PARTS) if measure not in hidden)
        shown[other] = masks[1]
    moving = ["", "", ""]
    if change is not None:
        moving = [*moves_cells(language, change)]
        moving[0] = "; ".join([moving[0], *letters_said(language, change, "cell_")])
    return ["" if cell is None else str(cell) for cell in shown.values()] + moving


def whole(own: Standing, tried: tuple[Text, Standing, Moves] | None) -> ComparedPolicies:
    """Return all students under the courses' own rules, and under what is tried."""
    rows = [Compared(texts(languages(), "grading.compare_own"), (), own, None)]
    if tried is not None:
        rows.append(Compared(tried[0], (), *tried[1:]))
    return ComparedPolicies((), tuple(rows), ())


def grouped(name: Text, before: Tally, after: Tally, by: str) -> ComparedPolicies:
    """Return each group under the courses' own rules and, below it, under what is tried.

    Raises
    ------
    AnalysisError
        If there is no such group.
    """
    groups = groups_of(before, by, None)
    k = len(groups.labels)
    own = texts(languages(), "grading.compare_own")
    each = zip(
        groups.labels,
        figures(before, groups.of, k),
        figures(after, groups.of, k),
        moves(before, after, groups.of, k),
        strict=True,
    )
    rows = []
    for label, was, now, change in each:
        rows += [Compared(own, label, was, None), Compared(name, label, now, change)]
    return ComparedPolicies(groups.by, tuple(rows), ())

"""A course's own rules, as far as a Canvas export shows them: categories, weights and letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import empty
from relsurvey.grading.formats.canvas_layout import Layout, listed
from relsurvey.grading.formats.groups import NOT_COUNTED, Group, Items, proposed, weights
from relsurvey.grading.formats.letter_cuts import cuts_of
from relsurvey.grading.policy import Policy
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import letters
from relsurvey.reading.ledger import Entry
from relsurvey.reading.match import shown
from relsurvey.reading.opening import Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The category of items that are in no group's points: they count for no mark.
LEFT_OUT = "(not counted)"

_OWN = {"en": "As exported", "es": "Como se exportó"}


@dataclass
class Totals:
    """The totals of a file's students, and the ledger that reading writes.

    Attributes
    ----------
    sheet, layout
        The file.
    rows
        The students' rows.
    decimal
        What stands before decimals.
    entries
        How it was read.
    """

    sheet: Sheet
    layout: Layout
    rows: NDArray[np.intp]
    decimal: str
    entries: list[Entry] = field(default_factory=list)

    def note(self, step: str, rows: int, what: str, why: str) -> None:
        """Write a line of the ledger."""
        self.entries.append(Entry(step, self.sheet.where, rows, what, why))

    def place(self, row: int, at: int) -> str:
        """Return where the cell of a student's row stands."""
        return f"{self.sheet.where}, row {self.rows[row] + self.sheet.first}, column {letters(at)}"

    def numbers(self, group: str | None, kind: str) -> NDArray[np.float64] | None:
        """Return a total's column, NaN where it is empty; None where there is no column.

        Raises
        ------
        ReadError
            If a cell holds what is no number: the mark would be lost.
        """
        import numpy as np

        at = self.layout.totals.get((group, kind))
        if at is None:
            return None
        column = self.sheet.columns[at].take(self.rows)
        numbers = np.full(len(column.texts), np.nan)
        odd = np.zeros(len(column.texts), bool)
        for place in column.used:
            text = cells.bare(column.texts[place])
            number = cells.plain_number(text.removesuffix("%"), self.decimal) if text else None
            numbers[place] = np.nan if number is None else number
            odd[place] = bool(text) and number is None and text.upper() != "N/A"
        if odd[column.codes].any():
            what = shown(f"{group} {kind}" if group else kind, 50)
            raise ReadError(
                f"{self.place(int(odd[column.codes].argmax()), at)}: the total {what} is no number. "
                "Export the file again, or correct the cell."
            )
        found: NDArray[np.float64] = numbers[column.codes]
        return found

    def letters(self, kind: str) -> NDArray[np.object_]:
        """Return a total's column of letters, None where there is none."""
        import numpy as np

        at = self.layout.totals.get((None, kind))
        if at is None:
            return np.full(len(self.rows), None, object)
        return self.sheet.columns[at].map(cells.bare).take(self.rows).objects()


def own_rules(
    totals: Totals, titles: Sequence[str], items: Items, named: Mapping[str, str]
) -> tuple[NDArray[np.object_], Policy]:
    """Return the category of each item, and the course's own rules as far as they can be worked out.

    Parameters
    ----------
    totals
        What the file says of its groups and the course; the ledger is written there.
    titles, items
        The items, and their scores.
    named
        By title the categories that a person named; they win.
    """
    import numpy as np

    names, groups = totals.layout.groups, _groups(totals)
    category = np.full(len(titles), None, object)
    for k, place in enumerate(proposed(items, groups)):
        category[k] = names[place] if place >= 0 else LEFT_OUT if place == NOT_COUNTED else None
    _note_categories(totals, titles, category, _take_named(totals, titles, category, named))
    parts: dict[str, Any] = {}
    if (category == LEFT_OUT).any():
        parts["exclude"] = (LEFT_OUT,)
    # A course that adds points up has columns of points.
    if names and not any(kind.endswith("Points") for _, kind in totals.layout.totals):
        found = _weights(totals, groups, category)
        if found is not None:
            parts["weights"] = found
    cuts = _cuts(totals)
    if cuts is not None:
        parts["cuts"] = cuts
    return category, Policy(id="own", title=_OWN, **parts)


def _take_named(
    totals: Totals, titles: Sequence[str], category: NDArray[np.object_], named: Mapping[str, str]
) -> int:
    """Put in the categories that a person named; return how many."""
    by = {fold(title): kind for title, kind in named.items()}
    met: set[str] = set()
    taken = 0
    for k, ((_, bare, id_), title) in enumerate(zip(totals.layout.items, titles, strict=True)):
        name = next((n for n in map(fold, (f"{bare} ({id_})", title, bare)) if n in by), None)
        if name is not None:
            category[k] = by[name]
            met.add(name)
            taken += 1
    lost = [title for title in named if fold(title) not in met]
    if taken:
        what = f"{many(taken, 'assignment has', 'assignments have')} the category that the mapping names"
        totals.note("mapping", taken, what, "a person said so")
    if lost:
        what = f"the mapping names the category of titles that are not in the file: {listed(lost)}"
        totals.note("mapping", len(lost), what, "they may belong to another file, or be misspelled")
    return taken


def _note_categories(
    totals: Totals, titles: Sequence[str], category: NDArray[np.object_], taken: int
) -> None:
    unclear = [title for title, kind in zip(titles, category, strict=True) if kind is None]
    left_out = [title for title, kind in zip(titles, category, strict=True) if kind == LEFT_OUT]
    done = len(titles) - len(unclear) - len(left_out) - taken
    if left_out:
        what = f"proposed: assignments that count for no mark: {listed(left_out)}"
        totals.note("grading rules", len(left_out), what, "no group's points hold them")
    if done > 0:
        what = f"proposed: {many(done, 'assignment belongs', 'assignments belong')} to "
        why = "put together so, they give every total of their group"
        totals.note("grading rules", done, what + listed(totals.layout.groups), why)
    if unclear:
        count = many(len(unclear), "assignment", "assignments")
        what = f"the category of {count} is not known: {listed(unclear)}"
        why = (
            "the groups' totals fit none, or more than one"
            if totals.layout.groups
            else "there are no groups' totals"
        )
        totals.note("grading rules", len(unclear), what, f"{why}; name it under `categories` in a mapping")


def _groups(totals: Totals) -> list[Group]:
    """Return the groups' totals that the cells add up to: with scores that are not posted yet, if told."""
    import numpy as np

    found = []
    for name in totals.layout.groups:
        posted = [totals.numbers(name, f"{kind} Score") for kind in ("Current", "Final")]
        whole = [totals.numbers(name, f"Unposted {kind} Score") for kind in ("Current", "Final")]
        current, final = (here if there is None else there for here, there in zip(posted, whole, strict=True))
        if current is None or final is None:
            return []
        points = totals.numbers(name, "Current Points")
        points = np.full(len(totals.rows), np.nan) if points is None else points
        for here, there in zip(posted, whole, strict=True):
            if here is not None and there is not None:
                points = np.where((here == there) | (np.isnan(here) & np.isnan(there)), points, np.nan)
        found.append(Group(name, points, current, final))
    return found


def _weights(
    totals: Totals, groups: Sequence[Group], category: NDArray[np.object_]
) -> dict[str, float] | None:
    """Return what the groups weigh, if it is known and every item has its group; write the ledger."""
    course = []
    for kind in ("Current", "Final"):
        whole = totals.numbers(None, f"Unposted {kind} Score")
        course.append(totals.numbers(None, f"{kind} Score") if whole is None else whole)
    found = None
    if groups and course[0] is not None and course[1] is not None:
        found = weights(course[0], course[1], groups)
    if found is None:
        what = "the course weighs its categories, and the weights cannot be worked out from its totals"
        why = "name them in a policy=; until then, marks that are computed add points up"
        totals.note("grading rules", 0, what, why)
        return None
    said = ", ".join(f"{shown(name, 30)} {weight:g} %" for name, weight in found.items())
    used = {kind for kind in category if kind is not None} - {LEFT_OUT}
    if empty(category).any():
        why = "some assignments' category is not known; name it under `categories` in a mapping"
    elif not used <= set(found):
        why = "the mapping's categories are not the file's groups; name their weights in a policy="
    else:
        totals.note("grading rules", len(found), f"proposed weights: {said}", "they give the exported scores")
        return found
    totals.note("grading rules", 0, f"the weights are {said}, and cannot be used", why)
    return None


def _cuts(totals: Totals) -> dict[str, float] | None:
    """Return where the letters start, if the file's letters are not those of the usual cuts."""
    import numpy as np

    pairs: list[tuple[float, str]] = []
    for kind in ("Current", "Final"):
        percent, letter = totals.numbers(None, f"{kind} Score"), totals.letters(f"{kind} Grade")
        if percent is not None:
            told = ~np.isnan(percent) & ~empty(letter)
            pairs += zip(percent[told].tolist(), letter[told].tolist(), strict=True)
    return cuts_of(pairs, totals.note)

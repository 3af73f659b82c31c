"""What policies side by side show of a group: nothing that, beside another policy, would tell of few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relsurvey.analysis.finding import Value
from relsurvey.analysis.stand_ins import stand_ins
from relsurvey.grading.faces import WAYS, Figures, Moves, masked, moves_cells, share_cell, way_cell
from relsurvey.words import Text, say
from relsurvey.words.catalogue import pick

#: What is shown of marks that move.
MOVING = ("changed", "up", "down", *WAYS)

Cells = dict[str, Value]


@dataclass(frozen=True)
class Compared:
    """One group under one policy.

    Attributes
    ----------
    policy
        What the policy is called, by language.
    group
        The group's labels; empty for all students.
    figures
        What the marks come to.
    moves
        How many change, beside the courses' own rules; None for these.
    apart
        Of how many students marks differ from those under each policy that was tried before, in order.
    """

    policy: Text
    group: tuple[str, ...]
    figures: Figures
    moves: Moves | None
    apart: tuple[int, ...] = ()


def cells(language: str, rows: Sequence[Compared], measures: Sequence[str], min_n: int) -> list[Cells | None]:
    """Return what is shown of a group under each policy; None where it has too few students.

    Parameters
    ----------
    language
        Of the words.
    rows
        The group under the courses' own rules, and then under each policy that was tried.
    measures
        Which stand between the students and what moves.
    min_n
        Fewer students are not told of: no group of them, and no difference between two policies that they
        make. Such a cell says which policy it is about the same as.
    """
    found = [_alone(language, row, rows[0].figures, measures, min_n) for row in rows]
    for key in ("students", *measures, *MOVING):
        for i, j in _stand_ins(key, rows, found, min_n).items():
            one = found[i]
            if i == j or one is None:
                continue
            mask = _mask(key, rows[i], rows[j], j, min_n)
            name = pick(rows[j].policy, language)
            one[key] = say(language, f"grading.compare_{mask}" + "_as" * (mask == "same"), policy=name)
            if key in ("up", "down"):
                # All that change, less those that move the other way, would give it.
                one["changed"] = say(language, "grading.compare_masked")
    return found


def _alone(language: str, row: Compared, own: Figures, measures: Sequence[str], min_n: int) -> Cells | None:
    """Return what is shown of a policy beside the courses' own rules alone."""
    now, moves = row.figures, row.moves
    if min(own.students, now.students) < min_n:
        return None
    moved = 0 if moves is None else moves.students_any
    few = 0 < abs(now.students - own.students) < min_n
    shown: Cells = {"students": say(language, "grading.compare_same") if few else now.students}
    shown |= {key: share_cell(language, key, now, own, moved, min_n) for key in measures}
    if moves is not None:
        shown |= zip(("changed", "up", "down"), moves_cells(language, moves, min_n), strict=True)
        shown |= {way: way_cell(language, moves, way, min_n) for way in WAYS}
    return shown


def _stand_ins(
    key: str, rows: Sequence[Compared], found: Sequence[Cells | None], min_n: int
) -> dict[int, int]:
    """Return for each policy that shows a number in a column the one that it is about the same as."""

    def tells(i: int) -> bool:
        one, moves = found[i], rows[i].moves
        if one is None or one.get(key) is None:
            return False
        if key in MOVING:
            return one[key] == f"{getattr(moves, key):,}"
        return i == 0 or _mask(key, rows[i], rows[0], 0, min_n) is None

    order = [i for i in range(len(rows)) if tells(i)]
    return stand_ins(order, lambda i, j: bool(_mask(key, rows[i], rows[j], j, min_n))) if order else {}


def _mask(key: str, row: Compared, other: Compared, at: int, min_n: int) -> str | None:
    """Return what stands in place of a number that would tell of few beside that of the policy at a place."""
    moves, others = row.moves or Moves(), other.moves or Moves()
    moved = row.apart[at - 1] if at else moves.students_any
    if key not in ("students", *MOVING):
        return masked(key, row.figures, other.figures, moved, min_n)
    if key == "students":
        more = [row.figures.students - other.figures.students]
    else:
        more = [getattr(moves, one) - getattr(others, one) for one in (key, f"students_{key}")]
    apart = [abs(n) for n in more]
    return "same" if any(apart) and (0 < moved < min_n or any(0 < n < min_n for n in apart)) else None

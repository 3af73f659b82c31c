"""A school's code table: what a text in place of a score means."""

from __future__ import annotations

import math
from collections.abc import Mapping

from relsurvey.errors import ReadError
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import nearest, shown

#: What a code can stand for, besides a number; one that stands for ``ungraded`` is read as an empty cell.
CODED = ("missing", "excused", "not_assigned", "ungraded")

#: By a school's code what it stands for: one of ``CODED``, or the number that it counts.
Codes = Mapping[str, float | str]

#: Two that every school writes alike. A table may say otherwise.
USUAL: dict[str, float | str] = {"EX": "excused", "N/A": "not_assigned"}


def table(codes: Codes | None) -> dict[str, float | str]:
    """Return a code table that was looked over.

    Raises
    ------
    ReadError
        If a code means neither a number nor one of ``CODED``, or if two that differ by capital letters
        alone mean two things.

    Examples
    --------
    >>> table({"NHI": "missing", "X": "Excused", 1: "missing"})
    {'NHI': 'missing', 'X': 'excused', '1': 'missing'}
    """
    if not isinstance(codes, Mapping | None):
        raise ReadError('codes= is a table such as {"NHI": "missing", "X": "excused"}. Write it so.')
    checked: dict[str, float | str] = {}
    by: dict[str, float | str] = {}
    for code, means in (codes or {}).items():
        text, meant = str(code).strip(), _meaning(code, means)
        if not fold(text):
            raise ReadError("An empty cell needs no code. Say what it means with blank=.")
        if by.setdefault(fold(text), meant) != meant:
            raise ReadError(f"The code {shown(text, 20)} has two meanings. Keep one of them.")
        checked[text] = meant
    return checked


def _meaning(code: object, means: object) -> float | str:
    if isinstance(means, (int, float)) and not isinstance(means, bool) and math.isfinite(means):
        return float(means)
    word = str(means).strip().casefold().replace(" ", "_")
    if word in CODED:
        return word
    near = nearest(word, CODED)
    raise ReadError(
        f"The code {shown(str(code), 20)} cannot mean {shown(str(means), 20)}"
        f"{f' (nearest: {near[0]})' if near else ''}. It means one of {', '.join(CODED)}, or a number."
    )

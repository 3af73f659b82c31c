"""Where a file's letters start, worked out from its percents and letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from relsurvey.grading.letters import meaning
from relsurvey.grading.policy import CUTS
from relsurvey.reading.match import shown

_CANVAS_CUTS = {
    "A": 94.0, "A-": 90.0, "B+": 87.0, "B": 84.0, "B-": 80.0, "C+": 77.0, "C": 74.0, "C-": 70.0, "D+": 67.0,
    "D": 64.0, "D-": 61.0, "F": 0.0,
}  # fmt: skip


def cuts_of(
    pairs: Sequence[tuple[float, str]], note: Callable[[str, int, str, str], None]
) -> dict[str, float] | None:
    """Return where the letters start, or None where they are those of the usual cuts, or of none.

    Parameters
    ----------
    pairs
        Percents, each with its letter in the file.
    note
        Writes a line of the ledger.

    Examples
    --------
    >>> cuts_of([(93.1, "A"), (92.0, "B"), (84.5, "C"), (70.2, "C"), (69.0, "F")], lambda *line: None)
    {'A': 93.0, 'B': 90.0, 'C': 70.0, 'F': 0.0}
    """
    other = sum(_letter(percent, CUTS) != letter for percent, letter in pairs)
    if not other:
        return None
    if all(_letter(percent, _CANVAS_CUTS) == letter for percent, letter in pairs):
        why = "they fit every letter in the file"
        note("grading rules", len(pairs), "letters are given by Canvas' own cuts", why)
        return dict(_CANVAS_CUTS)
    found = _roundest(pairs)
    if found is None:
        what = (
            "where the file's letters start cannot be worked out; computed letters start at 90, 80, 70, 60, "
            f"and differ from {other:,} of the file's {len(pairs):,}"
        )
        note("grading rules", len(pairs), what, "name the course's `cuts` in a policy=")
        return None
    said = ", ".join(f"{shown(letter, 8)} from {cut:g}" for letter, cut in found.items())
    why = (
        "the roundest that fit every letter in the file; the usual ones follow under the lowest, and another "
        "letter that no one has is not among them"
    )
    note("grading rules", len(pairs), f"proposed cuts: {said}", why)
    return found


def _letter(percent: float, cuts: Mapping[str, float]) -> str:
    return next((letter for letter, cut in cuts.items() if percent >= cut - 1e-9), list(cuts)[-1])


def _roundest(pairs: Sequence[tuple[float, str]]) -> dict[str, float] | None:
    """Return the roundest cuts under which each percent has its letter, or None if there are none."""
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for percent, letter in pairs:
        least[letter] = min(least.get(letter, percent), percent)
        most[letter] = max(most.get(letter, percent), percent)
    order = sorted(least, key=lambda letter: -least[letter])
    cuts: dict[str, float] = {}
    for letter, worse in pairwise(order):
        if most[worse] >= least[letter]:
            return None
        cuts[letter] = _between(most[worse], least[letter])
    if min(cuts.values(), default=1) <= 0:
        return None
    return cuts | _from(order[-1], least[order[-1]])


def _from(letter: str, least: float) -> dict[str, float]:
    """Return where a file's lowest letter starts, and the usual cuts of those that are lower still."""
    usual = CUTS.get(meaning(letter) or "F", 0.0)
    if usual <= 0 or least <= 0:
        return {letter: 0.0}
    cut = usual if usual <= least else _between(0, least)
    return {letter: cut, **{lower: start for lower, start in CUTS.items() if start < min(cut, usual)}}


def _between(low: float, high: float) -> float:
    """Return the roundest number above one and up to another."""
    for step in (10.0, 5.0, 1.0, 0.5, 0.1, 0.01):
        cut = round(high // step * step, 2)
        if low < cut <= high:
            return cut
    return high

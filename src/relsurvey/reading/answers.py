"""What one cell of an answer means: a code of the instrument, no answer, or nothing that is known."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from relsurvey.instrument import Options
from relsurvey.instrument.fold import fold

#: Texts by which programs and people say that there is no answer, and numbers that stand for it by custom.
_NO_ANSWER = frozenset(
    fold(text)
    for text in (".", "-", "--", "—", "…", "N/A", "NA", "n.a.", "n/d", "#N/A", "#NULL!", "null", "NaN")
)
_NO_ANSWER_CODES = frozenset(
    {-9.0, -8.0, -7.0, -97.0, -98.0, -99.0, -999.0, 97.0, 98.0, 99.0, 997.0, 998.0, 999.0}
)

#: No label is longer; a longer cell is a student's own words.
_LONGEST = 300
_NUMBER_FIRST = re.compile(r"[(\[]?(-?\d+(?:[.,]\d+)?)[)\]]?\s*(?:[-=:.)]|\s)\s*(\D.*)\Z")
_NUMBER_LAST = re.compile(r"(.*\D)\s*(?:[-=:]\s*|[(\[]\s*)(-?\d+(?:[.,]\d+)?)\s*[)\]]?\Z")
_RANGE = re.compile(r"(\d{1,2})\s*[-/]\s*(\d{1,2})\Z")
_ISO_DAY = re.compile(r"\d{4}-(\d\d)-(\d\d)(?:[ t]00:00:00(?:\.0+)?)?\Z")
_WORD_DAY = re.compile(r"(\d{1,2})[-\s/]([a-z]{3,4})\.?\Z|([a-z]{3,4})\.?[-\s/](\d{1,2})\Z")
_MONTHS = {
    month: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    )
    for number, month in enumerate(names.split(), 1)
}


@dataclass(frozen=True)
class Meaning:
    """What a cell means.

    Attributes
    ----------
    kind
        The ledger's step: ``labels``, ``not counted``, ``blank answers``, ``missing codes``,
        ``excel dates`` or ``unmatched labels``.
    code
        The code; NaN for no counted answer.
    why
        How it was known.
    number
        The number that stands in the cell beside its label, where there is one.
    """

    kind: str
    code: float = math.nan
    why: str = ""
    number: float | None = None


BLANK = Meaning("blank answers", why="a blank is no answer")
UNMATCHED = Meaning("unmatched labels", why="strict=False")


class Reader:
    """Reads the cells of questions with one option set.

    Parameters
    ----------
    options
        The option set.
    chosen
        What a mapping says of labels: a code, a label of the option set, or None for no answer.

    Examples
    --------
    >>> import relsurvey as rs
    >>> reader = Reader(rs.instruments()["five-elements"].options["how_often"])
    >>> [reader.meaning(cell).code for cell in ("Often", "4 - Often", "MUCHAS  VECES", "4")]
    [4.0, 4.0, 4.0, 4.0]
    >>> reader.meaning("Oftn").kind, reader.meaning("-99").kind
    ('unmatched labels', 'missing codes')
    """

    def __init__(self, options: Options, chosen: Mapping[str, float | str | None] | None = None) -> None:
        self._options = options
        self._known = labels_of(options)
        self._chosen = {fold(label): self._target(value) for label, value in (chosen or {}).items()}

    def _target(self, value: float | str | None) -> Meaning:
        why = "through the mapping"
        if value is None:
            return Meaning("missing codes", why=why)
        code = self._known.get(fold(value)) if isinstance(value, str) else value
        if code is None and isinstance(value, str):
            code = _number(value)
        if code is None or not (math.isnan(code) or code in self._options.codes):
            raise KeyError(value)
        return Meaning("not counted" if math.isnan(code) else "labels", code, why)

    def meaning(self, cell: str, value: str = "", *, numbers_turned: bool = False) -> Meaning:
        """Return what a cell means.

        Parameters
        ----------
        cell
            The cell's text.
        value
            What stands behind it, where the file keeps both.
        numbers_turned
            Whether the file's numbers are known to run another way than the instrument's: a bare number is
            then no answer that is known.
        """
        folded = fold(cell)
        if not folded:
            return BLANK
        if folded in self._chosen:
            return self._chosen[folded]
        behind = _number(value)
        if folded in self._known:
            return self._labelled(self._known[folded], "by its label", behind)
        number = _number(folded)
        if number is None:
            return self._worded(folded) if len(folded) <= _LONGEST else UNMATCHED
        if number in self._options.codes:
            return UNMATCHED if numbers_turned else Meaning("labels", number, "by its code")
        if number in _NO_ANSWER_CODES:
            return Meaning("missing codes", why="by custom no answer, and no code of these options")
        return UNMATCHED

    def _worded(self, folded: str) -> Meaning:
        for label, number in beside_number(folded):
            if label in self._known:
                return self._labelled(self._known[label], "by its label, beside a number", number)
        if folded in _NO_ANSWER:
            return Meaning("missing codes", why="by custom no answer, and no label of these options")
        turned = label_of_date(folded, self._known)
        if turned is None:
            return UNMATCHED
        why = "a spreadsheet had turned the label into a date"
        return Meaning("excel dates", self._known[turned], why)

    def _labelled(self, code: float, why: str, number: float | None) -> Meaning:
        return Meaning("not counted" if math.isnan(code) else "labels", code, why, number)


def beside_number(folded: str) -> Iterator[tuple[str, float | None]]:
    """Yield the label of a cell that holds a number beside it, before or after, and the number.

    Examples
    --------
    >>> list(beside_number("5 - always")), list(beside_number("always (5)"))
    ([('always', 5.0)], [('always', 5.0)])
    """
    for pattern, number_at, label_at in ((_NUMBER_FIRST, 1, 2), (_NUMBER_LAST, 2, 1)):
        if len(folded) <= _LONGEST and (match := pattern.match(folded)):
            yield fold(match[label_at]), _number(match[number_at])


def label_of_date(folded: str, labels: Iterable[str]) -> str | None:
    """Return the one label such as ``1-2`` that a spreadsheet turned into a date, or None.

    Examples
    --------
    >>> label_of_date("2026-01-02", ["1-2", "3-4"]), label_of_date("2-jan", ["1-2", "2-1"])
    ('1-2', None)
    """
    days = _days(folded)
    if days is None:
        return None
    found = [(label, _RANGE.match(label)) for label in labels]
    fits = [label for label, match in found if match and (int(match[1]), int(match[2])) in (days, days[::-1])]
    return fits[0] if len(fits) == 1 else None


def no_answer(text: str) -> bool:
    """Say whether a text is by custom no answer, in words, signs or numbers.

    Examples
    --------
    >>> no_answer("N/A"), no_answer("-99"), no_answer("Nadia")
    (True, True, False)
    """
    folded = fold(text)
    return folded in _NO_ANSWER or _number(folded) in _NO_ANSWER_CODES


def labels_of(options: Options) -> dict[str, float]:
    """Return the code of each folded label in every language; NaN for one that is not counted."""
    return {
        fold(text): option.code if option.counted and option.code is not None else math.nan
        for option in options.options
        for text in option.label.values()
    }


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _days(folded: str) -> tuple[int, int] | None:
    """Return month and day of a date as a spreadsheet shows one, or None."""
    if match := _ISO_DAY.match(folded):
        return int(match[1]), int(match[2])
    match = _WORD_DAY.match(folded)
    if match is None:
        return None
    day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
    number = _MONTHS.get(month[:3])
    return None if number is None else (number, int(day))

"""What stands in a score's cell: a number, an agreed code, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.escape import one_line, yaml_scalar
from relsurvey.reading.match import nearest, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What a code may mean, besides a number. One that means ``ungraded`` is read as an empty cell.
MEANINGS = ("missing", "excused", "not_assigned", "ungraded")

#: Two that every school writes alike. A table may say otherwise.
USUAL: dict[str, float | str] = {"EX": "excused", "N/A": "not_assigned"}

_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]{1,2})?")
_GROUPED = re.compile(r"[-+\N{MINUS SIGN}]?[0-9]{1,3}(?:(?P<sep>[., \u00a0\u202f'])[0-9]{3})+(?:[.,][0-9]+)?")
#: A longer text may be anything that was typed into a cell, and is never repeated.
_LONGEST = 12
_MOST_LISTED = 6


def bare(text: str) -> str:
    """Return a cell's text without blanks around it, and without the formula that keeps it from being one.

    Examples
    --------
    >>> bare(' ="=x" '), bare("EX")
    ('=x', 'EX')
    """
    text = text.strip()
    found = _QUOTED.fullmatch(text)
    return found[1].replace('""', '"').strip() if found else text


def table(codes: Mapping[str, float | str] | None) -> dict[str, float | str]:
    """Return a code table that was looked over.

    Raises
    ------
    ReadError
        If a code means neither a number nor one of ``MEANINGS``, or if two that differ by capital letters
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
        if not text:
            raise ReadError("An empty cell needs no code. Say what it means with blank=.")
        if by.setdefault(text.casefold(), meant) != meant:
            raise ReadError(f"The code {shown(text, 20)} has two meanings. Keep one of them.")
        checked[text] = meant
    return checked


def _meaning(code: object, means: object) -> float | str:
    if isinstance(means, (int, float)) and not isinstance(means, bool) and math.isfinite(means):
        return float(means)
    word = str(means).strip().casefold().replace(" ", "_")
    if word in MEANINGS:
        return word
    near = nearest(word, MEANINGS)
    raise ReadError(
        f"The code {shown(str(code), 20)} cannot mean {shown(str(means), 20)}"
        f"{f' (nearest: {near[0]})' if near else ''}. It means one of {', '.join(MEANINGS)}, or a number."
    )


@dataclass(frozen=True, eq=False)
class Cells:
    """What distinct texts of score cells mean; all arrays are as long as there are texts.

    Attributes
    ----------
    raw
        The number, NaN where it is none.
    status
        ``scored`` for a number, what the code means, and ``ungraded`` for an empty cell.
    code
        None for a number, "" for an empty cell, else the code as the table spells it.
    known
        False where the text is neither a number nor a code; such a text has no status.
    """

    raw: NDArray[np.float64]
    status: NDArray[np.object_]
    code: NDArray[np.object_]
    known: NDArray[np.bool_]


def cells(texts: Sequence[str], codes: Mapping[str, float | str], *, comma: bool) -> Cells:
    """Return what texts mean.

    Parameters
    ----------
    texts
        Distinct texts, as they stand in the file.
    codes
        As :func:`table` returns it; a number is a code only where it stands here.
    comma
        Whether a comma parts the decimals: see :func:`decimal_comma`.

    Examples
    --------
    >>> found = cells(["8.5", "", "ex", "nhi", "late?"], {"NHI": "missing"}, comma=False)
    >>> found.status.tolist(), found.code.tolist()
    (['scored', 'ungraded', 'excused', 'missing', None], [None, '', 'EX', 'NHI', None])
    """
    import numpy as np

    by = {code.casefold(): (code, means) for code, means in (*USUAL.items(), *codes.items())}
    raw = np.full(len(texts), np.nan)
    status = np.full(len(texts), None, object)
    code = np.full(len(texts), None, object)
    known = np.ones(len(texts), bool)
    for i, given in enumerate(texts):
        text = bare(given)
        if not text:
            status[i], code[i] = "ungraded", ""
        elif (found := by.get(text.casefold())) is not None:
            spelled, means = found
            if isinstance(means, str):
                status[i], code[i] = means, "" if means == "ungraded" else spelled
            else:
                status[i], raw[i], code[i] = "scored", means, spelled
        elif (number := number_of(text, comma=comma)) is not None:
            status[i], raw[i] = "scored", number
        else:
            known[i] = False
    return Cells(raw, status, code, known)


def number_of(text: str, *, comma: bool) -> float | None:
    """Return the number that a text is, or None.

    Examples
    --------
    >>> number_of("8,5", comma=True), number_of("1,234.50", comma=False), number_of("-2", comma=False)
    (8.5, 1234.5, -2.0)
    >>> number_of("8,5", comma=False) is None, number_of("nan", comma=False) is None
    (True, True)
    """
    text = text.strip()
    decimal, other = (",", ".") if comma else (".", ",")
    grouped = _GROUPED.fullmatch(text)
    if grouped and grouped["sep"] != decimal:
        text = text.replace(grouped["sep"], "")
    if other in text or not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace("\N{MINUS SIGN}", "-").replace(decimal, "."))
    return number if abs(number) < 1e15 else None


def decimal_comma(texts: Iterable[str], where: str, *, semicolons: bool) -> bool:
    """Say whether a comma parts the decimals of a file's numbers.

    Parameters
    ----------
    texts
        Texts of its cells; those that are no numbers say nothing.
    where
        The file, for a message.
    semicolons
        Whether its columns are parted by semicolons; that decides where ``1,234`` is all there is.

    Raises
    ------
    ReadError
        If some numbers have a comma and others a point.

    Examples
    --------
    >>> decimal_comma(["8,5", "10"], "a.csv", semicolons=False)
    True
    >>> decimal_comma(["1,234", "8.5"], "a.csv", semicolons=False)
    False
    """
    comma = point = either = 0
    for given in texts:
        text = bare(given)
        if "," not in text and "." not in text:
            continue
        if grouped := _GROUPED.fullmatch(text):
            sep, rest = grouped["sep"], text[grouped.start("sep") :]
            if sep in ",." and not {",", "."} - {sep} & set(rest):
                # 1,234,567 is grouped; 1,234 alone could be both.
                several = rest.count(sep) > 1
                comma, point = comma + (several and sep == "."), point + (several and sep == ",")
                either += not several and sep == ","
                continue
            last = "," if rest.rfind(",") > rest.rfind(".") else "."
            comma, point = comma + (last == ","), point + (last == ".")
        elif _NUMBER.fullmatch(text):
            comma, point = comma + ("," in text), point + ("." in text)
    if comma and point:
        raise ReadError(
            f"{where} writes some numbers with a decimal comma and others with a point. "
            "Export it again, or make them alike."
        )
    return bool(comma) or (semicolons and bool(either) and not point)


def refuse_unknown(unknown: Mapping[str, int], where: str, place: str, *, in_mapping: bool = False) -> None:
    """Refuse texts of score cells that are neither numbers nor codes: they are never guessed.

    Parameters
    ----------
    unknown
        By text how many cells hold it.
    where
        The file.
    place
        Row and column of the first one.
    in_mapping
        Whether the codes stand in a mapping, rather than in the call.

    Raises
    ------
    ReadError
        Listing each short text with its count and the line that settles it.
    """
    if not unknown:
        return
    short = {text: n for text, n in unknown.items() if len(text) <= _LONGEST}
    order = sorted(short.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_LISTED]
    listed = [f"{yaml_scalar(one_line(text))} ({n:,})" for text, n in order]
    if len(short) > len(order):
        listed.append(f"{len(short) - len(order)} more texts")
    if longer := sum(n for text, n in unknown.items() if text not in short):
        listed.append(f"longer texts ({longer:,})")
    missing = "missing" if in_mapping else '"missing"'
    lines = ", ".join(f"{yaml_scalar(one_line(text))}: {missing}" for text, _ in order)
    said = f"`codes: {{{lines}}}` in the mapping" if in_mapping else f"codes={{{lines}}}"
    fix = (
        f"Say what each means: {said} (or {', '.join(MEANINGS[1:])})."
        if lines
        else "Say what each means with codes=, or empty those cells."
    )
    raise ReadError(
        f"{where} has score cells that are neither a number nor a code, first in {place}: "
        f"{', '.join(listed)}. {fix}"
    )

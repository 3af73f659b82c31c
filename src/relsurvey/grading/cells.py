"""What stands in the cells of a gradebook: numbers as schools write them, and the codes in place of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.errors import MatchError, ReadError, Unmatched
from relsurvey.escape import yaml_scalar
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from relsurvey.reading.opening import Column

#: What a code can stand for, besides a number; one that stands for ``ungraded`` is read as an empty cell.
CODED = ("missing", "excused", "not_assigned", "ungraded")

#: By a school's code what it stands for: one of ``CODED``, or the number that it counts.
Codes = Mapping[str, float | str]

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)\Z")
_OPEN = re.compile(r"[-+]?[1-9][0-9]{0,2}[.,][0-9]{3}\Z")
#: More texts than this in one column are no codes: it is no column of scores.
_MOST = 12
#: A longer text may be anything that was typed into a cell, and is never repeated.
_LONGEST = 12


@dataclass(frozen=True, eq=False)
class Cells:
    """A column's cells, one entry a row.

    Attributes
    ----------
    number
        As written, of ``85%`` the 85 and of ``8/10`` the 8; NaN where there is none.
    of
        The points possible that a cell names: of ``85%`` 100, of ``8/10`` 10; else NaN.
    percent
        Which cells are percents.
    status
        ``scored``, one of ``CODED``, or ``ungraded`` for an empty cell.
    code
        What the cell held in place of a number, "" if it was empty; None for a number.
    coded
        How many cells hold each code.
    unexplained
        Each text that is neither a number nor a code, and how many cells hold it.
    """

    number: NDArray[np.float64]
    of: NDArray[np.float64]
    percent: NDArray[np.bool_]
    status: NDArray[np.object_]
    code: NDArray[np.object_]
    coded: Counter[str]
    unexplained: Counter[str]


def cells(column: Column, codes: Codes, decimal: str = ".") -> Cells:
    """Read a column of scores.

    Parameters
    ----------
    column
        The column.
    codes
        What stands for what; a code comes before a number, so that a ``1`` can be one.
    decimal
        What ``1.234`` and ``1,234`` mean: the sign before the decimals. Other numbers tell by themselves.

    Examples
    --------
    >>> from relsurvey.reading.opening import Column
    >>> found = cells(Column.of(["8,5", "85%", "8/10", "NHI", "", "?"]), {"NHI": "missing"})
    >>> found.number.tolist(), found.status.tolist()[3:5], dict(found.unexplained)
    ([8.5, 85.0, 8.0, nan, nan, nan], ['missing', 'ungraded'], {'?': 1})
    """
    import numpy as np

    # What only a column of statuses can say (late) is no code of a score.
    coding = {text: meant for text, meant in codes.items() if not isinstance(meant, str) or meant in CODED}
    known = {fold(text): (text, meant) for text, meant in coding.items()}
    size = len(column.texts)
    value, of = np.full(size, np.nan), np.full(size, np.nan)
    percent, status = np.zeros(size, bool), np.full(size, "ungraded", object)
    code = np.full(size, None, object)
    counts = column.counts()
    coded: Counter[str] = Counter()
    unexplained: Counter[str] = Counter()
    for place in column.used:
        text = column.texts[place].strip()
        if not text:
            code[place] = ""
        elif (entry := known.get(fold(text))) is not None:
            spelled, meant = entry
            coded[spelled] += counts[column.texts[place]]
            code[place] = "" if meant == "ungraded" else spelled
            status[place] = meant if isinstance(meant, str) else "scored"
            value[place] = np.nan if isinstance(meant, str) else meant
        elif (found := number(text, decimal)) is not None:
            value[place], of[place], percent[place] = found
            status[place] = "scored"
        else:
            unexplained[text] += counts[column.texts[place]]
    at = column.codes
    return Cells(value[at], of[at], percent[at], status[at], code[at], coded, unexplained)


def number(text: str, decimal: str = ".") -> tuple[float, float, bool] | None:
    """Return the number of a cell, the points possible that it names (else NaN), and whether it is a percent.

    Examples
    --------
    >>> number("1.234,5"), number("1,234", ","), number("85 %"), number("8/10")
    ((1234.5, nan, False), (1.234, nan, False), (85.0, 100.0, True), (8.0, 10.0, False))
    """
    if text.endswith("%"):
        value = plain_number(text[:-1], decimal)
        return None if value is None else (value, 100.0, True)
    first, slash, second = text.partition("/")
    value = plain_number(first, decimal)
    if not slash:
        return None if value is None else (value, float("nan"), False)
    of = plain_number(second, decimal)
    return None if value is None or of is None else (value, of, False)


def plain_number(text: str, decimal: str = ".") -> float | None:
    """Return the number that a text is, None where it is anything else.

    Examples
    --------
    >>> plain_number("8,5"), plain_number("1 234.50"), plain_number("8/10")
    (8.5, 1234.5, None)
    """
    text = "".join(text.split()).replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.match(text):
        return None
    sign = _sign(text) or decimal
    other = "," if sign == "." else "."
    whole, _, rest = text.rpartition(sign) if sign in text else (text, "", "")
    groups = whole.split(other)
    if other in rest or sign in whole or any(len(group) != 3 for group in groups[1:]):
        return None
    return float("".join(groups) + ("." + rest if rest else ""))


def _sign(text: str) -> str | None:
    """Return the sign before a number's decimals, where the number tells by itself."""
    comma, point = text.count(","), text.count(".")
    if comma and point:
        return "," if text.rfind(",") > text.rfind(".") else "."
    if comma > 1 or point > 1:
        return "." if comma else ","
    if comma + point and not _OPEN.match(text):
        return "," if comma else "."
    return None


def decimal_sign(columns: Iterable[Column], chosen: str | None, where: str) -> str:
    """Return what stands before the decimals of ``1.234`` and ``1,234``, as the other numbers show.

    Parameters
    ----------
    columns
        The columns of numbers.
    chosen
        What a person said, or None.
    where
        The file, for messages.

    Raises
    ------
    ReadError
        If it can be told neither way, with both readings.
    """
    if chosen is not None:
        return chosen
    signs: set[str] = set()
    open_: set[str] = set()
    for column in columns:
        for place in column.used:
            for part in column.texts[place].strip().rstrip("%").split("/"):
                text = "".join(part.split())
                if not _NUMBER.match(text):
                    continue
                if _OPEN.match(text):
                    open_.add("," if "," in text else ".")
                elif (sign := _sign(text)) is not None:
                    signs.add(sign)
    if open_ and (len(signs) == 2 or ("," in open_ and not signs)):
        example = "1,234" if "," in open_ else "1.234"
        raise ReadError(
            f"{where} has numbers such as {example}, which can be 1234 or 1 and 234 thousandths. "
            """Write `decimal: "."` or `decimal: ","` into the mapping."""
        )
    return "," if signs == {","} else "."


def unexplained_error(
    found: Sequence[tuple[str, Counter[str]]], where: str, known: Iterable[str] = ()
) -> MatchError:
    """Make the error for texts that no code table explains: each with its count, and the line to add.

    Parameters
    ----------
    found
        By column, the texts and how many cells hold them.
    where
        The file.
    known
        The codes that the table has.
    """
    for name, texts in found:
        if len(texts) > _MOST:
            return MatchError(
                f"{where}: the column {shown(name)} holds {len(texts)} different texts that are no numbers, "
                "so it is no column of scores. Give it another role in the mapping, such as `ignore`."
            )
    total: Counter[str] = Counter()
    for _, texts in found:
        total.update(texts)
    short = Counter({text: n for text, n in total.items() if len(text) <= _LONGEST})
    listed = [f"{shown(text)} ({n})" for text, n in short.most_common(_MOST)]
    if len(short) > _MOST:
        listed.append(f"{len(short) - _MOST} more")
    if longer := sum(total.values()) - sum(short.values()):
        listed.append(f"longer texts ({longer})")
    lines = ", ".join(f"{yaml_scalar(text)}: missing" for text, _ in short.most_common(3))
    fix = f"in the mapping: `codes: {{{lines}}}`" if lines else "or empty those cells"
    one = sum(total.values()) == 1
    return MatchError(
        f"{where}: {sum(total.values())} {'cell holds' if one else 'cells hold'} a text that is neither a "
        f"number nor a known code: {', '.join(listed)}. "
        f"Say what each stands for ({', '.join(CODED)} or a number), {fix}.",
        tuple(
            Unmatched(shown(name), text, tuple(known), n, f"codes: {{{yaml_scalar(text)}: missing}}")
            for name, texts in found
            for text, n in texts.items()
            if text in short
        ),
    )

"""What stands in the cells of a gradebook: numbers as schools write them, and the codes in place of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from relsurvey.errors import MatchError, ReadError, Unmatched
from relsurvey.escape import yaml_scalar
from relsurvey.grading.codes import CODED, USUAL, Codes
from relsurvey.grading.letters import meaning
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from relsurvey.reading.opening import Column

_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
#: An exponent has its sign where a program wrote it; ``1E5`` may be a code.
_NUMBER = re.compile(
    r"[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+|[0-9](?:[.,][0-9]+)?[eE][-+][0-9]{1,2})\Z", re.ASCII
)
#: Groups of three digits, all parted by one sign; without decimals, and with one group alone, it is open
#: whether a comma or a point parts groups or decimals.
_GROUPED = re.compile(
    r"[-+]?[1-9][0-9]{0,2}(?P<sep>[., \u00a0\u2009\u202f'\u2019])[0-9]{3}(?:(?P=sep)[0-9]{3})*"
    r"(?P<rest>(?!(?P=sep))[.,][0-9]+)?\Z"
)
_OPEN = re.compile(r"[-+]?[1-9][0-9]{0,2}[.,][0-9]{3}\Z")
#: No score is larger, and a larger one would not be kept whole.
_LARGEST = 1e15
#: More texts than this in one column are no codes: it is no column of scores.
_MOST = 12
#: A longer text may be anything that was typed into a cell, and is never repeated.
_LONGEST = 12
#: Words and signs for work that was done: what they count, nobody can tell from them.
_DONE = frozenset(
    ("complete", "completed", "done", "ok", "yes", "y", "check", "credit", "full", "turned in", "completo",
     "completa", "hecho", "hecha", "sí", "si", "entregado", "entregada", "✓", "✔", "☑", "√", "✅", "+")
)  # fmt: skip
#: Schools write these for work that somebody need not do.
_EXCUSED = frozenset(("x", "ex", "exc"))
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)"
#: What a spreadsheet makes of ``3/4``.
_DATE = re.compile(
    r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}( .*)?\Z"
    rf"|\d{{1,2}}[- ]{_MONTH}\.?\Z|{_MONTH}[- ]\d{{1,2}}\Z",
    re.IGNORECASE,
)
#: Blanks, and signs that nobody sees.
_AROUND = " \t\r\n\x0b\x0c\x1f\u00a0\u2007\u202f\u2009\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u3000"


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
    known
        False for a text that is neither a number nor a code.
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
    known: NDArray[np.bool_]
    coded: Counter[str]
    unexplained: Counter[str]


def cells(column: Column, codes: Codes, decimal: str = ".") -> Cells:
    """Read a column of scores.

    Parameters
    ----------
    column
        The column.
    codes
        What stands for what, beside ``USUAL``; a code comes before a number, so that a ``1`` can be one.
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
    by = {fold(text): (text, meant) for text, meant in (*USUAL.items(), *coding.items())}
    size = len(column.texts)
    value, of = np.full(size, np.nan), np.full(size, np.nan)
    percent, status = np.zeros(size, bool), np.full(size, "ungraded", object)
    code, known = np.full(size, None, object), np.ones(size, bool)
    counts = column.counts()
    coded: Counter[str] = Counter()
    unexplained: Counter[str] = Counter()
    for place in column.used:
        text = bare(column.texts[place])
        if not text:
            code[place] = ""
        elif (entry := by.get(_folded(text))) is not None:
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
            known[place] = False
    at = column.codes
    return Cells(value[at], of[at], percent[at], status[at], code[at], known[at], coded, unexplained)


# The same few texts stand in every column.
_folded = lru_cache(maxsize=4096)(fold)


def bare(text: str) -> str:
    r"""Return a cell's text without blanks and unseen signs around it, and out of the formula that keeps it.

    Examples
    --------
    >>> bare(' ="=x" '), bare('="007"'), bare("\u200bEX\u00a0")
    ('=x', '007', 'EX')
    """
    text = text.strip(_AROUND)
    found = _QUOTED.fullmatch(text)
    return found[1].replace('""', '"').strip(_AROUND) if found else text


def dated(text: str) -> bool:
    """Say whether a text is what a spreadsheet makes of a score such as ``3/4``.

    Examples
    --------
    >>> dated("2026-03-04"), dated("4-Mar"), dated("8 pts")
    (True, True, False)
    """
    return bool(_DATE.match(text))


@lru_cache(maxsize=4096)
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
    return None if value is None or of is None or of < 0 else (value, of, False)


def plain_number(text: str, decimal: str = ".") -> float | None:
    """Return the number that a text is, None where it is anything else.

    Examples
    --------
    >>> plain_number("8,5"), plain_number("1 234.50"), plain_number("8/10"), plain_number("8 5")
    (8.5, 1234.5, None, None)
    """
    text = _ascii(text)
    sign = _sign(text)
    if sign is None:
        if not (_NUMBER.match(text) or _GROUPED.match(text)):
            return None
        sign = decimal
    if (grouped := _GROUPED.match(text)) and grouped["sep"] != sign:
        text = text.replace(grouped["sep"], "")
    value = float(text.replace(sign, ".")) if _NUMBER.match(text) else None
    return value if value is not None and abs(value) < _LARGEST else None


def decimals(text: str, decimal: str = ".") -> int:
    """Return to how many decimals a cell's number is written.

    Examples
    --------
    >>> decimals("87.50 %"), decimals("1.234,5"), decimals("87")
    (2, 1, 0)
    """
    text = _ascii(text.partition("/")[0]).rstrip("% ")
    sign = _sign(text) or decimal
    after = text.rpartition(sign)[2] if sign in text else ""
    return len(after) if after.isdecimal() else 0


def _ascii(text: str) -> str:
    return bare(text).replace("\N{MINUS SIGN}", "-")


def _sign(text: str) -> str | None:
    """Return the sign before a number's decimals, where the number tells by itself."""
    if _OPEN.match(text):
        return None
    if grouped := _GROUPED.match(text):
        if grouped["rest"]:
            return grouped["rest"][0]
        return {",": ".", ".": ","}.get(grouped["sep"])
    if _NUMBER.match(text):
        return next((sign for sign in ",." if sign in text), None)
    return None


def decimal_sign(texts: Iterable[str], chosen: str | None, where: str) -> str:
    """Return what stands before the decimals of ``1.234`` and ``1,234``, as a file's other numbers show.

    Parameters
    ----------
    texts
        The cells; those that are no numbers say nothing.
    chosen
        What a person said, or None.
    where
        The file, for messages.

    Raises
    ------
    ReadError
        If it can be told neither way, with both readings.

    Examples
    --------
    >>> decimal_sign(["8,5", "1.234"], None, "a.csv"), decimal_sign(["1,234", "8.5"], None, "a.csv")
    (',', '.')
    """
    if chosen is not None:
        return chosen
    signs: set[str] = set()
    open_: set[str] = set()
    for given in texts:
        for part in given.strip().rstrip("%").split("/"):
            text = _ascii(part)
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
    found: Sequence[tuple[str, Counter[str]]], where: str, first: str, known: Iterable[str] = ()
) -> MatchError:
    """Make the error for texts that no code table explains: each with its count, and the line to add.

    Parameters
    ----------
    found
        By column, the texts and how many cells hold them.
    where
        The file.
    first
        Where the first of them stands.
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
    dates = sum(n for text, n in total.items() if dated(text))
    short = Counter({text: n for text, n in total.items() if len(text) <= _LONGEST and not dated(text)})
    listed = [f"{shown(text)} ({n:,})" for text, n in short.most_common(_MOST)]
    if len(short) > _MOST:
        listed.append(f"{len(short) - _MOST} more")
    if dates:
        listed.append(f"dates ({dates:,})")
    if longer := sum(total.values()) - sum(short.values()) - dates:
        listed.append(f"longer texts ({longer:,})")
    lines = ", ".join(f"{yaml_scalar(text)}: {_likely(text)}" for text, _ in short.most_common(3))
    fixes = [
        f"Say what each stands for ({', '.join(CODED)} or a number), in the mapping: `codes: {{{lines}}}`."
        if lines
        else "Empty those cells."
    ]
    if dates:
        fixes.insert(0, "A spreadsheet makes dates of scores such as 3/4: type those cells again.")
        fixes = fixes if lines or longer else fixes[:1]
    one = sum(total.values()) == 1
    return MatchError(
        f"{where}: {sum(total.values()):,} {'cell holds' if one else 'cells hold'} a text that is neither a "
        f"number nor a known code: {', '.join(listed)}, first in {first}. {' '.join(fixes)}",
        tuple(
            Unmatched(shown(name), text, tuple(known), n, f"codes: {{{yaml_scalar(text)}: {_likely(text)}}}")
            for name, texts in found
            for text, n in texts.items()
            if text in short
        ),
    )


def _likely(text: str) -> str:
    """Return what a code is proposed to stand for; of a letter, a tick, a number a person says it."""
    told = meaning(text) is not None or fold(text) in _DONE or any(sign.isdigit() for sign in text)
    return "NUMBER" if told else "excused" if fold(text) in _EXCUSED else "missing"

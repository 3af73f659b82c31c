"""A plan's figures and sentences, and the checks that every question about numbers of students shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import pandas as pd

#: Two-sided level of every test and interval, and the power that is planned for unless another is asked.
LEVEL, POWER = 0.05, 0.80

#: More than these no plan asks for.
MOST_STUDENTS = 1e7

#: Fewest sections on a side from which a practice can be told from a section (rules.md 5).
FEWEST_SECTIONS = 5

#: A sentence of the catalogue, and what stands in its braces.
Said = tuple[str, tuple[tuple[str, str], ...]]


# repr=False: a finding's own repr is its sentence.
@dataclass(frozen=True, repr=False)
class Power(Finding):
    """What a plan takes, or what it can show.

    Attributes
    ----------
    question
        The function that was asked.
    solved
        The figure that was left out and is answered here.
    figures
        What was given and what is answered, by name. Shares and gaps are 0-1; ``students`` and the groups are
        whole, and ``exact`` is the number of students before rounding up.
    said
        Its sentences.
    """

    question: str
    solved: str
    figures: tuple[tuple[str, float], ...]
    said: tuple[Said, ...]

    def __getitem__(self, figure: str) -> float:
        """Return a figure by its name."""
        return dict(self.figures)[figure]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``plan``: one row, a column a figure."""
        import pandas as pd

        row = {"question": self.question, "solved": self.solved, **dict(self.figures)}
        return {"plan": pd.DataFrame([row])}

    def in_words(self, language: str = "en") -> str:
        """Return how many students it takes or what they can show, and what this cannot tell."""
        sentences = []
        for key, values in self.said:
            filled: dict[str, object] = dict(values)
            if "part" in filled:
                which = "halves" if filled["part"] == "50" else "parts"
                filled["groups"] = say(language, f"power.{which}", percent=filled["part"])
            sentences.append(say(language, f"power.{key}", **filled))
        return " ".join(sentences)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its figures. A plan holds no student, so nothing in it is masked."""
        rows = tuple(
            (say(language, f"power.figure_{name}"), int(value) if float(value).is_integer() else value)
            for name, value in self.figures
            if not math.isnan(value)
        )
        head = (say(language, "power.head_figure"), say(language, "power.head_value"))
        return (Face(say(language, "power.title"), head, rows, decimals=3),)


@dataclass(frozen=True)
class Sections:
    """Whole sections that are compared: how alike their students answer, and how many students each has."""

    icc: float
    size: int

    @property
    def design_effect(self) -> float:
        """By how much the variance of a mean grows: 1 + (size - 1) · icc (Kish 1965)."""
        return 1 + (self.size - 1) * self.icc

    def whole(self, exact: float) -> int:
        """Return a number of students, rounded up to whole sections."""
        return whole(exact / self.size) * self.size

    def split(self, students: int, part: float) -> tuple[int, int]:
        """Return how many of the students are in the first group and in the other."""
        first = math.floor(students * part + 0.5)
        groups = first, students - first
        if min(groups) < 2 * self.size:
            raise AnalysisError(
                f"{students} students give a group of {min(groups)}. "
                f"A group needs 2 {'sections' if self.size > 1 else 'students'} or more to be compared."
            )
        return groups


def sections_of(icc: float, size: int) -> Sections:
    """Return the sections of a plan, checked."""
    number("The intraclass correlation", icc)
    if not 0 <= icc < 1:
        raise AnalysisError(f"The intraclass correlation lies between 0 and 1; {icc:g} does not.")
    if icc > 0 and size == 1:
        raise AnalysisError("Say how many students a section has (section_size) where they answer alike.")
    return Sections(icc, whole_number(size, 1, "students in a section"))


def ask(
    name: str, size: float | None, students: int | None, power: float | None, least: int = 2
) -> tuple[str, float, int, float]:
    """Return what is left out and to be answered, with the other figures.

    Parameters
    ----------
    name, size
        The gap, difference or link that is to be seen.
    students, power
        As given.
    least
        Fewest students there can be.

    Returns
    -------
    tuple
        The name of what is answered, the size (NaN if it is that), the students (0 if it is that), the power.

    Raises
    ------
    AnalysisError
        If all are given or too few are.
    """
    if size is None and students is None:
        raise AnalysisError(f"Give {name} or students: the other is then answered.")
    n = 0 if students is None else whole_number(students, least, "students")
    if size is not None and students is not None:
        if power is not None:
            raise AnalysisError(f"Leave out one of {name}, students and power: that one is answered.")
        return "power", number(name, size), n, math.nan
    target = POWER if power is None else between("The power", power, LEVEL, 1)
    if size is None:
        return name, math.nan, n, target
    return "students", number(name, size), n, target


def number(what: str, value: float) -> float:
    """Return a finite number, or raise."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not math.isfinite(result):
        raise AnalysisError(f"{what} is not a number. Give one.")
    return result


def between(what: str, value: float, low: float, high: float) -> float:
    """Return a number between two others, or raise."""
    result = number(what, value)
    if not low < result < high:
        raise AnalysisError(f"{what} lies between {low:g} and {high:g}; {result:g} does not.")
    return result


def above_zero(what: str, value: float) -> float:
    """Return a number above zero, or raise."""
    if not number(what, value) > 0:
        raise AnalysisError(f"{what} is more than 0; {value:g} is not.")
    return float(value)


def not_zero(what: str, value: float) -> float:
    """Return a number other than zero, or raise; NaN, which is still to be answered, passes."""
    if value == 0:
        raise AnalysisError(f"{what} of zero can never be shown. Name the smallest that would matter.")
    return value


def whole_number(value: int, least: int, what: str) -> int:
    """Return a whole number of at least so many, or raise."""
    result = number(f"The number of {what}", value)
    if not (result.is_integer() and result >= least):
        raise AnalysisError(f"The number of {what} is whole, and {least} or more; {result:g} is not.")
    return int(result)


def solution(value: float) -> float:
    """Return what a solver found, or raise where there is nothing to find."""
    if not math.isfinite(value):
        raise AnalysisError(
            "No number answers this: what is asked for is too small or too large. "
            "Ask for something nearer to what a survey can show."
        )
    return float(value)


def whole(exact: float) -> int:
    """Return a number of students, rounded up, two at least; or raise where it is out of reach."""
    if exact >= MOST_STUDENTS:
        raise AnalysisError(
            "This would take more than ten million students. Ask for something larger to be seen."
        )
    return max(2, math.ceil(exact - 1e-9))


def quantile(chance: float) -> float:
    """Return the normal quantile."""
    return NormalDist().inv_cdf(chance)


def points(gap: float) -> str:
    """Return a gap of shares in points, to two digits.

    Examples
    --------
    >>> points(0.1809), points(0.045), points(0.0012)
    ('18', '4.5', '0.12')
    """
    return f"{100 * abs(gap):.2g}" if abs(gap) < 0.095 else f"{100 * abs(gap):.0f}"


def percent(chance: float) -> str:
    """Return a chance in percent that never says never or always."""
    return str(min(99, max(1, round(100 * chance))))


def sentence(key: str, size: str, students: int, *more: tuple[str, str]) -> Said:
    """Return a sentence: numbers of students that are answered to two digits, those given as they are."""
    n = students
    if key.endswith("_students") and n >= 100:
        step = 10 ** (len(str(n)) - 2)
        n = round(n / step) * step
    return key, (("size", size), ("n", f"{n:,}"), *more)


def plan(
    question: str,
    solved: str,
    figures: dict[str, float],
    said: list[Said],
    *,
    sections: Sections | None = None,
) -> Power:
    """Return the finding: its figures, its sentences, and what it cannot tell."""
    if "power" not in figures:
        said = [*said, ("cannot_range", ())]
        return Power(question, solved, tuple(figures.items()), tuple(said))
    if solved != "power" and not said[-1][0].endswith("_none"):
        said = [*said, ("chance", (("chance", percent(figures["power"])),))]
    smallest = min(figures.get("group_a", figures["students"]), figures.get("group_b", figures["students"]))
    if smallest < MIN_N_SHOWN:
        said.append(("too_small", (("min_n", str(MIN_N_SHOWN)),)))
    if sections is not None and sections.size > 1:
        figures |= {
            "icc": sections.icc,
            "section_size": sections.size,
            "design_effect": sections.design_effect,
            "sections": math.ceil(figures["students"] / sections.size),
        }
        values = ("k", str(figures["sections"])), ("size", str(sections.size)), ("icc", f"{sections.icc:g}")
        said.append(("sections", values))
        if smallest < FEWEST_SECTIONS * sections.size:
            said.append(("few_sections", (("fewest", str(FEWEST_SECTIONS)),)))
    said.append(("cannot", ()))
    return Power(question, solved, tuple(figures.items()), tuple(said))
